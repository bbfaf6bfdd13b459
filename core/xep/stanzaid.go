package xep

import "isthmus/core/stanza"

const nsStanzaID = "urn:xmpp:sid:0"

// StanzaID is the id that an archive gave a message (XEP-0359 §3.1).
func StanzaID(by stanza.JID, id string) *stanza.Element {
	return stanza.New(nsStanzaID, "stanza-id", "by", by.String(), "id", id)
}

// OriginID is the id that the client itself gave its message (XEP-0359 §3.2), or nil.
func OriginID(s *stanza.Stanza) *stanza.Element { return s.Child(nsStanzaID, "origin-id") }
