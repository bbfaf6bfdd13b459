package person

import (
	"slices"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"

	xmpp "mellium.im/xmpp/stanza"
)

// route leads a stanza of a person to the account that it concerns, or refuses it.
func (h *Hub) route(s *stanza.Stanza) {
	if !h.Policy.Allows(s.From) {
		if s.To.Local != "" || !update(s) { // servers that grant it send the presences of all their people (XEP-0356 §6), who have asked for nothing
			h.refuse(s, h.Policy.refusal())
		}
		return
	}
	if s.From.Resource != "" && s.Type != "error" { // a server speaks for people who are gone, too
		h.Seen(s.From)
	}
	if counts(s) && !h.pace.allows(s.From, h.Policy.Limits.Stanzas, time.Now()) && refusable(s) {
		h.refuse(s, tooFast)
		return
	}
	to, err := h.Addresses.Parse(s.To.Local)
	if err != nil {
		h.refuse(s, &stanza.Error{Type: xmpp.Modify, Condition: xmpp.JIDMalformed, Text: err.Error()})
		return
	}
	if h.Dialogue(s, to, h.Policy) {
		return
	}
	switch to.Kind {
	case address.Gateway:
		h.follow(s)
		if !h.Self(s, h.keys(s.From.Bare())) {
			h.deliver(s, address.Address{Kind: address.Account, Key: h.Addresses.Fixed})
		}
	case address.Bot:
		h.refuse(s, &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ServiceUnavailable})
	default:
		h.deliver(s, to)
	}
}

// follow tells a person's accounts that a client of theirs comes or goes (XEP-0100 §4.4, §4.5).
func (h *Hub) follow(s *stanza.Stanza) {
	owner := s.From.Bare()
	if s.Kind != stanza.Presence || s.Type != "" && s.Type != "unavailable" {
		return
	}
	for _, key := range h.owned[owner] {
		h.accounts[Key{owner, key}].OwnerPresence(s)
	}
}

// keys are those of a person's accounts, in order.
func (h *Hub) keys(owner stanza.JID) []string {
	return slices.Clone(h.owned[owner])
}

// deliver hands a stanza to an account, which is made if it is not there.
func (h *Hub) deliver(s *stanza.Stanza, to address.Address) {
	key := Key{s.From.Bare(), to.Key}
	for {
		a := h.accounts[key]
		if a == nil {
			var refusal *stanza.Error
			if a, refusal = h.open(key, 0); refusal != nil {
				h.refuse(s, refusal)
				return
			}
		}
		if refusal := h.dismissed[key]; refusal != nil { // it has not ended yet
			h.refuse(s, refusal)
			return
		}
		taken, ended := a.Handle(s, to)
		if ended {
			h.forget(key, a)
			continue
		}
		if !taken {
			h.refuse(s, &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ResourceConstraint, Text: "Too much is waiting to be sent. Wait a moment, then send it again."})
		}
		return
	}
}

// refuse answers with an error what wants an answer.
func (h *Hub) refuse(s *stanza.Stanza, e *stanza.Error) {
	if refusable(s) {
		h.Reply(s.Refuse(e))
	}
}

// counts tells what is bound by the pace: all but what a server sends by itself to each of a person's contacts, when the person comes
// or changes their presence (RFC 6121 §4.2.2, §4.3.1). Of thousands of contacts that is thousands at once.
func counts(s *stanza.Stanza) bool {
	byServer := s.Type == "unavailable" || s.Type == "probe" && s.From.Resource == ""
	return !update(s) && !(s.Kind == stanza.Presence && byServer)
}

// update tells of a presence that asks for nothing: with an error, a client that is in a room would take itself for outside.
func update(s *stanza.Stanza) bool {
	_, joins := xep.ParseJoin(s, time.Time{})
	return s.Kind == stanza.Presence && s.Type == "" && !joins
}

// refusable tells what wants an answer: no errors (RFC 6120 §8.3.1), results, or presences of who goes.
func refusable(s *stanza.Stanza) bool {
	if s.Type == "error" || s.Type == "result" {
		return false
	}
	return s.Kind != stanza.Presence || s.Type == "" || s.Type == "subscribe" || s.Type == "probe"
}
