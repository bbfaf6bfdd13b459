package stanza

import (
	"strconv"
	"unicode/utf8"
)

// Append renders the stanza for a component's stream, without a namespace declaration of its own.
func (s *Stanza) Append(dst []byte) []byte {
	dst = append(append(dst, '<'), s.Kind...)
	if s.Type != "" {
		dst = appendAttr(dst, "type", s.Type)
	}
	if s.ID != "" {
		dst = appendAttr(dst, "id", s.ID)
	}
	if s.Lang != "" {
		dst = appendAttr(dst, "xml:lang", s.Lang)
	}
	dst = append(s.From.appendXML(append(dst, " from='"...)), '\'')
	dst = append(s.To.appendXML(append(dst, " to='"...)), '\'')
	if len(s.Payload) == 0 && len(s.Rendered) == 0 {
		return append(dst, "/>"...)
	}
	dst = append(dst, '>')
	for _, e := range s.Payload {
		dst = e.append(dst, "")
	}
	dst = append(dst, s.Rendered...)
	return append(append(append(dst, "</"...), s.Kind...), '>')
}

// Append renders the element as the child of a stanza.
func (e *Element) Append(dst []byte) []byte { return e.append(dst, "") }

// append renders e within an element whose namespace is outer. An empty Space means "as around it", so that the
// same payload can be built without repeating its namespace.
func (e *Element) append(dst []byte, outer string) []byte {
	dst = append(append(dst, '<'), e.Name...)
	space := outer
	if e.Space != "" && e.Space != outer {
		space = e.Space
		dst = appendAttr(dst, "xmlns", space)
	}
	for i, a := range e.Attrs {
		switch a.Space {
		case "":
			dst = appendAttr(dst, a.Name, a.Value)
		case xmlSpace:
			dst = appendAttr(dst, "xml:"+a.Name, a.Value)
		default:
			prefix := "a" + strconv.Itoa(i)
			dst = appendAttr(dst, "xmlns:"+prefix, a.Space)
			dst = appendAttr(dst, prefix+":"+a.Name, a.Value)
		}
	}
	if len(e.Nodes) == 0 {
		return append(dst, "/>"...)
	}
	dst = append(dst, '>')
	for _, n := range e.Nodes {
		switch {
		case n.Element != nil:
			dst = n.Element.append(dst, space)
		case n.Raw != nil:
			dst = append(dst, n.Raw...)
		default:
			dst = appendEscaped(dst, n.Text)
		}
	}
	return append(append(append(dst, "</"...), e.Name...), '>')
}

func appendAttr(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, ' '), name...), "='"...)
	return append(appendEscaped(dst, value), '\'')
}

// appendEscaped writes character data and attribute values alike; what XML 1.0 §2.2 cannot hold becomes U+FFFD, so that
// nothing that a remote person writes can end the stream.
func appendEscaped(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x80 {
			r, n := utf8.DecodeRuneInString(s[i:])
			if (r == utf8.RuneError && n == 1) || r == 0xFFFE || r == 0xFFFF {
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
				start = i + n
			}
			i += n
			continue
		}
		if c >= '?' || escapes[c] == "" { // most text needs none
			i++
			continue
		}
		dst = append(append(dst, s[start:i]...), escapes[c]...)
		i++
		start = i
	}
	return append(dst, s[start:]...)
}

// escapes has what stands for an ASCII character. White space is written as references, for attribute values would be
// normalised (XML 1.0 §3.3.3) and a carriage return lost (§2.11).
var escapes = func() (t [64]string) {
	for c := range 32 {
		t[c] = "\uFFFD"
	}
	t['\t'], t['\n'], t['\r'] = "&#9;", "&#10;", "&#13;"
	t['&'], t['<'], t['>'], t['\''], t['"'] = "&amp;", "&lt;", "&gt;", "&apos;", "&quot;"
	return t
}()
