package loopback

import (
	"context"
	"maps"
	"slices"
	"time"

	"isthmus/transports"
)

// query has the owner of the networks look something up for the session's user.
func (s *Session) query(ctx context.Context, look func(*network, *user)) error {
	c := s.live.Load()
	if c == nil {
		return offline("There is no connection to the network.")
	}
	return s.driver.ask(ctx, func() { look(s.network, c.user) })
}

// Rooms lists the rooms and spaces.
func (s *Session) Rooms(ctx context.Context, yield func(transports.Listing) bool) error {
	var all []transports.Listing
	err := s.query(ctx, func(n *network, u *user) {
		for _, id := range slices.Sorted(maps.Keys(n.Rooms)) {
			if r := n.Rooms[id]; r.listedTo(u) {
				all = append(all, transports.Listing{Room: r.ID, Name: r.Name, Users: len(r.Members), Topic: r.Topic.Text, Parent: r.Parent, Space: r.Space})
			}
		}
	})
	for _, l := range all {
		if !yield(l) {
			break
		}
	}
	return err
}

// listedTo tells whether a user may know of the room.
func (r *room) listedTo(u *user) bool {
	_, there := r.Members[u.ID]
	return there || !r.Hidden || r.Affiliations[u.ID] >= transports.AffiliatedMember
}

// Affiliated lists those with an affiliation by their ids, to the moderators.
func (s *Session) Affiliated(ctx context.Context, id transports.RoomID, affiliation transports.Affiliation) (all []string, err error) {
	asked := s.query(ctx, func(n *network, u *user) {
		var r *room
		if r, err = n.inside(u, id); err != nil {
			return
		}
		if affiliation == transports.Outcast && r.role(u) != transports.Moderator {
			err = fault(transports.Forbidden, "Only a moderator can see who is banned from %s.", r.Name)
			return
		}
		for _, id := range slices.Sorted(maps.Keys(r.Affiliations)) {
			if r.Affiliations[id] == affiliation {
				all = append(all, string(id))
			}
		}
	})
	if asked != nil {
		return nil, asked
	}
	return all, err
}

// Talks are the users with whom something was said since then.
func (s *Session) Talks(ctx context.Context, since time.Time) (all []transports.UserID, err error) {
	err = s.query(ctx, func(n *network, u *user) {
		for _, id := range slices.Sorted(maps.Keys(n.Users)) {
			talk := n.Talks[pairOf(u.ID, id)]
			if talk != nil && slices.ContainsFunc(talk.Lines, func(what line) bool { return what.Said != nil && !what.Said.At.Before(since) }) {
				all = append(all, id)
			}
		}
	})
	return all, err
}

// After reads what came after a message.
func (s *Session) After(ctx context.Context, in transports.Place, id transports.MessageID, limit int) (events []transports.Event, more bool, err error) {
	asked := s.query(ctx, func(n *network, u *user) { events, more, err = n.after(u, in, id, limit) })
	if asked != nil {
		return nil, false, asked
	}
	return events, more, err
}

func (n *network) after(u *user, in transports.Place, id transports.MessageID, limit int) (events []transports.Event, more bool, err error) {
	p, err := n.place(u, in)
	if err != nil {
		return nil, false, err
	}
	lines, err := p.log.after(n.idFrom(u, id))
	if err != nil {
		return nil, false, err
	}
	if id == "" && len(lines) > limit {
		lines = lines[len(lines)-limit:]
	}
	for _, what := range lines {
		if len(events) == limit {
			return events, true, nil
		}
		if what.Said != nil && p.log.messages[what.Said.ID].deleted {
			continue
		}
		events = append(events, p.shown(what, u))
	}
	return events, false, nil
}

// after are the lines after that of a message; all of them where the message is one of those that are forgotten by now.
func (l *log) after(id transports.MessageID) ([]line, error) {
	l.index()
	if id == "" {
		return l.Lines, nil
	}
	i := slices.IndexFunc(l.Lines, func(what line) bool { return what.Said != nil && what.Said.ID == id })
	if i < 0 && !l.Trimmed {
		return nil, fault(transports.NotFound, "There is no message %s here.", id)
	}
	return l.Lines[i+1:], nil
}
