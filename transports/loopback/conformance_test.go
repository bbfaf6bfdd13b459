package loopback_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
	"isthmus/transports/transporttest"
)

// patience bounds every wait. Only a defect waits that long.
const patience = 20 * time.Second

const scope transports.Scope = "loopback"

// start makes a driver that runs until the test ends.
func start(t *testing.T, config loopback.Config) *loopback.Driver {
	t.Helper()
	driver, err := loopback.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- driver.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return driver
}

// must carries out a command of a person that cannot fail.
func must(t *testing.T, p *loopback.Person, c transports.Command) transports.Result {
	t.Helper()
	result, err := p.Do(c)
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return result
}

// next waits for an event of a type that fits; others before it are passed over.
func next[E transports.Event](t *testing.T, p *loopback.Person, fits func(E) bool) E {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		event := p.Next(ctx)
		if event == nil {
			var none E
			t.Fatalf("no %T came", none)
		}
		if e, is := event.(E); is && (fits == nil || fits(e)) {
			return e
		}
	}
}

func harness(t *testing.T, config loopback.Config) transporttest.Harness {
	t.Helper()
	driver := start(t, config)
	network := driver.Network(scope)
	ida := network.AddPerson("Ida Lovelace")
	do := func(c transports.Command) { t.Helper(); must(t, ida, c) }
	return transporttest.Harness{
		Driver:  driver,
		Account: transports.Account{Scope: scope, Person: "tester", Name: "Tess"},
		Env:     transports.Env{Log: slog.New(slog.DiscardHandler)},
		Room:    network.AddRoom("Lobby", ""), Other: network.AddRoom("Attic", ""),
		Cut: func() { network.Cut(network.Find("Tess"), &transports.Fault{Kind: transports.Offline, Text: "Cut."}) },
		Peer: transporttest.Peer{
			Name:  "Ida Lovelace",
			Join:  func(room transports.RoomID) { do(transports.Join{Room: room}) },
			Leave: func(room transports.RoomID) { do(transports.Leave{Room: room}) },
			Say: func(room transports.RoomID, words string) {
				do(transports.Send{Place: transports.InRoom(room), Text: text.Plain(words)})
			},
			Act: func(room transports.RoomID, words string) {
				do(transports.Send{Place: transports.InRoom(room), Style: transports.Does, Text: text.Plain(words)})
			},
			Tell: func(to transports.User, words string) {
				do(transports.Send{Place: transports.TalkWith(to.ID), Text: text.Plain(words)})
			},
			Hears: func(words string) {
				t.Helper()
				next(t, ida, func(m transports.Message) bool { return !m.Own && m.Text.String() == words })
			},
			SetTopic: func(room transports.RoomID, words string) { do(transports.SetTopic{Room: room, Text: words}) },
			Kick: func(room transports.RoomID, user transports.User, reason string) {
				do(transports.SetRole{Room: room, User: user.ID, Reason: reason})
			},
			Rename: func(name string) { do(transports.SetName{Name: name}) },
			Quit:   func() { ida.Quit("bye") },
		},
	}
}

func TestTheLawsHold(t *testing.T) {
	for name, config := range map[string]loopback.Config{
		"with everything":         {},
		"with ids of each one's":  {IDs: "own", Durable: true},
		"with as good as nothing": {IDs: "none", Only: []string{"topics", "names", "roles"}, SingleLine: true},
	} {
		t.Run(name, func(t *testing.T) {
			transporttest.Run(t, func(t *testing.T) transporttest.Harness { return harness(t, config) })
		})
	}
}
