package slack

import (
	"context"
	"sync"
	"time"

	"isthmus/transports"
)

// maxInbox bounds the events that wait for a connection. Beyond it the connection ends, and what is missing is read from the history.
const maxInbox = 10_000

// connection is a session from one Run to its end.
type connection struct {
	session *Session
	ctx     context.Context
	cancel  context.CancelCauseFunc
	inbox   chan delivered
	since   time.Time // when it began
	tasks   chan func(emit func(transports.Event))

	mu   sync.Mutex
	over bool
	work sync.WaitGroup
}

func newConnection(ctx context.Context, s *Session) *connection {
	c := &connection{session: s, inbox: make(chan delivered, maxInbox), since: time.Now(), tasks: make(chan func(func(transports.Event)))}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	return c
}

// put gives an event to the connection. It never waits: the socket is shared with others.
func (c *connection) put(d delivered) bool {
	select {
	case c.inbox <- d:
		return true
	default:
		c.end(fault(transports.Offline, "More came from Slack than could be taken."))
		return false
	}
}

// end ends the connection with what its Run is to return.
func (c *connection) end(why error) { c.cancel(why) }

// why is what Run returns after the end of the connection: nil where the core has ended it.
func (c *connection) why(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	if cause := context.Cause(c.ctx); cause != nil {
		return asFault(cause, false)
	}
	return asFault(err, false)
}

// task has the goroutine of Run do something, in order with the events; it is false where the connection has ended before.
func (c *connection) task(ctx context.Context, do func(emit func(transports.Event))) bool {
	done := make(chan struct{})
	select {
	case c.tasks <- func(emit func(transports.Event)) { defer close(done); do(emit) }:
		<-done
		return true
	case <-c.ctx.Done():
		return false
	case <-ctx.Done():
		return false
	}
}

// beside does something at the side, unless the connection is over.
func (c *connection) beside(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		c.work.Go(do)
	}
}

// finish waits until nothing is done at the side any more.
func (c *connection) finish() {
	c.end(disconnected())
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
	c.work.Wait()
}

// later is a task that nobody waits for.
func (c *connection) later(do func(emit func(transports.Event))) {
	c.beside(func() {
		select {
		case c.tasks <- do:
		case <-c.ctx.Done():
		}
	})
}

// joined is a context that ends with either.
func (c *connection) joined(ctx context.Context) (context.Context, context.CancelFunc) {
	both, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.ctx, cancel)
	return both, func() { stop(); cancel() }
}
