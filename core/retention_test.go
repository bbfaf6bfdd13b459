package core

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/store"
)

func TestTheArchiveKeepsNoMoreThanTheOperatorWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		write := func(changes ...store.Change) {
			done := make(chan error)
			s.Write(func(err error) { done <- err }, changes...)
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		say := func(rows int) {
			for range rows {
				n++
				write(store.Append{Row: store.Row{Seq: store.NextID(), Account: 1, Transport: "t", Scope: "s", Place: "p", ID: fmt.Sprint(n), At: time.Now().UnixMilli()}})
			}
		}
		kept := func(when string, want int) {
			t.Helper()
			page, err := s.Page(t.Context(), store.Query{Account: 1, Place: "p", Max: 100})
			if err != nil || page.Count != want {
				t.Errorf("%s: %d rows, want %d (%v)", when, page.Count, want, err)
			}
		}
		write(store.PutAccount{Account: store.Account{ID: 1, Transport: "t", Scope: "s", Owner: "alice@x"}})
		say(5)
		r := &retention{store: s, log: slog.New(slog.DiscardHandler), keep: Keep{Messages: 3}, changed: make(chan Keep, 1)}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { r.run(ctx); close(ended) }()
		time.Sleep(time.Second)
		kept("at the start", 3)
		say(4)
		time.Sleep(trimEvery)
		kept("an hour later", 3)
		r.change(Keep{Messages: 2})
		time.Sleep(time.Second)
		kept("after a reload", 2)
		r.change(Keep{Age: 30 * time.Hour})
		time.Sleep(2 * pruneEvery)
		kept("days later", 0)
		cancel()
		<-ended
	})
}
