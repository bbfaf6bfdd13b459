package xep

import (
	"time"

	"isthmus/core/stanza"
)

const nsTime = "urn:xmpp:time"

// IsTime finds a question for the entity's time (XEP-0202 §2).
func IsTime(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Type == "get" && s.Child(nsTime, "time") != nil
}

// Time is its answer.
func Time(now time.Time) *stanza.Element {
	return stanza.New(nsTime, "time").Add(
		stanza.Text("", "tzo", now.Format("-07:00")), stanza.Text("", "utc", now.UTC().Format("2006-01-02T15:04:05Z")))
}
