// Package shared lets several people speak through one account of a network. Each gets a session of their own, as if the account were theirs alone, and
// is a member of the rooms that they enter: for each other they are there as the network's own users are, and the network hears them under
// their names (transports.Persona).
package shared

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"isthmus/core/lane"
	"isthmus/transports"
)

// Access is what a person may do in a room through the account.
type Access uint8

// The kinds of access.
const (
	NoAccess Access = iota // the room is not there for them
	MayRead
	MayWrite
)

// Config is what a group works with.
type Config struct {
	// Open makes the session that all share. It does no I/O.
	Open func() (transports.Session, error)
	// May tells what a person (Person.ID) may do in a room; nil lets everyone do everything.
	May func(person transports.UserID, room transports.RoomID) Access
	// Mine tells whether a person has sent a message through the account, also before a restart; nil where nobody knows.
	Mine func(ctx context.Context, person transports.UserID, place transports.Place, id transports.MessageID) bool
	// Keep keeps what the network gives in place of the account's data (transports.Credentials), whoever is there; nil where the account has none. It is
	// called from any goroutine.
	Keep func(data []byte)
	// Reactions reads the reactions of all on a message, by who has them, also from before a restart, and Reacted keeps a person's; nil where nothing is kept.
	Reactions func(ctx context.Context, place transports.Place, id transports.MessageID) (map[transports.UserID][]string, error)
	Reacted   func(person transports.UserID, place transports.Place, id transports.MessageID, emoji []string)
	Log       *slog.Logger
}

// Group is an account and the people who share it. The goroutine of Run owns what is known of both.
type Group struct {
	Config
	session transports.Session
	// lanes keep the commands of all in order within a place.
	lanes *lane.Lanes[transports.Place]

	work   chan func()
	events chan transports.Event
	done   chan struct{}
	links  sync.WaitGroup // the goroutine of the session's Run

	people map[*stay]bool
	rooms  map[transports.RoomID]*room
	// cancel ends the connection, nil while there is none; online is how it came to be, nil before.
	cancel context.CancelFunc
	online *transports.Online
	// closing: the last of the people has gone, and the session is saying goodbye.
	closing bool
	spoken  spoken
}

// maxCommands bounds what all have asked for and has not been taken by the network.
const maxCommands = 4000

// New makes a group; Run starts it.
func New(c Config) (*Group, error) {
	session, err := c.Open()
	if err != nil {
		return nil, err
	}
	if c.May == nil {
		c.May = func(transports.UserID, transports.RoomID) Access { return MayWrite }
	}
	return &Group{Config: c, session: session, lanes: lane.New[transports.Place](maxCommands),
		work: make(chan func()), events: make(chan transports.Event), done: make(chan struct{}),
		people: map[*stay]bool{}, rooms: map[transports.RoomID]*room{}}, nil
}

// Run owns the group until ctx ends.
func (g *Group) Run(ctx context.Context) {
	defer g.links.Wait() // the network is told
	defer close(g.done)
	for {
		select {
		case do := <-g.work:
			do()
		case e := <-g.events:
			g.event(e)
		case <-ctx.Done():
			g.ended(nil)
			return
		}
	}
}

// post has the group's goroutine do something; it is false when that has ended.
func (g *Group) post(do func()) bool {
	select {
	case g.work <- do:
		return true
	case <-g.done:
		return false
	}
}

// ask has the group's goroutine do something, and waits until it is done; it is false when that goroutine has ended.
func (g *Group) ask(do func()) bool {
	did := make(chan struct{})
	if !g.post(func() { do(); close(did) }) {
		return false
	}
	<-did
	return true
}

// come lets a person in, and connects with the first.
func (g *Group) come(s *stay) {
	g.people[s] = true
	switch {
	case g.closing: // it is opened again when it has ended
	case g.online != nil:
		s.tell(g.onlineFor(s))
	case g.cancel == nil:
		g.connect()
	}
}

// connect runs the session until it has lost the connection, or the last of the people has gone.
func (g *Group) connect() {
	ctx, cancel := context.WithCancel(context.Background())
	g.cancel = cancel
	g.links.Go(func() {
		err := g.session.Run(ctx, func(e transports.Event) {
			if c, is := e.(transports.Credentials); is && g.Keep != nil { // also the last words, when the group is no more
				g.Keep(c.Data)
				return
			}
			select {
			case g.events <- e:
			case <-g.done:
			}
		})
		g.post(func() { g.ended(err) })
	})
}

// leave lets a person out, and says goodbye to the network with the last.
func (g *Group) leave(s *stay) {
	if !g.people[s] {
		return
	}
	delete(g.people, s)
	for id, r := range g.rooms {
		r.turnAway(func(other *stay) bool { return other == s })
		if r.people[s] {
			g.leaveRoom(s, id, "")
		}
	}
	if len(g.people) == 0 && g.cancel != nil {
		g.closing = true
		g.cancel()
	}
}

// ended is what the end of the session's Run means: for everyone the same, but for those who came while it said goodbye.
func (g *Group) ended(err error) {
	if g.cancel != nil {
		g.cancel()
	}
	closed := g.closing
	g.cancel, g.online, g.closing = nil, nil, false
	for _, r := range g.rooms {
		r.turnAway(func(*stay) bool { return true })
	}
	clear(g.rooms)
	if closed && len(g.people) > 0 {
		g.connect()
		return
	}
	for s := range g.people {
		delete(g.people, s)
		s.end(err)
	}
}

// event takes what happened on the network to whom it concerns.
func (g *Group) event(e transports.Event) {
	switch e := e.(type) {
	case transports.Online:
		g.online = &e
		for s := range g.people {
			s.tell(g.onlineFor(s))
		}
	case transports.Message:
		g.heard(e)
	case transports.Checkpoint:
		g.checkpoint(e)
	case transports.Edited:
		e.From = g.author(e.Place, e.ID, e.From)
		g.tellPlace(e.Place, e)
	case transports.Deleted:
		if r := g.rooms[e.Place.Room]; r != nil && e.By.ID != g.online.Self.ID && r.has(e.By.ID) { // a moderator
			g.tellPlace(e.Place, e)
			return
		}
		e.By = g.author(e.Place, e.ID, e.By)
		g.tellPlace(e.Place, e)
	case transports.Reacted:
		if e.From.ID != g.online.Self.ID { // the account's own are everyone's together, and told by who has them
			g.tellPlace(e.Place, e)
		}
	case transports.Typing:
		if e.From.ID != g.online.Self.ID {
			g.tellPlace(e.Place, e)
		}
	case transports.Memberships: // they are the account's, not anybody's
	case transports.Read:
		g.tellPlace(e.Place, e)
	case transports.Announced:
		if e.Room != "" {
			g.tellPlace(transports.InRoom(e.Room), e)
			return
		}
		g.tellOwner(e)
	default:
		if !g.roomEvent(e) {
			g.tellOwner(e)
		}
	}
}

// tellPlace tells the people in a room what happened there; what happens in talks is the owner's.
func (g *Group) tellPlace(place transports.Place, e transports.Event) {
	if place.Room == "" {
		g.tellOwner(e)
		return
	}
	if r := g.rooms[place.Room]; r != nil {
		for s := range r.people {
			s.tell(e)
		}
	}
}

// checkpoint has everyone in a place keep what came before; the network hears of it when all have.
func (g *Group) checkpoint(e transports.Checkpoint) {
	var whose []*stay
	for s := range g.people {
		if r := g.rooms[e.Place.Room]; r != nil && r.people[s] || e.Place.Room == "" && s.person.Owner {
			whose = append(whose, s)
		}
	}
	if len(whose) == 0 {
		e.Kept()
		return
	}
	var left atomic.Int32
	left.Store(int32(len(whose)))
	all := transports.Checkpoint{Place: e.Place, Kept: func() {
		if left.Add(-1) == 0 {
			e.Kept()
		}
	}}
	for _, s := range whose {
		s.tell(all)
	}
}

// tellOwner tells the one to whom the account belongs, where they are there.
func (g *Group) tellOwner(e transports.Event) {
	for s := range g.people {
		if s.person.Owner {
			s.tell(e)
		}
	}
}
