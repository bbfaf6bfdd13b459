package xep

import "isthmus/core/stanza"

const nsStyling = "urn:xmpp:styling:0"

// Unstyled tells that a body must be taken literally (XEP-0393 §7).
func Unstyled(s *stanza.Stanza) bool { return s.Child(nsStyling, "unstyled") != nil }
