package xep

import "testing"

func TestVersion(t *testing.T) {
	for text, want := range map[string]bool{
		`<iq type='get'><query xmlns='jabber:iq:version'/></iq>`: true,
		`<iq type='set'><query xmlns='jabber:iq:version'/></iq>`: false,
		`<iq type='get'><query xmlns='jabber:iq:last'/></iq>`:    false,
	} {
		if got := IsVersion(read(t, text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	rendered(t, Version("Isthmus", "1.0", "Linux"), `<query xmlns='jabber:iq:version'><name>Isthmus</name><version>1.0</version><os>Linux</os></query>`)
}
