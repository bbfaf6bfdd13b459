package xep

import "testing"

func TestHints(t *testing.T) {
	rendered(t, Stored(), `<store xmlns='urn:xmpp:hints'/>`)
	rendered(t, NotStored(), `<no-store xmlns='urn:xmpp:hints'/>`)
}
