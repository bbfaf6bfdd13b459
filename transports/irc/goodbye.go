package irc

import (
	"time"

	"isthmus/transports"
)

// quit says goodbye: what may go now goes before QUIT, the rest is given back.
func (c *connection) quit() {
	c.quitting = time.Now().Add(quitWithin)
	c.emit = func(transports.Event) {} // nobody listens any more
	c.out.joins, c.out.later = nil, nil
	c.endRequests()
}

// endRequests lets Do answer by itself from now on.
func (c *connection) endRequests() {
	c.session.live.CompareAndSwap(c, nil)
	c.inbox.refuse()
}

// settleAll answers every request that is left.
func (c *connection) settleAll() {
	for _, j := range c.out.held {
		for ; j != nil; j = j.next {
			j.lost()
		}
	}
	c.confirm.lost()
	for _, q := range c.questions.ours {
		q.lost()
	}
	if c.directory != nil {
		c.directory.end(offline("The connection to the server was lost."))
	}
	for _, e := range c.entering {
		for _, r := range e.requests {
			r.lost()
		}
	}
	for _, room := range c.rooms {
		for _, r := range room.waiting {
			r.lost()
		}
	}
}
