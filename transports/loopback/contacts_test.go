package loopback_test

import (
	"slices"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
)

func TestContactsAskAnswerAndPart(t *testing.T) {
	d := start(t, loopback.Config{})
	n := d.Network(scope)
	ida := n.AddPerson("Ida Lovelace")
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})

	alice.must(transports.Subscribe{User: ida.ID, On: true, Text: "It is me."})
	if e := next[transports.SubscriptionAsked](t, ida, nil); e.From.ID != alice.self.ID || e.Text != "It is me." {
		t.Errorf("asked as %+v", e)
	}
	must(t, ida, transports.Authorize{User: alice.self.ID, Allow: true})
	if e := expect[transports.SubscriptionAnswered](alice, nil); !e.Granted || e.User.ID != ida.ID {
		t.Errorf("answered as %+v", e)
	}
	if e := expect[transports.ContactChanged](alice, nil); e.Contact.Subscription != transports.To || e.Contact.User.Name != "Ida Lovelace" {
		t.Errorf("the new contact is %+v", e)
	}
	if e := expect[transports.PresenceChanged](alice, nil); e.User.ID != ida.ID || e.Presence.Show != transports.Present {
		t.Errorf("the contact is %+v", e)
	}

	must(t, ida, transports.Subscribe{User: alice.self.ID, On: true})
	expect[transports.SubscriptionAsked](alice, nil)
	alice.must(transports.Authorize{User: ida.ID, Allow: true})
	if e := expect[transports.ContactChanged](alice, nil); e.Contact.Subscription != transports.Both {
		t.Errorf("both see each other as %+v", e)
	}
	alice.must(transports.SetContact{User: ida.ID, Name: "Ada", Groups: []string{"Friends", "Friends", "Work"}})
	if e := expect[transports.ContactChanged](alice, nil); e.Contact.User.Name != "Ada" || !slices.Equal(e.Contact.Groups, []string{"Friends", "Work"}) {
		t.Errorf("named and grouped as %+v", e)
	}

	must(t, ida, transports.SetPresence{Presence: transports.Presence{Show: transports.Busy, Status: "writing notes"}})
	if e := expect[transports.PresenceChanged](alice, nil); e.Presence.Show != transports.Busy || e.Presence.Status != "writing notes" || e.Presence.Since.IsZero() {
		t.Errorf("Ida is %+v", e.Presence)
	}
	alice.must(transports.SetPresence{Presence: transports.Presence{Show: transports.LongAway}})
	next(t, ida, func(e transports.PresenceChanged) bool {
		return e.User.ID == alice.self.ID && e.Presence.Show == transports.LongAway
	})
	alice.stop()
	next(t, ida, func(e transports.PresenceChanged) bool {
		return e.User.ID == alice.self.ID && e.Presence.Show == transports.Absent
	})

	alice.run() // the list is told anew
	all := expect[transports.Contacts](alice, nil)
	if len(all.Contacts) != 1 || all.Contacts[0].User.Name != "Ada" || all.Contacts[0].Subscription != transports.Both {
		t.Errorf("the list is %+v", all)
	}
	expect(alice, func(e transports.PresenceChanged) bool { return e.Presence.Show == transports.Busy })

	must(t, ida, transports.Authorize{User: alice.self.ID})
	if e := expect[transports.SubscriptionAnswered](alice, nil); e.Granted {
		t.Errorf("taken back as %+v", e)
	}
	alice.must(transports.Authorize{User: ida.ID})
	alice.must(transports.Subscribe{User: ida.ID})
	if e := expect[transports.ContactRemoved](alice, nil); e.User != ida.ID {
		t.Errorf("removed as %+v", e)
	}
}

func TestARequestWaitsForWhoIsAway(t *testing.T) {
	d := start(t, loopback.Config{})
	ida := d.Network(scope).AddPerson("Ida Lovelace")
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	alice.stop()
	if err := <-alice.ended; err != nil {
		t.Fatal(err)
	}
	must(t, ida, transports.Subscribe{User: alice.self.ID, On: true, Text: "hello"})
	alice.run()
	if e := expect[transports.SubscriptionAsked](alice, nil); e.Text != "hello" {
		t.Errorf("asked as %+v", e)
	}
	alice.must(transports.Authorize{User: ida.ID})
	if e := next[transports.SubscriptionAnswered](t, ida, nil); e.Granted {
		t.Errorf("denied as %+v", e)
	}
}

func TestABlockedUserSeesAndReachesNobody(t *testing.T) {
	d := start(t, loopback.Config{})
	ida := d.Network(scope).AddPerson("Ida Lovelace")
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	must(t, ida, transports.Subscribe{User: alice.self.ID, On: true})
	alice.must(transports.Authorize{User: ida.ID, Allow: true})
	alice.must(transports.Block{User: ida.ID, On: true})
	expect(alice, func(e transports.ContactChanged) bool { return e.Contact.Blocked })
	next(t, ida, func(e transports.PresenceChanged) bool { return e.Presence.Show == transports.Absent })
	_, err := ida.Do(transports.Send{Place: transports.TalkWith(alice.self.ID), Text: text.Plain("hello?")})
	wantFault(t, err, transports.Forbidden)
	alice.must(transports.Block{User: ida.ID})
	must(t, ida, transports.Send{Place: transports.TalkWith(alice.self.ID), Text: text.Plain("hello?")})
	expect[transports.Message](alice, nil)
}

func TestANetworkWithoutListsShowsWhomOneWatches(t *testing.T) {
	d := start(t, loopback.Config{Without: []string{"contact_lists"}})
	ida := d.Network(scope).AddPerson("Ida Lovelace")
	alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
	alice.must(transports.Subscribe{User: ida.ID, On: true})
	expect(alice, func(e transports.PresenceChanged) bool {
		return e.User.ID == ida.ID && e.Presence.Show == transports.Present
	})
	ida.Quit("bye")
	_, err := alice.do(transports.Subscribe{User: ida.ID, On: true})
	wantFault(t, err, transports.NotFound)
}
