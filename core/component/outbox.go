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
	pending   []byte // to be written with the next batch
	batch     []byte // what the writer took last
	flight    int    // how much of it is not yet written
	crowded   atomic.Bool
	lastWrite time.Time

	// The kept stanzas, in order: those before the barrier under way, and those since.
	sent, since []byte
	barrier     barrier

	handed, confirmed uint64 // stanzas taken in, and how many of them the answered barriers cover
	flushing          int    // how many wait for that
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
		o.since = append(o.since, stanza...)
	}
	if o.up && !(keep && o.barrier.careful) {
		o.pending = append(o.pending, stanza...)
		o.crowded.Store(o.unwritten() > o.bound)
	}
	o.wakeWriter()
	return true
}

func (o *outbox) unwritten() int { return len(o.pending) + o.flight }

// waiting is the larger of what waits to be written and what waits to be confirmed, in bytes.
func (o *outbox) waiting() int { return max(o.unwritten(), len(o.sent)+len(o.since)) }

func (o *outbox) wakeWriter() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take gives the writer all that waits. The two buffers take turns: one is written while the other fills.
func (o *outbox) take(now time.Time) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.setBarrier(now)
	if len(o.pending) == 0 {
		return nil
	}
	o.pending, o.batch = o.batch[:0], o.pending
	o.flight, o.lastWrite = len(o.batch), now
	return o.batch
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
		o.pending = append(o.pending, o.since...)
	}
	o.wakeWriter()
}

// disconnect ends a stream: what was not kept is gone, what was waits for the next one. Blamed tells that the server may
// have ended it for what we wrote.
func (o *outbox) disconnect(blamed bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.up, o.pending, o.flight, o.barrier.id = false, o.pending[:0], 0, ""
	if len(o.sent) > 0 {
		o.since, o.sent = append(o.sent, o.since...), nil
		if blamed {
			o.strike()
		}
	}
	o.eased()
}

// shrink gives the memory of a burst back.
func (o *outbox) shrink() {
	for _, buffer := range []*[]byte{&o.pending, &o.batch, &o.sent, &o.since} {
		if len(*buffer) == 0 || buffer == &o.batch && o.flight == 0 {
			if cap(*buffer) > largestSpare {
				*buffer = nil
			}
		}
	}
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
