package account

import (
	"log/slog"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"isthmus/core/options"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// sink is a server that takes everything, and confirms it a moment later.
type sink struct {
	stream
	shown chan struct{}
}

func (s *sink) Show(*stanza.Stanza)   { s.shown <- struct{}{} }
func (s *sink) Reply(*stanza.Stanza)  {}
func (s *sink) Confirmed(then func()) { time.AfterFunc(time.Millisecond, then) }

// BenchmarkTalks is from what ten people of a network with a history say to what the server gets, how far it was taken being kept on disk.
func BenchmarkTalks(b *testing.B) {
	kept, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "store.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	keys, err := seal.Open(filepath.Join(b.TempDir(), "key"))
	if err != nil {
		b.Fatal(err)
	}
	set, err := options.Load(b.Context(), kept, keys, "gw.example", transports.About{}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	out, network := &sink{shown: make(chan struct{}, 1000)}, newNetwork()
	network.past = map[transports.Place][]transports.Event{}
	a := New(&Transport{
		Options: set, Domain: "gw.example", About: transports.About{Kind: "irc", Name: "IRC", Sigils: "#", Open: true, StableIDs: true}, Driver: network,
		Addresses: address.Config{Sigils: "#"}, Stream: out, Store: kept, OccupantKey: xep.NewOccupantKey([]byte("key")), Log: slog.New(slog.DiscardHandler),
	}, Identity{ID: 7, Login: &Login{Keep: func([]byte) {}}}, jid("alice@example.org"), "irc.net", "irc.net", 0)
	a.Run(func() {})
	go func() {
		for range out.shown { // what comes first, and last
		}
	}()
	a.Start(0)
	for {
		network.mu.Lock()
		there := len(network.runs) > 0
		network.mu.Unlock()
		if there {
			break
		}
		time.Sleep(time.Millisecond)
	}
	r := network.runs[0]
	r.emit(transports.Online{Self: user("alice")})
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		bob := user("bob" + strconv.Itoa(i%10))
		r.emit(transports.Message{Place: transports.TalkWith(bob.ID), ID: transports.MessageID(strconv.Itoa(i)), From: bob, Text: plain("hello, this is a typical line of a talk")})
	}
	a.Stop("")
	<-a.Done()
	if err := kept.Close(); err != nil {
		b.Fatal(err)
	}
	close(out.shown)
}
