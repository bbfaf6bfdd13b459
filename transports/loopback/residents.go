package loopback

import (
	"context"
	"slices"
	"sync"
	"time"

	"isthmus/transports"
)

// resident is one of those who live on the network where the operator wants it, for people who want to see what it is like.
type resident struct {
	name, title, hat string
	colour           uint32 // of their picture and hat, as 0xRRGGBB
	status           transports.Presence
	// answer says something to what somebody said.
	answer func(r *at, m transports.Message)
}

// The residents, and the place where they are.
const (
	residentsGroup = "Residents"
	lobbyName      = "Lobby"
)

var residents = []resident{
	{"Ida Lovelace", "Answers, and reacts", "Host", 0x0b6e69, transports.Presence{Show: transports.Present, Status: "Say hello to me."}, (*at).echo},
	{"Max Hopper", "Corrects what he wrote", "Editor", 0xb3541e, transports.Presence{Show: transports.Present, Status: "I make mistakes, and mend them."}, (*at).mend},
	{"Zoe Noether", "Sends files", "Artist", 0x4b3f8f, transports.Presence{Show: transports.Away, Status: "I draw."}, (*at).draw},
}

// at is a resident at home.
type at struct {
	ctx    context.Context
	who    resident
	person *Person
	lobby  transports.RoomID
	greets bool
}

// populate brings the residents onto every network, until ctx ends.
func (d *Driver) populate(ctx context.Context) {
	var living sync.WaitGroup
	defer living.Wait()
	for _, scope := range d.scopes {
		n := d.Network(transports.Scope(scope))
		lobby := n.Room(lobbyName) // the network is kept over restarts, and they with it
		if lobby == "" {
			lobby = n.AddRoom(lobbyName, "")
		}
		for i, who := range residents {
			r := &at{ctx: ctx, who: who, lobby: lobby, greets: i == 0}
			id := n.Find(who.name)
			if id != "" {
				r.person = n.Person(id)
			} else {
				r.person = n.AddPerson(who.name)
			}
			if r.person == nil || r.person.client == nil {
				return // the network has ended
			}
			r.settle(n)
			n.ask(func(n *network) { n.moveIn(r.person.ID, id == "") })
			living.Go(r.live)
		}
	}
}

// settle has a resident be as they are.
func (r *at) settle(n *Network) {
	r.person.Describe(transports.Profile{FullName: r.who.name, Title: r.who.title, Note: "Lives on the network in memory."})
	r.person.SetPicture(portrait(r.who.colour), "image/png")
	r.do(transports.SetPresence{Presence: r.who.status})
	r.person.Wear(r.lobby, transports.Hat{ID: r.who.hat, Title: r.who.hat, Colour: r.who.colour})
	r.do(transports.Join{Room: r.lobby})
	if r.greets {
		r.do(transports.SetTopic{Room: r.lobby, Text: "Say hello. Who lives here answers to their first name."})
	}
}

// do does something; what the network refuses is left undone.
func (r *at) do(c transports.Command) transports.Result {
	result, _ := r.person.Do(c)
	return result
}

// live has a resident answer whoever speaks to them.
func (r *at) live() {
	for {
		switch e := r.person.Next(r.ctx).(type) {
		case nil:
			return
		case transports.SubscriptionAsked:
			r.do(transports.Authorize{User: e.From.ID, Allow: true})
			r.do(transports.Subscribe{User: e.From.ID, On: true})
		case transports.Invited:
			r.do(transports.Join{Room: e.Room})
		case transports.MemberChanged:
			if r.greets && e.By == "" && e.Room == r.lobby && !isResident(e.Member.User) {
				r.greet(e.Member.User)
			}
		case transports.Message:
			if !e.Own && time.Since(e.At) < time.Minute && r.meant(e) {
				r.who.answer(r, e)
			}
		}
	}
}

func isResident(u transports.User) bool {
	return slices.ContainsFunc(residents, func(r resident) bool { return r.name == u.Name })
}

// pause is how long a resident takes for what people take time for.
func (r *at) pause(seconds float64) {
	select {
	case <-time.After(time.Duration(seconds * float64(time.Second))):
	case <-r.ctx.Done():
	}
}

// moveIn lets a resident live on the network. One who is new is a contact of everyone.
func (n *network) moveIn(id transports.UserID, isNew bool) {
	n.residents = append(n.residents, id)
	for _, guest := range n.Guests {
		if u := n.Users[guest]; isNew && u != nil {
			n.befriend(u, n.Users[id])
		}
	}
}

// befriend puts a resident on the list of a user, and them on theirs.
func (n *network) befriend(u, other *user) {
	if other == nil { // gone from the network
		return
	}
	u.contact(other).Groups = []string{residentsGroup}
	n.connectContacts(u, other, true)
	n.connectContacts(other, u, true)
}
