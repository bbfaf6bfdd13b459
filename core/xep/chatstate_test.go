package xep

import "testing"

func TestChatStatesTellWhetherSomeoneWrites(t *testing.T) {
	for child, want := range map[string][2]bool{
		`<composing xmlns='http://jabber.org/protocol/chatstates'/>`: {true, true}, `<paused xmlns='http://jabber.org/protocol/chatstates'/>`: {false, true},
		`<gone xmlns='http://jabber.org/protocol/chatstates'/>`: {false, true}, `<composing xmlns='urn:other'/>`: {false, false},
	} {
		if composing, ok := ParseChatState(read(t, `<message>`+child+`</message>`)); composing != want[0] || ok != want[1] {
			t.Errorf("%s: %v %v", child, composing, ok)
		}
	}
	rendered(t, ChatState(true), `<composing xmlns='http://jabber.org/protocol/chatstates'/>`)
	rendered(t, ChatState(false), `<paused xmlns='http://jabber.org/protocol/chatstates'/>`)
	rendered(t, Active(), `<active xmlns='http://jabber.org/protocol/chatstates'/>`)
}
