package account

import (
	"slices"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

const (
	// rosterGap is how long changes of the network's list are gathered before the person's list follows.
	rosterGap = time.Second
	// rosterDeadline bounds each request for the person's list.
	rosterDeadline = 30 * time.Second
	// rosterBatch is how many entries one request changes.
	rosterBatch = 50
)

// roster is how far the person's contact list is in step with the network's. There is one round at a time. wanted: the person has asked
// for their contacts.
type roster struct{ waiting, busy, again, wanted bool }

// RosterChanged looks again at the person's contact list, which they may have changed.
func (a *Account) RosterChanged() { a.mail.offer(a.rosterChanged) }

// rosterChanged has the person's list follow soon.
func (a *Account) rosterChanged() {
	if a.roster.waiting || !a.hasList() {
		return
	}
	a.roster.waiting = true
	time.AfterFunc(rosterGap, func() {
		a.mail.put(func() {
			a.roster.waiting = false
			a.keepStep()
		})
	})
}

// keepStep begins a round: the person's list is read, where their server lets us, and both lists are made to agree.
func (a *Account) keepStep() {
	if a.link.phase != online {
		return
	}
	if a.roster.busy {
		a.roster.again = true
		return
	}
	if !a.Grants.Of(a.owner).ReadRoster {
		a.compare(nil, false)
		return
	}
	a.roster.busy = true
	a.query(xep.RosterGet(stanza.JID{Domain: a.Domain}, a.owner), rosterDeadline, func(answer *stanza.Stanza) {
		items, ok := xep.ParseRoster(answer)
		if !ok {
			a.log.Warn("The server did not show the person's contact list.", "answered", answer != nil)
		}
		a.compare(items, ok)
	})
}

// belongs tells whether a contact is to be in the person's list: who is only shut out is not.
func (c *contact) belongs() bool {
	return c.listed && (!c.network.Blocked || c.network.Subscription != 0)
}

// query asks something over XMPP; then is done on the account's goroutine, with nil where no answer came. An account that ends
// meanwhile has no use for the answer.
func (a *Account) query(iq *stanza.Stanza, deadline time.Duration, then func(*stanza.Stanza)) {
	a.Stream.Request(iq, deadline, func(answer *stanza.Stanza) { a.mail.put(func() { then(answer) }) })
}

// hasList tells whether there is anything to keep in step.
func (a *Account) hasList() bool {
	for _, c := range a.contacts {
		if c.belongs() || c.kept.Placed {
			return true
		}
	}
	return false
}

// compare finds the difference of the two lists and has each side follow the other. read tells that the person's is known.
func (a *Account) compare(items []xep.RosterItem, read bool) {
	mine := map[transports.UserID]xep.RosterItem{}
	for _, i := range items { // entries elsewhere are nothing of ours
		if to, err := a.Addresses.Parse(i.JID.Local); err == nil && i.JID.Domain == a.Domain && i.JID.Resource == "" && to.Kind == address.User && to.Key == a.key {
			mine[userID(to, "")] = i
		}
	}
	var changes []change
	for _, c := range a.inOrder() {
		item, there := mine[a.folded(c.user.ID)]
		switch {
		case c.belongs() && there:
			changes = append(changes, a.follow(c, item)...)
		case c.belongs() && (!c.kept.Placed || c.again): // who is missing although placed was taken out by the person
			changes = append(changes, a.entry(c, xep.OfferAdd))
		case c.belongs() && !read && !a.asPlaced(c): // a client that has taken it takes this as well
			changes = append(changes, a.entry(c, xep.OfferModify))
		case !c.belongs() && c.kept.Placed && (there || !read):
			changes = append(changes, change{c, xep.RosterItem{JID: a.userJID(c.user.ID), Subscription: "remove"}, xep.OfferDelete})
		case !c.belongs() && c.kept.Placed:
			a.taken(c)
		}
		c.again = false
	}
	a.roster.busy = true
	a.write(changes)
}

// asPlaced tells whether the network calls and groups a contact as it was put into the person's list.
func (a *Account) asPlaced(c *contact) bool {
	return c.kept.Name == c.name() && slices.Equal(c.kept.Groups, a.groups(c))
}

// folded is a user's id as addresses have it.
func (a *Account) folded(id transports.UserID) transports.UserID {
	if to, err := a.Addresses.Parse(a.userJID(id).Local); err == nil {
		return userID(to, "")
	}
	return id
}

// change is one entry of the person's list that is to become another; action is the word of XEP-0144 §3 for it.
type change struct {
	contact *contact
	item    xep.RosterItem
	action  string
}

// entry is a contact as the network has it.
func (a *Account) entry(c *contact, action string) change {
	return change{c, xep.RosterItem{JID: a.userJID(c.user.ID), Name: c.name(), Groups: a.groups(c), Subscription: subscriptions[c.network.Subscription]}, action}
}

// subscriptions are the words of RFC 6121 §2.1.2.5.
var subscriptions = [...]string{0: "none", transports.To: "to", transports.From: "from", transports.Both: "both"}

// groups are those of the network, in order; who is in none is in a group of the network's name.
func (a *Account) groups(c *contact) []string {
	if len(c.network.Groups) == 0 {
		return []string{a.About.Name}
	}
	return slices.Sorted(slices.Values(c.network.Groups))
}

// follow compares an entry with the contact: what the person has changed goes to the network, all else comes from it.
func (a *Account) follow(c *contact, item xep.RosterItem) []change {
	slices.Sort(item.Groups)
	network := a.entry(c, xep.OfferModify)
	asPlaced := c.kept.Placed && item.Name == c.kept.Name && slices.Equal(item.Groups, c.kept.Groups)
	asNetwork := item.Name == network.item.Name && slices.Equal(item.Groups, network.item.Groups)
	switch {
	case !asPlaced && asNetwork:
		a.placed(c, item)
	case !asPlaced && a.can.Features&transports.ContactLists != 0:
		a.rewrite(c, item)
	case !asPlaced: // the network cannot follow, so the entry is the person's from now on
		if c.kept.Placed {
			c.kept.Placed = false
			a.keepContact(c)
		}
	case !asNetwork || item.Subscription != network.item.Subscription:
		return []change{network}
	}
	return nil
}

// rewrite names and groups a contact at the network as the person has done in their list.
func (a *Account) rewrite(c *contact, item xep.RosterItem) {
	was := c.network
	groups := item.Groups
	if slices.Equal(groups, []string{a.About.Name}) {
		groups = nil
	}
	c.network.Groups = groups
	if item.Name != "" {
		c.user.Name, c.network.User.Name = item.Name, item.Name
	}
	a.placed(c, item)
	a.command(transports.SetContact{User: c.user.ID, Name: item.Name, Groups: groups}, func(_ transports.Result, err error) {
		if err == nil || !c.listed {
			return
		}
		c.network, c.user = was, was.User
		a.tell("The network did not take your changes to " + c.name() + ": " + transports.AsFault(err).Text)
		a.rosterChanged()
	})
}

// placed notes what stands in the person's list.
func (a *Account) placed(c *contact, item xep.RosterItem) {
	c.kept.Placed, c.kept.Name, c.kept.Groups = true, item.Name, item.Groups
	c.kept.Watched = c.kept.Watched || item.Subscription == "to" || item.Subscription == "both"
	a.keepContact(c)
}

// taken notes that a contact is in the person's list no more.
func (a *Account) taken(c *contact) {
	c.kept.Placed, c.kept.Watched, c.kept.Asked, c.shown = false, false, false, false
	a.keepContact(c)
}

// write changes the person's list, a part at a time, where their server lets us; else the changes are offered.
func (a *Account) write(changes []change) {
	if len(changes) == 0 {
		a.roundEnds()
		return
	}
	if !a.Grants.Of(a.owner).WriteRoster {
		a.offer(changes)
		a.roundEnds()
		return
	}
	n := 0 // one that is removed goes alone: a server may answer that it was not there
	for n < min(len(changes), rosterBatch) && changes[n].action != xep.OfferDelete {
		n++
	}
	part, rest := changes[:max(n, 1)], changes[max(n, 1):]
	var items []xep.RosterItem
	for _, c := range part {
		items = append(items, c.item)
	}
	a.query(xep.RosterSet(stanza.JID{Domain: a.Domain}, a.owner, items...), rosterDeadline, func(answer *stanza.Stanza) {
		switch {
		case answer == nil: // the stream was lost, or the server is busy: the next round tries again
			a.roundEnds()
			return
		case answer.Type == "error" && part[0].action != xep.OfferDelete:
			a.Grants.RosterFailed(a.owner)
		default:
			for _, c := range part {
				a.written(c)
			}
			changes = rest
		}
		a.write(changes)
	})
}

// TakeOutContacts takes out of the person's list whom the gateway has put there, for the account is to end for good.
func (a *Account) TakeOutContacts() { a.mail.put(a.takeOutContacts) }

func (a *Account) takeOutContacts() {
	var items []xep.RosterItem
	for _, c := range a.inOrder() {
		jid := a.userJID(c.user.ID)
		switch {
		case c.kept.Placed && a.Grants.Of(a.owner).WriteRoster:
			items = append(items, xep.RosterItem{JID: jid, Subscription: "remove"})
		case c.kept.Placed || c.kept.Watched:
			a.Stream.Reply(a.answerTo(jid, "unsubscribe", ""))
			a.Stream.Reply(a.answerTo(jid, "unsubscribed", ""))
		}
		a.taken(c)
	}
	for len(items) > 0 {
		n := min(len(items), rosterBatch)
		a.query(xep.RosterSet(stanza.JID{Domain: a.Domain}, a.owner, items[:n]...), rosterDeadline, func(*stanza.Stanza) {})
		items = items[n:]
	}
}

// written notes a change that is in the person's list, who sees the contact from now on.
func (a *Account) written(c change) {
	if c.action == xep.OfferDelete {
		a.taken(c.contact)
		return
	}
	a.placed(c.contact, c.item)
	if c.contact.kept.Watched {
		a.presenceIsNew(c.contact)
	}
}

func (a *Account) roundEnds() {
	a.roster.busy = false
	if a.roster.again {
		a.roster.again = false
		a.rosterChanged()
		return
	}
	a.roster.wanted = false
}
