package xep

import "isthmus/core/stanza"

// encrypted are the elements that mark a message as encrypted for the reader's own devices: XEP-0380 §3, and those that came before it.
var encrypted = [...][2]string{
	{"urn:xmpp:eme:0", "encryption"},
	{"eu.siacs.conversations.axolotl", "encrypted"},
	{"urn:xmpp:omemo:1", "encrypted"},
	{"urn:xmpp:omemo:2", "encrypted"},
	{"jabber:x:encrypted", "x"},
	{"urn:xmpp:openpgp:0", "openpgp"},
}

// Encrypted tells whether a message's meaning is hidden from us, its body being no more than a fallback.
func Encrypted(s *stanza.Stanza) bool {
	for _, e := range encrypted {
		if s.Child(e[0], e[1]) != nil {
			return true
		}
	}
	return false
}
