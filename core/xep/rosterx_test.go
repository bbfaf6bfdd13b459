package xep

import "testing"

func TestContactsAreOffered(t *testing.T) {
	rendered(t, RosterExchange([]Offer{
		{RosterItem{JID: roomJID, Name: "Go", Groups: []string{"A", "B"}}, OfferAdd},
		{RosterItem{JID: aliceJID.Bare()}, OfferDelete},
	}), `<x xmlns='http://jabber.org/protocol/rosterx'><item action='add' jid='#go%irc.net@gw.example' name='Go'><group>A</group><group>B</group></item>`+
		`<item action='delete' jid='alice@example.org'/></x>`)
}

func TestClientsThatTakeOffersSaySo(t *testing.T) {
	if got := string(InfoRequest(roomJID, aliceJID).Append(nil)); got != `<iq type='get' from='#go%irc.net@gw.example' to='alice@example.org/phone'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>` {
		t.Error(got)
	}
	for text, want := range map[string]bool{
		`<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='a'/><feature var='http://jabber.org/protocol/rosterx'/></query></iq>`: true,
		`<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='a'/></query></iq>`:                                                    false,
		`<iq type='error'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='http://jabber.org/protocol/rosterx'/></query></iq>`:                    false,
	} {
		if HasFeature(read(t, text), NSRosterExchange) != want {
			t.Error(text)
		}
	}
	if HasFeature(nil, "a") {
		t.Error("no answer has a feature")
	}
}
