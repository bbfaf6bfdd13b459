package account

import (
	"strings"
	"time"

	"isthmus/core/options"
	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// client is one of the person's clients, as far as its presences have come here.
type client struct {
	presence transports.Presence
	at       time.Time
	// inRoom: it is known only by what it sends to rooms, and gone when it leaves the last one.
	inRoom bool
	// asked: whether it takes contacts that are offered to it is known, or being asked.
	asked, takesContacts bool
}

// maxClients bounds the clients of one person that are looked at.
const maxClients = 100

// clientPresence takes a presence of one of the person's clients, to whatever address: the network learns how the person is.
func (a *Account) clientPresence(s *stanza.Stanza, fromRoom bool) {
	name := s.From.Resource
	known := a.clients[name]
	switch {
	case name == "" || a.stopping:
		return
	case s.Type == "unavailable" && fromRoom:
		if known == nil || !known.inRoom || a.inAnyRoom(s.From) {
			return
		}
		delete(a.clients, name)
	case s.Type == "unavailable":
		delete(a.clients, name)
	case s.Type != "" || known == nil && len(a.clients) >= maxClients:
		return
	default:
		if known == nil {
			known = &client{inRoom: fromRoom}
			put(&a.clients, strings.Clone(name), known) // it would keep the whole stanza in memory, as the status would
		}
		known.inRoom = known.inRoom && fromRoom
		known.at = time.Now()
		known.presence = transports.Presence{Show: room.ParseShow(s.ChildText("", "show")), Status: strings.Clone(s.ChildText("", "status")), Since: xep.ParseIdle(s)}
		a.offerTo(s.From, known)
	}
	a.sharePresence()
}

func (a *Account) inAnyRoom(who stanza.JID) bool {
	for _, j := range a.rooms {
		if j.view.Has(who) || j.awaits(who) {
			return true
		}
	}
	return false
}

// reachable orders the shows: a person is as available as the most available of their clients.
var reachable = [...]int{transports.Absent: 0, transports.LongAway: 1, transports.Away: 2, transports.Busy: 3, transports.Present: 4, transports.Chatty: 5}

// ownPresence is how the person is: the best of their clients, of equal ones the one heard last.
func (a *Account) ownPresence() transports.Presence {
	var best client
	for _, c := range a.clients {
		if x, y := reachable[c.presence.Show], reachable[best.presence.Show]; x > y || x == y && c.at.After(best.at) {
			best = *c
		}
	}
	return best.presence
}

// absentAfter is how long a person without a client is not yet taken for gone: clients on the move come back.
const absentAfter = 30 * time.Second

// sharePresence tells the network how the person is, if that is new and they have not forbidden it.
func (a *Account) sharePresence() {
	now := a.ownPresence()
	if now.Show == transports.Absent && a.shared != nil && a.shared.Show != transports.Absent {
		if a.leaving == nil {
			a.leaving = time.AfterFunc(absentAfter, func() { a.mail.put(a.tellPresence) })
		}
		return
	}
	a.tellPresence()
}

// tellGap is the time between two words to the network on how the person is; of what changes faster the last state counts.
const tellGap = 2 * time.Second

func (a *Account) tellPresence() {
	if a.leaving != nil {
		a.leaving.Stop()
		a.leaving = nil
	}
	now := a.ownPresence()
	if wait := time.Until(a.sharedAt.Add(tellGap)); a.shared != nil && wait > 0 && !same(*a.shared, now) {
		a.leaving = time.AfterFunc(wait, func() { a.mail.put(a.tellPresence) })
		return
	}
	switch {
	case a.link.phase != online || a.shared == nil && now.Show == transports.Absent || a.shared != nil && same(*a.shared, now):
		return
	case !a.can.Allows(transports.SetPresence{}) || a.Options.Get(options.Where{Person: a.owner.String()}).Get(options.GatewayFields, options.SharePresence) != "true":
		return
	}
	a.shared, a.sharedAt = &now, time.Now()
	a.command(transports.SetPresence{Presence: now}, a.noted("The network was not told how the person is."))
}

func same(x, y transports.Presence) bool {
	return x.Show == y.Show && x.Status == y.Status && x.Since.Equal(y.Since)
}
