package component

import (
	"strings"
	"unicode/utf8"

	"isthmus/core/stanza"
)

// addText takes a run of character data (XML 1.0 §2.4).
func (p *parser) addText(s string) error {
	n := 0
	for n < len(s) && inText8[s[n]] {
		n++
	}
	if n == len(s) {
		p.addPiece(s)
		return nil
	}
	p.gather()
	var err error
	p.text, err = appendDecoded(p.text, s, n, false)
	return err
}

// addCDATA takes the text of a CDATA section, in which only line ends change (XML 1.0 §2.11).
func (p *parser) addCDATA(s string) error {
	if err := validText(s); err != nil {
		return err
	}
	if strings.IndexByte(s, '\r') < 0 {
		p.addPiece(s)
		return nil
	}
	p.gather()
	s = strings.ReplaceAll(s, "\r\n", "\n")
	p.text = append(p.text, strings.ReplaceAll(s, "\r", "\n")...)
	return nil
}

func (p *parser) addPiece(s string) {
	if p.first == "" && len(p.text) == 0 {
		p.first = s
		return
	}
	p.gather()
	p.text = append(p.text, s...)
}

// gather makes room for another piece behind the first.
func (p *parser) gather() {
	p.text = append(p.text, p.first...)
	p.first = ""
}

// endText makes the text read since the last tag a node.
func (p *parser) endText() {
	if len(p.text) > 0 {
		p.first = string(p.text)
		p.text = p.text[:0]
	}
	if p.first != "" {
		p.nodes = append(p.nodes, stanza.Node{Text: p.first})
		p.first = ""
	}
}

// value is an attribute's value, normalised (XML 1.0 §3.3.3).
func (p *parser) value(s string) (string, error) {
	n := 0
	for n < len(s) && inValue8[s[n]] {
		n++
	}
	if n == len(s) {
		return s, nil
	}
	// Between tags there is no text under way, so the buffer is free.
	out, err := appendDecoded(p.text[:0], s, n, true)
	p.text = out[:0]
	return string(out), err
}

// inText8 and inValue8 have the bytes that stand for themselves.
var inText8, inValue8 = func() (text, value [256]bool) {
	for c := range 256 {
		text[c] = c >= ' ' && c != '&' && c != '<' && c != ']' || c == '\n' || c == '\t'
		value[c] = c >= ' ' && c != '&' && c != '<'
	}
	return text, value
}()

// appendDecoded resolves references and normalises line ends; in values all white space becomes spaces. The first n
// bytes stand for themselves.
func appendDecoded(dst []byte, s string, n int, value bool) ([]byte, error) {
	plain := &inText8
	if value {
		plain = &inValue8
	}
	dst = append(dst, s[:n]...)
	for i := n; i < len(s); {
		switch c := s[i]; {
		case c == '&':
			r, size := reference(s[i:])
			if size == 0 {
				return dst, errEntity
			}
			dst = utf8.AppendRune(dst, r)
			i += size
		case c == '\r' || c == '\n' || c == '\t':
			if c == '\r' {
				c = '\n'
				if i+1 < len(s) && s[i+1] == '\n' { // XML 1.0 §2.11
					i++
				}
			}
			if value {
				c = ' '
			}
			dst = append(dst, c)
			i++
		case c == ']' && !value:
			if strings.HasPrefix(s[i:], "]]>") { // XML 1.0 §2.4
				return dst, errSyntax
			}
			dst = append(dst, c)
			i++
		case !plain[c]:
			if c == '<' {
				return dst, errSyntax
			}
			return dst, errCharacter
		default:
			from := i
			for i < len(s) && plain[s[i]] {
				i++
			}
			dst = append(dst, s[from:i]...)
		}
	}
	return dst, nil
}

// reference is the character that a reference stands for and the reference's length, 0 where it is none (XML 1.0 §4.1, §4.6).
func reference(s string) (rune, int) {
	for _, e := range entities {
		if strings.HasPrefix(s, e.name) {
			return e.char, len(e.name)
		}
	}
	if len(s) < len("&#0;") || s[1] != '#' {
		return 0, 0
	}
	i, base := 2, rune(10)
	if s[2] == 'x' {
		i, base = 3, 16
	}
	var r rune
	for from := i; i < len(s); i++ {
		var digit rune
		switch c := s[i]; {
		case c == ';':
			if i == from || !validRune(r) {
				return 0, 0
			}
			return r, i + 1
		case c >= '0' && c <= '9':
			digit = rune(c - '0')
		case base == 16 && c >= 'a' && c <= 'f':
			digit = rune(c-'a') + 10
		case base == 16 && c >= 'A' && c <= 'F':
			digit = rune(c-'A') + 10
		default:
			return 0, 0
		}
		if r = r*base + digit; r > utf8.MaxRune {
			return 0, 0
		}
	}
	return 0, 0
}

var entities = []struct {
	name string
	char rune
}{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}

// validRune is Char of XML 1.0 §2.2.
func validRune(r rune) bool {
	return r >= 0x20 && r < 0xD800 || r > 0xDFFF && r < 0xFFFE || r > 0xFFFF && r <= utf8.MaxRune ||
		r == '\t' || r == '\n' || r == '\r'
}

// validText refuses the control characters that XML forbids.
func validText(s string) error {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' && c != '\r' {
			return errCharacter
		}
	}
	return nil
}

// validRunes tells whether s is UTF-8 without the two characters above ASCII that XML forbids.
func validRunes(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return strings.IndexByte(s, 0xEF) < 0 || !strings.ContainsAny(s, "\uFFFE\uFFFF")
}
