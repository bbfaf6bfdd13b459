package loopback

import (
	"context"
	"maps"
	"slices"
	"time"

	"isthmus/transports"
)

// client is a connection of a user. Its queue is filled by the owner of the networks and emptied by run.
type client struct {
	network *network
	user    *user
	queue   *queue
	byHand  bool      // of a Person: what it does not read is lost in the end
	due     time.Time // when the last item of the queue may be emitted
	carried int       // events that the weather had a hand in
	late    transports.Event
	token   string // that the network gave it meanwhile, or empty
}

// connect lets a user come online through a new client.
func (n *network) connect(u *user, byHand bool) *client {
	c := &client{network: n, user: u, byHand: byHand, queue: newQueue()}
	first := len(u.clients) == 0
	u.clients = append(u.clients, c)
	c.tell(transports.Online{Self: u.User, Can: u.can(n)})
	c.greet()
	c.tellMemberships()
	if first {
		u.Presence = transports.Presence{Show: transports.Present, Since: now()}
		n.presenceChanged(u)
	}
	return c
}

func (c *client) put(i item) {
	if c.user.weather.Delay > 0 && !c.byHand {
		c.due = time.Now().Add(c.user.weather.Delay)
	}
	i.due = c.due
	if !c.queue.put(i) && !c.byHand {
		c.network.cut(c, offline("The gateway did not read what the network had for it."))
	}
}

// take gives all that is in the queue and may be heard of by now.
func (c *client) take() []item {
	c.network.driver.keeping.RLock()
	defer c.network.driver.keeping.RUnlock()
	return c.queue.take()
}

// run emits what the queue gives until the network ends the connection, for which it gives the reason, or ctx ends.
func (c *client) run(ctx context.Context, emit func(transports.Event)) error {
	defer c.queue.close()
	for {
		select {
		case <-c.queue.more:
		case <-ctx.Done():
			return nil
		}
		items := c.take()
		for n, i := range items {
			if !i.wait(ctx) {
				for _, rest := range items[n:] {
					rest.lose()
				}
				return nil
			}
			switch {
			case i.event != nil:
				emit(i.event)
			case i.settle != nil:
				i.settle(false)
			default:
				for _, rest := range items[n:] {
					rest.lose()
				}
				return i.end
			}
		}
	}
}

// wait waits until it is time for an item; it is false when ctx has ended.
func (i item) wait(ctx context.Context) bool {
	if left := time.Until(i.due); !i.due.IsZero() && left > 0 {
		select {
		case <-time.After(left):
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

// tellMemberships tells which rooms the user is in: where membership lasts, or another client of theirs is there.
func (c *client) tellMemberships() {
	all := transports.Memberships{}
	for _, id := range slices.Sorted(maps.Keys(c.network.Rooms)) {
		if _, there := c.network.Rooms[id].Members[c.user.ID]; there {
			c.tell(c.network.state(c.network.Rooms[id], c.user))
			all.Rooms = append(all.Rooms, id)
		}
	}
	if c.network.can.Durable {
		c.tell(all)
	}
}

// cut ends a client as the network would.
func (n *network) cut(c *client, why error) {
	if n.disconnect(c) {
		c.queue.put(item{end: why, due: c.due})
	}
}

// do carries out a command of the client's user. The outcome comes when all that it caused has been emitted.
func (c *client) do(command transports.Command, files []content, done func(transports.Result, error)) {
	if ask, is := command.(transports.Ask); is {
		c.ask(ask, done)
		return
	}
	var denied *transports.Fault
	if c.network.rule != nil {
		denied = c.network.rule(c.user.ID, command)
	}
	var result transports.Result
	var err error
	if denied == nil || denied.Kind == transports.UnknownOutcome {
		result, err = c.network.obey(c, command, files)
	}
	if err == nil && denied != nil {
		err = denied
	}
	c.put(item{settle: func(lost bool) {
		_, entering := command.(transports.Join)
		switch {
		case err != nil:
			done(transports.Result{}, transports.AsFault(err))
		case lost && entering: // whatever became of it, the account is in no room now
			done(transports.Result{}, offline("The connection was lost."))
		case lost:
			done(transports.Result{}, fault(transports.UnknownOutcome, "It was sent, but the connection ended before the network had confirmed it."))
		default:
			done(result, nil)
		}
	}})
}
