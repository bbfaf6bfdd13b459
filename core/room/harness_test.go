package room

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

var (
	roomJID = stanza.JID{Local: "#go%irc.net", Domain: "gw.example"}
	phone   = stanza.JID{Local: "alice", Domain: "example.org", Resource: "phone"}
	laptop  = stanza.JID{Local: "alice", Domain: "example.org", Resource: "laptop"}
)

// hosted is the room of alice's account with these members; nobody is attached yet.
func hosted(names ...string) *Hosted {
	h := &Hosted{Room: New(roomJID, xep.NewOccupantKey([]byte("key"))), RealJID: func(id transports.UserID) stanza.JID {
		return stanza.JID{Local: string(id) + "%irc.net", Domain: "gw.example"}
	}}
	h.Self = "alice"
	h.Apply(state(names...))
	return h
}

func state(names ...string) transports.Room {
	r := transports.Room{Room: "#go", Complete: true}
	for _, name := range names {
		r.Members = append(r.Members, member(name))
	}
	return r
}

func user(name string) transports.User {
	return transports.User{ID: transports.UserID(strings.ToLower(name)), Name: name}
}

func member(name string) transports.Member {
	return transports.Member{User: user(name), Role: transports.Participant}
}

// words says what changes are, one by one; those of one event about several members come in any order.
func words(changes []Change) []string {
	var all []string
	for _, change := range changes {
		switch c := change.(type) {
		case Came:
			all = append(all, "came "+c.Member.Nick)
		case Changed:
			all = append(all, fmt.Sprintf("changed %s %d/%d by %s", c.Member.Nick, c.Member.Affiliation, c.Member.Role, c.By))
		case Renamed:
			all = append(all, "renamed "+c.Was+" to "+c.Member.Nick)
		case Went:
			all = append(all, "went "+c.Member.Nick)
		case Retitled:
			all = append(all, "topic "+c.Topic.Text)
		}
	}
	return all
}

func expectChanges(t *testing.T, got []Change, want ...string) {
	t.Helper()
	if w := words(got); !slices.Equal(w, want) {
		t.Errorf("changes %q, want %q", w, want)
	}
}

// render writes a stanza without its occupant-id, which is tested by itself.
func render(s *stanza.Stanza) string {
	shown := *s
	shown.Payload = slices.DeleteFunc(slices.Clone(s.Payload), func(e *stanza.Element) bool { return e.Name == "occupant-id" })
	return string(shown.Append(nil))
}

func expectStanzas(t *testing.T, got []*stanza.Stanza, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d stanzas, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if text := render(got[i]); text != want[i] {
			t.Errorf("stanza %d is\n  %s\nwant\n  %s", i, text, want[i])
		}
	}
}
