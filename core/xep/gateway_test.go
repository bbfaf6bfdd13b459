package xep

import "testing"

func TestWhatAPersonTypesIsTurnedIntoAnAddress(t *testing.T) {
	for text, want := range map[string]struct {
		typed   string
		set, ok bool
	}{
		`<iq type='get'><query xmlns='jabber:iq:gateway'/></iq>`:                                        {"", false, true},
		`<iq type='set'><query xmlns='jabber:iq:gateway'><prompt>Foo Bar</prompt></query></iq>`:         {"Foo Bar", true, true},
		`<iq type='set'><query xmlns='jabber:iq:gateway'/></iq>`:                                        {"", true, true},
		`<iq type='set'><query xmlns='jabber:iq:gateway'><prompt xmlns='urn:x'>a</prompt></query></iq>`: {"", true, true},
		`<iq type='result'><query xmlns='jabber:iq:gateway'/></iq>`:                                     {},
		`<iq type='get'><query xmlns='urn:x'/></iq>`:                                                    {},
	} {
		typed, set, ok := ParseGateway(read(t, text))
		if typed != want.typed || set != want.set || ok != want.ok {
			t.Errorf("%s: %q, set %v, ok %v", text, typed, set, ok)
		}
	}
	rendered(t, GatewayPrompt("Who?", "Name"), `<query xmlns='jabber:iq:gateway'><desc>Who?</desc><prompt>Name</prompt></query>`)
	rendered(t, GatewayAddress(roomJID), `<query xmlns='jabber:iq:gateway'><jid>#go%irc.net@gw.example</jid></query>`)
}
