package irc

import (
	"bytes"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"gopkg.in/irc.v4"
)

const (
	// readBuffer is small: most connections are idle most of the time. It grows while much comes.
	readBuffer, largestRead = 256, 4 << 10
	// maxLine bounds a line that comes in; what is over it is cut. 8191 bytes of tags and 512 are allowed (IRCv3
	// message-tags), some servers send longer ones.
	maxLine = 16 << 10
)

// lineReader reads lines that end in CR, LF or both. Empty ones are skipped.
type lineReader struct {
	from   io.Reader
	buffer []byte
	unread []byte // of the buffer
	line   []byte // the beginning of a line that is not in the buffer as a whole
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{from: r, buffer: make([]byte, readBuffer)}
}

// next is the next line, cut at maxLine, until the next call. An unfinished one at the end is dropped.
func (r *lineReader) next() ([]byte, error) {
	r.line = nil
	for {
		end := bytes.IndexAny(r.unread, "\r\n")
		if end < 0 {
			r.keep(r.unread)
			if err := r.fill(); err != nil {
				return nil, err
			}
			continue
		}
		line := r.unread[:end]
		r.unread = r.unread[end+1:]
		if len(r.line) > 0 || len(line) > maxLine {
			r.keep(line)
			line = r.line
		}
		if len(line) == maxLine {
			line = wholeRunes(line)
		}
		if len(line) > 0 {
			return line, nil
		}
	}
}

// keep keeps a part of a line.
func (r *lineReader) keep(part []byte) {
	r.line = append(r.line, part[:min(len(part), maxLine-len(r.line))]...)
}

// fill reads more, into a buffer of the size of what came last.
func (r *lineReader) fill() error {
	r.unread = nil
	for range 100 {
		n, err := r.from.Read(r.buffer)
		r.unread = r.buffer[:n]
		switch {
		case n == 0 && err == nil:
			continue
		case n == len(r.buffer) && n < largestRead:
			r.buffer = make([]byte, 2*n)
		case n < readBuffer && len(r.buffer) > readBuffer:
			r.buffer = make([]byte, readBuffer)
		}
		if n > 0 {
			return nil
		}
		return err
	}
	return io.ErrNoProgress
}

// wholeRunes is a cut line without the first bytes of a character whose others were cut off.
func wholeRunes(line []byte) []byte {
	for back := 1; back < utf8.UTFMax && back <= len(line); back++ {
		if c := line[len(line)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(line[len(line)-back:]) {
				return line[:len(line)-back]
			}
			break
		}
	}
	return line
}

// message is a parsed line.
type message struct {
	*irc.Message
	tags string // as they came, without "@"
	raw  []byte // the line, where it was not UTF-8
}

// parse reads a line. It is false where there is no message in it. Tags are kept apart: the parser of the library fails on
// a line that has nothing else, and few of them matter.
func parse(line []byte, fallback encoding.Encoding) (message, bool) {
	text := strings.TrimLeft(decode(line, fallback), " ")
	tags := ""
	if strings.HasPrefix(text, "@") {
		tags, text, _ = strings.Cut(text[1:], " ")
		text = strings.TrimLeft(text, " ")
	}
	if text == "" || text[0] == '@' {
		return message{}, false
	}
	parsed, err := irc.ParseMessage(text)
	nameless := parsed != nil && parsed.Name == "" && parsed.User+parsed.Host != ""
	if err != nil || nameless || !legible(parsed.Name) {
		return message{}, false
	}
	m := message{Message: parsed, tags: tags}
	if !utf8.Valid(line) {
		m.raw = bytes.Clone(line)
	}
	return m, true
}

// parsePrefix is a nick, with or without the rest of its mask, or nil.
func parsePrefix(mask string) *irc.Prefix {
	prefix := irc.ParsePrefix(strings.TrimSpace(mask))
	if prefix.Name == "" || !legible(prefix.Name) {
		return nil
	}
	return prefix
}

// decode is a line as UTF-8, without NUL. Lines that are not UTF-8 are read in the encoding of the network.
func decode(line []byte, fallback encoding.Encoding) string {
	if bytes.IndexByte(line, 0) >= 0 {
		line = bytes.ReplaceAll(line, []byte{0}, nil)
	}
	if !utf8.Valid(line) {
		if decoded, err := fallback.NewDecoder().Bytes(line); err == nil {
			line = decoded
		}
	}
	return strings.ToValidUTF8(string(line), "\uFFFD")
}

// legible tells that a name has no control characters in it.
func legible(name string) bool {
	for i := range len(name) {
		if name[i] < ' ' || name[i] == 0x7F {
			return false
		}
	}
	return true
}

// at is when the server says that it happened, or the zero time. IRCv3 server-time.
func (m message) at() time.Time {
	stamp := m.tag("time")
	if stamp == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return time.Time{}
	}
	return at
}
