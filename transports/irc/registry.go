package irc

import (
	"context"
	"maps"
	"slices"

	"isthmus/transports"
)

// maxBans bounds the masks that are read of one list.
const maxBans = 5_000

// banList is the list of those who may not enter a room, while the server sends it.
type banList struct {
	masks   []string
	waiting []chan<- *transports.Fault
}

// Affiliated lists the masks that are banned from a room (RFC 2812 §3.2.3), or those with a standing who are there: IRC
// itself keeps no others.
func (s *Session) Affiliated(ctx context.Context, room transports.RoomID, affiliation transports.Affiliation) ([]string, error) {
	var names []string
	if affiliation != transports.Outcast {
		fault := s.call(ctx, func(c *connection) { names = c.standing(string(room), affiliation) })
		if fault != nil {
			return nil, fault
		}
		return names, nil
	}
	var list *banList
	answer := make(chan *transports.Fault, 1)
	if fault := s.call(ctx, func(c *connection) { list = c.askBans(string(room), answer) }); fault != nil {
		return nil, fault
	}
	select {
	case fault := <-answer:
		if fault != nil {
			return nil, fault
		}
		return list.masks, nil
	case <-ctx.Done():
		return nil, unknownOutcome()
	}
}

// standing are the members of a room with an affiliation.
func (c *connection) standing(name string, affiliation transports.Affiliation) []string {
	r := c.rooms[c.fold(name)]
	if r == nil {
		return nil
	}
	var names []string
	for _, folded := range slices.Sorted(maps.Keys(r.standings)) {
		if has, _ := c.support.standing(r.standings[folded], r.rules.Moderated); has == affiliation {
			names = append(names, folded)
		}
	}
	return names
}

// askBans asks for the list once for all who want it.
func (c *connection) askBans(name string, answer chan<- *transports.Fault) *banList {
	folded := c.fold(name)
	if !c.support.isRoom(name) {
		answer <- notRoom(name)
		return nil
	}
	if list := c.bans[folded]; list != nil {
		list.waiting = append(list.waiting, answer)
		return list
	}
	list := &banList{waiting: []chan<- *transports.Fault{answer}}
	put(&c.bans, folded, list)
	r := newRequest(nil, func(_ transports.Result, err error) {
		drop(&c.bans, folded)
		var fault *transports.Fault
		if err != nil {
			fault = transports.AsFault(err)
		}
		for _, waiting := range list.waiting {
			waiting <- fault
		}
	})
	c.out.held = append(c.out.held, &job{request: r, verb: changing, names: []string{folded}, lines: []string{"MODE " + name + " +b"}})
	return list
}

// onBanListed is a mask of the list: RPL_BANLIST.
func (c *connection) onBanListed(m message) {
	if list := c.bans[c.fold(m.Param(1))]; list != nil && len(list.masks) < maxBans && m.Param(2) != "" {
		list.masks = append(list.masks, m.Param(2))
	}
}
