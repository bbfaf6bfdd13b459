package account

import (
	"slices"
	"strings"
	"time"

	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// presenceChanged takes how a user is now. What the person sees of it follows when the account has nothing else to do, and at
// most once in a while for all: under load only the last state counts.
func (a *Account) presenceChanged(e transports.PresenceChanged) {
	a.everywhere(e)
	c := a.contacts[e.User.ID]
	if c == nil {
		return
	}
	if c.kept.Asked { // what is shown may be seen
		a.subscriptionAnswered(transports.SubscriptionAnswered{User: e.User, Granted: true})
	}
	c.user, c.presence = e.User, e.Presence
	a.presenceIsNew(c)
}

func (a *Account) presenceIsNew(c *contact) {
	if !c.kept.Watched || c.dirty {
		return
	}
	c.dirty = true
	a.dirty = append(a.dirty, c)
	if len(a.dirty) > 1 {
		return // it is about to be shown
	}
	wait := time.Until(a.presencesShown.Add(presenceGap))
	if wait <= 0 {
		a.mail.put(a.showPresences)
		return
	}
	time.AfterFunc(wait, func() { a.mail.put(a.showPresences) })
}

// presenceGap is the time between two rounds of presences.
const presenceGap = time.Second

// showPresences tells the person how those contacts are who are another way now.
func (a *Account) showPresences() {
	all := a.dirty
	a.dirty = nil
	a.presencesShown = time.Now()
	for _, c := range all {
		if !c.dirty {
			continue
		}
		c.dirty = false
		if there := a.isThere(c); there || c.shown {
			a.Stream.Show(a.presenceOf(c, a.owner))
			c.shown = there
		}
		a.showPicture(c, false)
	}
}

// absentContacts shows those as gone of whom the network has said nothing in this connection, once it has had the time for it: the person
// may have seen them as there before the program ended.
func (a *Account) absentContacts() {
	link := a.link.ctx
	time.AfterFunc(settling, func() {
		a.mail.put(func() {
			if a.link.ctx != link {
				return
			}
			for _, c := range a.inOrder() {
				if c.shown && !a.isThere(c) {
					a.presenceIsNew(c)
				}
			}
		})
	})
}

// settling is how long a network may take to tell how contacts are.
const settling = 15 * time.Second

// isThere tells whether the person sees a contact as available.
func (a *Account) isThere(c *contact) bool {
	return a.link.phase == online && c.presence.Show != transports.Absent && !c.network.Blocked
}

// presenceOf is how a contact is, as a presence.
func (a *Account) presenceOf(c *contact, to stanza.JID) *stanza.Stanza {
	p := &stanza.Stanza{Kind: stanza.Presence, From: a.userJID(c.user.ID), To: to}
	if !a.isThere(c) {
		p.Type = "unavailable"
	} else if word := room.ShowWord(c.presence.Show); word != "" {
		p.Add(stanza.Text("", "show", word))
	}
	status := c.presence.Status
	if c.network.Blocked {
		status = "You have blocked this user."
	}
	if status != "" {
		p.Add(stanza.Text("", "status", status))
	}
	if p.Type == "" {
		p.Add(xep.Idle(c.presence.Since), a.pictureUpdate(c))
	}
	return p
}

// presencesGone: without a connection nobody is there as far as one can tell.
func (a *Account) presencesGone() {
	for _, c := range a.inOrder() {
		c.presence, c.asking = transports.Presence{}, false
		if c.shown {
			c.shown, c.dirty = false, false
			a.Stream.Reply(a.presenceOf(c, a.owner))
		}
	}
}

// presencesAgain shows everyone who is there once more, after the stream was lost.
func (a *Account) presencesAgain() {
	for _, c := range a.inOrder() {
		if c.kept.Watched && a.isThere(c) {
			a.Stream.Reply(a.presenceOf(c, a.owner))
		}
	}
}

// inOrder are the contacts by their ids.
func (a *Account) inOrder() []*contact {
	all := make([]*contact, 0, len(a.contacts))
	for _, c := range a.contacts {
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y *contact) int { return strings.Compare(x.kept.User, y.kept.User) })
	return all
}
