package irc

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"gopkg.in/irc.v4"
)

const (
	// readBuffer is small: most connections are idle most of the time.
	readBuffer = 512
	// maxLine bounds a line that comes in; what is over it is cut. 8191 bytes of tags and 512 are allowed (IRCv3
	// message-tags), some servers send longer ones.
	maxLine = 16 << 10
	// keptLine is how large a buffer may be that is kept for the next line.
	keptLine = 2 << 10
)

// lineReader reads lines that end in CR, LF or both. Empty ones are skipped.
type lineReader struct {
	in   *bufio.Reader
	line []byte
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(r, readBuffer)}
}

// next is the next line, cut at maxLine, until the next call. An unfinished one at the end is dropped.
func (r *lineReader) next() ([]byte, error) {
	r.line = r.line[:0]
	if cap(r.line) > keptLine {
		r.line = nil
	}
	for {
		if _, err := r.in.Peek(1); err != nil {
			return nil, err
		}
		chunk, _ := r.in.Peek(r.in.Buffered())
		end := bytes.IndexAny(chunk, "\r\n")
		part := chunk
		if end >= 0 {
			part = chunk[:end]
		}
		r.line = append(r.line, part[:min(len(part), maxLine-len(r.line))]...)
		if end < 0 {
			r.in.Discard(len(chunk))
			continue
		}
		r.in.Discard(end + 1)
		if len(r.line) == maxLine {
			r.line = wholeRunes(r.line)
		}
		if len(r.line) > 0 {
			return r.line, nil
		}
	}
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
