package loopback

import (
	"maps"
	"slices"

	"isthmus/transports"
)

// contact is an entry of a user's list. What one calls To is From to the other, always.
type contact struct {
	// Name is what the user calls the contact, or empty.
	Name         string
	Groups       []string
	Subscription transports.Subscription
	Blocked      bool
	// Listed: the user wants the entry, whatever becomes of the subscription.
	Listed bool
}

// contact is the entry for another user, made where there is none.
func (u *user) contact(other *user) *contact {
	if u.Contacts == nil {
		u.Contacts = map[transports.UserID]*contact{}
	}
	if u.Contacts[other.ID] == nil {
		u.Contacts[other.ID] = &contact{}
	}
	return u.Contacts[other.ID]
}

func (u *user) blocks(other *user) bool {
	c := u.Contacts[other.ID]
	return c != nil && c.Blocked
}

// lists tells whether a user's contacts are kept by the network.
func (u *user) lists(n *network) bool { return u.can(n).Features&transports.ContactLists != 0 }

func (u *user) entry(other *user) transports.Contact {
	c := u.Contacts[other.ID]
	e := transports.Contact{User: other.User, Groups: slices.Clone(c.Groups), Subscription: c.Subscription, Blocked: c.Blocked}
	if c.Name != "" {
		e.User.Name = c.Name
	}
	return e
}

// greet tells a new client of its user's contacts, how they are, and who asks to be one.
func (c *client) greet() {
	n, u := c.network, c.user
	ids := slices.Sorted(maps.Keys(u.Contacts))
	if u.lists(n) {
		all := transports.Contacts{}
		for _, id := range ids {
			all.Contacts = append(all.Contacts, u.entry(n.Users[id]))
		}
		c.tell(all)
	}
	for _, id := range ids {
		if p := n.Users[id].presenceTo(u); u.Contacts[id].Subscription&transports.To != 0 && p.Show != transports.Absent {
			c.tell(transports.PresenceChanged{User: n.Users[id].User, Presence: p})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(u.Asked)) {
		c.tell(transports.SubscriptionAsked{From: n.Users[id].User, Text: u.Asked[id]})
	}
}

// tellContact tells a user what the entry for another is now, or that there is none any more.
func (n *network) tellContact(u, other *user) {
	c := u.Contacts[other.ID]
	if c == nil {
		return
	}
	gone := c.Subscription == 0 && !c.Blocked && !c.Listed
	if gone {
		delete(u.Contacts, other.ID)
	}
	switch {
	case !u.lists(n):
	case gone:
		u.tell(transports.ContactRemoved{User: other.ID})
	default:
		u.tell(transports.ContactChanged{Contact: u.entry(other)})
	}
}

// connectContacts lets u see other's presence, or no longer.
func (n *network) connectContacts(u, other *user, on bool) {
	if on {
		u.contact(other).Subscription |= transports.To
		other.contact(u).Subscription |= transports.From
	} else {
		if c := u.Contacts[other.ID]; c != nil {
			c.Subscription &^= transports.To
		}
		if c := other.Contacts[u.ID]; c != nil {
			c.Subscription &^= transports.From
		}
	}
	n.tellContact(u, other)
	n.tellContact(other, u)
	if on {
		u.tell(transports.PresenceChanged{User: other.User, Presence: other.presenceTo(u)})
	}
}

// subscribe asks a user for their presence, or gives it up. A network that keeps no lists asks nobody.
func (n *network) subscribe(u *user, c transports.Subscribe) error {
	other, err := n.find(c.User)
	if err != nil {
		return err
	}
	has := u.Contacts[other.ID] != nil && u.Contacts[other.ID].Subscription&transports.To != 0
	switch {
	case u == other:
		return fault(transports.Invalid, "You cannot be your own contact.")
	case !c.On:
		delete(other.Asked, u.ID)
		if entry := u.Contacts[other.ID]; entry != nil {
			entry.Listed = false
			n.connectContacts(u, other, false)
		}
	case has || !u.lists(n):
		n.connectContacts(u, other, true)
	case other.blocks(u): // nobody is told that they are blocked
	default:
		if other.Asked == nil {
			other.Asked = map[transports.UserID]string{}
		}
		other.Asked[u.ID] = c.Text
		other.tell(transports.SubscriptionAsked{From: u.User, Text: c.Text})
	}
	return nil
}

// authorize lets a user see one's presence, or no longer.
func (n *network) authorize(u *user, c transports.Authorize) error {
	other, err := n.find(c.User)
	if err != nil {
		return err
	}
	if u == other {
		return fault(transports.Invalid, "You cannot be your own contact.")
	}
	_, asked := u.Asked[other.ID]
	delete(u.Asked, other.ID)
	had := u.Contacts[other.ID] != nil && u.Contacts[other.ID].Subscription&transports.From != 0
	if had == c.Allow && !asked {
		return nil
	}
	if asked || had {
		other.tell(transports.SubscriptionAnswered{User: u.User, Granted: c.Allow})
	}
	if c.Allow && asked || had && !c.Allow {
		n.connectContacts(other, u, c.Allow)
	}
	return nil
}

// setContact names and groups a contact; who is none yet becomes an entry without a subscription.
func (n *network) setContact(u *user, c transports.SetContact) error {
	other, err := n.find(c.User)
	if err != nil {
		return err
	}
	if u == other {
		return fault(transports.Invalid, "You cannot be your own contact.")
	}
	entry := u.contact(other)
	entry.Name, entry.Groups, entry.Listed = oneLine(c.Name), nil, true
	for _, group := range c.Groups {
		if group = oneLine(group); group != "" && !slices.Contains(entry.Groups, group) {
			entry.Groups = append(entry.Groups, group)
		}
	}
	n.tellContact(u, other)
	return nil
}

// block shuts a user out: they see nothing of one any more, and what they say is refused.
func (n *network) block(u *user, c transports.Block) error {
	other, err := n.find(c.User)
	if err != nil {
		return err
	}
	if u == other {
		return fault(transports.Invalid, "You cannot block yourself.")
	}
	if u.blocks(other) == c.On {
		return nil
	}
	u.contact(other).Blocked = c.On
	delete(u.Asked, other.ID)
	n.tellContact(u, other)
	n.showPresence(u, other)
	return nil
}
