package discord_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"isthmus/integration_test/discordfake"
	"isthmus/transports"
	"isthmus/transports/discord"
)

// heap is what is in use after a collection, in bytes.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// atWork runs a session of a bot until the benchmark ends; ready is called when it is in its rooms.
func atWork(b *testing.B, driver *discord.Driver, bot *discordfake.Bot, emit func(transports.Event)) (ready chan struct{}) {
	b.Helper()
	session, err := driver.Open(transports.Account{Scope: transports.Scope(bot.ID), Data: []byte(`{"token": "` + bot.Token + `"}`)}, env())
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		_ = session.Run(ctx, func(e transports.Event) {
			if _, is := e.(transports.Memberships); is {
				close(ready)
			}
			emit(e)
		})
	}()
	b.Cleanup(func() { stop(); <-over })
	return ready
}

func nothing(transports.Event) {}

// One message after another through one session, from the socket to the core.
func BenchmarkMessages(b *testing.B) {
	p := newPlace(b)
	p.JoinGuild(p.guild, p.ida)
	heard, n := make(chan struct{}), 0
	<-atWork(b, p.driver, p.bot, func(e transports.Event) {
		if _, is := e.(transports.Message); is {
			if n++; n == b.N {
				close(heard)
			}
		}
	})
	m := discordfake.Object{"channel_id": p.lobby, "guild_id": p.guild, "content": "hello **there**, how are you?", "type": 0,
		"author": discordfake.Object{"id": p.ida, "username": "Ida Lovelace"}, "attachments": []any{}, "embeds": []any{}, "mentions": []any{}}
	b.ResetTimer()
	for i := range b.N {
		m["id"] = fmt.Sprint(1_500_000_000_000_000_000 + i)
		p.Dispatch("MESSAGE_CREATE", m)
	}
	<-heard
}

// Sessions that nothing happens in, each a bot of its own in a guild with two channels.
func BenchmarkIdleSessions(b *testing.B) {
	const sessions = 500
	for range b.N {
		p := newPlace(b)
		var bots []*discordfake.Bot
		for range sessions {
			bot, guild := p.AddBot("Idle"), p.AddGuild("Analysts", p.owner, everything)
			p.JoinGuild(guild, p.owner)
			p.JoinGuild(guild, bot.ID)
			p.AddChannel(guild, "lobby", 0, nil)
			p.AddChannel(guild, "attic", 0, nil)
			bots = append(bots, bot)
		}
		before := heap() // the other end of each connection is in this process as well
		for _, bot := range bots {
			<-atWork(b, p.driver, bot, nothing)
		}
		b.ReportMetric(float64(heap()-before)/sessions/1024, "KiB/session")
	}
}

// A guild of 100,000 members in which 5,000 have spoken.
func BenchmarkLargeGuild(b *testing.B) {
	for range b.N {
		p := newPlace(b)
		const people, speakers = 100_000, 5_000
		var ids []string
		for i := range people {
			ids = append(ids, p.AddUser(fmt.Sprint("Person ", i)))
			p.JoinGuild(p.guild, ids[i])
		}
		before, began := heap(), time.Now()
		<-atWork(b, p.driver, p.bot, nothing)
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms-to-usable")
		for i := range speakers {
			p.Dispatch("MESSAGE_CREATE", discordfake.Object{"id": fmt.Sprint(1_500_000_000_000_000_000 + i), "channel_id": p.lobby, "guild_id": p.guild, "content": "hello",
				"author": discordfake.Object{"id": ids[i], "username": "Person"}, "member": discordfake.Object{"roles": []any{}}})
		}
		time.Sleep(2 * time.Second)
		b.ReportMetric(float64(heap()-before)/(1<<20), "MiB")
	}
}
