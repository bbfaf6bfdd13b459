package xep

import "isthmus/core/stanza"

const (
	// NSModerate is the namespace of moderation.
	NSModerate = "urn:xmpp:message-moderate:1"
	// NSModerateOld is that of the form before version 0.3, the only one that some clients know.
	NSModerateOld = "urn:xmpp:message-moderate:0"
)

// ParseModeration finds a moderator's request to take away a message of a room (XEP-0425 §5).
func ParseModeration(s *stanza.Stanza) (id, reason string, ok bool) {
	if s.Kind != stanza.IQ || s.Type != "set" {
		return "", "", false
	}
	if old := s.Child(nsFasten, "apply-to"); old != nil {
		m := old.Child(NSModerateOld, "moderate")
		return old.Attr("id"), m.Child(NSModerateOld, "reason").Text(), m.Child(nsRetractOld, "retract") != nil
	}
	m := s.Child(NSModerate, "moderate")
	return m.Attr("id"), m.Child(NSModerate, "reason").Text(), m.Child(NSRetract, "retract") != nil
}

// Moderation tells the people in a room that a moderator has taken a message away (XEP-0425 §5), in both forms; by is zero where nobody knows who.
func Moderation(id string, by stanza.JID, occupant, reason string) []*stanza.Element {
	old := stanza.New(NSModerateOld, "moderated").Add(stanza.New(nsRetractOld, "retract"))
	moderated := stanza.New(NSModerate, "moderated")
	if !by.IsZero() {
		moderated.Set("by", by.String())
		old.Set("by", by.String())
	}
	if occupant != "" {
		moderated.Add(Occupant(occupant))
		old.Add(Occupant(occupant))
	}
	retract := stanza.New(NSRetract, "retract", "id", id).Add(moderated)
	if reason != "" {
		retract.Add(stanza.Text("", "reason", reason))
		old.Add(stanza.Text("", "reason", reason))
	}
	return []*stanza.Element{retract, stanza.New(nsFasten, "apply-to", "id", id).Add(old),
		stanza.Text("", "body", "A message was deleted by a moderator, but your client cannot show it."), Fallback(NSRetract, 0, 0), Stored()}
}
