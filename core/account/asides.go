package account

import (
	"isthmus/core/stanza"
	"isthmus/transports"
)

// aside is where a person began a private talk: within a room, from one of their clients (XEP-0045 §7.5).
type aside struct {
	in  *joined
	who stanza.JID
}

// asides are the private talks within rooms, by user; answers come from the occupant as well.
type asides map[transports.UserID]aside

// note keeps where the person wrote to a user from last: in a room, or outside of all, where j is nil.
func (a *asides) note(user transports.UserID, j *joined, s *stanza.Stanza) {
	if j == nil {
		drop(a, user)
		return
	}
	put(a, user, aside{j, s.From})
}

// renamed follows a user's new id.
func (a asides) renamed(was, now transports.UserID) {
	if talk, ok := a[was]; ok {
		delete(a, was)
		a[now] = talk
	}
}

// forget ends those in a room.
func (a asides) forget(j *joined) {
	for id, talk := range a {
		if talk.in == j {
			delete(a, id)
		}
	}
}
