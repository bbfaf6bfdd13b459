package xep

import "isthmus/core/stanza"

// NSRosterExchange is the namespace of offered contacts, and the feature of clients that take them (XEP-0144 §4).
const NSRosterExchange = "http://jabber.org/protocol/rosterx"

// The actions of XEP-0144 §3.
const (
	OfferAdd    = "add"
	OfferModify = "modify"
	OfferDelete = "delete"
)

// Offer is one entry that a client is to add to the person's contact list, change there, or delete.
type Offer struct {
	RosterItem
	Action string
}

// RosterExchange offers entries (XEP-0144 §3); a gateway is trusted by clients whose person has registered with it (§7.2).
func RosterExchange(offers []Offer) *stanza.Element {
	x := stanza.New(NSRosterExchange, "x")
	for _, o := range offers {
		item := stanza.New("", "item", "action", o.Action, "jid", o.JID.String(), "name", o.Name)
		for _, g := range o.Groups {
			item.Add(stanza.Text("", "group", g))
		}
		x.Add(item)
	}
	return x
}

// InfoRequest asks an entity what it is (XEP-0030 §3).
func InfoRequest(from, to stanza.JID) *stanza.Stanza {
	return (&stanza.Stanza{Kind: stanza.IQ, Type: "get", From: from, To: to}).Add(stanza.New(nsInfo, "query"))
}

// HasFeature tells whether an answer to InfoRequest announces a feature (XEP-0030 §3); s may be nil.
func HasFeature(s *stanza.Stanza, feature string) bool {
	if s == nil || s.Type != "result" {
		return false
	}
	for _, e := range s.Child(nsInfo, "query").Children() {
		if e.Is(nsInfo, "feature") && e.Attr("var") == feature {
			return true
		}
	}
	return false
}
