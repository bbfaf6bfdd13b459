package core

import (
	"testing"

	"isthmus/core/stanza"
)

func TestAnAccountKeepsItsIDOnceItWasKept(t *testing.T) {
	s := openStore(t)
	r, err := newRegister(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	alice := stanza.JID{Local: "alice", Domain: "example.org"}
	first := r.account("gw.example", alice, "irc.net")
	if first.ID == 0 || first.Keep == nil {
		t.Fatalf("%+v", first)
	}
	if other := r.account("gw.example", alice, "irc.net"); other.ID == first.ID {
		t.Error("an account that nobody kept was known")
	}
	first.Keep()
	if again := r.account("gw.example", alice, "irc.net"); again.ID != first.ID || again.Keep != nil {
		t.Errorf("%+v, kept as %d", again, first.ID)
	}
	for what, other := range map[string]int64{
		"another network":   r.account("gw.example", alice, "other.net").ID,
		"another transport": r.account("gw2.example", alice, "irc.net").ID,
		"another person":    r.account("gw.example", stanza.JID{Local: "bob", Domain: "example.org"}, "irc.net").ID,
	} {
		if other == first.ID {
			t.Errorf("%s has the same account", what)
		}
	}
	write(t, s)
	stored, err := s.Accounts(t.Context())
	if err != nil || len(stored) != 1 || stored[0].ID != first.ID || stored[0].Owner != "alice@example.org" {
		t.Fatalf("stored: %+v, %v", stored, err)
	}
	next, err := newRegister(t.Context(), s) // after a restart
	if err != nil {
		t.Fatal(err)
	}
	if again := next.account("gw.example", alice, "irc.net"); again.ID != first.ID {
		t.Errorf("%+v, kept as %d", again, first.ID)
	}
}

func TestTheKeyOfOccupantIDsOutlivesTheProcess(t *testing.T) {
	s := openStore(t)
	first, err := s.Setting(t.Context(), "occupant-key", randomKey)
	if err != nil || len(first) != 32 {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	again, err := s.Setting(t.Context(), "occupant-key", func() []byte { return []byte("another") })
	if err != nil || string(again) != string(first) {
		t.Errorf("another key was made: %v", err)
	}
	if string(randomKey()) == string(first) {
		t.Error("the key is not random")
	}
}
