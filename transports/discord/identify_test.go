package discord

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"

	"isthmus/transports"
)

func TestSessionsAreBegunAsOftenAsDiscordLets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &identifies{began: time.Now(), window: identifyWindow, last: map[string]time.Time{}}
		took := func(token string, shard int, limit discordgo.SessionInformation) time.Duration {
			t.Helper()
			began := time.Now()
			if err := b.take(t.Context(), token, shard, limit); err != nil {
				t.Fatal(err)
			}
			return time.Since(began)
		}
		plenty := discordgo.SessionInformation{Total: 1000, Remaining: 900, ResetAfter: 3600_000, MaxConcurrency: 2}
		for i, want := range []time.Duration{0, 0, 5 * time.Second, 0} { // two turns
			if wait := took("bot", i, plenty); wait != want {
				t.Errorf("shard %d waited %v, want %v", i, wait, want)
			}
		}
		if wait := took("another", 0, plenty); wait != 0 {
			t.Errorf("another bot waited %v", wait)
		}
	})
}

func TestAGatewayThatCrashesAgainAndAgainNeverUsesUpTheDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const day = 24 * time.Hour
		left, reset := 1000, time.Now().Add(day)
		began := 0
		for end := time.Now().Add(day); time.Now().Before(end); time.Sleep(2 * time.Second) { // each time in a new process
			b := &identifies{began: time.Now(), window: identifyWindow, last: map[string]time.Time{}}
			for {
				err := b.take(t.Context(), "bot", 0, discordgo.SessionInformation{Total: 1000, Remaining: left, ResetAfter: int(time.Until(reset).Milliseconds()), MaxConcurrency: 1})
				if err == nil {
					break
				}
				if f := transports.AsFault(err); f.Kind == transports.RateLimited && f.Wait > 0 {
					time.Sleep(f.Wait)
				} else {
					t.Fatal(err)
				}
				if !time.Now().Before(end) {
					break
				}
			}
			left--
			began++
		}
		if left <= 0 {
			t.Errorf("%d sessions were begun in a day", began)
		}
		b := &identifies{began: time.Now(), window: identifyWindow, last: map[string]time.Time{}}
		if err := b.take(t.Context(), "bot", 0, discordgo.SessionInformation{Total: 1000, Remaining: 0, ResetAfter: 5000}); transports.AsFault(err).Wait != 5*time.Second {
			t.Errorf("with none left: %v", err)
		}
	})
}
