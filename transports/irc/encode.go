package irc

import (
	"strings"

	"golang.org/x/text/encoding"

	"isthmus/transports"
)

// encodeAs keeps the encodings that a person has set for a room.
func (c *connection) encodeAs(folded string, options transports.Options) {
	if e := encodingsOf(options); e.in != nil || e.out != nil {
		put(&c.session.encodings, folded, e)
	} else {
		drop(&c.session.encodings, folded)
	}
}

// reread reads a line that is not UTF-8 again, where it concerns a room that has an encoding of its own.
func (c *connection) reread(m message) message {
	for _, name := range m.Params[:min(2, len(m.Params))] { // numerics name it after our nick
		if e := c.session.encodings[c.fold(name)]; e.in != nil {
			if again, ok := parse(m.raw, e.in); ok {
				return again
			}
		}
	}
	return m
}

// encode puts the text of a line, which comes after the names in it, into the encoding of where it goes. Characters that
// are not in it are replaced.
func (c *connection) encode(line, folded string) string {
	out := c.network.out
	if e := c.session.encodings[folded]; e.out != nil {
		out = e.out
	}
	before, text, found := strings.Cut(line, " :")
	if out == nil || !found || badLine(line) || c.support.utf8 { // several lines are encoded already
		return line
	}
	encoded, err := encoding.ReplaceUnsupported(out.NewEncoder()).String(text)
	if err != nil || badLine(encoded) {
		return line
	}
	return before + " :" + encoded
}
