package loopback

import (
	"context"
	"slices"
	"time"

	"isthmus/transports"
)

// answerWithin is how long a user's program may take to answer another's.
const answerWithin = 5 * time.Second

// question is one that waits for its answer.
type question struct {
	by, to *client
	done   func(transports.Result, error)
}

// put puts a question to a program of the user that it is for.
func (n *network) put(c *client, ask transports.Ask, done func(transports.Result, error)) (id int64, err error) {
	other, err := n.find(ask.Place.User)
	switch {
	case !slices.Contains(c.user.clients, c):
		return 0, offline("The connection to the network has ended.")
	case !c.user.can(n).Allows(ask):
		return 0, transports.ErrUnsupported
	case err != nil:
		return 0, err
	case len(other.clients) == 0 || other.blocks(c.user):
		return 0, fault(transports.NotFound, "%s has no program here that could answer.", other.Name)
	}
	id = int64(n.number())
	n.questions[id] = question{by: c, to: other.clients[0], done: done}
	other.clients[0].tell(transports.Asked{ID: id, From: c.user.User, Question: ask.Question})
	return id, nil
}

// answer hands an answer to who asked.
func (n *network) answer(c *client, a transports.Answer) error {
	q, waits := n.questions[a.ID]
	if !waits || q.to.user != c.user {
		return fault(transports.NotFound, "Nobody waits for this answer.")
	}
	delete(n.questions, a.ID)
	q.done(transports.Result{Text: a.Text}, nil)
	return nil
}

// giveUp ends a question without an answer.
func (n *network) giveUp(id int64, why *transports.Fault) {
	if q, waits := n.questions[id]; waits {
		delete(n.questions, id)
		q.done(transports.Result{}, why)
	}
}

// hangUp ends the questions of a client that is gone, and those to it.
func (n *network) hangUp(c *client) {
	for id, q := range n.questions {
		switch c {
		case q.by:
			n.giveUp(id, offline("The connection ended before the answer came."))
		case q.to:
			n.giveUp(id, fault(transports.NotFound, "%s has gone without an answer.", c.user.Name))
		}
	}
}

// ask puts a session's question; the answer comes when the other user's program gives one, and nothing waits for it.
func (c *client) ask(ask transports.Ask, done func(transports.Result, error)) {
	n := c.network
	id, err := n.put(c, ask, done)
	if err != nil {
		done(transports.Result{}, err)
		return
	}
	time.AfterFunc(answerWithin, func() {
		_ = n.driver.ask(context.Background(), func() { n.giveUp(id, fault(transports.NotFound, "There came no answer.")) }) // a network that has ended gave up everything
	})
}
