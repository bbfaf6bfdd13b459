package xep

import "testing"

func TestAPictureIsAnnouncedAndRead(t *testing.T) {
	a := Avatar{Hash: "abc", Type: "image/png", Bytes: 2, Width: 3, Height: 4}
	const item = `<item id='abc'><metadata xmlns='urn:xmpp:avatar:metadata'><info bytes='2' id='abc' type='image/png' width='3' height='4'/></metadata></item>`
	if got, want := string(a.Announced(roomJID, aliceJID).Append(nil)), `<message type='headline' from='#go%irc.net@gw.example' to='alice@example.org/phone'>`+
		`<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:avatar:metadata'>`+item+`</items></event></message>`; got != want {
		t.Errorf("got\n  %s\nwant\n  %s", got, want)
	}
	rendered(t, a.Metadata(), `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:metadata'>`+item+`</items></pubsub>`)
	rendered(t, Avatar{}.Metadata(), `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:metadata'><item id='none'><metadata xmlns='urn:xmpp:avatar:metadata'/></item></items></pubsub>`)
	rendered(t, a.Data([]byte{1, 2}), `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'><item id='abc'><data xmlns='urn:xmpp:avatar:data'>AQI=</data></item></items></pubsub>`)
	rendered(t, VCard4Item(Card{Nick: "bob"}), `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:vcard4'><item id='current'>`+
		`<vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'><nickname><text>bob</text></nickname></vcard></item></items></pubsub>`)
}

func TestRequestsForNodesAreFound(t *testing.T) {
	node, id, ok := ParseNodeRequest(read(t, `<iq type='get'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'><item id='i'/></items></pubsub></iq>`))
	if node != "n" || id != "i" || !ok {
		t.Errorf("%q %q %v", node, id, ok)
	}
	for _, text := range []string{`<iq type='set'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'/></pubsub></iq>`, `<iq type='get'><pubsub xmlns='http://jabber.org/protocol/pubsub'/></iq>`, `<iq type='get'/>`} {
		if _, _, ok := ParseNodeRequest(read(t, text)); ok {
			t.Error(text)
		}
	}
}
