package relay

import (
	"context"
	"slices"
	"strings"

	"isthmus/transports"
)

// Order is what somebody who runs a room of a network tells the relay there, by its name before everybody.
type Order string

// The orders, as they are written.
const (
	OrderList   Order = "bridges"
	OrderPause  Order = "pause"
	OrderResume Order = "resume"
	OrderRemove Order = "unbridge"
	OrderHelp   Order = "help"
)

var orders = []Order{OrderList, OrderPause, OrderResume, OrderRemove, OrderHelp}

// ordered takes what is meant for the relay itself and not for the MUC; it is false for all else. What was said while the relay could not hear it is no order any more.
func (f *foreign) ordered(e transports.Message) bool {
	order := f.order(e.Text.String())
	if f.Ordered == nil || order == "" || e.Own || f.ours[e.From.ID] != nil || e.Style == transports.Notice {
		return false
	}
	switch {
	case e.Replayed || f.relay.replaying:
	case f.rulers[e.From.ID]:
		f.Ordered(order, e.From.Name)
	case f.relay.sometimes("order "+f.Name, tick):
		f.relay.tell(f, "Only who runs this room may tell me that.")
	}
	return true
}

// order reads "relay: pause", "@relay pause" or "relay, pause #room", where that is the room; it is empty for what is none.
func (f *foreign) order(words string) Order {
	words, called := cutFold(strings.TrimPrefix(strings.TrimSpace(words), "@"), f.self.Name)
	if !called || f.self.Name == "" || words == "" || !strings.ContainsAny(words[:1], ":, ") {
		return ""
	}
	parts := strings.Fields(strings.ToLower(words[1:]))
	if len(parts) == 0 || len(parts) > 1 && (len(parts) > 2 || !strings.EqualFold(parts[1], string(f.ID))) || !slices.Contains(orders, Order(parts[0])) {
		return ""
	}
	return Order(parts[0])
}

// rulers are who own a room of a network or administer it, as far as it tells.
type rulers map[transports.UserID]bool

// are those of a room that was entered; whoever had a name before, another may have it now.
func (r rulers) are(members []transports.Member) {
	clear(r)
	for _, m := range members {
		r.is(m)
	}
}

func (r rulers) is(m transports.Member) {
	if m.Affiliation >= transports.Admin {
		r[m.User.ID] = true
	} else {
		delete(r, m.User.ID)
	}
}

// event takes what else changes them, in a room.
func (r rulers) event(e transports.Event, room transports.RoomID) {
	switch e := e.(type) {
	case transports.MemberChanged:
		if e.Room == room {
			r.is(e.Member)
		}
	case transports.MemberLeft:
		if e.Room == room {
			delete(r, e.User.ID)
		}
	case transports.UserLeft:
		delete(r, e.User.ID)
	case transports.UserRenamed:
		if rules := r[e.Was]; e.Was != e.User.ID {
			delete(r, e.Was)
			delete(r, e.User.ID)
			if rules {
				r[e.User.ID] = true
			}
		}
	}
}

// waits takes what happens in a room that nothing passes to or from for now: only orders count.
func (f *foreign) waits(e transports.Event) {
	switch e := e.(type) {
	case transports.Online:
		f.online(e)
	case transports.Room:
		if f.enters(e) {
			f.next()
		}
	case transports.Checkpoint:
		e.Kept()
	case transports.MemberLeft:
		if e.Room == f.id && e.User.ID == f.self.ID {
			f.left(e)
		}
	case transports.UserRenamed:
		if e.Was == f.self.ID {
			f.self = e.User
		}
	case transports.Message:
		if e.Place.Room == f.id {
			f.ordered(e)
		}
	}
}

// TellThere says something in the bot's own words in a room of a network, by the room's key, as soon as it is there. It returns when the network has taken that, or ctx ends.
func (r *Relay) TellThere(ctx context.Context, key, words string) {
	told := make(chan struct{})
	go r.post(func() {
		for _, f := range r.everywhere() {
			if f.Key == key {
				f.tell(words, func() { close(told) })
				return
			}
		}
		close(told)
	})
	select {
	case <-told:
	case <-r.done:
	case <-ctx.Done():
	}
}
