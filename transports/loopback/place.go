package loopback

import (
	"iter"
	"strings"

	"isthmus/transports"
)

// place is where things are said: a room, or the talk of two.
type place struct {
	network *network
	room    *room // nil in a talk
	a, b    *user // of a talk; the same for who talks to themselves
	log     *log
}

// place finds a place that a user may speak in, or says why they may not.
func (n *network) place(u *user, p transports.Place) (place, error) {
	if p.Room != "" {
		r := n.Rooms[p.Room]
		if r == nil {
			return place{}, noRoom(p.Room)
		}
		if _, there := r.Members[u.ID]; !there {
			return place{}, fault(transports.Forbidden, "You are not in %s. Join it first.", r.Name)
		}
		return place{network: n, room: r, log: &r.Log}, nil
	}
	other, err := n.find(p.User)
	if err != nil {
		return place{}, err
	}
	talk := n.Talks[pairOf(u.ID, other.ID)]
	if talk == nil {
		talk = &log{}
		n.Talks[pairOf(u.ID, other.ID)] = talk
	}
	return place{network: n, a: u, b: other, log: talk}, nil
}

// seenBy is how a user calls the place.
func (p place) seenBy(u *user) transports.Place {
	switch {
	case p.room != nil:
		return transports.InRoom(p.room.ID)
	case u == p.a:
		return transports.TalkWith(p.b.ID)
	}
	return transports.TalkWith(p.a.ID)
}

// audience are those who see what happens in the place.
func (p place) audience() iter.Seq[*user] {
	return func(yield func(*user) bool) {
		if p.room == nil {
			_ = yield(p.a) && p.a != p.b && yield(p.b)
			return
		}
		for id := range p.room.Members {
			if !yield(p.network.Users[id]) {
				return
			}
		}
	}
}

// publish writes a line into the log and tells everyone. from is the client that said it, the only one that is told the nonce.
func (p place) publish(what line, from *client) {
	p.log.add(what)
	p.network.changed = true
	for u := range p.audience() {
		for _, c := range u.clients {
			event := p.shown(what, u)
			if m, is := event.(transports.Message); is && c != from {
				m.Nonce = 0
				event = m
			}
			c.tell(event)
		}
	}
}

// shown is a line as a user sees it.
func (p place) shown(what line, viewer *user) transports.Event {
	n := p.network
	switch {
	case what.Said != nil:
		e := *what.Said
		e.Place, e.Own, e.From = p.seenBy(viewer), authorOf(e.From) == viewer.ID, n.known(e.From)
		if !e.Own {
			e.Nonce = 0
		}
		e.ID, e.Thread = n.idFor(viewer, e.ID), n.idFor(viewer, e.Thread)
		e.ReplyTo, e.Forwarded = n.referenceFor(viewer, e.ReplyTo), n.referenceFor(viewer, e.Forwarded)
		return e
	case what.Edited != nil:
		e := *what.Edited
		e.Place, e.ID, e.From = p.seenBy(viewer), n.idFor(viewer, e.ID), n.known(e.From)
		return e
	case what.Deleted != nil:
		e := *what.Deleted
		e.Place, e.ID, e.By = p.seenBy(viewer), n.idFor(viewer, e.ID), n.known(e.By)
		return e
	default:
		e := *what.Reacted
		e.Place, e.ID, e.From = p.seenBy(viewer), n.idFor(viewer, e.ID), n.known(e.From)
		return e
	}
}

// known is a user as they are now, or as they were when the network still knew them.
func (n *network) known(was transports.User) transports.User {
	if u := n.Users[was.ID]; u != nil {
		return u.User
	}
	return was
}

// ownMark stands between the id of a message and that of the account which calls it so.
const ownMark = "~"

// idFor is what a user calls a message.
func (n *network) idFor(viewer *user, id transports.MessageID) transports.MessageID {
	switch {
	case id == "" || n.config.IDs == noIDs:
		return ""
	case n.config.IDs == ownIDs:
		return id + ownMark + transports.MessageID(viewer.ID)
	}
	return id
}

// idFrom is the network's own id of what a user calls so.
func (n *network) idFrom(viewer *user, id transports.MessageID) transports.MessageID {
	if n.config.IDs == ownIDs {
		return transports.MessageID(strings.TrimSuffix(string(id), ownMark+string(viewer.ID)))
	}
	return id
}

func (n *network) referenceFor(viewer *user, r *transports.Reference) *transports.Reference {
	if r == nil {
		return nil
	}
	return &transports.Reference{ID: n.idFor(viewer, r.ID), From: n.known(r.From), Text: r.Text}
}
