package loopback_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
)

// hear gives the words of the next messages that come to an account.
func hear(v *visitor, count int) []string {
	var all []string
	for range count {
		all = append(all, expect[transports.Message](v, nil).Text.String())
	}
	return all
}

func TestBadWeatherLosesDoublesAndSwapsMessages(t *testing.T) {
	for name, c := range map[string]struct {
		weather loopback.Weather
		want    []string
	}{
		"lost":    {loopback.Weather{Lose: 3}, []string{"1", "2", "4", "5", "end"}},
		"doubled": {loopback.Weather{Duplicate: 2}, []string{"1", "2", "2", "3", "4", "4", "5", "6", "6", "end"}},
		"swapped": {loopback.Weather{Swap: 2}, []string{"1", "3", "2", "5", "4", "end"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, loopback.Config{})
			n := d.Network(scope)
			ida := n.AddPerson("Ida Lovelace")
			alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
			say := func(words string) {
				must(t, ida, transports.Send{Place: transports.TalkWith(alice.self.ID), Text: text.Plain(words)})
			}
			n.SetWeather(alice.self.ID, c.weather)
			for _, words := range []string{"1", "2", "3", "4", "5", "6"} {
				say(words)
			}
			n.SetWeather(alice.self.ID, loopback.Weather{})
			say("end")
			want := c.want
			if name == "swapped" { // what was held back comes after the next event, whatever it is
				want = []string{"1", "3", "2", "5", "4", "end", "6"}
			}
			if got := hear(alice, len(want)); !slices.Equal(got, want) {
				t.Errorf("heard %q, want %q", got, want)
			}
		})
	}
}

func TestASlowNetworkIsLateWithEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, loopback.Config{})
		n := d.Network(scope)
		ida := n.AddPerson("Ida Lovelace")
		alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
		n.SetWeather(alice.self.ID, loopback.Weather{Delay: 3 * time.Second})
		began := time.Now()
		must(t, ida, transports.Send{Place: transports.TalkWith(alice.self.ID), Text: text.Plain("hi")})
		hear(alice, 1)
		if late := time.Since(began); late != 3*time.Second {
			t.Errorf("the message came after %v", late)
		}
		began = time.Now()
		alice.must(transports.Send{Place: transports.TalkWith(ida.ID), Text: text.Plain("hi")})
		if late := time.Since(began); late != 3*time.Second {
			t.Errorf("the answer to a command came after %v", late)
		}
	})
}

func TestTheNetworkRefusesWhatItIsToldToRefuse(t *testing.T) {
	d := start(t, loopback.Config{})
	n := d.Network(scope)
	ida := n.AddPerson("Ida Lovelace")
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	n.Deny(func(by transports.UserID, c transports.Command) *transports.Fault {
		if _, is := c.(transports.Send); is && by == alice.self.ID {
			return &transports.Fault{Kind: transports.RateLimited, Text: "Slower.", Wait: time.Minute}
		}
		return nil
	})
	send := transports.Send{Place: transports.TalkWith(ida.ID), Text: text.Plain("hi")}
	_, err := alice.do(send)
	if f := transports.AsFault(err); f.Kind != transports.RateLimited || f.Wait != time.Minute {
		t.Errorf("refused with %+v", f)
	}
	n.Deny(func(transports.UserID, transports.Command) *transports.Fault {
		return &transports.Fault{Kind: transports.UnknownOutcome, Text: "Who knows."}
	})
	_, err = alice.do(send)
	wantFault(t, err, transports.UnknownOutcome)
	next[transports.Message](t, ida, nil) // it was sent nevertheless
	n.Deny(nil)
	alice.must(send)
}

func TestAUserIsShutOut(t *testing.T) {
	d := start(t, loopback.Config{})
	n := d.Network(scope)
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	n.Refuse(alice.self.ID, &transports.Fault{Kind: transports.Gone, Text: "No more."})
	n.Cut(alice.self.ID, &transports.Fault{Kind: transports.Offline, Text: "Cut."})
	if f := alice.fault(); f.Kind != transports.Offline || f.Text != "Cut." {
		t.Errorf("cut with %+v", f)
	}
	alice.run()
	if f := alice.fault(); f.Kind != transports.Gone || f.Text != "No more." {
		t.Errorf("refused with %+v", f)
	}
	n.Refuse(alice.self.ID, nil)
	alice.run()
	expect[transports.Online](alice, nil)
}

func TestCapabilitiesChangeWhileConnected(t *testing.T) {
	d := start(t, loopback.Config{})
	n := d.Network(scope)
	room := n.AddRoom("Lobby", "")
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	alice.must(transports.Join{Room: room})
	n.SetCapabilities(alice.self.ID, func(can *transports.Capabilities) { can.Features &^= transports.Topics })
	if e := expect[transports.Online](alice, nil); e.Can.Features&transports.Topics != 0 || e.Can.Features&transports.Edits == 0 {
		t.Errorf("now it can %+v", e.Can)
	}
	_, err := alice.do(transports.SetTopic{Room: room, Text: "topic"})
	wantFault(t, err, transports.Unsupported)
}

func TestAFullRoomIsTold(t *testing.T) {
	d := start(t, loopback.Config{})
	n := d.Network(scope)
	room := n.AddRoom("Stadium", "")
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	alice.must(transports.Join{Room: room})
	expect[transports.Room](alice, nil)
	n.Fill(room, 10)
	for range 10 {
		expect[transports.MemberChanged](alice, nil)
	}
	n.Fill(room, 10_000)
	bob := visit(t, d, transports.Account{Person: "bob", Name: "Bob"})
	bob.must(transports.Join{Room: room})
	if e := expect[transports.Room](bob, nil); len(e.Members) != 10_012 {
		t.Errorf("%d members", len(e.Members))
	}
}

func TestWhoDoesNotReadIsGivenUp(t *testing.T) {
	d := start(t, loopback.Config{})
	n := d.Network(scope)
	ida := n.AddPerson("Ida Lovelace")
	session, err := d.Open(transports.Account{Scope: scope, Person: "alice", Name: "Alice"}, transports.Env{})
	if err != nil {
		t.Fatal(err)
	}
	stuck, ended := make(chan struct{}), make(chan error, 1)
	self := make(chan transports.UserID, 1)
	go func() {
		ended <- session.Run(context.Background(), func(e transports.Event) {
			if e, is := e.(transports.Online); is {
				self <- e.Self.ID
				<-stuck
			}
		})
	}()
	to := transports.TalkWith(<-self)
	for range 110_000 {
		must(t, ida, transports.Send{Place: to, Text: text.Plain("hi")})
	}
	close(stuck)
	wantFault(t, <-ended, transports.Offline)
}
