package xep

import (
	"testing"

	"isthmus/core/stanza"
)

func TestPingsAreFoundAndWritten(t *testing.T) {
	for text, want := range map[string]bool{
		`<iq type='get'><ping xmlns='urn:xmpp:ping'/></iq>`:             true,
		`<iq type='set'><ping xmlns='urn:xmpp:ping'/></iq>`:             false,
		`<iq type='get'><ping xmlns='urn:other'/></iq>`:                 false,
		`<presence type='get'><ping xmlns='urn:xmpp:ping'/></presence>`: false,
	} {
		if got := IsPing(read(t, text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	want := `<iq type='get' from='#go%irc.net@gw.example' to='alice@example.org/phone'><ping xmlns='urn:xmpp:ping'/></iq>`
	if got := string(Ping(roomJID, aliceJID).Append(nil)); got != want {
		t.Error(got)
	}
}

func TestOnlyAnErrorOfTheAddressMeansThatNobodyIsThere(t *testing.T) {
	if PingFailed(nil) {
		t.Error("silence was taken for absence")
	}
	if PingFailed(read(t, `<iq type='result'/>`)) {
		t.Error("an answer was taken for absence")
	}
	for condition, gone := range map[string]bool{
		"gone": true, "item-not-found": true, "jid-malformed": true, "recipient-unavailable": true, "redirect": true,
		"remote-server-not-found": true, "remote-server-timeout": true, "service-unavailable": true,
		"feature-not-implemented": false, "not-allowed": false, "forbidden": false, "not-acceptable": false, "bad-request": false,
		"policy-violation": false, "resource-constraint": false, "internal-server-error": false,
	} {
		s := read(t, `<iq type='error'><error type='cancel'><`+condition+` xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`)
		if PingFailed(s) != gone || Unreachable(s) != gone {
			t.Errorf("%s: failed %v, unreachable %v", condition, PingFailed(s), Unreachable(s))
		}
	}
	if Unreachable(&stanza.Stanza{Kind: stanza.IQ, Type: "error"}) {
		t.Error("an error without a condition was taken for absence")
	}
}
