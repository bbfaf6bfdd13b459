package relay

import (
	"time"

	"isthmus/transports"
)

// membersEvent takes who is in the network's room, who comes and who goes; it is false for all else.
func (f *foreign) membersEvent(e transports.Event) bool {
	switch e := e.(type) {
	case transports.Room:
		f.whoIsThere(e)
		return false // it means more
	case transports.MemberChanged:
		if e.Room == f.id {
			f.comes(e.Member.User)
		}
	case transports.MemberLeft:
		if e.Room != f.id {
			return true
		}
		if e.User.ID == f.self.ID {
			return false
		}
		f.goes(e.User, e.Reason)
	case transports.UserLeft:
		f.goes(e.User, e.Reason)
	default:
		return false
	}
	return true
}

// whoIsThere compares those in the room with those who were there before an outage: nobody stays in the MUC who left meanwhile.
func (f *foreign) whoIsThere(e transports.Room) {
	if f.live && e.Room != f.id {
		return
	}
	if !f.live {
		was := f.members
		f.members = map[transports.UserID]transports.User{}
		for _, m := range e.Members {
			if _, known := was[m.User.ID]; known {
				f.members[m.User.ID] = m.User
			}
		}
		if e.Complete {
			for key, p := range f.relay.puppets {
				if key.room == f && f.members[key.user].ID == "" && !contains(e.Members, key.user) && p.standing != outside {
					f.gone(transports.User{ID: key.user}, "")
				}
			}
		}
	}
	for _, m := range e.Members {
		f.member(m.User)
	}
}

// allGone has the puppets of a network leave that is not there, so that nobody is written to who cannot hear.
func (f *foreign) allGone() {
	for key, p := range f.relay.puppets {
		if key.room == f && p.standing != outside {
			f.gone(transports.User{ID: key.user}, "The connection to their network is lost.")
		}
	}
}

func contains(members []transports.Member, user transports.UserID) bool {
	for _, m := range members {
		if m.User.ID == user {
			return true
		}
	}
	return false
}

// member notes somebody who is in the room, and brings them into the MUC where all are to be there. It is false for those of ours.
func (f *foreign) member(u transports.User) bool {
	if u.ID == f.self.ID || f.ours[u.ID] != nil || f.relay.Limits.ignores(u.Name, nil) {
		return false
	}
	if f.relay.Presence == Speakers && !f.relay.Joins { // nobody needs to know
		return true
	}
	f.members[u.ID] = u
	if f.relay.Presence == All {
		f.relay.bring(f, u)
	}
	return true
}

func (f *foreign) comes(u transports.User) {
	if _, known := f.members[u.ID]; known {
		f.members[u.ID] = u
		return
	}
	if f.member(u) && f.relay.Joins && f.relay.Presence != All {
		f.doings.arrive(u.Name)
		f.tellMUC()
	}
}

func (f *foreign) goes(u transports.User, reason string) {
	if f.seenLeaving(u.ID) {
		return
	}
	was, known := f.members[u.ID]
	delete(f.members, u.ID)
	p := f.relay.puppets[who{f, u.ID}]
	seen := p != nil && p.standing != outside // to leave
	f.gone(u, reason)
	if known && f.relay.Joins && !seen {
		f.doings.leave(was.Name)
		f.tellMUC()
	}
}

func (f *foreign) tellMUC() {
	f.relay.tellDoings(&f.doings, func(words func(string) string) { f.relay.say(words(f.Name) + ".") })
}

// occupantCame and occupantWent tell the networks of people of the MUC.
func (r *Relay) occupantCame(nick string) {
	if r.Joins && r.bot.standing == inside {
		r.doings.arrive(nick)
		r.tellNetworks()
	}
}

func (r *Relay) occupantWent(nick string) {
	if r.Joins && r.bot.standing == inside {
		r.doings.leave(nick)
		r.tellNetworks()
	}
}

func (r *Relay) tellNetworks() {
	r.tellDoings(&r.doings, func(words func(string) string) {
		for _, f := range r.rooms {
			if f.Doubles.Most > 0 { // they are seen there
				continue
			}
			r.tell(f, words("the chat room that this room is joined with")+".")
		}
	})
}

// arrival is somebody who is to be in the MUC without having said anything.
type arrival struct {
	f    *foreign
	user transports.User
}

// bring has somebody come into the MUC, after those who were to before.
func (r *Relay) bring(f *foreign, u transports.User) {
	r.arrivals = append(r.arrivals, arrival{f, u})
	if len(r.arrivals) == 1 {
		r.admit()
	}
}

// admit lets those in who are to be there, at a pace; who has something to say goes first.
func (r *Relay) admit() {
	for len(r.arrivals) > 0 {
		a := r.arrivals[0]
		if _, there := a.f.members[a.user.ID]; there && r.Presence != Speakers && r.inside() < r.Puppets {
			if r.bot.standing != inside || len(r.out) > 0 || time.Now().Before(r.paced) {
				break
			}
			if _, wait, _ := r.voice(a.f, a.f.members[a.user.ID]); wait && r.puppets[who{a.f, a.user.ID}].standing == outside {
				break // the stream is not there
			}
			if r.Presence == All { // who speaks goes before them
				r.puppets[who{a.f, a.user.ID}].spoke = time.Time{}
			}
		}
		r.arrivals = r.arrivals[1:]
	}
	if len(r.arrivals) > 0 {
		r.after(pace, r.admit)
	}
}

// acted notes that somebody does something without words.
func (f *foreign) acted(u transports.User) {
	r := f.relay
	if r.Presence == Speakers || !f.member(u) {
		return
	}
	if p := r.puppets[who{f, u.ID}]; p != nil && p.standing == inside {
		p.spoke = time.Now()
		return
	}
	if r.Presence == Active {
		r.bring(f, u)
	}
}

// makePlace has the puppet leave that has been silent for longest, where that is long enough, for somebody who has something to say.
func (r *Relay) makePlace(now time.Time) bool {
	var leaves *puppet
	last := now.Add(-evictable)
	for _, p := range r.puppets {
		if p.standing == inside && p.spoke.Before(last) {
			leaves, last = p, p.spoke
		}
	}
	if leaves == nil {
		return false
	}
	r.depart(leaves, "Others have more to say.")
	return true
}
