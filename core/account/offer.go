package account

import (
	"context"
	"fmt"
	"slices"
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
	if a.roster.wanted {
		a.askForAll()
	}
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
	text, err := await(ctx, a, func(answer func(string)) { answer(a.addContacts()) })
	return text, err == nil
}

func (a *Account) addContacts() string {
	if a.link.phase != online {
		return transports.AsFault(a.offlineFault()).Text
	}
	all := 0
	for _, c := range a.contacts {
		if c.listed {
			all++
			c.again = true
		}
	}
	if all == 0 {
		return "You have no contacts there."
	}
	a.roster.wanted = true
	a.rosterChanged()
	return fmt.Sprintf("Your contacts are being added: %d in all. Where that needs your word, you are asked for one after another.", all)
}

// askForAll has those ask the person who are still to be offered, when the person wants them and no client takes them.
func (a *Account) askForAll() {
	for _, c := range a.inOrder() {
		if c.offer != nil && !c.kept.Watched && c != a.asked && !slices.Contains(a.toAsk, c) {
			a.toAsk = append(a.toAsk, c)
		}
	}
	if a.asked == nil {
		a.askNext()
	}
}

// askNext has the next contact ask the person for a subscription (RFC 6121 §3.1.3).
func (a *Account) askNext() {
	for len(a.toAsk) > 0 {
		c := a.toAsk[0]
		a.toAsk = a.toAsk[1:]
		if c.listed && !c.kept.Watched && c.offer != nil { // a client may have taken it meanwhile
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
