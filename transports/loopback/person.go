package loopback

import (
	"context"
	"sync"

	"isthmus/transports"
)

// Person is a user of the network who is driven by hand. It acts by the same commands as the gateway does, and hears the
// same events.
type Person struct {
	// ID is who they are.
	ID transports.UserID

	network *Network
	client  *client
	mu      sync.Mutex // one reader at a time
	unread  []transports.Event
}

// AddPerson makes a new user, whose name others may have as well. They are there until they quit.
func (n *Network) AddPerson(name string) *Person {
	p := &Person{network: n}
	n.ask(func(n *network) {
		u := n.addUser(name)
		u.ByHand = true
		p.ID, p.client = u.ID, n.connect(u, true)
	})
	return p
}

// Person is another client of a user who is there already, also of one of the gateway's; nil where there is no such user.
func (n *Network) Person(id transports.UserID) *Person {
	p := &Person{network: n, ID: id}
	n.ask(func(n *network) {
		if u := n.Users[id]; u != nil {
			p.client = n.connect(u, true)
		}
	})
	if p.client == nil {
		return nil
	}
	return p
}

// Do carries out a command as the person and tells how it ended.
func (p *Person) Do(command transports.Command) (result transports.Result, err error) {
	n := p.network.network
	files, err := n.readFilesOf(context.Background(), command)
	if err != nil {
		return result, err
	}
	if asked := p.network.driver.ask(context.Background(), func() { result, err = n.obey(p.client, command, files) }); asked != nil {
		return result, asked
	}
	return result, err
}

// Next waits for the next event that the person sees, until ctx ends, when it is nil.
func (p *Person) Next(ctx context.Context) transports.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.unread) == 0 {
		for _, i := range p.client.take() {
			if i.event != nil {
				p.unread = append(p.unread, i.event)
			}
		}
		if len(p.unread) > 0 {
			break
		}
		select {
		case <-p.client.queue.more:
		case <-ctx.Done():
			return nil
		}
	}
	event := p.unread[0]
	p.unread = p.unread[1:]
	return event
}

// Past is all that happened to messages in a place, as the person sees it; nothing where they cannot be.
func (p *Person) Past(in transports.Place) (events []transports.Event) {
	p.network.ask(func(n *network) { events, _, _ = n.after(p.client.user, in, "", maxLog) })
	return events
}

// Quit takes the person off the network for good, with all their clients.
func (p *Person) Quit(reason string) {
	p.network.ask(func(n *network) {
		n.forget(p.client.user, reason)
	})
}
