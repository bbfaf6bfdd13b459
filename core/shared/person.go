package shared

import (
	"context"
	"errors"

	"isthmus/transports"
)

// Person is one of those who share an account.
type Person struct {
	// ID is whom the others see them as: no user of the network has it.
	ID transports.UserID
	// Name is what they want to be called.
	Name string
	// Picture gives the URL of their picture, empty where there is none (yet); nil is for none. It must not block.
	Picture func() string
	// Owner tells that the account is theirs: what concerns the account itself, talks too, comes to them.
	Owner bool
	// Itself tells that it speaks as the account itself where it does not say as whom.
	Itself bool
}

// attached is the session of one person.
type attached struct {
	group *Group
	// person may change its name, on the group's goroutine.
	person Person
}

// Attach makes the session of a person.
func (g *Group) Attach(p Person) transports.Session {
	a := &attached{group: g, person: p}
	if history, ok := g.session.(transports.History); ok {
		return &remembering{a, history}
	}
	return a
}

// stay is the time from a Run of a session to its end.
type stay struct {
	person Person // its name may change
	ctx    context.Context
	queue  chan func(emit func(transports.Event))
	ending chan error
	gone   chan struct{} // closed when nothing is taken any more
}

// backlog is how many events may wait for one person before the network waits for them.
const backlog = 256

// Run is there until the connection of all is lost, or ctx ends.
func (a *attached) Run(ctx context.Context, emit func(transports.Event)) error {
	s := &stay{ctx: ctx, queue: make(chan func(func(transports.Event)), backlog), ending: make(chan error, 1), gone: make(chan struct{})}
	defer close(s.gone)
	if !a.group.post(func() { s.person = a.person; a.group.come(s) }) {
		return errEnded
	}
	for {
		select {
		case do := <-s.queue:
			do(emit)
		case err := <-s.ending:
			for len(s.queue) > 0 {
				(<-s.queue)(emit)
			}
			return err
		case <-ctx.Done():
			go a.group.post(func() { a.group.leave(s) }) // the group may be waiting for this one to take an event
			return nil
		}
	}
}

var errEnded = &transports.Fault{Kind: transports.Offline, Text: "The gateway is shutting down.", Cause: errors.New("the shared account has ended")}

// tell hands over an event, after all that was told before.
func (s *stay) tell(e transports.Event) {
	s.do(func(emit func(transports.Event)) { emit(e) })
}

func (s *stay) do(what func(emit func(transports.Event))) {
	select {
	case s.queue <- what:
	case <-s.gone:
	case <-s.ctx.Done():
	}
}

func (s *stay) end(err error) {
	if err == nil {
		err = errEnded
	}
	s.ending <- err
}

// user is the person as a user of the network.
func (s *stay) user() transports.User {
	return transports.User{ID: s.person.ID, Name: s.person.Name, Identity: string(s.person.ID)}
}

// private are the features that concern the account itself, or need a standing on the network: they are the owner's.
const private = transports.Topics | transports.Roles | transports.Affiliations | transports.Invitations | transports.Instructions | transports.Questions |
	transports.Presences | transports.Subscriptions | transports.ContactLists | transports.Blocking | transports.Creation | transports.Destruction |
	transports.RoomNames | transports.Reading

func (g *Group) onlineFor(s *stay) transports.Online {
	can := g.online.Can
	can.Features |= transports.Names
	can.Features &^= transports.Presences // it is many people's, and there while one of them is
	can.Durable = false                   // who is in a room is so while they are there
	can.Idempotent = 0                    // who speaks under a name may do so in a way of its own
	_, can.Recalled = g.session.(transports.History)
	if !s.person.Owner {
		can.Features &^= private
	}
	return transports.Online{Self: s.user(), Can: can, Through: g.online.Through}
}
