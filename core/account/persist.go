package account

import (
	"maps"
	"time"

	"isthmus/core/options"
	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// What the core keeps among a person's options, beside what they set themselves.
const (
	// stayed marks a room that the gateway is in although none of the person's clients may be.
	stayed = "stayed"
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
func (a *Account) stays(j *joined) bool {
	return j.view.Durable || a.Options.Switch(a.where(j.id), options.Persistent)
}

// keepStaying remembers across restarts that the gateway is in a room, and under which nick.
func (a *Account) keepStaying(j *joined) {
	a.remember(j.id, stayed, "true")
	a.remember("", lastNick, a.self.Name)
}

func (a *Account) stopStaying(j *joined) { a.remember(j.id, stayed, "") }

// remember sets one value among the options of a room, or of the account where there is none; an empty value removes it.
func (a *Account) remember(place transports.RoomID, name, value string) {
	was := a.Options.Get(a.where(place))
	if was.Get(nil, name) == value {
		return
	}
	o := maps.Clone(was)
	if o == nil {
		o = transports.Options{}
	}
	o[name] = []string{value}
	if value == "" {
		delete(o, name)
	}
	a.Options.Set(a.where(place), o, nil)
}

// Stay brings the account back into a room that it stayed in before a restart.
func (a *Account) Stay(id transports.RoomID) {
	a.mail.put(func() {
		if a.stopping || a.rooms[id] != nil {
			return
		}
		j := a.newRoom(id)
		j.kept, j.leftAt = true, time.Now()
		a.rooms[id] = j
		switch {
		case a.link.phase == online:
			a.askToEnter(j)
		case a.needed():
			a.connect(a.wantedName())
		}
	})
}

// OptionsChanged looks again at what the person has set: a room in which the gateway need not stay any longer is left.
func (a *Account) OptionsChanged() {
	a.mail.put(func() {
		a.adjust()
		for _, j := range a.rooms {
			j.recorded = a.Options.Switch(a.where(j.id), options.RecordHistory)
			if j.kept && !a.stays(j) {
				j.order.add(func() { a.leaveIfEmpty(j, "") })
			}
		}
	})
}

func (a *Account) newRoom(id transports.RoomID) *joined {
	return &joined{id: id, recorded: a.Options.Switch(a.where(id), options.RecordHistory),
		view: &room.Hosted{Room: room.New(a.place(address.Room, string(id)), a.OccupantKey), RealJID: a.userJID}}
}

// Return calls stay for every room that the gateway stayed in when it was stopped.
func Return(all *options.Book, stay func(owner stanza.JID, scope transports.Scope, room transports.RoomID)) {
	for _, w := range all.Marked(stayed) {
		if owner, err := stanza.ParseJID(w.Person); err == nil {
			stay(owner, transports.Scope(w.Scope), transports.RoomID(w.Place))
		}
	}
}
