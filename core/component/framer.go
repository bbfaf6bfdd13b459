package component

import (
	"bytes"
	"errors"
	"io"
)

// Why a frame is refused; the stream goes on behind its end.
var (
	errTooLarge = errors.New("the stanza is larger than the limit")
	errTooDeep  = errors.New("the stanza's elements nest deeper than the limit")
	errTooMany  = errors.New("the stanza has more elements or attributes than the limit")
	errBadTags  = errors.New("the stanza's tags do not match")
	errDoctype  = errors.New("the stanza holds a document type declaration (RFC 6120 §11.1)")
)

// What ends a stream.
var (
	errStreamEnd = errors.New("the server closed the stream")
	errFraming   = errors.New("the server's XML does not match its own tags, so that the end of a stanza cannot be known")
)

// limits bound what one stanza may hold.
type limits struct {
	size     int // bytes
	depth    int // elements open at once, the stanza included
	elements int // elements in all
	attrs    int // attributes of one element
}

// frame is the bytes of one whole element of the stream. Its data is valid until the framer's next step.
type frame struct {
	data     []byte // whole, or what there was of it when it was refused
	elements int
	size     int   // bytes of the whole element
	refused  error // why it cannot be parsed, nil if it can
}

// Where in the XML the framer stands.
type place byte

const (
	inText place = iota
	inTag
	inValue
	inComment
	inCDATA
	inInstruction
	inDeclaration
)

// framer finds where the elements below the root of a stream begin and end. It reads no more into them: what the bytes
// mean is for the parser. Offsets count from the start of the frame under way, so that they survive a move of the buffer.
type framer struct {
	source io.Reader
	limits limits

	buf        []byte
	head, tail int // the frame under way and what was read behind it: buf[head:tail]

	at     int   // how far the frame was scanned
	place  place // what is there
	token  int   // where the markup under way began
	quote  byte  // what ends the value under way
	ending bool  // the tag under way is an end tag

	depth    int
	open     []span // the names of the open elements, as deep as the limit
	elements int
	refused  error
	kept     []byte // the start of a frame that is too large, while the rest of it is thrown away
	dropped  int    // bytes thrown away

	heard func() // told of each arrival of bytes
	stray int    // bytes of text seen between stanzas, white space left out
}

// span is a name's place within the frame.
type span struct{ from, to int }

const (
	firstBuffer = 64 << 10
	keptOfLarge = 4 << 10 // enough for the attributes of a stanza that is too large
)

func newFramer(source io.Reader, l limits) *framer {
	return &framer{source: source, limits: l, heard: func() {}, buf: make([]byte, firstBuffer), open: make([]span, 0, l.depth)}
}

// header is the start tag of the stream itself.
func (f *framer) header() (frame, error) { return f.step(true) }

// next is the next whole element of the stream. Errors end the stream: errStreamEnd, errFraming or the source's own.
func (f *framer) next() (frame, error) { return f.step(false) }

func (f *framer) step(header bool) (frame, error) {
	for {
		done, err := f.scan(header)
		if err != nil {
			return frame{}, err
		}
		if done {
			return f.cut(), nil
		}
		if f.depth > 0 || f.place != inText {
			f.bound()
		}
		if err := f.fill(); err != nil {
			return frame{}, err
		}
	}
}

// cut takes the finished frame out of the buffer.
func (f *framer) cut() frame {
	out := frame{
		data:     f.buf[f.head : f.head+f.at],
		elements: f.elements,
		size:     f.dropped + f.at,
		refused:  f.refused,
	}
	if f.kept != nil {
		out.data = f.kept
	}
	if out.size > f.limits.size {
		out.refused = errTooLarge
	}
	f.advance()
	f.elements, f.refused, f.kept, f.dropped, f.depth, f.open = 0, nil, nil, 0, 0, f.open[:0]
	return out
}

// advance makes what follows the scanned bytes the start of the next frame.
func (f *framer) advance() {
	f.head += f.at
	f.at, f.token, f.place = 0, 0, inText
	if f.head == f.tail {
		f.head, f.tail = 0, 0
	}
}

// bound throws away what was scanned of a frame that is too large; the last byte stays, for what follows may need it.
func (f *framer) bound() {
	if !f.large() {
		return
	}
	if f.kept == nil {
		f.refused = errTooLarge
		f.kept = bytes.Clone(f.buf[f.head:min(f.head+keptOfLarge, f.tail)])
	}
	if n := f.at - 1; n > 0 {
		f.head, f.at, f.dropped = f.head+n, f.at-n, f.dropped+n
		f.token = max(0, f.token-n)
	}
}

// large tells whether the frame is over the limit so far; from there on its tags are counted and not compared.
func (f *framer) large() bool { return f.kept != nil || f.at > f.limits.size }

// fill reads more, behind what is there.
func (f *framer) fill() error {
	if f.tail == len(f.buf) {
		if f.head > 0 {
			f.tail = copy(f.buf, f.buf[f.head:f.tail])
			f.head = 0
		} else {
			f.buf = append(f.buf, make([]byte, len(f.buf))...)
		}
	}
	for range 100 {
		n, err := f.source.Read(f.buf[f.tail:])
		f.tail += n
		if n > 0 {
			f.heard()
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}
