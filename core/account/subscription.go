package account

import (
	"isthmus/core/stanza"
)

// subscribed marks an account that its owner has in the roster.
const subscribed = "subscribed"

// accountPresence lets the person have the account in the roster, where it shows whether it is connected (RFC 6121 §3.1.3, §3.3.3, §4.3).
func (a *Account) accountPresence(s *stanza.Stanza) {
	answer := &stanza.Stanza{Kind: stanza.Presence, From: a.jid(), To: s.From.Bare()}
	switch s.Type {
	case "subscribe":
		a.remember("", subscribed, "true")
		answer.Type = "subscribed"
		a.Stream.Reply(answer)
		a.Stream.Reply(a.presence(a.owner))
	case "unsubscribe":
		a.remember("", subscribed, "")
		answer.Type = "unsubscribed"
		a.Stream.Reply(answer)
	case "probe":
		a.Stream.Reply(a.presence(s.From))
	}
}

// presence is the account's own: available while it is connected, with a word on what it is doing while it is not.
func (a *Account) presence(to stanza.JID) *stanza.Stanza {
	p := &stanza.Stanza{Kind: stanza.Presence, From: a.jid(), To: to}
	switch a.link.phase {
	case online:
		return p
	case connecting:
		p.Add(stanza.Text("", "status", "Connecting."))
	case waiting:
		p.Add(stanza.Text("", "status", "The connection is lost and is being tried again."))
	}
	p.Type = "unavailable"
	return p
}

// showPresence tells the person, if they have the account in the roster, how it stands.
func (a *Account) showPresence() {
	if a.Options.Get(a.where("")).Get(nil, subscribed) == "true" {
		a.Stream.Show(a.presence(a.owner))
	}
}
