package loopback

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"reflect"
	"sync"

	"isthmus/transports"
	"isthmus/transports/loopback/wire"
)

// remote is the control of the networks from another process: each method is one of Network or Person.
type remote struct {
	driver *Driver

	mu     sync.Mutex
	people map[handle]*Person
	denied map[string]map[string]*transports.Fault // by network and type of command
}

// handle names a person of a network.
type handle struct {
	network string
	id      transports.UserID
}

func (r *remote) network(name string) (*Network, error) {
	if n := r.driver.Network(transports.Scope(name)); n != nil {
		return n, nil
	}
	return nil, fmt.Errorf("there is no network %q", name)
}

// on does something to a network.
func (r *remote) on(name string, do func(*Network)) error {
	n, err := r.network(name)
	if err == nil {
		do(n)
	}
	return err
}

func (r *remote) keep(network string, p *Person) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.people[handle{network, p.ID}] = p
}

// person finds one who was added or taken over before.
func (r *remote) person(network string, id transports.UserID) (*Person, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.people[handle{network, id}]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("nobody drives %s on %s; call AddPerson or TakeOver first", id, network)
}

// AddPerson is Network.AddPerson.
func (r *remote) AddPerson(a wire.Name, id *transports.UserID) error {
	return r.on(a.Network, func(n *Network) {
		p := n.AddPerson(a.Name)
		r.keep(a.Network, p)
		*id = p.ID
	})
}

// TakeOver is Network.Person.
func (r *remote) TakeOver(a wire.Person, there *bool) error {
	return r.on(a.Network, func(n *Network) {
		if p := n.Person(a.Person); p != nil {
			r.keep(a.Network, p)
			*there = true
		}
	})
}

// FindPerson is Network.Find.
func (r *remote) FindPerson(a wire.Name, id *transports.UserID) error {
	return r.on(a.Network, func(n *Network) { *id = n.Find(a.Name) })
}

// Do is Person.Do.
func (r *remote) Do(a wire.Do, outcome *wire.Outcome) error {
	p, err := r.person(a.Network, a.Person)
	if err != nil {
		return err
	}
	command, err := a.Command.Command()
	if err != nil {
		return err
	}
	if send, is := command.(transports.Send); is {
		for _, f := range a.Files {
			send.Files = append(send.Files, transports.Upload{Name: f.Name, Type: f.Type, Size: int64(len(f.Data)), Width: f.Width, Height: f.Height, Description: f.Description,
				Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.Data)), nil }})
		}
		command = send
	}
	result, err := p.Do(command)
	outcome.Result = result
	if err != nil {
		fault := *transports.AsFault(err)
		fault.Cause = nil // it has no form on the wire
		outcome.Fault = &fault
	}
	return nil
}

// Next is Person.Next.
func (r *remote) Next(a wire.Next, event *wire.Value) error {
	p, err := r.person(a.Network, a.Person)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.Within)
	defer cancel()
	go func() {
		select {
		case <-r.driver.ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	if e := p.Next(ctx); e != nil {
		*event, err = wire.Encode(e)
	}
	return err
}

// Past is Person.Past.
func (r *remote) Past(a wire.Past, events *[]wire.Value) error {
	p, err := r.person(a.Network, a.Person)
	if err != nil {
		return err
	}
	for _, e := range p.Past(a.In) {
		value, err := wire.Encode(e)
		if err != nil {
			return err
		}
		*events = append(*events, value)
	}
	return nil
}

// Quit is Person.Quit.
func (r *remote) Quit(a wire.Person, _ *struct{}) error {
	p, err := r.person(a.Network, a.Person)
	if err == nil {
		p.Quit(a.Reason)
	}
	return err
}

// AddRoom is Network.AddRoom.
func (r *remote) AddRoom(a wire.NewRoom, id *transports.RoomID) error {
	return r.on(a.Network, func(n *Network) { *id = n.AddRoom(a.Name, a.Parent) })
}

// AddSpace is Network.AddSpace.
func (r *remote) AddSpace(a wire.Name, id *transports.RoomID) error {
	return r.on(a.Network, func(n *Network) { *id = n.AddSpace(a.Name) })
}

// FindRoom is Network.Room.
func (r *remote) FindRoom(a wire.Name, id *transports.RoomID) error {
	return r.on(a.Network, func(n *Network) { *id = n.Room(a.Name) })
}

// SetRules is Network.SetRules.
func (r *remote) SetRules(a wire.Rules, _ *struct{}) error {
	return r.on(a.Network, func(n *Network) {
		n.SetRules(a.Room, Rules{Moderated: a.Moderated, MembersOnly: a.MembersOnly, Hidden: a.Hidden, Password: a.Password, Lacks: a.Lacks})
	})
}

// Cut is Network.Cut.
func (r *remote) Cut(a wire.Shut, _ *struct{}) error {
	if a.Why == nil {
		a.Why = offline("The connection was cut.")
	}
	return r.on(a.Network, func(n *Network) { n.Cut(a.Person, a.Why) })
}

// Refuse is Network.Refuse.
func (r *remote) Refuse(a wire.Shut, _ *struct{}) error {
	return r.on(a.Network, func(n *Network) { n.Refuse(a.Person, a.Why) })
}

// Revoke is Network.Revoke.
func (r *remote) Revoke(a wire.Person, _ *struct{}) error {
	return r.on(a.Network, func(n *Network) { n.Revoke(a.Person) })
}

// Renew is Network.Renew.
func (r *remote) Renew(a wire.Person, _ *struct{}) error {
	return r.on(a.Network, func(n *Network) { n.Renew(a.Person) })
}

// Deny is Network.Deny for one type of command.
func (r *remote) Deny(a wire.Deny, _ *struct{}) error {
	r.mu.Lock()
	faults := map[string]*transports.Fault{}
	for command, why := range r.denied[a.Network] {
		faults[command] = why
	}
	if faults[a.Command] = a.Why; a.Why == nil {
		delete(faults, a.Command)
	}
	if r.denied == nil {
		r.denied = map[string]map[string]*transports.Fault{}
	}
	r.denied[a.Network] = faults
	r.mu.Unlock()
	return r.on(a.Network, func(n *Network) {
		n.Deny(func(_ transports.UserID, c transports.Command) *transports.Fault {
			return faults[reflect.TypeOf(c).Name()]
		})
	})
}

// SetWeather is Network.SetWeather.
func (r *remote) SetWeather(a wire.Weather, _ *struct{}) error {
	return r.on(a.Network, func(n *Network) {
		n.SetWeather(a.Person, Weather{Delay: a.Delay, Lose: a.Lose, Duplicate: a.Duplicate, Swap: a.Swap})
	})
}

// SetCapabilities is Network.SetCapabilities.
func (r *remote) SetCapabilities(a wire.Can, _ *struct{}) error {
	return r.on(a.Network, func(n *Network) {
		n.SetCapabilities(a.Person, func(can *transports.Capabilities) { *can = a.Can })
	})
}

// Fill is Network.Fill.
func (r *remote) Fill(a wire.Fill, _ *struct{}) error {
	return r.on(a.Network, func(n *Network) { n.Fill(a.Room, a.People) })
}
