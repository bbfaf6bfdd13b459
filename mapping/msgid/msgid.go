// Package msgid turns the id of a foreign message and the number of one of its
// parts into a stanza-id (XEP-0359) and back. The form is the same for every
// network and every person, so no table is needed to find the message again:
//
//	1700000000.000100     part 0 of the Slack message 1700000000.000100
//	1700000000.000100#2   part 2 of it
//	a%23b                 part 0 of a message whose id is a#b
//	%                     part 0 of a message whose id is empty
//
// Where a network gives no ids, ours begin with "#", which no foreign id does.
//
// Every string is an id, and each pair of id and part has exactly one
// stanza-id. A stanza-id is printable ASCII and needs no escaping in an XML
// attribute.
package msgid

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	escape     = '%' // starts an escaped byte: %hh with two lower-case hex digits
	separator  = '#' // stands between the id and the number of the part
	hexDigits  = "0123456789abcdef"
	emptyID    = "%" // an escape without digits, which no byte gives
	rawSymbols = "!$()*+,-./:;=?@[\\]^_`{|}~"
)

// raw says which bytes of an id stand for themselves. What is missing is what
// XML escapes in attributes, white space, and the two signs of our own.
var raw = func() (t [256]bool) {
	for c := range t {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		digit := '0' <= c && c <= '9'
		t[c] = c < 0x80 && (letter || digit || strings.IndexByte(rawSymbols, byte(c)) >= 0)
	}
	return t
}()

// Encode returns the stanza-id of one part of a foreign message. Parts are
// counted from 0, and part 0 has no suffix. It accepts any bytes as id.
func Encode(id string, part int) string {
	text := encodeID(id)
	if part == 0 {
		return text
	}
	return text + string(separator) + strconv.Itoa(part)
}

// Decode returns the foreign id and the part that Encode made stanzaID from.
// The error says that it was not made by Encode.
func Decode(stanzaID string) (id string, part int, err error) {
	text, number, hasPart := strings.Cut(stanzaID, string(separator))
	if hasPart {
		part, err = strconv.Atoi(number)
		if err != nil || part == 0 || strconv.Itoa(part) != number {
			return "", 0, fmt.Errorf("stanza-id %q is not ours: %q is no part number", stanzaID, number)
		}
	}
	id, ok := decodeID(text)
	if !ok {
		return "", 0, fmt.Errorf("stanza-id %q is not ours: %q is no encoded message id", stanzaID, text)
	}
	return id, part, nil
}

// Local is the stanza-id of a message to which its network gave no id. Decode refuses it.
func Local(seq int64) string { return string(separator) + strconv.FormatInt(seq, 36) }

// Change is the stanza-id of something that happened to a foreign message, told from other such things by what. Decode refuses it.
func Change(id, what string) string { return encodeID(id) + string(separator) + "~" + what }

// threadPrefix tells the threads that begin with a foreign message from those that clients made up.
const threadPrefix = "thread:"

// Thread is the name of the thread that begins with a foreign message.
func Thread(id string) string { return threadPrefix + encodeID(id) }

// ParseThread undoes Thread; ok is false for all other names.
func ParseThread(thread string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(thread, threadPrefix)
	if !ok {
		return "", false
	}
	return decodeID(rest)
}

func encodeID(id string) string {
	if id == "" {
		return emptyID
	}
	special := 0
	for i := range len(id) {
		if !raw[id[i]] {
			special++
		}
	}
	if special == 0 {
		return id
	}
	out := make([]byte, 0, len(id)+2*special)
	for i := range len(id) {
		if c := id[i]; raw[c] {
			out = append(out, c)
		} else {
			out = append(out, escape, hexDigits[c>>4], hexDigits[c&0xf])
		}
	}
	return string(out)
}

// decodeID undoes encodeID and accepts nothing else: a raw byte that would
// have been escaped, or an escape that was not needed, is refused.
func decodeID(text string) (id string, ok bool) {
	if text == emptyID {
		return "", true
	}
	if text == "" {
		return "", false
	}
	var out []byte // stays nil while the id is the text itself
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case raw[c]:
			if out != nil {
				out = append(out, c)
			}
		case c == escape && i+2 < len(text):
			high, low := strings.IndexByte(hexDigits, text[i+1]), strings.IndexByte(hexDigits, text[i+2])
			if high < 0 || low < 0 || raw[high<<4|low] {
				return "", false
			}
			if out == nil {
				out = append(make([]byte, 0, len(text)), text[:i]...)
			}
			out = append(out, byte(high<<4|low))
			i += 2
		default:
			return "", false
		}
	}
	if out == nil {
		return text, true
	}
	return string(out), true
}
