package account

import (
	"context"
	"testing"

	"isthmus/transports"
)

// finder is a session that finds bob, whatever the words are.
type finder struct{ session }

func (s finder) Find(_ context.Context, words string, limit int) ([]transports.User, error) {
	s.record("find " + words)
	return []transports.User{user("Bob")}, nil
}

func TestUsersAreFoundWhereTheNetworkCanSearch(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		if _, ok, err := w.account.Find(t.Context(), "bo", 10); ok || err != nil {
			t.Errorf("found without a connection: %v", err)
		}
		w.inside("bob")
		if _, ok, err := w.account.Find(t.Context(), "bo", 10); ok || err != nil {
			t.Errorf("found where nothing can be: %v", err)
		}
		w.account.mail.put(func() { w.account.session = finder{session{w.network}} })
		all, ok, err := w.account.Find(t.Context(), "bo", 10)
		if !ok || err != nil || len(all) != 1 || all[0] != (Found{jid("bob%irc.net@gw.example"), "Bob"}) {
			t.Errorf("found %v %v %v", all, ok, err)
		}
		w.expectCommands("find bo")
	})
}

func TestTheLastAnswerOfAnAccountIsHeard(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for range 1000 { // each account ends with its answer
			w.open()
			if _, ok := w.account.Status(t.Context()); !ok {
				t.Fatal("it has ended without an answer")
			}
			<-w.account.Done()
		}
	})
}

func TestWhoIsBlockedIsShownSo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		if err := w.account.Block(t.Context(), "bob", true); err == nil {
			t.Error("blocked without a connection")
		}
		w.lists(transports.Blocking | transports.ContactLists)
		w.sends(toBob("subscribe"))
		w.emits(transports.ContactChanged{Contact: friend("Bob", transports.To)}, how("Bob", transports.Present, ""))
		w.waits(2 * presenceGap)
		w.forget()
		if err := w.account.Block(t.Context(), "bob", true); err != nil {
			t.Error(err)
		}
		w.expectCommands("block bob true")
		blocked := friend("Bob", transports.To)
		blocked.Blocked = true
		w.emits(transports.ContactChanged{Contact: blocked})
		w.waits(2 * presenceGap)
		w.expect("alice@example.org: bob is gone (You have blocked this user.)")
		if all, err := w.account.Blocked(t.Context()); err != nil || len(all) != 1 || all[0].Name != "Bob" {
			t.Errorf("blocked are %v (%v)", all, err)
		}
		w.emits(transports.ContactChanged{Contact: friend("Bob", transports.To)})
		w.waits(2 * presenceGap)
		w.expect("alice@example.org: bob is here")
		w.denies(transports.Forbidden, "Not that one.")
		if err := w.account.Block(t.Context(), "bob", true); err == nil || transports.AsFault(err).Text != "Not that one." {
			t.Errorf("the network's refusal is %v", err)
		}
	})
}
