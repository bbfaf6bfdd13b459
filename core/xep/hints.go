package xep

import "isthmus/core/stanza"

const nsHints = "urn:xmpp:hints"

// Stored asks archives to keep a message that has no body (XEP-0334 §4.4).
func Stored() *stanza.Element { return stanza.New(nsHints, "store") }

// NotStored asks archives to leave out a message that is only of the moment (XEP-0334 §4.2).
func NotStored() *stanza.Element { return stanza.New(nsHints, "no-store") }

// NotToBeKept tells whether a sender wants a message out of archives (XEP-0334 §4.1, §4.2).
func NotToBeKept(s *stanza.Stanza) bool {
	return s.Child(nsHints, "no-store") != nil || s.Child(nsHints, "no-permanent-store") != nil
}
