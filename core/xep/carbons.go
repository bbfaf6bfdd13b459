package xep

import "isthmus/core/stanza"

// NoCopies ask a server not to copy a message to the person's other clients: each gets its own (XEP-0280 §8, XEP-0334 §4.3).
func NoCopies() []*stanza.Element {
	return []*stanza.Element{stanza.New("urn:xmpp:carbons:2", "private"), stanza.New("urn:xmpp:hints", "no-copy")}
}
