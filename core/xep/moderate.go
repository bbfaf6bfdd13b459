package xep

import "isthmus/core/stanza"

// NSModerate is the namespace of moderation.
const NSModerate = "urn:xmpp:message-moderate:1"

// ParseModeration finds a moderator's request to take away a message of a room (XEP-0425 §5).
func ParseModeration(s *stanza.Stanza) (id, reason string, ok bool) {
	if s.Kind != stanza.IQ || s.Type != "set" {
		return "", "", false
	}
	m := s.Child(NSModerate, "moderate")
	return m.Attr("id"), m.Child(NSModerate, "reason").Text(), m.Child(NSRetract, "retract") != nil
}

// Moderation tells the people in a room that a moderator has taken a message away (XEP-0425 §5); by is zero where nobody knows who.
func Moderation(id string, by stanza.JID, occupant, reason string) []*stanza.Element {
	moderated := stanza.New(NSModerate, "moderated")
	if !by.IsZero() {
		moderated.Set("by", by.String())
	}
	if occupant != "" {
		moderated.Add(Occupant(occupant))
	}
	retract := stanza.New(NSRetract, "retract", "id", id).Add(moderated)
	if reason != "" {
		retract.Add(stanza.Text("", "reason", reason))
	}
	return []*stanza.Element{retract, stanza.Text("", "body", "A message was deleted by a moderator, but your client cannot show it."),
		Fallback(NSRetract, 0, 0), Stored()}
}
