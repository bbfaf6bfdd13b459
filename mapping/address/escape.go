package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A localpart is escaped as XEP-0106 says: the nine characters that RFC 7622
// §3.3 forbids, the space among them, become \hh, and a backslash becomes \5c
// where it would otherwise start an escape (XEP-0106 §4.2).
//
// Our extension of it: a character beyond ASCII that is not in plainRunes, since
// Nodeprep or PRECIS would change or refuse it, becomes its UTF-8 bytes, each as
// \hh. Their high bit is set, so they are none of XEP-0106's ten, and XEP-0106
// §4.3 makes others leave them alone. An escape that we would not have written
// is not one: it stays as it is.

const hexDigits = "0123456789abcdef"

// Classes of ASCII characters.
const (
	plainASCII   = iota + 1 // stands for itself
	escapedASCII            // XEP-0106 §3.2, the backslash aside
)

// asciiClass leaves 0 for what no escaped localpart holds and what decides by its
// neighbours: upper-case letters, controls and the backslash.
var asciiClass = func() (class [utf8.RuneSelf]uint8) {
	for c := '!'; c <= '~'; c++ {
		class[c] = plainASCII
	}
	for c := 'A'; c <= 'Z'; c++ {
		class[c] = 0
	}
	class['\\'] = 0
	for _, c := range ` "&'/:<>@` {
		class[c] = escapedASCII
	}
	return class
}()

// isPlainASCII reports whether escaping, unescaping and folding all leave text
// as it is, because every character is ASCII and stands for itself.
func isPlainASCII(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= utf8.RuneSelf || asciiClass[c] != plainASCII {
			return false
		}
	}
	return true
}

// isExtended reports whether r has an escape of our extension.
func isExtended(r rune) bool {
	return r >= utf8.RuneSelf && !unicode.IsControl(r) && !unicode.Is(plainRunes, r)
}

// lower folds ASCII letters. Other letters are kept: IRC networks tell them
// apart, and servers that fold them are kept off by escapes.
func lower(text string) string {
	if isPlainASCII(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r | 0x20
		}
		return r
	}, text)
}

// escape returns the form of a name or key in a localpart. The text is valid
// UTF-8, folded, and without control characters.
func escape(text string) string {
	if isPlainASCII(text) {
		return text
	}
	out := make([]byte, 0, len(text)+16)
	for i, r := range text {
		switch {
		case r == '\\':
			if _, n := readEscape(text[i:]); n > 0 {
				out = append(out, `\5c`...)
			} else {
				out = append(out, '\\')
			}
		case r < utf8.RuneSelf && asciiClass[r] == escapedASCII:
			out = appendEscaped(out, byte(r))
		case isExtended(r):
			for _, c := range utf8.AppendRune(nil, r) {
				out = appendEscaped(out, c)
			}
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

func appendEscaped(out []byte, c byte) []byte {
	return append(out, '\\', hexDigits[c>>4], hexDigits[c&0xf])
}

// unescape undoes escape. The text is folded.
func unescape(text string) string {
	next := strings.IndexByte(text, '\\')
	if next < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for next >= 0 {
		out = append(out, text[:next]...)
		r, n := readEscape(text[next:])
		if n == 0 {
			r, n = '\\', 1
		}
		out = utf8.AppendRune(out, r)
		text = text[next+n:]
		next = strings.IndexByte(text, '\\')
	}
	return string(append(out, text...))
}

// readEscape returns the character whose escape text starts with, and the length
// of that escape, or 0 if text starts with none.
func readEscape(text string) (r rune, n int) {
	first, ok := readByte(text)
	if !ok {
		return 0, 0
	}
	if first < utf8.RuneSelf {
		if first == '\\' || asciiClass[first] == escapedASCII {
			return rune(first), 3
		}
		return 0, 0
	}
	var buffer [utf8.UTFMax]byte
	encoded := buffer[:0]
	for c, ok := first, true; ok && len(encoded) < utf8.UTFMax; c, ok = readByte(text[3*len(encoded):]) {
		encoded = append(encoded, c)
		if utf8.FullRune(encoded) {
			break
		}
	}
	r, size := utf8.DecodeRune(encoded)
	if size < 2 || !isExtended(r) { // size 1: not UTF-8
		return 0, 0
	}
	return r, 3 * size
}

// readByte reads one \hh with lower-case digits.
func readByte(text string) (c byte, ok bool) {
	if len(text) < 3 || text[0] != '\\' {
		return 0, false
	}
	high, low := strings.IndexByte(hexDigits, text[1]), strings.IndexByte(hexDigits, text[2])
	if high < 0 || low < 0 {
		return 0, false
	}
	return byte(high<<4 | low), true
}
