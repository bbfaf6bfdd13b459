package xep

import "testing"

func TestHints(t *testing.T) {
	rendered(t, Stored(), `<store xmlns='urn:xmpp:hints'/>`)
	rendered(t, NotStored(), `<no-store xmlns='urn:xmpp:hints'/>`)
	for hint, want := range map[string]bool{"no-store": true, "no-permanent-store": true, "no-copy": false, "store": false} {
		if got := NotToBeKept(read(t, `<message><body>hi</body><`+hint+` xmlns='urn:xmpp:hints'/></message>`)); got != want {
			t.Errorf("%s: %v", hint, got)
		}
	}
}
