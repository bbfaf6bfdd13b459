package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// userPresence is a presence to the address of a user.
func (a *Account) userPresence(s *stanza.Stanza, id transports.UserID) {
	if a.contacts[id] == nil && len(a.contacts) >= maxContacts {
		a.refuseSubscription(s, "You have too many contacts here. Remove one first.")
		return
	}
	switch s.Type {
	case "subscribe":
		a.subscribe(s, id)
	case "unsubscribe":
		a.unsubscribe(id)
	case "subscribed":
		a.authorize(id, true)
	case "unsubscribed":
		a.authorize(id, false)
	case "probe":
		a.probed(s, id)
	}
}

// refuseSubscription ends a wish that nobody can fulfil, so that no contact stays pending (RFC 6121 §3.1.5).
func (a *Account) refuseSubscription(s *stanza.Stanza, reason string) {
	switch s.Type {
	case "subscribe", "probe":
		a.Stream.Reply(a.answerTo(s.To.Bare(), "unsubscribed", reason))
	case "unsubscribe":
		a.Stream.Reply(a.answerTo(s.To.Bare(), "unsubscribed", ""))
	}
}

// answerTo is a presence of that type to the person.
func (a *Account) answerTo(from stanza.JID, kind, status string) *stanza.Stanza {
	p := &stanza.Stanza{Kind: stanza.Presence, Type: kind, From: from, To: a.owner}
	if status != "" {
		p.Add(stanza.Text("", "status", status))
	}
	return p
}

// subscribe: the person wants to see a user's presence (RFC 6121 §3.1). While there is no connection the wish is granted and put
// to the network later, so that the contact is not pending meanwhile.
func (a *Account) subscribe(s *stanza.Stanza, id transports.UserID) {
	c := a.contactOf(id)
	text := s.ChildText("", "status")
	switch {
	case c.kept.Watched && !c.kept.Asked:
		a.granted(c)
	case c.network.Subscription&transports.To != 0: // the network lets the account see it already
		a.grant(c)
	case a.link.phase != online:
		c.kept.Asked = true
		a.grant(c)
	case a.can.Features&transports.Subscriptions != 0:
		c.kept.Asked = true
		a.keepContact(c)
		a.askForPresence(c, text, nil)
	case c.listed || a.isMember(id) || id == a.self.ID:
		a.grant(c)
	default:
		a.lookFor(c)
	}
}

// askForPresence puts the person's wish to the network; then, which may be nil, hears when it has been asked.
func (a *Account) askForPresence(c *contact, text string, then func()) {
	id := c.user.ID
	a.command(transports.Subscribe{User: id, On: true, Text: strings.Clone(text)}, func(_ transports.Result, err error) {
		if err != nil && a.contacts[id] == c && c.kept.Asked && a.link.phase == online {
			a.deny(c, transports.AsFault(err).Text)
		}
		if then != nil {
			then()
		}
	})
}

// lookFor grants the wish where the user exists: the network itself knows no subscriptions.
func (a *Account) lookFor(c *contact) {
	session, ok := a.session.(transports.Profiles)
	if !ok {
		a.grant(c)
		return
	}
	id, ctx := c.user.ID, a.link.ctx
	a.async(func() func() {
		ctx, cancel := context.WithTimeout(ctx, profileTimeout)
		defer cancel()
		profile, err := session.Profile(ctx, id)
		return func() {
			switch fault := transports.AsFault(err); {
			case err == nil:
				c.user = profile.User
				c.user.ID = id
				a.grant(c)
			case fault.Kind == transports.NotFound || fault.Kind == transports.Gone:
				a.deny(c, fault.Text)
			default:
				a.grant(c)
			}
		}
	})
}

// profileTimeout bounds the question for what a user tells of themselves.
const profileTimeout = 20 * time.Second

func (a *Account) isMember(id transports.UserID) bool {
	for _, j := range a.rooms {
		if _, there := j.view.Member(id); there {
			return true
		}
	}
	return false
}

// grant lets the person see a user's presence from now on.
func (a *Account) grant(c *contact) {
	c.kept.Watched = true
	put(&a.contacts, c.user.ID, c)
	a.keepContact(c)
	a.granted(c)
}

// granted tells the person that they may, and how the user is (RFC 6121 §3.1.5).
func (a *Account) granted(c *contact) {
	a.Stream.Reply(a.answerTo(a.userJID(c.user.ID), "subscribed", ""))
	a.Stream.Reply(a.presenceOf(c, a.owner))
	c.shown, c.dirty = a.isThere(c), false
	a.showPicture(c, true)
}

// deny tells the person that they may not, or no longer (RFC 6121 §3.2).
func (a *Account) deny(c *contact, reason string) {
	if c.shown {
		a.Stream.Reply(a.answerTo(a.userJID(c.user.ID), "unavailable", ""))
	}
	a.Stream.Reply(a.answerTo(a.userJID(c.user.ID), "unsubscribed", reason))
	c.kept.Watched, c.kept.Asked, c.shown, c.dirty = false, false, false, false
	a.keepContact(c)
}

// subscriptionAnswered is what the network, or the user there, says to the person's wish.
func (a *Account) subscriptionAnswered(e transports.SubscriptionAnswered) {
	c := a.contacts[e.User.ID]
	if c == nil {
		return
	}
	c.user = e.User
	switch asked, watched := c.kept.Asked, c.kept.Watched; {
	case e.Granted && !watched:
		c.kept.Asked = false
		a.grant(c)
	case e.Granted && asked:
		c.kept.Asked = false
		a.keepContact(c)
	case !e.Granted && (asked || watched):
		a.deny(c, "")
	}
}

// unsubscribe: the person no longer wants to see a user's presence (RFC 6121 §3.3).
func (a *Account) unsubscribe(id transports.UserID) {
	c := a.contacts[id]
	a.Stream.Reply(a.answerTo(a.userJID(id), "unavailable", ""))
	if c == nil {
		return
	}
	known := c.kept.Watched || c.kept.Asked || c.listed
	c.kept.Watched, c.kept.Asked, c.shown, c.dirty = false, false, false, false
	c.kept.Placed = c.kept.Placed && c.listed // so that who was taken out of the list is not put back
	a.keepContact(c)
	if known && a.link.phase == online && a.can.Features&transports.Subscriptions != 0 {
		a.command(transports.Subscribe{User: c.user.ID}, a.noted("A contact could not be given up on the network."))
	}
}

// noted is the end of a command whose failure the person need not hear of.
func (a *Account) noted(failure string) func(transports.Result, error) {
	return func(_ transports.Result, err error) {
		if err != nil {
			a.log.Info(failure, "error", err)
		}
	}
}

// subscriptionAsked: a user wants to be a contact, or to see the person's presence (RFC 6121 §3.1.3).
func (a *Account) subscriptionAsked(e transports.SubscriptionAsked) {
	c := a.contactOf(e.From.ID)
	c.user, c.asking = e.From, true
	a.Stream.Show(a.answerTo(a.userJID(e.From.ID), "subscribe", e.Text).Add(xep.Nickname(e.From.Name)))
}

// authorize is the person's answer, or what they take back (RFC 6121 §3.1.4, §3.2).
func (a *Account) authorize(id transports.UserID, allow bool) {
	c := a.contacts[id]
	if c == nil {
		return
	}
	sees := c.network.Subscription&transports.From != 0
	wanted := c.asking || sees != allow && c.listed
	c.asking = false
	a.offered(c)
	if !wanted || a.link.phase != online || a.can.Features&transports.Subscriptions == 0 {
		return
	}
	a.command(transports.Authorize{User: id, Allow: allow}, func(_ transports.Result, err error) {
		if err != nil {
			a.tell("Your answer to " + c.name() + " did not reach the network: " + transports.AsFault(err).Text)
		}
	})
}

// name is what people call the user.
func (c *contact) name() string {
	if c.user.Name != "" {
		return c.user.Name
	}
	return string(c.user.ID)
}

// probed answers the person's server, which asks how a contact is when the person comes: so it knows that they are one
// (RFC 6121 §4.3).
func (a *Account) probed(s *stanza.Stanza, id transports.UserID) {
	c := a.contactOf(id)
	if !c.kept.Watched && s.From.Resource != "" { // a client asks, who may know nobody
		a.Stream.Reply(a.presenceOf(c, s.From))
		a.keepContact(c)
		return
	}
	if !c.kept.Watched {
		c.kept.Watched, c.kept.Asked = true, !c.listed
		a.keepContact(c)
		if c.kept.Asked && a.link.phase == online && a.can.Features&transports.Subscriptions != 0 {
			a.askForPresence(c, "", nil)
		}
	}
	a.Stream.Reply(a.presenceOf(c, s.From))
	if s.From.Resource == "" {
		c.shown, c.dirty = a.isThere(c), false
	}
	a.showPicture(c, true)
}

// wishesAtOnce is how many wishes are put to the network side by side when the account comes online.
const wishesAtOnce = 20

// wishAgain puts to the network what it does not keep itself, or has not heard yet.
func (a *Account) wishAgain() {
	if a.can.Features&transports.Subscriptions == 0 {
		return
	}
	keeps := a.can.Features&transports.ContactLists != 0
	var wishes []*contact
	for _, c := range a.contacts {
		if c.kept.Asked || c.kept.Watched && !keeps {
			wishes = append(wishes, c)
		}
	}
	slices.SortFunc(wishes, func(x, y *contact) int { return strings.Compare(x.kept.User, y.kept.User) })
	link := a.link.ctx
	var next func()
	next = func() {
		if len(wishes) == 0 || a.link.ctx != link || a.link.phase != online {
			return
		}
		c := wishes[0]
		wishes = wishes[1:]
		a.askForPresence(c, "", next)
	}
	for range wishesAtOnce {
		next()
	}
}
