package xep

import (
	"strconv"
	"time"

	"isthmus/core/stanza"
)

const nsLast = "jabber:iq:last"

// IsLast finds a question for the last activity, which of a component means its uptime (XEP-0012 §5).
func IsLast(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Type == "get" && s.Child(nsLast, "query") != nil
}

// Last is its answer.
func Last(since time.Duration) *stanza.Element {
	return stanza.New(nsLast, "query", "seconds", strconv.Itoa(int(since.Seconds())))
}
