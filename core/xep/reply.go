package xep

import "isthmus/core/stanza"

// NSReply is the namespace of replies.
const NSReply = "urn:xmpp:reply:0"

// RepliesTo is the id of the message that this one is a reply to (XEP-0461 §3), empty for none.
func RepliesTo(s *stanza.Stanza) string { return s.Child(NSReply, "reply").Attr("id") }

// Reply marks a message as a reply to another one; to is its author, zero where nobody knows (XEP-0461 §3).
func Reply(id string, to stanza.JID) *stanza.Element {
	e := stanza.New(NSReply, "reply", "id", id)
	if !to.IsZero() {
		e.Set("to", to.String())
	}
	return e
}

// ReplyFallback marks the first characters of a body as the quotation for clients without replies (XEP-0461 §3.1).
func ReplyFallback(characters int) *stanza.Element { return Fallback(NSReply, 0, characters) }

// WithoutQuotation is a body without what repeats the message that it is a reply to.
func WithoutQuotation(s *stanza.Stanza, body string) string { return WithoutFallback(s, body, NSReply) }
