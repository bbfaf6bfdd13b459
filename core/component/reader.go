package component

import (
	"errors"
	"time"

	"isthmus/core/stanza"
)

// crowdedStep is how long the reader waits before each stanza while too much waits to be written. It goes on, slowly,
// since a server that cannot write to us may not read from us either.
const crowdedStep = 10 * time.Millisecond

// read takes stanzas until the stream ends, and says why it did.
func (c *Component) read(in *input, first bool) error {
	c.up(first)
	in.framer.heard = c.hear
	for {
		if c.out.crowded.Load() {
			time.Sleep(crowdedStep)
		}
		f, err := in.framer.next()
		if err != nil {
			return err
		}
		if err := c.take(in.parser, f); err != nil {
			return err
		}
		if n := in.framer.stray; n > 0 {
			c.log.Debug("The server wrote text between stanzas.", "bytes", n)
			in.framer.stray = 0
		}
	}
}

// take has one frame parsed and handled; an error ends the stream.
func (c *Component) take(p *parser, f frame) error {
	if f.refused != nil {
		c.refuse(p, f, f.refused)
		return nil
	}
	if c.unheard(f.data) {
		return nil
	}
	r, err := p.parse(f)
	if err != nil {
		c.refuse(p, f, err)
		return nil
	}
	if r.isError() {
		return r.streamError()
	}
	s, err := p.stanza(r)
	switch {
	case err != nil:
		c.refuse(p, f, err)
	case c.out.isBarrier(s):
		c.out.answered(s.ID)
	case s.Kind == stanza.IQ && !s.Request() && c.requests.finish(request{s.ID, s.From, s.To}, s):
	default:
		c.handle(s)
	}
	return nil
}

// refuse drops a frame. Where its sender waits for something and is known, they are told.
func (c *Component) refuse(p *parser, f frame, reason error) {
	var s stanza.Stanza
	r, err := p.head(f)
	if err == nil {
		err = p.envelope(r, &s)
	}
	if errors.Is(err, errForeign) {
		c.log.Warn("The server sent what is no stanza; it was ignored. Nothing needs to be done.", "name", r.name, "bytes", f.size)
		return
	}
	c.log.Warn("A stanza was refused, its sender told if possible. Nothing needs to be done unless it repeats.",
		"reason", reason, "bytes", f.size, "kind", s.Kind, "type", s.Type, "id", s.ID, "from", s.From.String())
	if err == nil && (s.Request() || s.Kind == stanza.Message && s.Type != "error") {
		c.Reply(s.Refuse(refusal(reason)))
	}
}
