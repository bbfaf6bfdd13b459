package xep

import (
	"time"

	"isthmus/core/stanza"
)

const nsIdle = "urn:xmpp:idle:1"

// Idle tells in a presence since when a user has done nothing (XEP-0319 §2); nil for the zero time.
func Idle(since time.Time) *stanza.Element {
	if since.IsZero() {
		return nil
	}
	return stanza.New(nsIdle, "idle", "since", Stamp(since))
}

// ParseIdle reads it out of a presence, the zero time where there is none (XEP-0319 §2).
func ParseIdle(s *stanza.Stanza) time.Time {
	t, err := ParseStamp(s.Child(nsIdle, "idle").Attr("since"))
	if err != nil {
		return time.Time{}
	}
	return t
}
