package xep

import (
	"encoding/base64"
	"strconv"

	"isthmus/core/stanza"
)

// The nodes of XEP-0084 §3, and the namespaces of what they are read and announced by.
const (
	NodeAvatarData     = "urn:xmpp:avatar:data"
	NodeAvatarMetadata = "urn:xmpp:avatar:metadata"
	nsPubsub           = "http://jabber.org/protocol/pubsub"
	nsPubsubEvent      = "http://jabber.org/protocol/pubsub#event"
)

// Avatar is a picture that someone has. Hash is the SHA-1 of its bytes in hexadecimal.
type Avatar struct {
	Hash, Type           string
	Bytes, Width, Height int
}

// metadata describes the picture, or tells that there is none (XEP-0084 §4.2).
func (a Avatar) metadata() *stanza.Element {
	m := stanza.New(NodeAvatarMetadata, "metadata")
	if a.Hash == "" {
		return m
	}
	return m.Add(stanza.New("", "info", "bytes", strconv.Itoa(a.Bytes), "id", a.Hash, "type", a.Type,
		"width", strconv.Itoa(a.Width), "height", strconv.Itoa(a.Height)))
}

func (a Avatar) item() *stanza.Element {
	return stanza.New("", "item", "id", choose(a.Hash == "", "none", a.Hash)).Add(a.metadata())
}

// Announced is the notification of the picture from its owner's bare JID (XEP-0084 §3.2, XEP-0163 §4.3).
func (a Avatar) Announced(from, to stanza.JID) *stanza.Stanza {
	event := stanza.New(nsPubsubEvent, "event").Add(stanza.New("", "items", "node", NodeAvatarMetadata).Add(a.item()))
	return (&stanza.Stanza{Kind: stanza.Message, Type: "headline", From: from, To: to}).Add(event)
}

// Metadata answers a request for the node of that name (XEP-0084 §4.2).
func (a Avatar) Metadata() *stanza.Element { return items(NodeAvatarMetadata, a.item()) }

// Data answers a request for the picture itself (XEP-0084 §4.1).
func (a Avatar) Data(picture []byte) *stanza.Element {
	return items(NodeAvatarData, stanza.New("", "item", "id", a.Hash).Add(stanza.Text(NodeAvatarData, "data", base64.StdEncoding.EncodeToString(picture))))
}

// VCard4Item answers a request for the node that holds the vCard4 (XEP-0292 §5).
func VCard4Item(c Card) *stanza.Element {
	return items(NodeVCard4, stanza.New("", "item", "id", "current").Add(c.Four()))
}

func items(node string, item *stanza.Element) *stanza.Element {
	return stanza.New(nsPubsub, "pubsub").Add(stanza.New("", "items", "node", node).Add(item))
}

// ParseNodeRequest finds a request for the items of a node (XEP-0060 §6.5); id is the one item asked for, or empty.
func ParseNodeRequest(s *stanza.Stanza) (node, id string, ok bool) {
	if s.Kind != stanza.IQ || s.Type != "get" {
		return "", "", false
	}
	i := s.Child(nsPubsub, "pubsub").Child(nsPubsub, "items")
	return i.Attr("node"), i.Child(nsPubsub, "item").Attr("id"), i != nil
}
