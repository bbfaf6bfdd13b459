package xep

import "testing"

func TestNoCopiesAreAskedForInBothWays(t *testing.T) {
	asked := NoCopies()
	rendered(t, asked[0], `<private xmlns='urn:xmpp:carbons:2'/>`)
	rendered(t, asked[1], `<no-copy xmlns='urn:xmpp:hints'/>`)
}
