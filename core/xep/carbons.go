package xep

import "isthmus/core/stanza"

const nsCarbons = "urn:xmpp:carbons:2"

// NoCopies ask a server not to copy a message to the person's other clients: each gets its own (XEP-0280 §8, XEP-0334 §4.3).
func NoCopies() []*stanza.Element {
	return []*stanza.Element{stanza.New(nsCarbons, "private"), stanza.New("urn:xmpp:hints", "no-copy")}
}

// SentCopy is what a person's other clients get of a message that one of them has sent (XEP-0280 §6): from the person's bare JID to
// themselves, with the message in it.
func SentCopy(m *stanza.Stanza) *stanza.Stanza {
	s := &stanza.Stanza{Kind: stanza.Message, Type: m.Type, ID: m.ID, From: m.From.Bare(), To: m.From.Bare()}
	return s.Add(stanza.New(nsCarbons, "sent").Add(Forwarded(m)))
}

// CopiesSent tells whether the server itself copies a message that it sends in a person's name to their clients (XEP-0280 §6): those
// that speak only the first version of XEP-0356 do not.
func (g Grant) CopiesSent() bool { return g.Space == nsPrivilege2 }
