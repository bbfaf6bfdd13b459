package loopback

import (
	"maps"
	"slices"

	"isthmus/transports"
)

// room is a room, or a space that holds rooms.
type room struct {
	ID     transports.RoomID
	Name   string
	Parent transports.RoomID
	// Thread is the message of Parent that the room is the thread of, or empty.
	Thread  transports.MessageID
	Topic   transports.Topic
	Picture string
	// Space: it holds rooms, and nobody can enter it.
	Space bool
	Rules
	// Members are those inside, with their roles; Affiliations outlast that.
	Members      map[transports.UserID]transports.Role
	Affiliations map[transports.UserID]transports.Affiliation
	// Hats are what people wear in it, there or not.
	Hats map[transports.UserID][]transports.Hat
	Log  log
}

// told are the rules as the contract has them.
func (r *room) told() transports.Rules {
	return transports.Rules{Moderated: r.Moderated, MembersOnly: r.MembersOnly, Locked: r.Password != "", Hidden: r.Hidden}
}

// Rules are who may enter a room and speak in it.
type Rules struct {
	// Moderated: only those with a voice are heard. MembersOnly: only who has an affiliation may enter.
	Moderated, MembersOnly bool
	// Hidden: only those inside, and those with an affiliation, find it in the directory.
	Hidden bool
	// Password opens the room, empty where everybody may enter.
	Password string
	// Lacks are the features that nobody has in it.
	Lacks transports.Feature
}

func (n *network) addRoom(name string, parent transports.RoomID) *room {
	r := &room{ID: n.newRoomID(), Name: oneLine(name), Parent: parent,
		Members: map[transports.UserID]transports.Role{}, Affiliations: map[transports.UserID]transports.Affiliation{}}
	if r.Name == "" {
		r.Name = string(r.ID)
	}
	n.Rooms[r.ID] = r
	return r
}

func noRoom(id transports.RoomID) *transports.Fault {
	return fault(transports.NotFound, "There is no room %s on this network.", id)
}

// tell tells everyone in the room.
func (n *network) tell(r *room, e transports.Event) {
	for id := range r.Members {
		n.Users[id].tell(e)
	}
}

// inside finds a room that a user is in.
func (n *network) inside(u *user, id transports.RoomID) (*room, error) {
	p, err := n.place(u, transports.InRoom(id))
	return p.room, err
}

func (r *room) role(u *user) transports.Role { return r.Members[u.ID] }

// usualRole is the role of who comes in (XEP-0045 §5.1.2).
func (r *room) usualRole(a transports.Affiliation) transports.Role {
	switch {
	case a >= transports.Admin:
		return transports.Moderator
	case r.Moderated && a < transports.AffiliatedMember:
		return transports.Visitor
	}
	return transports.Participant
}

func (r *room) member(u *user) transports.Member {
	return transports.Member{User: u.User, Affiliation: r.Affiliations[u.ID], Role: r.Members[u.ID], Hats: r.Hats[u.ID]}
}

// state is the room as a user inside sees it.
func (n *network) state(r *room, viewer *user) transports.Room {
	members := make([]transports.Member, 0, len(r.Members))
	for _, id := range slices.Sorted(maps.Keys(r.Members)) {
		members = append(members, r.member(n.Users[id]))
	}
	return transports.Room{Room: r.ID, Name: r.Name, Parent: r.Parent, Thread: n.idFor(viewer, r.Thread), Picture: r.Picture, Topic: r.Topic,
		Members: members, Complete: true, Rules: r.told(), Lacks: r.Lacks}
}

// join lets a user in. A room is also found by its name, which Moved tells.
func (n *network) join(u *user, j transports.Join) error {
	r := n.Rooms[j.Room]
	if r == nil {
		if r = n.named(string(j.Room)); r != nil {
			return &transports.Fault{Kind: transports.Moved, Text: "The room's address is " + string(r.ID) + ".", To: r.ID}
		}
		return noRoom(j.Room)
	}
	if _, there := r.Members[u.ID]; there {
		u.tell(n.state(r, u))
		return nil
	}
	switch affiliation := r.Affiliations[u.ID]; {
	case r.Space:
		return fault(transports.Invalid, "%s is a space: it holds rooms, and nobody can be in it.", r.Name)
	case affiliation == transports.Outcast:
		return fault(transports.Forbidden, "You are banned from %s.", r.Name)
	case r.MembersOnly && affiliation == transports.NoAffiliation:
		return fault(transports.Forbidden, "%s is open to its members alone. Ask one of them for an invitation.", r.Name)
	case r.Password != "" && r.Password != j.Password:
		return fault(transports.PasswordNeeded, "%s wants a password, or another one.", r.Name)
	}
	n.enter(u, r)
	return nil
}

// named finds a room by what people call it, with or without the sigil.
func (n *network) named(name string) *room {
	if name == "" {
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(n.Rooms)) {
		if r := n.Rooms[id]; foldName(r.Name) == foldName(name) {
			return r
		}
	}
	return nil
}

// enter brings a user in. The first in a room that nobody owns owns it.
func (n *network) enter(u *user, r *room) {
	if len(r.Members) == 0 && len(r.Affiliations) == 0 {
		r.Affiliations[u.ID] = transports.Owner
	}
	r.Members[u.ID] = r.usualRole(r.Affiliations[u.ID])
	came := transports.MemberChanged{Room: r.ID, Member: r.member(u)}
	for id := range r.Members {
		if id != u.ID {
			n.Users[id].tell(came)
		}
	}
	u.tell(n.state(r, u))
}

func (n *network) leave(u *user, l transports.Leave) error {
	if r := n.Rooms[l.Room]; r != nil {
		n.remove(u, r, transports.MemberLeft{Reason: l.Reason})
	}
	return nil
}

// remove takes a user out of a room, if they are in it. how is the event, without room and user.
func (n *network) remove(u *user, r *room, how transports.MemberLeft) {
	if _, there := r.Members[u.ID]; !there {
		return
	}
	how.Room, how.User = r.ID, u.User
	n.tell(r, how)
	delete(r.Members, u.ID)
}
