package account

import (
	"strconv"
	"time"

	"isthmus/core/options"
	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// What the core keeps among a person's options, beside what they set themselves.
const (
	// stayed marks a room that the gateway is in although none of the person's clients may be; leftAt is since when none is, in
	// milliseconds since 1970.
	stayed = "stayed"
	leftAt = "left_at"
	// lastNick is the nick to come back with after a restart.
	lastNick = "last_nick"
)

func (a *Account) where(place transports.RoomID) options.Where {
	scope := string(a.scope)
	if a.login != nil { // a person may have several in one scope
		scope = a.key
	}
	return options.Where{Person: a.owner.String(), Scope: scope, Place: string(place)}
}

// stays tells whether the gateway stays in a room when the last client leaves it.
func (j *joined) stays() bool { return j.view.Durable || j.persistent }

// keepStaying remembers across restarts that the gateway is to be in a room, since when nobody is inside, and under which nick. An
// account of a login hears that from its network, where membership is durable.
func (a *Account) keepStaying(j *joined) {
	if !j.stays() || j.view.Durable && a.login != nil {
		return
	}
	since := ""
	if !j.leftAt.IsZero() {
		since = strconv.FormatInt(j.leftAt.UnixMilli(), 10)
	}
	a.remember(j.id, stayed, "true")
	a.remember(j.id, leftAt, since)
	a.remember("", lastNick, a.self.Name)
}

func (a *Account) stopStaying(j *joined) {
	a.remember(j.id, stayed, "")
	a.remember(j.id, leftAt, "")
}

// remember sets one value among the options of a room, or of the account where there is none; an empty value removes it.
func (a *Account) remember(place transports.RoomID, name, value string) {
	if a.Options.Get(a.where(place)).Get(nil, name) != value {
		a.Options.Mark(a.where(place), name, value, nil)
	}
}

// Stay brings the account back into a room that it stayed in before a restart; if it is not connected, after a while.
func (a *Account) Stay(id transports.RoomID, after time.Duration) {
	a.mail.put(func() {
		if a.stopping || a.rooms[id] != nil {
			return
		}
		j := a.newRoom(id)
		j.kept, j.leftAt = true, time.Now() // after a crash nobody knows since when
		if since, err := strconv.ParseInt(a.Options.Get(a.where(id)).Get(nil, leftAt), 10, 64); err == nil {
			j.leftAt = time.UnixMilli(since)
		}
		a.rooms[id] = j
		switch {
		case a.link.phase == online:
			a.askToEnter(j)
		case a.needed():
			a.connectAfter(after)
		}
	})
}

// OptionsChanged looks again at what the person has set: a room in which the gateway need not stay any longer is left.
func (a *Account) OptionsChanged() {
	a.mail.put(func() {
		a.adjust()
		a.tellPresence()
		for _, j := range a.rooms {
			a.tellOptions(j, a.configure(j))
			switch {
			case j.live:
				a.keepStaying(j)
			case !j.stays():
				a.stopStaying(j)
			}
			if j.kept && !j.stays() {
				j.order.add(func() { a.leaveIfEmpty(j, "") })
			}
		}
	})
}

func (a *Account) newRoom(id transports.RoomID) *joined {
	j := &joined{id: id, view: &room.Hosted{Room: room.New(a.place(address.Room, string(id)), a.OccupantKey), RealJID: a.userJID}}
	a.picturesOf(j)
	a.configure(j)
	return j
}

// configure takes what the person has set for a room, and gives the codes of what is other than before.
func (a *Account) configure(j *joined) (codes []int) {
	logged, persistent := a.Options.Switch(a.where(j.id), options.RecordHistory), a.Options.Switch(a.where(j.id), options.Persistent)
	switch {
	case logged && !j.view.Logged:
		codes = append(codes, xep.StatusLogged)
	case !logged && j.view.Logged:
		codes = append(codes, xep.StatusNotLogged)
	}
	if persistent != j.persistent {
		codes = append(codes, xep.StatusConfigured)
	}
	j.view.Logged, j.persistent = logged, persistent
	return codes
}

// tellOptions tells those inside that the room is configured otherwise (XEP-0045 §10.2.1).
func (a *Account) tellOptions(j *joined, codes []int) {
	if len(codes) == 0 {
		return
	}
	j.order.add(func() {
		for _, who := range j.view.People() {
			a.Stream.Reply(j.view.Configured(who, codes...))
		}
	})
}

// destroy ends a room (XEP-0045 §10.9): for everyone where the network can; else for the person, for whom the gateway stays there no longer.
func (a *Account) destroy(s *stanza.Stanza, id transports.RoomID, reason string) {
	j := a.rooms[id]
	command := transports.Destroy{Room: id, Reason: reason}
	switch {
	case a.can.Allows(command):
		a.destroying++
		a.command(command, func(_ transports.Result, err error) {
			a.destroying--
			defer a.disconnectIfUnused()
			if err != nil {
				a.refuse(s, a.stanzaError(err))
				return
			}
			if j := a.rooms[id]; j != nil {
				a.end(j, reason)
			}
			a.Stream.Reply(s.Result())
		})
	case j != nil && j.persistent && !j.view.Durable:
		a.remember(id, options.Persistent, "false")
		a.end(j, reason)
		a.Stream.Reply(s.Result())
	default:
		a.refuse(s, noDestruction)
	}
}

// end puts everyone out of a room that is no more for them.
func (a *Account) end(j *joined, reason string) {
	a.refuseArrivals(j, &transports.Fault{Kind: transports.Gone, Text: "The room has been destroyed."})
	j.order.add(func() {
		for _, who := range j.view.People() {
			a.Store.Write(nil, store.Exit{Occupant: a.occupant(j, who, "")})
		}
		for _, p := range j.view.Destroy(reason) {
			a.Stream.Reply(p)
		}
	})
	a.abandon(j, reason)
}

// Return calls stay for every room that the gateway stayed in when it was stopped.
func Return(all *options.Book, stay func(owner stanza.JID, scope transports.Scope, room transports.RoomID)) {
	for _, w := range all.Marked(stayed) {
		if owner, err := stanza.ParseJID(w.Person); err == nil {
			stay(owner, transports.Scope(w.Scope), transports.RoomID(w.Place))
		}
	}
}
