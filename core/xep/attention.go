package xep

import "isthmus/core/stanza"

// NSAttention is the namespace of requests for attention.
const NSAttention = "urn:xmpp:attention:0"

// WantsAttention tells whether a message asks for its reader's attention (XEP-0224 §4).
func WantsAttention(s *stanza.Stanza) bool { return s.Child(NSAttention, "attention") != nil }
