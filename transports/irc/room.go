package irc

import (
	"slices"
	"time"

	"isthmus/transports"
)

const (
	// maxKept bounds the members that are kept at a time, in all rooms, whatever the server says.
	maxKept = 500_000
	// maxRooms bounds the rooms that a server may put an account into.
	maxRooms = 5_000
	// maxEarly is how many events of a room may come before its list of members is complete.
	maxEarly = 64
)

// room is a room that the account is in. Who else is there is known to the core; here are only those with a standing.
type room struct {
	id        transports.RoomID
	name      string // as the server writes it
	topic     transports.Topic
	rules     transports.Rules
	standings map[string]privileges // of those who have any, by folded nick

	leaving bool                       // a PART was asked for
	shown   bool                       // a Room event was emitted
	list    map[string]transports.User // who is there by folded nick, while the server lists them; nil at other times
	partial bool                       // there was no place for some of them
	early   []transports.Event         // what happened before the room was shown
	waiting []*request                 // Joins to settle when it is
	ban     ban                        // the last that was set

	relays  bool          // others' names may be used here: it was done
	refusal *relayRefusal // of that, nil where there was none
}

// ban is a mask on the list of those who may not enter.
type ban struct {
	by string // folded
	at time.Time
}

// entering is a room whose JOIN the server has not answered.
type entering struct {
	requests []*request
	until    time.Time // when to give it up, zero before the JOIN was handed over
}

// allow sets the standing of a user.
func (c *connection) allow(r *room, folded string, has privileges) {
	_, had := r.standings[folded]
	switch {
	case has == 0 && had:
		delete(r.standings, folded)
		c.kept--
	case has == 0:
	case had:
		r.standings[folded] = has
	case c.kept < maxKept:
		if r.standings == nil {
			r.standings = map[string]privileges{}
		}
		r.standings[folded] = has
		c.kept++
	}
}

// came puts a user on the list, where there is one.
func (c *connection) came(r *room, folded string, user transports.User) {
	_, listed := r.list[folded]
	switch {
	case r.list == nil:
	case listed:
		r.list[folded] = user
	case c.kept < maxKept:
		r.list[folded] = user
		c.kept++
	default:
		r.partial = true
	}
}

// left forgets a user.
func (c *connection) left(r *room, folded string) {
	c.allow(r, folded, 0)
	if _, listed := r.list[folded]; listed {
		delete(r.list, folded)
		c.kept--
	}
}

// renamed moves what is known of a user to their new nick.
func (c *connection) renamed(r *room, was, folded string, user transports.User) {
	has := r.standings[was]
	_, listed := r.list[was]
	c.left(r, was)
	c.allow(r, folded, has)
	if listed {
		c.came(r, folded, user)
	}
}

// drop forgets a room.
func (c *connection) drop(folded string) {
	r := c.rooms[folded]
	c.kept -= len(r.standings) + len(r.list)
	delete(c.rooms, folded)
	if c.entering[folded] == nil { // who left may be on the way in again
		delete(c.session.ids, folded)
	}
}

// tell emits what happened in a room, after the room itself.
func (c *connection) tell(r *room, e transports.Event) {
	if r.shown {
		c.emit(e)
		return
	}
	if r.early = append(r.early, e); len(r.early) > maxEarly {
		c.show(r, false)
	}
}

// show emits a room, what happened there meanwhile, and confirms the Joins of it.
func (c *connection) show(r *room, complete bool) {
	event := transports.Room{
		Room: r.id, Name: r.name, Topic: r.topic, Rules: r.rules, Complete: complete && !r.partial,
		Members: make([]transports.Member, 0, len(r.list)+1),
	}
	if folded := c.fold(c.nick); r.list[folded].ID == "" {
		event.Members = append(event.Members, c.member(r, folded, c.self()))
	}
	for folded, user := range r.list {
		event.Members = append(event.Members, c.member(r, folded, user))
	}
	if complete {
		if !r.shown {
			c.lookAround(r, len(r.list))
		}
		c.kept -= len(r.list)
		r.list, r.partial = nil, false
	}
	r.shown = true
	c.emit(event)
	for _, e := range r.early {
		c.emit(e)
	}
	r.early = nil
	for _, request := range r.waiting {
		request.settle(nil)
	}
	r.waiting = nil
}

func (c *connection) member(r *room, folded string, user transports.User) transports.Member {
	affiliation, role := c.support.standing(r.standings[folded], r.rules.Moderated)
	return transports.Member{User: user, Affiliation: affiliation, Role: role}
}

// refresh asks for the members of a room again, whose standing may have changed.
func (c *connection) refresh(r *room) { c.out.whenQuiet("NAMES " + r.name) }

// idOf is the id of a room: the spelling under which it was first joined.
func (c *connection) idOf(name string) transports.RoomID {
	folded := c.fold(name)
	id, known := c.session.ids[folded]
	if !known {
		id = transports.RoomID(asciiLower(name))
		c.session.remember(folded, id)
	}
	return id
}

// refuse settles the Joins of a room that was not entered.
func (c *connection) refuse(folded string, fault *transports.Fault) {
	e := c.entering[folded]
	drop(&c.entering, folded)
	delete(c.session.ids, folded)
	for _, r := range e.requests {
		r.settle(fault)
	}
}

// entered notes that the JOIN of a room was handed over.
func (c *connection) entered(e entry) {
	if entering := c.entering[c.fold(e.name)]; entering != nil {
		entering.until = time.Now().Add(joinWithin)
		if c.overdue.IsZero() {
			c.overdue = entering.until
		}
		for _, r := range entering.requests {
			r.hand()
		}
	}
}

// forgetJoins takes back the JOINs that nobody waits for any more.
func (c *connection) forgetJoins() {
	c.out.joins = slices.DeleteFunc(c.out.joins, func(e entry) bool {
		folded := c.fold(e.name)
		waiting := c.entering[folded]
		if waiting == nil { // the server was faster, or refused it by itself
			return true
		}
		for _, r := range waiting.requests {
			if !r.isSettled() {
				return false
			}
		}
		drop(&c.entering, folded)
		delete(c.session.ids, folded)
		return true
	})
}

// giveUpJoins settles the Joins that the server did not answer in time.
func (c *connection) giveUpJoins(now time.Time) {
	c.overdue = time.Time{}
	for folded, e := range c.entering {
		switch {
		case e.until.IsZero():
		case !now.Before(e.until):
			c.refuse(folded, &transports.Fault{Kind: transports.UnknownOutcome, Text: "The server did not say whether the room was entered."})
		case c.overdue.IsZero() || e.until.Before(c.overdue):
			c.overdue = e.until
		}
	}
}
