package xep

import (
	"testing"

	"isthmus/core/stanza"
)

func TestACopyOfWhatAPersonHasSent(t *testing.T) {
	m := &stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: "1", From: aliceJID.Bare(), To: roomJID, Payload: []*stanza.Element{stanza.Text("", "body", "hi")}}
	got := string(SentCopy(m).Append(nil))
	if want := `<message type='chat' id='1' from='alice@example.org' to='alice@example.org'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>` +
		`<message xmlns='jabber:client' type='chat' id='1' from='alice@example.org' to='#go%irc.net@gw.example'><body>hi</body></message></forwarded></sent></message>`; got != want {
		t.Errorf("got\n  %s\nwant\n  %s", got, want)
	}
	if !(Grant{Space: nsPrivilege2}).CopiesSent() || (Grant{Space: nsPrivilege1}).CopiesSent() {
		t.Error("the wrong servers make copies")
	}
}

func TestNoCopiesAreAskedForInBothWays(t *testing.T) {
	asked := NoCopies()
	rendered(t, asked[0], `<private xmlns='urn:xmpp:carbons:2'/>`)
	rendered(t, asked[1], `<no-copy xmlns='urn:xmpp:hints'/>`)
}
