package account

import (
	"isthmus/core/options"
	"isthmus/core/stanza"
)

// subscribed marks an account that its owner has in the roster.
const subscribed = "subscribed"

// accountPresence lets the person have the account in the roster, where it shows whether it is connected (RFC 6121 §3.1.3, §3.3.3, §4.3).
// The subscription is mutual, so that the person's own presence can hold the connection (XEP-0100 §4.4, §4.5).
func (a *Account) accountPresence(s *stanza.Stanza) {
	switch s.Type {
	case "", "unavailable", "error":
		a.attend(s)
		a.sustain(s)
	case "subscribe":
		a.remember("", subscribed, "true")
		a.Stream.Reply(a.about("subscribed", s.ID))
		if p := a.presence(a.owner); p.Type == "" {
			a.Stream.Reply(p)
		}
		a.Stream.Reply(a.about("subscribe", ""))
	case "unsubscribe":
		a.remember("", subscribed, "")
		a.Stream.Reply(a.about("unavailable", ""))
		a.Stream.Reply(a.about("unsubscribed", s.ID))
		a.Stream.Reply(a.about("unsubscribe", ""))
	case "probe":
		a.Stream.Reply(a.presence(s.From))
	}
}

// about is a presence of the account's for its owner.
func (a *Account) about(kind, id string) *stanza.Stanza {
	return &stanza.Stanza{Kind: stanza.Presence, Type: kind, ID: id, From: a.jid(), To: a.owner}
}

// sustain connects an account that is there by its use, and keeps it connected without a room, while one of the person's clients shows
// it its presence. A person who has set no name to connect with has to enter a room for that.
func (a *Account) sustain(s *stanza.Stanza) {
	name := a.Options.Get(a.where("")).Get(nil, a.About.NameField)
	switch {
	case a.login != nil:
	case s.Type != "":
		a.unseen(s.From)
	case s.From.Resource != "" && (name != "" || a.link.phase == online):
		put(&a.present, s.From.Resource, true)
		if a.link.phase != online {
			a.connect(name)
		}
	}
}

// unseen takes a client's presence away.
func (a *Account) unseen(who stanza.JID) {
	if a.login == nil && a.present[who.Resource] {
		delete(a.present, who.Resource)
		a.disconnectIfUnused()
	}
}

// Watched calls probe for the accounts that their owners have in the roster.
func Watched(all *options.Book, probe func(options.Where)) {
	for _, w := range all.Marked(subscribed) {
		if w.Scope != "" && w.Place == "" {
			probe(w)
		}
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
