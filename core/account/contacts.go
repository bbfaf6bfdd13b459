package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/transports"
)

// contact is a user who is on the account's list at the network, or among the person's contacts, or both.
type contact struct {
	user transports.User
	// kept is what outlives the program.
	kept store.Contact
	// listed: the user is on the network's list, as network says.
	listed  bool
	network transports.Contact
	// presence is how they are, as far as the network has told in this connection.
	presence transports.Presence
	// shown: the person has been told that they are there. dirty: they are another way now than the person was told.
	shown, dirty bool
	// again: the person wants them back in their list. offer is what is to be offered to clients.
	again bool
	// pictured is the hash of the picture that was announced last.
	pictured string
	offer    *xep.Offer
	// asking: they want to see the person's presence, and the person has not answered.
	asking bool
}

// maxContacts bounds the contacts of an account.
const maxContacts = 10_000

// contactsTimeout bounds the reading of an account's contacts.
const contactsTimeout = 5 * time.Second

// recall reads what is known of the account's contacts from before. It is done before all other work.
func (a *Account) recall() {
	if a.identity.Keep != nil {
		return // the account is new
	}
	ctx, cancel := context.WithTimeout(context.Background(), contactsTimeout)
	defer cancel()
	all, err := a.Store.Contacts(ctx, a.id)
	if err != nil {
		a.log.Error("The contacts cannot be read from the store; the person may have to add them again.", "error", err)
	}
	for _, k := range all {
		id := transports.UserID(k.User)
		// Whom the person may have seen when the program ended is not known, so all are taken for shown until they are seen to be absent.
		put(&a.contacts, id, &contact{user: transports.User{ID: id, Name: k.Name}, kept: k, shown: k.Watched})
	}
}

// contactOf is the contact of that id, which comes into being if need be; nothing is stored yet.
func (a *Account) contactOf(id transports.UserID) *contact {
	c := a.contacts[id]
	if c == nil {
		id = transports.UserID(strings.Clone(string(id))) // it may be a part of a whole stanza
		c = &contact{user: transports.User{ID: id}, kept: store.Contact{Account: a.id, User: string(id)}}
		put(&a.contacts, id, c)
	}
	return c
}

// keepContact stores what is to outlive the program, and forgets who is nobody's contact any more.
func (a *Account) keepContact(c *contact) {
	if c.kept.Watched || c.kept.Asked || c.kept.Placed {
		a.keepIdentity()
		a.Store.Write(nil, store.PutContact{Contact: c.kept})
		return
	}
	a.Store.Write(nil, store.DropContact{Account: a.id, User: c.kept.User})
	if !c.listed && !c.asking {
		delete(a.contacts, c.user.ID)
	}
}

// keepIdentity stores the account itself when it is more than a name that someone asked about.
func (a *Account) keepIdentity() {
	if a.identity.Keep != nil {
		a.identity.Keep()
		a.identity.Keep = nil
	}
}

// contactEvent takes what happened to contacts.
func (a *Account) contactEvent(event transports.Event) {
	switch e := event.(type) {
	case transports.Contacts:
		a.contactList(e)
	case transports.ContactChanged:
		a.listContact(e.Contact)
		a.rosterChanged()
	case transports.ContactRemoved:
		a.unlistContact(e.User)
		a.rosterChanged()
	case transports.ProfileChanged:
		a.profileChanged(e)
	case transports.RoomChanged:
		a.roomChanged(e)
	case transports.PresenceChanged:
		a.presenceChanged(e)
	case transports.SubscriptionAsked:
		a.subscriptionAsked(e)
	case transports.SubscriptionAnswered:
		a.subscriptionAnswered(e)
	}
}

// contactList takes the network's whole list.
func (a *Account) contactList(e transports.Contacts) {
	there := map[transports.UserID]bool{}
	for _, n := range e.Contacts {
		there[n.User.ID] = true
		a.listContact(n)
	}
	var gone []transports.UserID
	for id, c := range a.contacts {
		if c.listed && !there[id] {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	for _, id := range gone {
		a.unlistContact(id)
	}
	a.rosterChanged()
}

// listContact takes how a contact stands on the network's list.
func (a *Account) listContact(n transports.Contact) {
	c := a.contactOf(n.User.ID)
	changed := c.listed && c.network.Blocked != n.Blocked
	c.listed, c.network, c.user = true, n, n.User
	if c.kept.Asked && n.Subscription&transports.To != 0 {
		a.subscriptionAnswered(transports.SubscriptionAnswered{User: n.User, Granted: true})
	}
	if changed {
		a.presenceIsNew(c)
	}
}

// unlistContact: who is no longer on the network's list is absent, and goes from the person's list if the gateway had put them there.
func (a *Account) unlistContact(id transports.UserID) {
	c := a.contacts[id]
	if c == nil {
		return
	}
	c.listed, c.network, c.presence = false, transports.Contact{}, transports.Presence{}
	switch {
	case c.kept.Placed: // it is taken out of the list with the next round
		a.presenceIsNew(c)
	case c.kept.Watched || c.kept.Asked:
		a.deny(c, "No longer among your contacts on the network.")
	default:
		a.keepContact(c)
	}
}

// renameContact takes another name or picture of a contact.
func (a *Account) renameContact(u transports.User) {
	c := a.contacts[u.ID]
	if c == nil || c.user == u {
		return
	}
	c.user = u
	if c.listed {
		c.network.User = u
	}
	a.presenceIsNew(c)
	a.rosterChanged()
}
