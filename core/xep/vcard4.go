package xep

import "isthmus/core/stanza"

// NSVCard4 is the namespace of vCard4 over XMPP, NodeVCard4 the node that holds it (XEP-0292 §3).
const (
	NSVCard4   = "urn:ietf:params:xml:ns:vcard-4.0"
	NodeVCard4 = "urn:xmpp:vcard4"
)

// IsVCard4 finds the older request for a vCard4, by IQ (XEP-0292 §4.1.1 of version 0.9).
func IsVCard4(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Type == "get" && s.Child(NSVCard4, "vcard") != nil
}

// Four is the card as a vCard4 (XEP-0292 §3). The picture is not in it: it is asked for by other ways.
func (c Card) Four() *stanza.Element {
	card := stanza.New(NSVCard4, "vcard")
	c.property(card, "fn", "text", c.FullName)
	c.property(card, "nickname", "text", c.Nick)
	c.property(card, "email", "text", c.Email)
	c.property(card, "tel", "text", c.Phone)
	c.property(card, "tz", "text", c.TimeZone)
	c.property(card, "title", "text", c.Title)
	if c.Organisation != "" || c.Department != "" {
		org := stanza.New("", "org").Add(stanza.Text("", "text", c.Organisation))
		if c.Department != "" {
			org.Add(stanza.Text("", "text", c.Department))
		}
		card.Add(org)
	}
	for _, url := range c.URLs {
		c.property(card, "url", "uri", url)
	}
	c.property(card, "note", "text", c.Note)
	return card
}

func (Card) property(to *stanza.Element, name, kind, value string) {
	if value != "" {
		to.Add(stanza.New("", name).Add(stanza.Text("", kind, value)))
	}
}
