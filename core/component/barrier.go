package component

import (
	"crypto/rand"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"isthmus/core/stanza"
)

const (
	barrierGap  = 50 * time.Millisecond // between two, unless a lot waits for confirmation
	idleTime    = time.Minute           // so long after the server was last heard it is asked for a sign of life
	silentTime  = time.Minute           // so long it may say nothing at all while a barrier waits
	unwellTime  = 5 * time.Minute       // so long it may go on with other things meanwhile
	keepalive   = 30 * time.Second      // so long after the last write a space is written
	repeatTime  = 5 * time.Second       // so long after a barrier it is written once more
	strikeLimit = 3
)

// barrier is an IQ to ourselves. The server handles a stream in order, so that its coming back confirms all that was
// written before it. At most one is under way, so two buffers hold what is unconfirmed; written again, it is the same one.
type barrier struct {
	address stanza.JID
	prefix  string
	count   uint64

	id     string // of the one under way, empty if there is none
	since  time.Time
	last   time.Time // when it was written last
	covers uint64    // how many stanzas were handed over before it
	probe  bool      // one is wanted as a sign of life
	timer  bool      // the writer will be woken when the gap is over

	// After strikeLimit streams that the server ended with the same stanzas unconfirmed, they are sent one by one; the
	// one that is then blamed as often is dropped. So no stanza of ours can keep the stream down for good.
	strikes int
	careful bool
}

// newBarrier has an address with a resource: ejabberd 24 with mod_privilege drops IQs of a component to addresses without one.
func newBarrier(domain stanza.JID) barrier {
	return barrier{address: stanza.JID{Local: "bar-1", Domain: domain.Domain, Resource: "bar"}, prefix: "bar-" + rand.Text()[:12] + "-"}
}

// isBarrier tells whether a stanza is a barrier come back, be it one of a stream before.
func (o *outbox) isBarrier(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.From == o.barrier.address && s.To == o.barrier.address
}

// setBarrier ends the batch with a barrier where one is due.
func (o *outbox) setBarrier(now time.Time) {
	b := &o.barrier
	if !o.up || b.id != "" {
		return
	}
	if o.since.size == 0 && !b.probe && len(o.waiters) == 0 && (o.flushing == 0 || o.confirmed == o.handed) {
		b.careful = false
		return
	}
	if wait := b.since.Add(barrierGap).Sub(now); wait > 0 && !b.probe && !b.careful && 2*o.since.size < o.bound {
		if !b.timer {
			b.timer = true
			time.AfterFunc(wait, o.gapOver)
		}
		return
	}
	if b.careful {
		one := o.since.first()
		o.sent.add(one)
		o.since.drop(len(one))
		o.pending.add(one)
	} else {
		o.sent, o.since = o.since, spool{}
	}
	if o.since.size == 0 {
		b.covers = o.handed
	}
	b.count++
	b.id, b.since, b.probe = b.prefix+strconv.FormatUint(b.count, 36), now, false
	o.writeBarrier(now)
}

func (o *outbox) writeBarrier(now time.Time) {
	b := &o.barrier
	b.last = now
	ping := stanza.Stanza{Kind: stanza.IQ, Type: "get", ID: b.id, From: b.address, To: b.address}
	o.pending.add(ping.Add(stanza.New("urn:xmpp:ping", "ping")).Append(nil))
}

func (o *outbox) gapOver() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.barrier.timer = false
	o.wakeWriter()
}

// answered takes the barrier that came back, and tells those who wait for what it covers.
func (o *outbox) answered(id string) {
	for _, then := range o.covered(id) {
		then()
	}
}

func (o *outbox) covered(id string) (waited []func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := &o.barrier
	if id != b.id {
		return nil
	}
	b.id, b.strikes, o.confirmed = "", 0, b.covers
	o.sent.clear()
	o.space.Broadcast()
	o.wakeWriter()
	n := 0
	for n < len(o.waiters) && o.waiters[n].all <= o.confirmed {
		waited = append(waited, o.waiters[n].then)
		n++
	}
	o.waiters = slices.Delete(o.waiters, 0, n)
	return waited
}

// waiter waits until the first so many stanzas are confirmed.
type waiter struct {
	all  uint64
	then func()
}

// await calls then when all that is kept so far is confirmed.
func (o *outbox) await(then func()) {
	o.mu.Lock()
	waits := o.confirmed < o.kept
	if waits {
		o.waiters = append(o.waiters, waiter{o.kept, then})
	}
	o.mu.Unlock()
	if !waits {
		then()
	}
}

// check asks for signs of life, and gives them; an error tells that the server gives none.
func (o *outbox) check(now, heard time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	b := &o.barrier
	switch {
	case b.id == "" && now.Sub(heard) >= idleTime:
		b.probe = true
		o.wakeWriter()
	case b.id != "" && now.Sub(heard) >= silentTime && now.Sub(b.since) >= silentTime:
		return errSilent
	case b.id != "" && now.Sub(b.since) >= unwellTime:
		return errUnwell
	case b.id != "" && now.Sub(b.last) >= repeatTime: // after a broken connection ejabberd may still have led it to that
		o.writeBarrier(now)
		o.wakeWriter()
	case o.unwritten() == 0 && now.Sub(o.lastWrite) >= keepalive:
		o.pending.add([]byte{' '})
		o.wakeWriter()
	}
	return nil
}

// strike counts against the stanzas that were unconfirmed when the server ended the stream.
func (o *outbox) strike() {
	b := &o.barrier
	if b.strikes++; b.strikes < strikeLimit {
		return
	}
	b.strikes = 0
	if !b.careful {
		b.careful = true
		o.log.Warn("The server ended the stream before it confirmed what was sent, again and again. It is now sent stanza by stanza. Look at the server's log.")
		return
	}
	one := o.since.first()
	p := newParser(limits{attrs: math.MaxInt / 2})
	var s stanza.Stanza
	if r, err := p.head(frame{data: one}); err == nil {
		_ = p.envelope(r, &s) // for the log only
	}
	o.since.drop(len(one))
	o.log.Error("A stanza was dropped, for the server ended the stream at it again and again. Report it as a bug.",
		"bytes", len(one), "kind", s.Kind, "type", s.Type, "id", s.ID, "from", s.From.String(), "to", s.To.String())
}

// first is the first stanza of what was kept.
func (s *spool) first() []byte {
	f := framer{source: s.reader(), heard: func() {}, buf: make([]byte, firstBuffer), limits: limits{size: math.MaxInt, depth: math.MaxInt, elements: math.MaxInt}}
	one, err := f.next()
	if err != nil { // never: they are our own
		all, _ := io.ReadAll(s.reader())
		return all
	}
	return one.data
}
