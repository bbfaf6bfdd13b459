package loopback_test

import (
	"testing"
	"testing/synctest"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
)

func TestResidentsAreThereAnswerReactMendAndDraw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, loopback.Config{Residents: true})
		synctest.Wait()
		alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
		all := expect[transports.Contacts](alice, nil).Contacts
		if len(all) != 3 || all[0].Subscription != transports.Both || all[0].Groups[0] != "Residents" || all[0].User.Picture == "" {
			t.Fatalf("the contacts are %+v", all)
		}
		by := map[string]transports.Place{}
		for _, c := range all {
			by[c.User.Name] = transports.TalkWith(c.User.ID)
		}
		expect(alice, func(e transports.PresenceChanged) bool { return e.Presence.Status == "I draw." })

		id := alice.must(transports.Send{Place: by["Ida Lovelace"], Text: text.Plain("hello")}).Parts[0]
		if e := expect[transports.Read](alice, nil); e.Upto != id {
			t.Errorf("read as %+v", e)
		}
		if e := expect[transports.Reacted](alice, nil); e.ID != id || e.Emoji[0] != "👍" {
			t.Errorf("reacted as %+v", e)
		}
		expect(alice, func(e transports.Typing) bool { return e.On })
		expect(alice, func(e transports.Message) bool { return !e.Own && e.Text.String() == "I read you. You said: hello" })

		alice.must(transports.Send{Place: by["Max Hopper"], Text: text.Plain("hello")})
		wrong := expect(alice, func(e transports.Message) bool { return !e.Own })
		if e := expect[transports.Edited](alice, nil); e.ID != wrong.ID || e.Text.String() == wrong.Text.String() {
			t.Errorf("%+v was edited as %+v", wrong, e)
		}

		alice.must(transports.Send{Place: by["Zoe Noether"], Text: text.Plain("hello")})
		if e := expect(alice, func(e transports.Message) bool { return len(e.Files) == 1 }); e.Files[0].Type != "image/png" {
			t.Errorf("drew %+v", e.Files)
		}

		lobby := d.Network(scope).Room("Lobby")
		alice.must(transports.Join{Room: lobby})
		if e := expect[transports.Room](alice, nil); len(e.Members) != 4 || e.Topic.Text == "" {
			t.Errorf("the lobby is %+v", e)
		}
		expect(alice, func(e transports.Message) bool { return e.Text.String()[:15] == "Welcome, Alice!" })
		alice.must(transports.Send{Place: transports.InRoom(lobby), Text: text.Plain("nobody is meant")})
		id = alice.must(transports.Send{Place: transports.InRoom(lobby), Text: text.Plain("Ida, are you there?")}).Parts[0]
		if e := expect(alice, func(e transports.Message) bool { return !e.Own }); e.ReplyTo == nil || e.ReplyTo.ID != id {
			t.Errorf("Ida answers %+v", e)
		}
	})
}

func TestResidentsAreTheSameAfterARestart(t *testing.T) {
	keep := &shelf{kept: map[string][]byte{}}
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			d := start(t, loopback.Config{Residents: true, Keep: keep})
			synctest.Wait()
			alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
			if all := expect[transports.Contacts](alice, nil).Contacts; len(all) != 3 {
				t.Errorf("the contacts are %+v", all)
			}
		})
	}
}
