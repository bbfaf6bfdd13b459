package xep

import (
	"time"

	"isthmus/core/stanza"
)

const (
	// NSRetract is the namespace of retraction.
	NSRetract = "urn:xmpp:message-retract:1"
	// NSTombstones is the feature of an archive in which a tombstone stands for what was taken back (XEP-0424 §4).
	NSTombstones = NSRetract + "#tombstone"
	// The form before version 0.4, which clients still send.
	nsRetractOld = "urn:xmpp:message-retract:0"
	nsFasten     = "urn:xmpp:fasten:0"
)

// Retracts is the id of the message that the sender of this one takes back (XEP-0424 §3), empty for none.
func Retracts(s *stanza.Stanza) string {
	if id := s.Child(NSRetract, "retract").Attr("id"); id != "" {
		return id
	}
	if old := s.Child(nsFasten, "apply-to"); old.Child(nsRetractOld, "retract") != nil {
		return old.Attr("id")
	}
	return ""
}

// Retraction takes a message back (XEP-0424 §3); clients without it read the body beside.
func Retraction(id string) []*stanza.Element {
	return []*stanza.Element{stanza.New(NSRetract, "retract", "id", id),
		stanza.Text("", "body", "A message was deleted, but your client cannot show it."), Fallback(NSRetract, 0, 0), Stored()}
}

// IsTombstone tells whether an archived message is one that was taken back (XEP-0424 §4).
func IsTombstone(s *stanza.Stanza) bool { return s.Child(NSRetract, "retracted") != nil }

// Tombstone stands in an archive where a message was, by the id of what took it back (XEP-0424 §4).
func Tombstone(retraction string, at time.Time) *stanza.Element {
	return stanza.New(NSRetract, "retracted", "id", retraction, "stamp", Stamp(at))
}
