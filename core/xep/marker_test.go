package xep

import "testing"

func TestADisplayedMarkerNamesTheLastMessageSeen(t *testing.T) {
	for child, want := range map[string]string{
		`<displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>`: "m1", `<markable xmlns='urn:xmpp:chat-markers:0'/>`: "", `<displayed xmlns='urn:other' id='m1'/>`: "",
	} {
		if got := Displays(read(t, `<message>`+child+`</message>`)); got != want {
			t.Errorf("%s: %q", child, got)
		}
	}
	rendered(t, Displayed("m1"), `<displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>`)
	rendered(t, Markable(), `<markable xmlns='urn:xmpp:chat-markers:0'/>`)
}
