package xep

import (
	"time"

	"isthmus/core/stanza"
)

const nsDelay = "urn:xmpp:delay"

// Stamp is a time as XEP-0082 §3.2 writes it, to the millisecond.
func Stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// ParseStamp reads it.
func ParseStamp(s string) (time.Time, error) { return time.Parse(time.RFC3339Nano, s) }

// Delay tells when a message was really said (XEP-0203 §3).
func Delay(by stanza.JID, at time.Time) *stanza.Element {
	return stanza.New(nsDelay, "delay", "from", by.String(), "stamp", Stamp(at))
}
