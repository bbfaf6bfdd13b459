package xep

import (
	"isthmus/core/stanza"
)

// NSSpaces is the namespace of server-side spaces (XEP-0503).
const NSSpaces = "urn:xmpp:spaces:0"

const (
	nsBookmarks          = "urn:xmpp:bookmarks:1"
	nsPubsubFilter       = "urn:xmpp:pubsub-filter:0"
	nsPubsubSubscription = "urn:xmpp:pubsub:subscription:0"
)

// Space is a node that holds rooms and other spaces, at the JID of a service.
type Space struct {
	Service    stanza.JID
	Node, Name string
}

// WantsSpaces tells whether a disco#items request asks for spaces and nothing else (XEP-0503 §5.1, XEP-0462 §3).
func WantsSpaces(s *stanza.Stanza) bool {
	x := s.Child(nsItems, "query").Child(nsPubsubFilter, "filter").Child(nsForm, "x")
	if x == nil {
		return false
	}
	answers, problem := Submitted(x)
	for _, wanted := range answers["included-types"] {
		if wanted == NSSpaces {
			return problem == ""
		}
	}
	return false
}

// Spaces is the answer to a request for the items of a service: its spaces (XEP-0503 §5.1).
func Spaces(spaces []Space) *stanza.Element {
	q := stanza.New(nsItems, "query")
	for _, s := range spaces {
		q.Add(stanza.New("", "item", "jid", s.Service.String(), "node", s.Node, "name", s.Name))
	}
	return q
}

// Info describes a space (XEP-0503 §5.2).
func (s Space) Info() Info {
	return Info{Category: "pubsub", Type: "leaf", Name: s.Name, Features: features(nsPubsub),
		More: &Report{Fields: []Field{
			{Name: "FORM_TYPE", Kind: Hidden, Values: []string{nsPubsub + "#meta-data"}},
			{Name: "pubsub#type", Values: []string{NSSpaces}},
			{Name: "pubsub#title", Values: []string{s.Name}},
		}}}
}

// Content is the answer to a request for what is in a space (XEP-0503 §5.4): rooms as bookmarks (XEP-0402 §2), spaces as nodes (XEP-0330 §2).
func (s Space) Content(rooms []Item, spaces []Space) *stanza.Element {
	list := stanza.New("", "items", "node", s.Node)
	for _, r := range rooms {
		list.Add(stanza.New("", "item", "id", r.JID.String()).Add(stanza.New(nsBookmarks, "conference", "name", r.Name)))
	}
	for _, inner := range spaces {
		list.Add(stanza.New("", "item", "id", inner.Node).Add(
			stanza.New(nsPubsubSubscription, "subscription", "server", inner.Service.String(), "node", inner.Node).Add(stanza.Text("", "title", inner.Name))))
	}
	return stanza.New(nsPubsub, "pubsub").Add(list)
}

// WithSpaces announces that there are spaces at the address.
func (i Info) WithSpaces() Info {
	return i.Offering(NSSpaces, nsPubsub, nsPubsub+"#retrieve-items", nsPubsub+"#meta-data", nsPubsub+"#item-ids", nsPubsub+"#multi-items")
}

// In announces which space an entity belongs to (XEP-0503 §5.5); an entity in none announces nothing.
func (i Info) In(s Space) Info {
	if s.Node == "" {
		return i
	}
	uri := "xmpp:" + escapeURI(s.Service.String()) + "?;node=" + escapeURI(s.Node)
	i = i.Offering(NSSpaces)
	i.Parent = uri
	return i
}

// parentForm says which space an entity belongs to, nil for none.
func (i Info) parentForm() *Report {
	if i.Parent == "" {
		return nil
	}
	return &Report{Fields: []Field{{Name: "FORM_TYPE", Kind: Hidden, Values: []string{NSSpaces}}, {Name: "parent", Label: "Space", Values: []string{i.Parent}}}}
}
