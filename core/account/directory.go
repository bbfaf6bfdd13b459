package account

import (
	"context"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

const (
	// directoryTimeout bounds the listing of a network's rooms.
	directoryTimeout = 2 * time.Minute
	// directoryKept is how long a listing serves for further pages.
	directoryKept = 5 * time.Minute
	// maxListed bounds a listing; firstListed is what a client gets that does not say how much it wants.
	maxListed   = 100_000
	firstListed = 100
)

// listing is what the network has said of its rooms.
type listing struct {
	items []xep.Item
	until time.Time
}

// directory lists the network's rooms as the items of the account (XEP-0045 §6.3), in pages (XEP-0059).
func (a *Account) directory(s *stanza.Stanza) {
	page, ok := xep.ItemsPage(s)
	if !ok {
		a.refuse(s, badPage)
		return
	}
	if time.Now().Before(a.listed.until) {
		a.sendItems(s, page, a.allRooms(), firstListed)
		return
	}
	session, ok := a.session.(transports.Directory)
	if own := a.ownRooms(); a.login != nil && (!ok || a.link.phase != online) {
		a.sendItems(s, page, own, firstListed)
		return
	}
	if a.link.phase != online {
		a.refuse(s, a.stanzaError(a.offlineFault()))
		return
	}
	if !ok {
		a.Stream.Reply(s.Result(xep.Items("", nil)))
		return
	}
	a.asking = append(a.asking, s)
	if len(a.asking) > 1 {
		return // the answer to the first serves all
	}
	ctx := a.link.ctx
	a.async(func() func() {
		ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
		defer cancel()
		var items []xep.Item
		err := session.Rooms(ctx, func(l transports.Listing) bool {
			items = append(items, xep.Item{JID: a.place(address.Room, string(l.Room)), Name: l.Name})
			return len(items) < maxListed
		})
		return func() { a.listedRooms(items, err) }
	})
}

func (a *Account) listedRooms(items []xep.Item, err error) {
	asking := a.asking
	a.asking = nil
	if err == nil {
		a.listed = listing{items: items, until: time.Now().Add(directoryKept)}
	}
	for _, s := range asking {
		if err != nil {
			a.refuse(s, a.stanzaError(err))
			continue
		}
		page, _ := xep.ItemsPage(s)
		a.sendItems(s, page, a.allRooms(), firstListed)
	}
}

// allRooms are the account's own rooms, then the others that the network lists.
func (a *Account) allRooms() []xep.Item {
	own := a.ownRooms()
	if len(own) == 0 {
		return a.listed.items
	}
	mine := map[stanza.JID]bool{}
	for _, i := range own {
		mine[i.JID] = true
	}
	for _, i := range a.listed.items {
		if !mine[i.JID] {
			own = append(own, i)
		}
	}
	return own
}
