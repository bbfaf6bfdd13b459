package core

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"

	"isthmus/core/stanza"
	"isthmus/core/store"
)

func openStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "store.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// write hands changes over and waits until they are on disk.
func write(t *testing.T, s *store.Store, changes ...store.Change) {
	t.Helper()
	done := make(chan error, 1)
	s.Write(func(err error) { done <- err }, changes...)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// replies records rendered stanzas.
type replies []string

func (r *replies) reply(s *stanza.Stanza) { *r = append(*r, string(s.Append(nil))) }

func expect(t *testing.T, got replies, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %d stanzas", len(got))
		for i := range max(len(got), len(want)) {
			at := func(list []string) string {
				if i < len(list) {
					return list[i]
				}
				return "nothing"
			}
			if at(got) != at(want) {
				t.Errorf("stanza %d is\n  %s\nwant\n  %s", i, at(got), at(want))
			}
		}
	}
}

// crashed fills the store as a run leaves it that was killed with alice in a room, and two messages on their way.
func crashed(t *testing.T, s *store.Store) {
	t.Helper()
	command := func(stanza string) store.Change {
		return store.Begin{Command: store.Command{ID: store.NextID(), Account: 1, Transport: "gw.example",
			From: "alice@example.org/phone", To: "#go%irc.net@gw.example", Stanza: stanza}}
	}
	write(t, s,
		store.Enter{Occupant: store.Occupant{Transport: "gw.example", Person: "alice@example.org", Resource: "phone", Room: "#go%irc.net", Nick: "ally"}},
		store.Enter{Occupant: store.Occupant{Transport: "other.example", Person: "bob@example.org", Resource: "x", Room: "#go%irc.net", Nick: "bob"}},
		command("m1"), command("m1"), command("m2")) // m1 had two lines
}

const (
	putOutPresence = `<presence type='unavailable' from='#go%irc.net@gw.example/ally' to='alice@example.org/phone'>` +
		`<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'><reason>The gateway was restarted. Join again.</reason></item>` +
		`<status code='332'/><status code='110'/></x></presence>`
	unknownStart = `<message type='error' id='`
	unknownEnd   = `' from='#go%irc.net@gw.example' to='alice@example.org/phone'><error type='wait'>` +
		`<undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>` +
		`The gateway was stopped while it sent this message. It is not known whether it was delivered: look in the room before you send it again.</text></error></message>`
)

func TestAfterACrashPeopleArePutOutAndToldOfTheirMessagesOnce(t *testing.T) {
	s := openStore(t)
	crashed(t, s)
	d, err := readDebts(t.Context(), s, "gw.example")
	if err != nil {
		t.Fatal(err)
	}
	var got replies
	d.settle(got.reply)
	expect(t, got, putOutPresence, unknownStart+"m1"+unknownEnd, unknownStart+"m2"+unknownEnd)

	d.settle(got.reply)
	if len(got) != 3 {
		t.Error("paid twice")
	}
	write(t, s) // what was handed over before is on disk
	for domain, left := range map[string]int{"gw.example": 0, "other.example": 1} {
		again, err := readDebts(t.Context(), s, domain)
		if err != nil {
			t.Fatal(err)
		}
		if len(again.occupants)+len(again.commands) != left {
			t.Errorf("%s owes %d occupants and %d commands", domain, len(again.occupants), len(again.commands))
		}
	}
}

func TestAfterACrashAnswersThatTheServerMayNotHaveComeAgain(t *testing.T) {
	s := openStore(t)
	command := store.Command{ID: store.NextID(), Account: 1, Transport: "gw.example", From: "alice@example.org/phone", To: "bob%irc.net@gw.example", Stanza: "m1", Data: []byte(`{}`)}
	write(t, s, store.Begin{Command: command}, store.Answer{ID: command.ID, Data: []byte(`{"Answer":"<received xmlns='urn:xmpp:receipts' id='m1'/>","Kind":"message","ID":"r1","Type":"chat"}`)})
	d, err := readDebts(t.Context(), s, "gw.example")
	if err != nil {
		t.Fatal(err)
	}
	var got replies
	d.settle(got.reply)
	expect(t, got, `<message type='chat' id='r1' from='bob%irc.net@gw.example' to='alice@example.org/phone'><received xmlns='urn:xmpp:receipts' id='m1'/></message>`)
	write(t, s)
	if left, _ := s.Commands(t.Context(), "gw.example"); len(left) != 0 {
		t.Errorf("%d commands are left", len(left))
	}
}

func TestAJournalThatCannotBeReadOutIsStruckOut(t *testing.T) {
	s := openStore(t)
	write(t, s, store.Begin{Command: store.Command{ID: 1, Transport: "gw.example", From: "@", To: "gw.example", Stanza: "x"}},
		store.Begin{Command: store.Command{ID: 2, Transport: "gw.example", From: "a@b", To: "", Stanza: "x"}})
	d, err := readDebts(t.Context(), s, "gw.example")
	if err != nil {
		t.Fatal(err)
	}
	var got replies
	d.settle(got.reply)
	expect(t, got)
	write(t, s)
	if left, _ := s.Commands(t.Context(), "gw.example"); len(left) != 0 {
		t.Errorf("%d commands are left", len(left))
	}
}
