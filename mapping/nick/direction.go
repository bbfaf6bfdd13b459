package nick

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// closing is the Hebrew hyphen. It stands at the ends of a right-to-left name that begins or ends otherwise.
const closing = "\u05be"

// tableD1 is RFC 3454 Table D.1 without what Resourceprep forbids or normalises away.
var tableD1 = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x05be, Hi: 0x05be, Stride: 1}, {Lo: 0x05c0, Hi: 0x05c0, Stride: 1}, {Lo: 0x05c3, Hi: 0x05c3, Stride: 1},
	{Lo: 0x05d0, Hi: 0x05ea, Stride: 1}, {Lo: 0x05f0, Hi: 0x05f4, Stride: 1}, {Lo: 0x061b, Hi: 0x061b, Stride: 1},
	{Lo: 0x061f, Hi: 0x061f, Stride: 1}, {Lo: 0x0621, Hi: 0x063a, Stride: 1}, {Lo: 0x0640, Hi: 0x064a, Stride: 1},
	{Lo: 0x066d, Hi: 0x066f, Stride: 1}, {Lo: 0x0671, Hi: 0x06d5, Stride: 1}, {Lo: 0x06e5, Hi: 0x06e6, Stride: 1},
	{Lo: 0x06fa, Hi: 0x06fe, Stride: 1}, {Lo: 0x0700, Hi: 0x070d, Stride: 1}, {Lo: 0x0710, Hi: 0x0710, Stride: 1},
	{Lo: 0x0712, Hi: 0x072c, Stride: 1}, {Lo: 0x0780, Hi: 0x07a5, Stride: 1}, {Lo: 0x07b1, Hi: 0x07b1, Stride: 1},
	{Lo: 0xfe73, Hi: 0xfe73, Stride: 1},
}}

// oneDirection obeys RFC 3454 §6: a string with right-to-left letters has no left-to-right ones, and such a letter at
// both ends. Some servers know the letters of Unicode 3.2, some those of today: both are content.
func oneDirection(s string) string {
	right, left, old := 0, 0, false
	for _, r := range s {
		switch direction(r) {
		case bidi.R:
			right++
			old = old || unicode.Is(tableD1, r)
		case bidi.L:
			left++
		}
	}
	if right == 0 {
		return s
	}
	if left >= right {
		return without(s, bidi.R)
	}
	if left > 0 {
		s = without(s, bidi.L)
	}
	closes := func(r rune) bool { return unicode.Is(tableD1, r) || !old && direction(r) == bidi.R }
	if first, _ := utf8.DecodeRuneInString(s); !closes(first) {
		s, old = closing+s, true
	}
	if last, _ := utf8.DecodeLastRuneInString(s); !closes(last) {
		s += closing
	}
	return s
}

// without is s without the letters of a direction.
func without(s string, class bidi.Class) string {
	s = remap(s, func(r rune) rune {
		if direction(r) == class {
			return -1
		}
		return r
	})
	return strings.Join(strings.Fields(s), " ")
}

// direction is R for a right-to-left letter (RFC 3454 Table D.1), L for a left-to-right one (Table D.2), and ON for all
// else.
func direction(r rune) bidi.Class {
	if r <= '~' {
		if 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' {
			return bidi.L
		}
		return bidi.ON
	}
	if r == 0x1885 || r == 0x1886 { // marks since Unicode 9, letters in Table D.2
		return bidi.L
	}
	p, _ := bidi.LookupString(string(r))
	switch p.Class() {
	case bidi.R, bidi.AL:
		return bidi.R
	case bidi.L:
		return bidi.L
	}
	return bidi.ON
}
