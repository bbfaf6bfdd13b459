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
	case "", "unavailable":
		a.OwnerPresence(s)
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

// presence is the account's own: available while it is connected, with a word on what it is doing while it is not. Of a login that
// word is to be seen, so that it is away then, and unavailable only where its owner does not want it connected.
func (a *Account) presence(to stanza.JID) *stanza.Stanza {
	p := &stanza.Stanza{Kind: stanza.Presence, From: a.jid(), To: to}
	if a.link.phase == online {
		return p
	}
	if a.login != nil && a.needed() {
		p.Add(stanza.Text("", "show", "away"))
	} else if a.login != nil && a.why != "" && !a.stopping {
		p.Add(stanza.Text("", "show", "xa"))
	} else {
		p.Type = "unavailable"
	}
	if status := a.status(); status != "" && !a.stopping {
		p.Add(stanza.Text("", "status", status))
	}
	return p
}

// status says why the account is not connected, empty where it is, or where there is nothing to say.
func (a *Account) status() string {
	switch {
	case a.link.phase == connecting && a.link.fault == "":
		return "Connecting."
	case a.login == nil && a.link.phase == waiting:
		return "The connection is lost and is being tried again."
	case a.link.phase == connecting, a.link.phase == waiting:
		return a.link.fault + " It is being tried again."
	case a.login == nil || a.link.phase == online:
		return ""
	case a.why != "":
		return a.why + " " + a.advice()
	case a.remembered(disconnected) != "":
		return "You have disconnected it. " + a.advice()
	case a.follows() && len(a.present) == 0:
		return "It is connected while you are online."
	}
	return ""
}

// showPresence tells the person, if they have the account in the roster, how it stands, where that has changed.
func (a *Account) showPresence() {
	if a.remembered(subscribed) != "true" {
		return
	}
	p := a.presence(a.owner)
	if seen := string(p.Append(nil)); seen != a.seen {
		a.seen = seen
		a.Stream.Show(p)
	}
}
