package account

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/transports"
)

// offerBatch is how many contacts one message offers.
const offerBatch = 100

// offer tells of changes where the gateway may not write the person's list itself: to clients that take them (XEP-0144), and
// for all others who is gone takes their subscriptions back. New contacts wait for a client, or for the person to ask for them.
func (a *Account) offer(changes []change) {
	for _, c := range changes {
		if c.action == xep.OfferDelete {
			jid := a.userJID(c.contact.user.ID)
			a.Stream.Show(a.answerTo(jid, "unsubscribe", ""))
			a.Stream.Show(a.answerTo(jid, "unsubscribed", ""))
			a.taken(c.contact)
			continue
		}
		c.contact.offer = &xep.Offer{RosterItem: c.item, Action: c.action}
	}
	for name, c := range a.clients {
		a.offerTo(a.owner.WithResource(name), c)
	}
	a.showOffers()
}

// offerTo asks a client whether it takes contacts, if there are any to offer.
func (a *Account) offerTo(who stanza.JID, c *client) {
	if c.asked || !a.hasOffers() {
		return
	}
	c.asked = true
	a.query(xep.InfoRequest(a.jid(), who), 30*time.Second, func(answer *stanza.Stanza) {
		if a.clients[who.Resource] == c && xep.HasFeature(answer, xep.NSRosterExchange) {
			c.takesContacts = true
			a.showOffers()
		}
	})
}

func (a *Account) hasOffers() bool {
	for _, c := range a.contacts {
		if c.offer != nil {
			return true
		}
	}
	return false
}

// showOffers sends what is to be offered to the clients that take it.
func (a *Account) showOffers() {
	var takers []stanza.JID
	for name, c := range a.clients {
		if c.takesContacts {
			takers = append(takers, a.owner.WithResource(name))
		}
	}
	if len(takers) == 0 {
		return
	}
	var offers []xep.Offer
	for _, c := range a.inOrder() {
		if c.offer != nil {
			offers = append(offers, *c.offer)
			a.placed(c, xep.RosterItem{Name: c.offer.Name, Groups: c.offer.Groups})
			c.offer = nil
		}
	}
	for len(offers) > 0 {
		n := min(len(offers), offerBatch)
		for _, who := range takers {
			s := &stanza.Stanza{Kind: stanza.Message, ID: strconv.FormatInt(store.NextID(), 36), From: a.jid(), To: who}
			a.Stream.Show(s.Add(xep.RosterExchange(offers[:n])))
		}
		offers = offers[n:]
	}
}

// AddContacts brings the contacts of the network's list into the person's, also those that they have taken out. Where nothing
// else works they are asked for each, one after another. It gives a text that says what happens; ok is false when the account
// has ended, or ctx has.
func (a *Account) AddContacts(ctx context.Context) (text string, ok bool) {
	answer := make(chan string, 1)
	a.mail.put(func() { answer <- a.addContacts() })
	select {
	case text = <-answer:
		return text, true
	case <-a.done:
	case <-ctx.Done():
	}
	return "", false
}

func (a *Account) addContacts() string {
	if a.link.phase != online {
		return transports.AsFault(a.offlineFault()).Text
	}
	all, asked := 0, a.toAsk != nil
	for _, c := range a.inOrder() {
		if !c.listed {
			continue
		}
		all++
		c.again = true
		if a.Grants.Of(a.owner).WriteRoster || a.anyTakes() || c.kept.Watched || asked {
			continue
		}
		a.toAsk = append(a.toAsk, c)
	}
	a.rosterChanged()
	switch {
	case all == 0:
		return "You have no contacts there."
	case len(a.toAsk) > 0:
		if !asked {
			a.askNext()
		}
		return fmt.Sprintf("You are asked for each of your contacts, one after another: %d in all.", len(a.toAsk)+1)
	}
	return fmt.Sprintf("Your contacts are being added: %d in all.", all)
}

func (a *Account) anyTakes() bool {
	for _, c := range a.clients {
		if c.takesContacts {
			return true
		}
	}
	return false
}

// askNext has the next contact ask the person for a subscription (RFC 6121 §3.1.3).
func (a *Account) askNext() {
	for len(a.toAsk) > 0 {
		c := a.toAsk[0]
		a.toAsk = a.toAsk[1:]
		if c.listed && !c.kept.Watched {
			a.asked = c
			a.Stream.Show(a.answerTo(a.userJID(c.user.ID), "subscribe", "").Add(xep.Nickname(c.user.Name)))
			return
		}
	}
	a.toAsk, a.asked = nil, nil
}

// offered goes on to the next contact when the person has answered this one.
func (a *Account) offered(c *contact) {
	if a.asked != c || c == nil {
		return
	}
	a.placed(c, xep.RosterItem{Name: c.name(), Groups: a.groups(c)})
	c.offer = nil
	a.askNext()
}
