package account

import (
	"context"
	"slices"
	"strings"

	"isthmus/core/stanza"
	"isthmus/transports"
)

// Found is a user whom a search has found.
type Found struct {
	JID  stanza.JID
	Name string
}

// search is what came of a search.
type search struct {
	all []Found
	err error
}

// Find finds users of the network by what a person remembers of them. ok is false where the network cannot search, or there is no
// connection.
func (a *Account) Find(ctx context.Context, words string, limit int) (all []Found, ok bool, err error) {
	f, err := await(ctx, a, func(answer func(*search)) {
		session, finds := a.session.(transports.Finder)
		if !finds || a.link.phase != online {
			answer(nil)
			return
		}
		link := a.link.ctx
		a.async(func() func() {
			ctx, cancel := context.WithTimeout(link, profileTimeout)
			defer cancel()
			users, err := session.Find(ctx, words, limit)
			return func() {
				f := &search{err: err}
				for _, u := range users {
					f.all = append(f.all, Found{a.userJID(u.ID), u.Name})
				}
				answer(f)
			}
		})
	})
	if err != nil || f == nil {
		return nil, false, err
	}
	return f.all, true, f.err
}

// Block shuts a user out on the network, or lets them in again.
func (a *Account) Block(ctx context.Context, user transports.UserID, on bool) error {
	outcome, err := await(ctx, a, func(answer func(error)) {
		if a.link.phase != online {
			answer(a.offlineFault())
			return
		}
		a.command(transports.Block{User: user, On: on}, func(_ transports.Result, err error) {
			if c := a.contacts[user]; err == nil && c != nil && !c.listed { // who is on the network's list comes with an event
				c.network.Blocked = on
				a.presenceIsNew(c)
			}
			answer(err)
		})
	})
	if err != nil {
		return err
	}
	return outcome
}

// Blocked are the users whom the network shuts out for the account, by their names.
func (a *Account) Blocked(ctx context.Context) ([]Found, error) {
	return await(ctx, a, func(answer func([]Found)) {
		var all []Found
		for _, c := range a.contacts {
			if c.network.Blocked {
				all = append(all, Found{a.userJID(c.user.ID), c.name()})
			}
		}
		slices.SortFunc(all, func(x, y Found) int { return strings.Compare(x.Name+x.JID.Local, y.Name+y.JID.Local) })
		answer(all)
	})
}
