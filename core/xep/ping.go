package xep

import (
	"isthmus/core/stanza"

	xmpp "mellium.im/xmpp/stanza"
)

const nsPing = "urn:xmpp:ping"

// IsPing finds a ping (XEP-0199 §4).
func IsPing(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Type == "get" && s.Child(nsPing, "ping") != nil
}

// Ping asks whether someone is there; the stream gives it an id.
func Ping(from, to stanza.JID) *stanza.Stanza {
	return &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: from, To: to, Payload: []*stanza.Element{stanza.New(nsPing, "ping")}}
}

// PingFailed tells from the answer to a ping that nobody is there. Servers answer so for a resource that is gone (RFC 6121 §8.5.3.2.3);
// silence proves nothing, for a sleeping phone answers late, and neither does a client that knows no pings.
func PingFailed(answer *stanza.Stanza) bool {
	return answer != nil && answer.Type == "error" && Unreachable(answer)
}

// Unreachable tells from an error stanza that whom it comes from cannot be reached, by the conditions of RFC 6120 §8.3.3 that
// speak of the address and not of what was sent.
func Unreachable(s *stanza.Stanza) bool {
	switch s.Condition() {
	case xmpp.Gone, xmpp.ItemNotFound, xmpp.JIDMalformed, xmpp.RecipientUnavailable, xmpp.Redirect,
		xmpp.RemoteServerNotFound, xmpp.RemoteServerTimeout, xmpp.ServiceUnavailable:
		return true
	}
	return false
}
