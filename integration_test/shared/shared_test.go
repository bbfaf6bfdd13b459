// Package shared_test holds a shared account to the laws that every session keeps, on the network in memory.
package shared_test

import (
	"context"
	"log/slog"
	"testing"

	"isthmus/core/shared"
	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
	"isthmus/transports/transporttest"
)

// driver is the network in memory, whose accounts are opened through a shared one. Each is of another run of the gateway: the one before has ended.
type driver struct {
	transports.Driver
	t      *testing.T
	person shared.Person
	end    func() // of the last one
}

func (d *driver) Open(account transports.Account, env transports.Env) (transports.Session, error) {
	group, err := shared.New(shared.Config{Log: env.Log, Open: func() (transports.Session, error) {
		account.Name = "Bridge"
		return d.Driver.Open(account, env)
	}})
	if err != nil {
		return nil, err
	}
	if d.end != nil {
		d.end()
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); group.Run(ctx) }()
	d.end = func() { stop(); <-ended }
	d.t.Cleanup(d.end)
	return group.Attach(d.person), nil
}

func TestASharedAccountIsAnAccountForEachOfItsPeople(t *testing.T) {
	for _, owner := range []bool{true, false} {
		name := "of others"
		if owner {
			name = "of its owner"
		}
		t.Run(name, func(t *testing.T) {
			transporttest.Run(t, func(t *testing.T) transporttest.Harness {
				network, err := loopback.New(loopback.Config{})
				if err != nil {
					t.Fatal(err)
				}
				ctx, stop := context.WithCancel(context.Background())
				ended := make(chan struct{})
				go func() { defer close(ended); _ = network.Run(ctx) }()
				t.Cleanup(func() { stop(); <-ended })
				n := network.Network("loopback")
				ida := n.AddPerson("Ida Lovelace")
				do := func(c transports.Command) {
					if _, err := ida.Do(c); err != nil {
						t.Errorf("%T: %v", c, err)
					}
				}
				return transporttest.Harness{
					Driver:  &driver{Driver: network, t: t, person: shared.Person{ID: "~tess@example.org", Name: "Tess", Owner: owner}},
					Account: transports.Account{Scope: "loopback", Person: "tester", Name: "Tess"},
					Env:     transports.Env{Log: slog.New(slog.DiscardHandler)},
					Room:    n.AddRoom("Lobby", ""), Other: n.AddRoom("Attic", ""),
					Cut: func() { n.Cut(n.Find("Bridge"), &transports.Fault{Kind: transports.Offline, Text: "Cut."}) },
					Peer: transporttest.Peer{Name: "Ida Lovelace",
						Join:  func(room transports.RoomID) { do(transports.Join{Room: room}) },
						Leave: func(room transports.RoomID) { do(transports.Leave{Room: room}) },
						Say: func(room transports.RoomID, words string) {
							do(transports.Send{Place: transports.InRoom(room), Text: text.Plain(words)})
						},
						Act: func(room transports.RoomID, words string) {
							do(transports.Send{Place: transports.InRoom(room), Style: transports.Does, Text: text.Plain(words)})
						},
						Hears: func(words string) {
							heard, cancel := context.WithTimeout(t.Context(), patience)
							defer cancel()
							for {
								e := ida.Next(heard)
								if e == nil {
									t.Fatalf("nobody said %q", words)
								}
								if m, is := e.(transports.Message); is && !m.Own && m.Text.String() == words {
									return
								}
							}
						},
						SetTopic: func(room transports.RoomID, words string) { do(transports.SetTopic{Room: room, Text: words}) },
						Rename:   func(name string) { do(transports.SetName{Name: name}) },
						Quit:     func() { ida.Quit("bye") },
					},
				}
			})
		})
	}
}
