package core

import (
	_ "embed" // the picture
	"sync/atomic"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// face answers what is addressed to the gateway itself.
type face struct {
	info xep.Info
	// contacts are how people reach the operator, where they have changed since the start.
	contacts atomic.Pointer[[]string]
	version  string
	jid      stanza.JID
	// fixed: the gateway stands for an account as well, which has the presences, the messages and the rooms.
	fixed   bool
	started time.Time
	// watch keeps whether a person has the gateway in their roster.
	watch func(who stanza.JID, on bool)
	// watches tells whether they have.
	watches func(who stanza.JID) bool
	reply   func(*stanza.Stanza)
}

// picture is the gateway's own, as PNG.
//
//go:embed isthmus.png
var picture []byte

// handle answers a stanza; accounts are the person's accounts in use. It is false for what belongs to the account
// that the gateway stands for.
func (f *face) handle(s *stanza.Stanza, accounts []xep.Item) bool {
	if node, ok := xep.IsItems(s); f.fixed && (s.Kind != stanza.IQ || ok && node == "") {
		return false
	}
	switch s.Kind {
	case stanza.IQ:
		if s.Request() {
			f.reply(f.answer(s, accounts))
		}
	case stanza.Presence:
		f.presence(s)
	}
	return true
}

func (f *face) answer(s *stanza.Stanza, accounts []xep.Item) *stanza.Stanza {
	if node, ok := xep.IsInfo(s); ok {
		if node != "" && node != f.describe().CapsNode() { // XEP-0030 §3.2; XEP-0115 §6.2
			return s.Refuse(&stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "There is no such node here."})
		}
		return s.Result(f.describe().Query(node))
	}
	if node, ok := xep.IsItems(s); ok {
		return s.Result(xep.Items(node, accounts))
	}
	switch {
	case xep.IsVersion(s):
		return s.Result(xep.Version("Isthmus", f.version, ""))
	case xep.IsPing(s):
		return s.Result()
	case xep.IsTime(s):
		return s.Result(xep.Time(time.Now()))
	case xep.IsLast(s):
		return s.Result(xep.Last(time.Since(f.started)))
	case xep.IsVCard(s):
		return s.Result(xep.VCard(f.describe().Name, "A gateway to "+f.describe().Name, picture))
	}
	return s.Refuse(&stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ServiceUnavailable}) // RFC 6120 §8.4
}

// presence lets people have the gateway in their roster (RFC 6121 §3.1.3, §4.3).
func (f *face) presence(s *stanza.Stanza) {
	switch s.Type {
	case "subscribe":
		f.watch(s.From, true)
		f.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "subscribed", ID: s.ID, From: f.jid, To: s.From.Bare()})
		f.reply(f.available(s.From.Bare()))
		f.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "subscribe", From: f.jid, To: s.From.Bare()}) // XEP-0100 §4.1.1
	case "probe":
		f.reply(f.available(s.From))
	case "":
		if f.watches(s.From) { // servers also tell how those are who never heard of the gateway (XEP-0356 §7)
			f.reply(f.available(s.From))
		}
	case "unsubscribe":
		f.watch(s.From, false)
		f.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: f.jid, To: s.From.Bare()})
		f.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "unsubscribed", ID: s.ID, From: f.jid, To: s.From.Bare()})
		f.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "unsubscribe", From: f.jid, To: s.From.Bare()})
	}
}

// describe is what the gateway tells of itself now.
func (f *face) describe() xep.Info {
	info := f.info
	if contacts := f.contacts.Load(); contacts != nil {
		info.Contacts = *contacts
	}
	return info
}

func (f *face) available(to stanza.JID) *stanza.Stanza {
	p := &stanza.Stanza{Kind: stanza.Presence, From: f.jid, To: to}
	return p.Add(f.describe().Caps())
}
