package component

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"isthmus/core/stanza"
)

var errEnded = errors.New("the component has ended")

// outbox holds what is to be written and what may have to be written again. Every goroutine of the gateway appends to
// it, for each stanza, and one takes it all at once: that is what a mutex is for, and a channel would cost several times
// as much.
type outbox struct {
	mu    sync.Mutex
	space sync.Cond     // there is space again, or something was confirmed, or the end has come
	wake  chan struct{} // the writer has something to do
	bound int
	log   *slog.Logger

	up, ended bool
	pending   spool // to be written with the next batch
	flight    int   // how much of what the writer took last is not yet written
	crowded   atomic.Bool
	lastWrite time.Time

	// The kept stanzas, in order: those before the barrier under way, and those since.
	sent, since spool
	barrier     barrier

	handed, confirmed uint64 // stanzas taken in, and how many of them the answered barriers cover
	kept              uint64 // up to which of them some are kept
	flushing          int    // how many wait for all to be confirmed
	waiters           []waiter
}

func newOutbox(bound int, domain stanza.JID, log *slog.Logger) *outbox {
	o := &outbox{bound: bound, log: log, wake: make(chan struct{}, 1), barrier: newBarrier(domain)}
	o.space.L = &o.mu
	return o
}

// put takes a rendered stanza in and tells whether it did: while there is no stream, only what is kept is taken.
func (o *outbox) put(stanza []byte, keep, wait bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for wait && o.waiting() > o.bound && !o.ended {
		o.space.Wait()
	}
	if o.ended || !o.up && !keep {
		return false
	}
	o.handed++
	if keep {
		o.since.add(stanza)
		o.kept = o.handed
	}
	if o.up && !(keep && o.barrier.careful) {
		o.pending.add(stanza)
		o.crowded.Store(o.unwritten() > o.bound)
	}
	o.wakeWriter()
	return true
}

func (o *outbox) unwritten() int { return o.pending.size + o.flight }

// waiting is the larger of what waits to be written and what waits to be confirmed, in bytes.
func (o *outbox) waiting() int { return max(o.unwritten(), o.sent.size+o.since.size) }

func (o *outbox) wakeWriter() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take gives the writer all that waits.
func (o *outbox) take(now time.Time) spool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.setBarrier(now)
	batch := o.pending
	if o.pending = (spool{}); batch.size > 0 {
		o.flight, o.lastWrite = batch.size, now
	}
	return batch
}

// written tells of progress.
func (o *outbox) written(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flight -= n
	o.eased()
}

// eased lets those go on who waited for space, once there is some for all of them.
func (o *outbox) eased() {
	o.crowded.Store(o.unwritten() > o.bound)
	if o.waiting() <= o.bound-o.bound/8 {
		o.space.Broadcast()
	}
}

// connect begins a stream: all that was kept goes first.
func (o *outbox) connect() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.up, o.lastWrite = true, time.Now()
	if !o.barrier.careful {
		o.pending.copy(o.since)
	}
	o.wakeWriter()
}

// disconnect ends a stream: what was not kept is gone, what was waits for the next one. Blamed tells that the server may
// have ended it for what we wrote.
func (o *outbox) disconnect(blamed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.up, o.flight, o.barrier.id = false, 0, ""
	o.pending.clear()
	if o.sent.size > 0 {
		o.sent.follow(o.since)
		o.since, o.sent = o.sent, spool{}
		if blamed {
			o.strike()
		}
	}
	o.eased()
}

// close ends all waiting for good.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.space.Broadcast()
}

// flush waits until a barrier covers all that was handed over so far.
func (o *outbox) flush(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.space.Broadcast()
	})
	defer stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flushing++
	defer func() { o.flushing-- }()
	o.wakeWriter()
	for all := o.handed; o.confirmed < all; o.space.Wait() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if o.ended {
			return errEnded
		}
	}
	return nil
}
