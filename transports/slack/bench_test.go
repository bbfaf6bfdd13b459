package slack_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"isthmus/transports"
	"isthmus/transports/slack"
	"isthmus/transports/slack/slacktest"
)

// BenchmarkALargeWorkspace is the way to the first message in a workspace of 10,000 people, where the account is in 2,000 channels.
func BenchmarkALargeWorkspace(b *testing.B) {
	w, err := slacktest.New()
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	tess := w.AddUser("Tess")
	people := []*slacktest.User{tess}
	for i := range 10_000 {
		people = append(people, w.AddUser(fmt.Sprint("Person ", i)))
	}
	for i := range 2000 {
		w.AddChannel(fmt.Sprint("channel-", i), false, people[:20]...)
	}
	token, app := w.Token(tess, scopes), w.AppToken()
	driver, err := slack.New(slack.Config{API: w.API()})
	if err != nil {
		b.Fatal(err)
	}
	login, err := driver.Login("tokens", "tester", transports.Env{})
	if err != nil {
		b.Fatal(err)
	}
	step, err := login.Answer(b.Context(), transports.Options{"token": {token}, "app_token": {app}})
	if err != nil || step.Done == nil {
		b.Fatal(step, err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var kept []transports.Session
	for b.Loop() {
		driver, err := slack.New(slack.Config{API: w.API()}) // one has its rates
		if err != nil {
			b.Fatal(err)
		}
		session, err := driver.Open(transports.Account{Scope: step.Done.Scope, Data: step.Done.Data}, transports.Env{})
		if err != nil {
			b.Fatal(err)
		}
		kept = append(kept, session)
		ctx, stop := context.WithCancel(context.Background())
		ended, usable := make(chan error, 1), make(chan struct{})
		go func() {
			ended <- session.Run(ctx, func(e transports.Event) {
				if _, is := e.(transports.Memberships); is {
					close(usable)
				}
			})
		}()
		select {
		case <-usable:
		case err := <-ended:
			b.Fatal(err)
		case <-time.After(longest):
			b.Fatal("it does not come")
		}
		stop()
		<-ended
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/float64(len(kept)), "heap-bytes/session")
	runtime.KeepAlive(kept)
}

// BenchmarkEvents is how many messages a second come through: from the workspace's socket to the core.
func BenchmarkEvents(b *testing.B) {
	w, err := slacktest.New()
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	tess, ida := w.AddUser("Tess"), w.AddUser("Ida")
	room := w.AddChannel("lobby", false, tess, ida)
	token, app := w.Token(tess, scopes), w.AppToken()
	driver, err := slack.New(slack.Config{API: w.API()})
	if err != nil {
		b.Fatal(err)
	}
	login, err := driver.Login("tokens", "tester", transports.Env{})
	if err != nil {
		b.Fatal(err)
	}
	step, err := login.Answer(b.Context(), transports.Options{"token": {token}, "app_token": {app}})
	if err != nil || step.Done == nil {
		b.Fatal(step, err)
	}
	session, err := driver.Open(transports.Account{Scope: step.Done.Scope, Data: step.Done.Data}, transports.Env{})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	usable, messages := make(chan struct{}), make(chan struct{}, 1<<16)
	go func() {
		_ = session.Run(ctx, func(e transports.Event) {
			switch e := e.(type) {
			case transports.Memberships:
				close(usable)
			case transports.Message:
				messages <- struct{}{}
			case transports.Checkpoint:
				e.Kept()
			}
		})
	}()
	<-usable
	const window = 1000 // on their way
	sent, got := 0, 0
	for b.Loop() {
		w.Post(ida, room, "hello *there* <https://x.example|look>", nil)
		if sent++; sent-got > window {
			<-messages
			got++
		}
	}
	for ; got < sent; got++ {
		<-messages
	}
}
