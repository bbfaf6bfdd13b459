package xep

import "testing"

func TestOnlyWhatNobodyMissesIsEphemeral(t *testing.T) {
	for children, want := range map[string]bool{
		``: true,
		`<composing xmlns='http://jabber.org/protocol/chatstates'/>`:                                                  true,
		`<paused xmlns='http://jabber.org/protocol/chatstates'/><no-store xmlns='urn:xmpp:hints'/><thread>t</thread>`: true,
		`<received xmlns='urn:xmpp:receipts' id='1'/>`:                                                                true,
		`<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>`:                                                         true,
		`<origin-id xmlns='urn:xmpp:sid:0' id='1'/>`:                                                                  true,
		`<active xmlns='http://jabber.org/protocol/chatstates'/><x xmlns='http://jabber.org/protocol/muc#user'/>`:     true,
		`<x xmlns='http://jabber.org/protocol/muc#user'><invite to='bob@example.org'/></x>`:                           false,
		`<body>hello</body>`:    false,
		`<subject>go</subject>`: false,
		`<composing xmlns='http://jabber.org/protocol/chatstates'/><reactions xmlns='urn:xmpp:reactions:0' id='1'/>`: false,
		`<thread xmlns='urn:other'/>`: false,
	} {
		if got := Ephemeral(read(t, `<message>`+children+`</message>`)); got != want {
			t.Errorf("%s: %v", children, got)
		}
	}
}
