package xep

import (
	"strconv"
	"strings"

	"isthmus/core/stanza"
)

// Mention is a part of a body, from one character to before another, that names somebody (XEP-0372 §3.2).
type Mention struct {
	Begin, End int
	Who        stanza.JID
}

// Element is the reference that goes with the body.
func (m Mention) Element() *stanza.Element {
	return stanza.New(nsReference, "reference", "type", "mention", "begin", strconv.Itoa(m.Begin), "end", strconv.Itoa(m.End), "uri", "xmpp:"+escapeURI(m.Who.String()))
}

// Mentions are whom a message says that it names, whatever the words; addresses that are none are left out.
func Mentions(s *stanza.Stanza) []stanza.JID {
	var all []stanza.JID
	for _, e := range s.Payload {
		if !e.Is(nsReference, "reference") || e.Attr("type") != "mention" {
			continue
		}
		address, _, _ := strings.Cut(strings.TrimPrefix(e.Attr("uri"), "xmpp:"), "?")
		if who, err := stanza.ParseJID(unescapeURI(address)); err == nil {
			all = append(all, who)
		}
	}
	return all
}

// escapeURI writes an address as it may stand in a URI (RFC 5122 §2.7).
func escapeURI(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var out []byte
	for i := range len(s) {
		c := s[i]
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; letter || c >= '0' && c <= '9' || strings.IndexByte("-._~!$&'()*+,;=@/", c) >= 0 {
			out = append(out, c)
		} else {
			out = append(out, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return string(out)
}

// unescapeURI undoes the percent-encoding of a URI (RFC 5122 §2.7); what is none stays.
func unescapeURI(s string) string {
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if b, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out, i = append(out, byte(b)), i+2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
