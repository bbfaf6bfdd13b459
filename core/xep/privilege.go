package xep

import (
	"strings"

	"isthmus/core/stanza"
)

// The versions of the namespace that servers speak: the second came with permission for IQs (XEP-0356 §9).
const (
	nsPrivilege1 = "urn:xmpp:privilege:1"
	nsPrivilege2 = "urn:xmpp:privilege:2"
)

// Grant is what a server lets the gateway do in the name of its people (XEP-0356 §4-7).
type Grant struct {
	// Space is the version of the protocol that the server speaks, empty where it grants nothing.
	Space string
	// ReadRoster and WriteRoster: their contact lists. Messages: sending in their name. Presences: theirs are sent to the gateway.
	ReadRoster, WriteRoster, Messages, Presences bool
	// IQs are the kinds of request (get, set, both) that may be made in their name, by the namespace of the payload.
	IQs map[string]string
}

// ParsePrivileges finds what a server grants (XEP-0356 §4.2). Prosody 0.12 puts what belongs to the permission for IQs elsewhere
// in the element, so all descendants are looked at.
func ParsePrivileges(s *stanza.Stanza) (Grant, bool) {
	for _, space := range []string{nsPrivilege2, nsPrivilege1} {
		if p := s.Child(space, "privilege"); p != nil && s.Kind == stanza.Message && s.Type != "error" {
			g := Grant{Space: space, IQs: map[string]string{}}
			g.read(p)
			return g, true
		}
	}
	return Grant{}, false
}

func (g *Grant) read(e *stanza.Element) {
	for _, c := range e.Children() {
		kind := c.Attr("type")
		switch {
		case c.Name == "namespace" && kind != "none":
			g.IQs[c.Attr("ns")] = kind
		case c.Name == "perm" && c.Attr("access") == "roster":
			g.ReadRoster, g.WriteRoster = kind == "get" || kind == "both", kind == "set" || kind == "both"
		case c.Name == "perm" && c.Attr("access") == "message":
			g.Messages = kind == "outgoing"
		case c.Name == "perm" && c.Attr("access") == "presence":
			g.Presences = kind == "managed_entity" || kind == "roster"
		}
		g.read(c)
	}
}

// AllowsIQ tells whether such a request (get or set) may be made in a person's name.
func (g Grant) AllowsIQ(kind, space string) bool {
	allowed := g.IQs[space]
	return allowed == "both" || allowed != "" && allowed == kind
}

// RefusedMessage tells whether a server refuses a message that was to be sent in a person's name.
func RefusedMessage(s *stanza.Stanza) bool {
	return s.Kind == stanza.Message && s.Type == "error" && (s.Child(nsPrivilege1, "privilege") != nil || s.Child(nsPrivilege2, "privilege") != nil)
}

// OnBehalf wraps a message that the server of its sender is to send as if the person had (XEP-0356 §5.3). The sender is a bare JID.
func (g Grant) OnBehalf(gateway stanza.JID, m *stanza.Stanza) *stanza.Stanza {
	return (&stanza.Stanza{Kind: stanza.Message, ID: m.ID, From: gateway, To: stanza.JID{Domain: m.From.Domain}}).
		Add(stanza.New(g.Space, "privilege").Add(Forwarded(m)))
}

// IQOnBehalf wraps a request that the server of a person is to make in their name (XEP-0356 §6). The answer is unwrapped by IQAnswer.
func (g Grant) IQOnBehalf(gateway, person stanza.JID, kind, id string, to stanza.JID, payload *stanza.Element) *stanza.Stanza {
	iq := stanza.New(nsClient, "iq", "type", kind, "id", id, "from", person.Bare().String(), "to", to.String()).Add(payload)
	return (&stanza.Stanza{Kind: stanza.IQ, Type: kind, From: gateway, To: person.Bare()}).Add(stanza.New(g.Space, "privileged_iq").Add(iq))
}

// IQAnswer is the payload of what came of a request in a person's name, nil where it failed (XEP-0356 §6).
func IQAnswer(s *stanza.Stanza) *stanza.Element {
	if s == nil || s.Type != "result" {
		return nil
	}
	for _, space := range []string{nsPrivilege2, nsPrivilege1} {
		iq := s.Child(space, "privilege").Child(nsForward, "forwarded").Child(nsClient, "iq")
		if children := iq.Children(); iq.Attr("type") == "result" {
			if len(children) > 0 {
				return children[0]
			}
			return iq
		}
	}
	return nil
}

// Forwarded holds a message of the kind that clients send, as XEP-0297 §3.1 has it.
func Forwarded(m *stanza.Stanza) *stanza.Element {
	inner := stanza.New(nsClient, "message", "type", m.Type, "id", m.ID, "from", m.From.String(), "to", m.To.String()).Add(m.Payload...)
	if len(m.Rendered) > 0 { // it names no namespace where it is the stanza's own, so it may stand here
		inner.AddRaw(m.Rendered)
	}
	return stanza.New(nsForward, "forwarded").Add(inner)
}

// nsRoster is the namespace of contact lists (RFC 6121 §2.1), which XEP-0356 §4.3 opens to the gateway.
const nsRoster = "jabber:iq:roster"

// RosterItem is an entry of a person's contact list (RFC 6121 §2.1.2).
type RosterItem struct {
	JID          stanza.JID
	Name         string
	Groups       []string
	Subscription string // none, to, from, both, remove
	Asked        bool   // the person has asked for the contact's presence
}

// RosterGet asks for a person's contact list (XEP-0356 §4.3).
func RosterGet(gateway, person stanza.JID) *stanza.Stanza {
	return (&stanza.Stanza{Kind: stanza.IQ, Type: "get", From: gateway, To: person.Bare()}).Add(stanza.New(nsRoster, "query"))
}

// RosterSet changes entries of a person's contact list (XEP-0356 §4.3).
func RosterSet(gateway, person stanza.JID, items ...RosterItem) *stanza.Stanza {
	q := stanza.New(nsRoster, "query")
	for _, i := range items {
		item := stanza.New("", "item", "jid", i.JID.String(), "name", i.Name, "subscription", i.Subscription)
		for _, g := range i.Groups {
			item.Add(stanza.Text("", "group", g))
		}
		q.Add(item)
	}
	return (&stanza.Stanza{Kind: stanza.IQ, Type: "set", From: gateway, To: person.Bare()}).Add(q)
}

// ParseRoster reads the entries of a contact list out of an answer, or out of what the server pushes (XEP-0356 §4.4); ok is
// false where there is none. Entries whose address is none are left out.
func ParseRoster(s *stanza.Stanza) (items []RosterItem, ok bool) {
	if s == nil || s.Kind != stanza.IQ || s.Type == "error" {
		return nil, false
	}
	q := s.Child(nsRoster, "query")
	for _, e := range q.Children() {
		jid, err := stanza.ParseJID(e.Attr("jid"))
		if !e.Is(nsRoster, "item") || err != nil {
			continue
		}
		i := RosterItem{JID: jid, Name: strings.Clone(e.Attr("name")), Subscription: e.Attr("subscription"), Asked: e.Attr("ask") == "subscribe"}
		for _, g := range e.Children() {
			if g.Is(nsRoster, "group") && g.Text() != "" {
				i.Groups = append(i.Groups, strings.Clone(g.Text()))
			}
		}
		items = append(items, i)
	}
	return items, q != nil
}
