package component

import (
	"crypto/rand"
	"strconv"
	"sync"
	"time"

	"isthmus/core/stanza"
)

// requests are the IQs of ours that wait for their answer. Any goroutine asks, the reader answers and timers give up, so
// they share a mutex; nothing is called under it.
type requests struct {
	mu      sync.Mutex
	prefix  string // nobody can guess it, so nobody can answer before they were asked
	count   uint64
	waiting map[request]waiting
}

// request tells whose answer is waited for: an id alone would let anybody answer (RFC 6120 §8.1.3).
type request struct {
	id   string
	from stanza.JID // whom we asked
	to   stanza.JID // as whom
}

type waiting struct {
	answer func(*stanza.Stanza)
	timer  *time.Timer
}

func newRequests() *requests {
	return &requests{prefix: rand.Text()[:12] + "-", waiting: map[request]waiting{}}
}

// add gives the IQ an id and waits for its answer.
func (r *requests) add(iq *stanza.Stanza, deadline time.Duration, answer func(*stanza.Stanza)) request {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	iq.ID = r.prefix + strconv.FormatUint(r.count, 36)
	key := request{iq.ID, iq.To, iq.From}
	r.waiting[key] = waiting{answer, time.AfterFunc(deadline, func() { r.finish(key, nil) })}
	return key
}

// finish gives the answer to whom it is for and tells whether there was somebody.
func (r *requests) finish(key request, answer *stanza.Stanza) bool {
	r.mu.Lock()
	w, ok := r.waiting[key]
	delete(r.waiting, key)
	r.mu.Unlock()
	if ok {
		w.timer.Stop()
		w.answer(answer)
	}
	return ok
}

// fail ends all requests without an answer.
func (r *requests) fail() {
	r.mu.Lock()
	all := r.waiting
	r.waiting = map[request]waiting{}
	r.mu.Unlock()
	for _, w := range all {
		w.timer.Stop()
		w.answer(nil)
	}
}

// Request sends an IQ under an id of ours. Its answer, result or error, must come from the address asked to the address
// that asks. Answer is called exactly once: by the reader, in the order of the stream, so that it must not take long; or
// with nil, by another goroutine, when none came within the deadline or the stream was lost. Request never blocks.
func (c *Component) Request(iq *stanza.Stanza, deadline time.Duration, answer func(*stanza.Stanza)) {
	asked := *iq
	if asked.From.IsZero() {
		asked.From = c.domain
	}
	key := c.requests.add(&asked, deadline, answer)
	if !c.send(&asked, false, false) {
		go c.requests.finish(key, nil)
	}
}
