package account

import (
	"cmp"
	"context"
	"slices"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

const (
	// directoryTimeout bounds the listing of a network's rooms.
	directoryTimeout = 2 * time.Minute
	// directoryKept is how long a listing serves for further pages and searches, directoryFresh how long for who asks anew.
	directoryKept  = 5 * time.Minute
	directoryFresh = 30 * time.Second
	// maxListed bounds a listing; firstListed is what a client gets that does not say how much it wants.
	maxListed   = 100_000
	firstListed = 100
)

// listing is what the network has said of its rooms.
type listing struct {
	items []xep.Item
	// users are how many are in each of the items, parents the spaces that they belong to, or empty.
	users   []int
	parents []transports.RoomID
	spaces  []transports.Listing
	at      time.Time
}

// directory lists the network's rooms as the items of the account (XEP-0045 §6.3), in pages (XEP-0059).
func (a *Account) directory(s *stanza.Stanza) {
	page, ok := xep.ItemsPage(s)
	if !ok {
		a.refuse(s, badPage)
		return
	}
	if _, ok := a.session.(transports.Directory); a.login != nil && (!ok || a.link.phase != online) {
		a.sendItems(s, page, a.ownRooms(), firstListed)
		return
	}
	serves := directoryKept
	if page.After == "" && page.Before == "" {
		serves = directoryFresh
	}
	a.askForRooms(serves, func(err error) {
		if err != nil {
			a.refuse(s, a.stanzaError(err))
			return
		}
		a.sendItems(s, page, a.allRooms(), firstListed)
	})
}

// askForRooms brings what the network says of its rooms up to date, where it is older than serves; then is called on the account's
// goroutine. A network that lists none has none.
func (a *Account) askForRooms(serves time.Duration, then func(error)) {
	session, ok := a.session.(transports.Directory)
	switch {
	case !a.listed.at.IsZero() && time.Since(a.listed.at) < serves:
		then(nil)
		return
	case a.link.phase != online:
		then(a.offlineFault())
		return
	case !ok:
		then(nil)
		return
	}
	a.asking = append(a.asking, then)
	if len(a.asking) > 1 {
		return // the answer to the first serves all
	}
	ctx := a.link.ctx
	a.async(func() func() {
		ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
		defer cancel()
		var all []transports.Listing
		err := session.Rooms(ctx, func(l transports.Listing) bool {
			all = append(all, l)
			return len(all) < maxListed
		})
		slices.SortFunc(all, func(x, y transports.Listing) int { return cmp.Compare(x.Room, y.Room) })
		var found listing
		for _, l := range all {
			if l.Space {
				found.spaces = append(found.spaces, l)
				continue
			}
			found.parents = append(found.parents, l.Parent)
			found.items = append(found.items, xep.Item{JID: a.place(address.Room, string(l.Room)), Name: l.Name})
			found.users = append(found.users, l.Users)
		}
		return func() { a.listedRooms(found, err) }
	})
}

func (a *Account) listedRooms(found listing, err error) {
	asking := a.asking
	a.asking = nil
	if err == nil {
		a.listed = found
		a.listed.at = time.Now()
	}
	for _, then := range asking {
		then(err)
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
