package component

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	xmpp "mellium.im/xmpp/stanza"

	"isthmus/core/stanza"
)

const (
	largestWrite = 128 << 10
	writeTime    = 30 * time.Second // for one such write
)

// Reply sends an answer to what the reader took. It never blocks: where too much waits to be written, the reader slows
// down instead. Messages and presences, errors too (they are the only word that a sender gets), are kept until the server has
// confirmed them, and sent again after a loss; IQs are not.
func (c *Component) Reply(s *stanza.Stanza) { c.send(s, s.Kind != stanza.IQ, false) }

// Show sends what a foreign network caused; it blocks while too much waits to be written or confirmed, so the reader must
// not call it. It keeps what Reply keeps.
func (c *Component) Show(s *stanza.Stanza) { c.send(s, s.Kind != stanza.IQ, true) }

// Pass sends a stanza once, and blocks as Show does. It is for what must not come twice, as into rooms of others, which pass it on each time; false tells
// that it was not sent, for there is no stream.
func (c *Component) Pass(s *stanza.Stanza) bool { return c.send(s, false, true) }

// Confirmed calls then once, when the server has confirmed the messages and presences that Reply and Show took before; where it has, at once. It never blocks, and
// then must not either: the reader may call it. Where the component ends before, then may never be called.
func (c *Component) Confirmed(then func()) { c.out.await(then) }

// Flush waits until the server has confirmed all that was handed over before. Its error is that of ctx, or tells that
// the component has ended.
func (c *Component) Flush(ctx context.Context) error { return c.out.flush(ctx) }

var scratch = sync.Pool{New: func() any { return new([]byte) }}

// send renders a stanza into the outbox and tells whether it got there. No stanza may leave that a server ends the stream
// for: one under a foreign name (or whose localpart makes it look foreign: Prosody and ejabberd end the stream at
// from='a/b@domain'), without a receiver, or too large (Prosody takes 512 KiB).
func (c *Component) send(s *stanza.Stanza, keep, wait bool) bool {
	if s.From.IsZero() {
		named := *s
		named.From = c.domain
		s = &named
	}
	if s.From.Domain != c.domain.Domain || s.To.Domain == "" || !isLocal(s.From.Local) || !isLocal(s.To.Local) {
		c.log.Error("A stanza was not sent, for its addresses are wrong. Report it as a bug.",
			"kind", s.Kind, "type", s.Type, "id", s.ID, "from", s.From.String(), "to", s.To.String())
		return false
	}
	buf := scratch.Get().(*[]byte)
	defer scratch.Put(buf)
	*buf = s.Append((*buf)[:0])
	if size := len(*buf); size > c.config.MaxStanza {
		*buf = nil
		c.log.Error("A stanza was not sent, for it is too large. Raise the limit of stanza sizes here and in the server.",
			"bytes", size, "limit", c.config.MaxStanza, "kind", s.Kind, "type", s.Type, "id", s.ID, "to", s.To.String())
		if s.Kind != stanza.IQ || s.Type != "result" {
			return false
		}
		instead := stanza.Stanza{Kind: stanza.IQ, Type: "error", ID: s.ID, From: s.From, To: s.To} // RFC 6120 §8.2.3
		instead.Add((&stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ResourceConstraint, Text: "The answer is too large."}).Element())
		*buf = instead.Append(nil)
	}
	return c.out.put(*buf, keep, wait)
}

// isLocal tells whether a localpart stays one when the address is written (RFC 7622 §3.3.1).
func isLocal(s string) bool { return strings.IndexByte(s, '/') < 0 && strings.IndexByte(s, '@') < 0 }

// write writes batch after batch until ctx ends, when it closes the stream in order, or the connection fails.
func (o *outbox) write(ctx context.Context, conn net.Conn) error {
	for {
		batch := o.take(time.Now())
		if batch.size == 0 {
			select {
			case <-ctx.Done():
				conn.SetWriteDeadline(time.Now().Add(partingTime))
				_, err := conn.Write([]byte(streamEnd))
				return err
			case <-o.wake:
			}
		}
		for batch.size > 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			conn.SetWriteDeadline(time.Now().Add(writeTime))
			next := batch.front(largestWrite)
			n, err := next.WriteTo(conn)
			batch.drop(int(n))
			o.written(int(n))
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return errStalled
			}
			if err != nil {
				return err
			}
		}
	}
}
