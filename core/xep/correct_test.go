package xep

import "testing"

func TestACorrectionNamesTheMessageThatItCorrects(t *testing.T) {
	for child, want := range map[string]string{
		`<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>`: "m1", `<replace xmlns='urn:other' id='m1'/>`: "", ``: "",
	} {
		if got := Corrects(read(t, `<message><body>x</body>`+child+`</message>`)); got != want {
			t.Errorf("%s: %q", child, got)
		}
	}
	rendered(t, Correction("m<1"), `<replace xmlns='urn:xmpp:message-correct:0' id='m&lt;1'/>`)
}
