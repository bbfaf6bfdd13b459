package xep

import (
	"crypto/sha1" //nolint:gosec // XEP-0115 §5.1 asks for SHA-1; nothing secret depends on it
	"encoding/xml"
	"slices"

	"isthmus/core/stanza"

	"mellium.im/xmpp/disco"
	"mellium.im/xmpp/disco/info"
	"mellium.im/xmpp/form"
)

const (
	nsInfo  = "http://jabber.org/protocol/disco#info"
	nsItems = "http://jabber.org/protocol/disco#items"
	nsCaps  = "http://jabber.org/protocol/caps"
	nsForm  = "jabber:x:data"
	// capsNode is what identifies the program, with a hash after it what the program can do (XEP-0115 §4).
	capsNode = "urn:x-isthmus:gateway"
)

// Info is what an entity says of itself (XEP-0030 §3).
type Info struct {
	Category, Type, Name string
	// Rooms tells that it is a service of rooms as well, which is a second identity (XEP-0045 §6.1).
	Rooms    bool
	Features []string
	// Contacts are the URIs by which the operator is reached (XEP-0157 §2).
	Contacts []string
	// More is a form with further facts, or nil (XEP-0128 §2).
	More *Report
	// Parent is the URI of the space that it belongs to, or empty (XEP-0503 §5.5).
	Parent string
	// MaxReactions and Emoji limit the reactions on a message (XEP-0444 §4), where they are not 0 and nil.
	MaxReactions int
	Emoji        []string
}

// contactForm is the form that carries the contact addresses, nil without any.
func (i Info) contactForm() *form.Data {
	if len(i.Contacts) == 0 {
		return nil
	}
	return form.New(form.Result, form.Hidden("FORM_TYPE", form.Value("http://jabber.org/network/serverinfo")),
		form.ListMulti("support-addresses", contactValues(i.Contacts)...))
}

func (i Info) forms() []*form.Data {
	var all []*form.Data
	for _, f := range []*form.Data{i.contactForm(), restrictionForm(i.MaxReactions, i.Emoji)} {
		if f != nil {
			all = append(all, f)
		}
	}
	return all
}

func contactValues(uris []string) []form.Option {
	var values []form.Option
	for _, uri := range uris {
		values = append(values, form.Value(uri))
	}
	return values
}

func (i Info) identities() []info.Identity {
	all := []info.Identity{{Category: i.Category, Type: i.Type, Name: i.Name}}
	if i.Category == "conference" && i.Type != "text" { // by which clients know a room and its name (XEP-0045 §6.4)
		all = append(all, info.Identity{Category: "conference", Type: "text", Name: i.Name})
	}
	if i.Rooms {
		all = append(all, info.Identity{Category: "conference", Type: i.Type, Name: i.Name})
	}
	return all
}

// Query is the answer to a disco#info request for that node.
func (i Info) Query(node string) *stanza.Element {
	q := stanza.New(nsInfo, "query", "node", node)
	for _, id := range i.identities() {
		q.Add(stanza.New("", "identity", "category", id.Category, "type", id.Type, "name", id.Name))
	}
	for _, f := range i.Features {
		q.Add(stanza.New("", "feature", "var", f))
	}
	for _, f := range i.forms() {
		q.Add(mustRender(f.TokenReader()))
	}
	if i.More != nil {
		q.Add(i.More.Element())
	}
	if f := i.parentForm(); f != nil {
		q.Add(f.Element())
	}
	return q
}

// mustRender renders what mellium builds from our own values.
func mustRender(r xml.TokenReader) *stanza.Element {
	e, err := stanza.FromTokens(r)
	if err != nil {
		panic("a form of our own cannot be rendered: " + err.Error())
	}
	return e
}

func (i Info) hash() string {
	d := disco.Info{Identity: i.identities()}
	for _, f := range i.Features {
		d.Features = append(d.Features, info.Feature{Var: f})
	}
	for _, f := range i.forms() {
		d.Form = append(d.Form, *f)
	}
	return d.Hash(sha1.New()) //nolint:gosec // as above
}

// CapsNode is the node under which the current information may be asked for (XEP-0115 §6.2).
func (i Info) CapsNode() string { return capsNode + "#" + i.hash() }

// Caps is the element that presence carries (XEP-0115 §4).
func (i Info) Caps() *stanza.Element {
	return stanza.New(nsCaps, "c", "hash", "sha-1", "node", capsNode, "ver", i.hash())
}

// IsInfo finds a disco#info request and its node.
func IsInfo(s *stanza.Stanza) (node string, ok bool) { return discoRequest(s, nsInfo) }

// IsItems finds a disco#items request and its node.
func IsItems(s *stanza.Stanza) (node string, ok bool) { return discoRequest(s, nsItems) }

func discoRequest(s *stanza.Stanza, space string) (string, bool) {
	if s.Kind != stanza.IQ || s.Type != "get" {
		return "", false
	}
	q := s.Child(space, "query")
	return q.Attr("node"), q != nil
}

// Item is one entry of a disco#items answer.
type Item struct {
	JID  stanza.JID
	Name string
}

// Items is the answer to a disco#items request (XEP-0030 §4).
func Items(node string, items []Item) *stanza.Element {
	q := stanza.New(nsItems, "query", "node", node)
	for _, i := range items {
		q.Add(stanza.New("", "item", "jid", i.JID.String(), "name", i.Name))
	}
	return q
}

// GatewayInfo describes the gateway itself; kind is the network's type in XEP-0030's registry of gateways.
func GatewayInfo(kind, name string) Info {
	return Info{Category: "gateway", Type: kind, Name: name, Rooms: true, Features: features(
		nsInfo, nsItems, nsVersion, nsPing, nsCaps, nsTime, nsLast, nsVCard, NSCommands, NSRegister, NSGateway, NSSearch, `jid\20escaping`, NSMUC)}
}

// UserInfo describes someone on the network.
func UserInfo(name string) Info {
	return Info{Category: "account", Type: "registered", Name: name, Features: features(nsInfo, nsReceipts, nsBits, NSAttention)}
}

// WithCard is the information about someone, or a room, that has a vCard to be read (XEP-0054 §3, XEP-0486 §3.1).
func (i Info) WithCard() Info {
	i.Features = features(append(slices.Clone(i.Features), nsVCard)...)
	return i
}

// AccountInfo describes the account on one network.
func AccountInfo(kind, name string) Info {
	return Info{Category: "gateway", Type: kind, Name: name, Rooms: true, Features: features(nsInfo, nsItems, nsPing, nsVersion, nsRSM, NSMUC, NSCommands)}
}

// Offering announces more features.
func (i Info) Offering(more ...string) Info {
	i.Features = features(append(more, i.Features...)...)
	return i
}

func features(f ...string) []string {
	slices.Sort(f)
	return f
}

func choose(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// ItemsPage is the page of a disco#items answer that is wanted (XEP-0059); ok is false when it cannot be understood.
func ItemsPage(s *stanza.Stanza) (page Paging, ok bool) {
	return ParsePaging(s.Child(nsItems, "query"))
}
