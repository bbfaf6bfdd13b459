package xep

import (
	"testing"

	"isthmus/core/stanza"
)

func TestAnInvitationIsBothMediatedAndDirect(t *testing.T) {
	room, alice, bob := stanza.JID{Local: "#a%net", Domain: "gw"}, stanza.JID{Local: "alice", Domain: "x"}, stanza.JID{Local: "bob%net", Domain: "gw"}
	got := string(Invitation(room, alice, bob, "come", "").Append(nil))
	want := `<message from='#a%net@gw' to='alice@x'><x xmlns='http://jabber.org/protocol/muc#user'><invite from='bob%net@gw'><reason>come</reason></invite></x>` +
		`<x xmlns='jabber:x:conference' jid='#a%net@gw' reason='come'/></message>`
	if got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

func TestInvitationsToPassOnAreFound(t *testing.T) {
	s := (&stanza.Stanza{Kind: stanza.Message}).Add(stanza.New(nsUser, "x").Add(
		stanza.New(nsUser, "invite", "to", "bob@x").Add(stanza.Text(nsUser, "reason", "come")), stanza.New(nsUser, "invite"), stanza.New(nsUser, "decline", "to", "a@b")))
	if got := ParseInvites(s); len(got) != 1 || got[0] != (Invite{"bob@x", "come"}) {
		t.Errorf("found %v", got)
	}
}
