package shared

import (
	"strings"
	"time"

	"isthmus/transports"
)

// room is a room that the account is in, or asks to be let into.
type room struct {
	// state is what the network said of it last, without its members.
	state transports.Room
	// live: the network has confirmed it.
	live    bool
	members map[transports.UserID]transports.Member
	people  map[*stay]bool
	waiting []waiting
}

// waiting is a person who asked to be let into a room.
type waiting struct {
	s    *stay
	done func(transports.Result, error)
}

// roomEvent takes what happened in rooms; it is false for all else.
func (g *Group) roomEvent(e transports.Event) bool {
	switch e := e.(type) {
	case transports.Room:
		g.confirmed(e)
	case transports.RoomChanged:
		if r := g.rooms[e.Room]; r != nil {
			r.state.Name, r.state.Parent, r.state.Picture, r.state.Lacks = e.Name, e.Parent, e.Picture, e.Lacks
			g.tellPlace(transports.InRoom(e.Room), e)
		}
	case transports.TopicChanged:
		if r := g.rooms[e.Room]; r != nil {
			r.state.Topic = e.Topic
			g.tellPlace(transports.InRoom(e.Room), e)
		}
	case transports.MemberChanged:
		if r := g.rooms[e.Room]; r != nil {
			r.members[e.Member.User.ID] = e.Member
			g.tellPlace(transports.InRoom(e.Room), e)
		}
	case transports.MemberLeft:
		g.memberLeft(e)
	case transports.UserRenamed:
		for _, r := range g.rooms {
			if m, there := r.members[e.Was]; there {
				delete(r.members, e.Was)
				m.User = e.User
				r.members[e.User.ID] = m
			}
		}
		if e.Was == g.online.Self.ID {
			g.online.Self = e.User
		}
		g.tellAll(e)
	case transports.UserLeft:
		for _, r := range g.rooms {
			delete(r.members, e.User.ID)
		}
		g.tellAll(e)
	case transports.ProfileChanged, transports.PresenceChanged:
		g.tellAll(e)
	default:
		return false
	}
	return true
}

func (g *Group) tellAll(e transports.Event) {
	for s := range g.people {
		s.tell(e)
	}
}

// memberLeft may be the account itself: then everyone is out.
func (g *Group) memberLeft(e transports.MemberLeft) {
	r := g.rooms[e.Room]
	self := e.User.ID == g.online.Self.ID
	if r == nil || self && !r.live { // it has left, and is being asked for again
		return
	}
	delete(r.members, e.User.ID)
	if !self {
		g.tellPlace(transports.InRoom(e.Room), e)
		return
	}
	delete(g.rooms, e.Room)
	for s := range r.people {
		left := e
		left.User = s.user()
		s.tell(left)
	}
}

// confirmed takes the network's word on a room, and lets in those who wait.
func (g *Group) confirmed(e transports.Room) {
	r := g.room(e.Room)
	r.members = map[transports.UserID]transports.Member{}
	for _, m := range e.Members {
		r.members[m.User.ID] = m
	}
	r.state, r.live = e, true
	r.state.Members = nil
	for s := range r.people {
		s.tell(r.stateWith())
	}
	for _, w := range r.waiting {
		g.letIn(r, w)
	}
	r.waiting = nil
}

func (r *room) has(id transports.UserID) bool { _, there := r.members[id]; return there }

func (g *Group) room(id transports.RoomID) *room {
	r := g.rooms[id]
	if r == nil {
		r = &room{people: map[*stay]bool{}, members: map[transports.UserID]transports.Member{}}
		g.rooms[id] = r
	}
	return r
}

// stateWith is the room with all who are there, on the network and through the account.
func (r *room) stateWith() transports.Room {
	state := r.state
	for _, m := range r.members {
		state.Members = append(state.Members, m)
	}
	for s := range r.people {
		state.Members = append(state.Members, s.member())
	}
	return state
}

func (s *stay) member() transports.Member {
	return transports.Member{User: s.user(), Role: transports.Participant}
}

// letIn makes a person a member of a room: for the others who are in it through the account, for the network they are not there.
func (g *Group) letIn(r *room, w waiting) {
	if !r.people[w.s] {
		for other := range r.people {
			other.tell(transports.MemberChanged{Room: r.state.Room, Member: w.s.member()})
		}
		r.people[w.s] = true
	}
	state := r.stateWith()
	w.s.do(func(emit func(transports.Event)) {
		emit(state)
		w.done(transports.Result{}, nil)
	})
}

// join lets a person into a room; the first has the account enter it.
func (g *Group) join(s *stay, c transports.Join, done func(transports.Result, error)) {
	switch {
	case !g.people[s] || g.online == nil:
		done(transports.Result{}, notConnected)
		return
	case g.May(s.person.ID, c.Room) == NoAccess:
		done(transports.Result{}, &transports.Fault{Kind: transports.NotFound, Text: "There is no such room, or the owner of the account has not opened it to you."})
		return
	}
	r := g.room(c.Room)
	w := waiting{s, done}
	if r.live {
		g.letIn(r, w)
		return
	}
	r.waiting = append(r.waiting, w)
	if len(r.waiting) > 1 {
		return
	}
	g.hand(s, c, func(_ transports.Result, err error) {
		g.post(func() {
			if g.rooms[c.Room] != r || r.live { // what was entered has been told by a Room
				return
			}
			if err != nil {
				g.refused(r, c.Room, err)
				return
			}
			time.AfterFunc(roomWithin, func() { g.post(func() { g.nameless(r, c.Room) }) })
		})
	})
}

// roomWithin is how long after it was entered a room is told at the latest.
const roomWithin = 5 * time.Second

// nameless tells who waits for a room under a name that the network does not use for it what that is.
func (g *Group) nameless(r *room, id transports.RoomID) {
	if g.rooms[id] != r || r.live {
		return
	}
	fault := &transports.Fault{Kind: transports.NotFound, Text: "The network calls this room otherwise. Ask for it by the name or the id that it has there."}
	for other, known := range g.rooms {
		if known.live && strings.EqualFold(string(other), string(id)) {
			fault = &transports.Fault{Kind: transports.Moved, To: other, Text: "The network calls this room " + string(other) + "."}
		}
	}
	g.refused(r, id, fault)
}

func (g *Group) refused(r *room, id transports.RoomID, err error) {
	delete(g.rooms, id)
	for _, w := range r.waiting {
		w.done(transports.Result{}, err)
	}
}

// turnAway tells those who wait for a room that nothing comes of it.
func (r *room) turnAway(gone func(*stay) bool) {
	var left []waiting
	for _, w := range r.waiting {
		if gone(w.s) {
			w.done(transports.Result{}, notConnected)
		} else {
			left = append(left, w)
		}
	}
	r.waiting = left
}

// leaveRoom lets a person out of a room; the last has the account leave it, unless the network keeps its membership.
func (g *Group) leaveRoom(s *stay, id transports.RoomID, reason string) {
	r := g.rooms[id]
	if r == nil || !r.people[s] {
		return
	}
	delete(r.people, s)
	gone := transports.MemberLeft{Room: id, User: s.user(), Reason: reason}
	s.tell(gone)
	for other := range r.people {
		other.tell(gone)
	}
	if len(r.people) == 0 && g.online != nil && !g.online.Can.Durable {
		delete(g.rooms, id)
		g.hand(s, transports.Leave{Room: id}, func(transports.Result, error) {})
	}
}
