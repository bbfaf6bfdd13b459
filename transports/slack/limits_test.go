package slack

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatAPersonDoesIsNotBehindWhatNobodyWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		for range 10 { // accounts of an app that read what they missed, all at once
			go func() {
				for l.take(patient(ctx, time.Minute), "app", "conversations.history") == nil {
				}
			}()
		}
		for range 10 {
			time.Sleep(20 * time.Second)
			began := time.Now()
			if err := l.take(t.Context(), "app", "conversations.history"); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(began); waited > time.Second {
				t.Errorf("a person waited %v", waited)
			}
		}
		stop()
		synctest.Wait()
	})
}

func TestNobodyWaitsLongerThanTheirPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits()
		l.block("app", "chat.postMessage", time.Minute)
		err := l.take(t.Context(), "app", "chat.postMessage")
		if e, is := err.(*apiError); !is || e.code != "ratelimited" || e.wait != time.Minute {
			t.Errorf("got %v", err)
		}
		began := time.Now()
		if err := l.take(patient(t.Context(), 2*time.Minute), "app", "chat.postMessage"); err != nil || time.Since(began) != time.Minute {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
	})
}
