package core

import (
	"isthmus/core/account"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/stanza"
	"isthmus/mapping/address"
)

// watched marks, among a person's own options, that they have the gateway in their roster.
const watched = "subscribed"

// roster knows who has the gateway in their roster, and shows them whether it is there.
type roster struct {
	jid     stanza.JID
	allows  func(stanza.JID) bool
	options *options.Book
	reply   func(*stanza.Stanza)
}

// watch keeps whether a person has the gateway in their roster.
func (r *roster) watch(who stanza.JID, on bool) {
	value := ""
	if on {
		value = "true"
	}
	r.options.Mark(options.Where{Person: who.Bare().String()}, watched, value, nil)
}

// watches tells whether a person has the gateway in their roster.
func (r *roster) watches(who stanza.JID) bool {
	return r.options.Get(options.Where{Person: who.Bare().String()}).Get(nil, watched) == "true"
}

// tell shows the gateway's presence to everyone who watches it.
func (r *roster) tell(presence func(to stanza.JID) *stanza.Stanza) {
	for _, w := range r.options.Marked(watched) {
		if who, err := stanza.ParseJID(w.Person); w.Scope == "" && err == nil && r.allows(who) {
			r.reply(presence(who))
		}
	}
}

// follow tells those who watch the gateway what another policy means for them: it is there for who is let in, and gone for who is put out.
func (r *roster) follow(was, now person.Policy, presence func(to stanza.JID) *stanza.Stanza) {
	for _, w := range r.options.Marked(watched) {
		who, err := stanza.ParseJID(w.Person)
		switch {
		case w.Scope != "" || err != nil || was.Allows(who) == now.Allows(who):
		case now.Allows(who):
			r.reply(presence(who))
		default:
			r.reply(r.gone(who))
		}
	}
}

func (r *roster) gone(to stanza.JID) *stanza.Stanza {
	return &stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: r.jid, To: to}
}

// probe asks for the presences of those who have accounts in their roster, for these keep accounts connected (RFC 6121 §4.3).
func (r *roster) probe(addresses address.Config) {
	account.Watched(r.options, func(w options.Where) {
		who, err := stanza.ParseJID(w.Person)
		if err != nil || !r.allows(who) {
			return
		}
		for _, from := range accountJIDs(addresses, r.jid.Domain, []string{w.Scope}) {
			r.reply(&stanza.Stanza{Kind: stanza.Presence, Type: "probe", From: from, To: who})
		}
	})
}
