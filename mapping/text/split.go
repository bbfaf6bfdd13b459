package text

import "unicode/utf8"

const (
	minPiece       = 16 // bytes: six styles, a guard and any character
	minColourPiece = 64 // bytes: below, colours would leave no room for text
)

// SplitBytes splits a line with IRC formatting codes into pieces of at most max bytes (at least 16), for the limit of
// RFC 2812 §2.3. A line that fits is one piece, unchanged.
//
// A piece ends at the last space that leaves it any text, and this one space is dropped; where there is none, it ends
// between two characters. Nothing else of the text is lost. Each piece begins with the codes in force, so that it looks as it did in the line. With max below 64,
// colours are left out.
func SplitBytes(line string, max int) []string {
	if max < minPiece {
		max = minPiece
	}
	if len(line) <= max {
		return []string{line}
	}
	pieces := make([]string, 0, len(line)/max+2)
	piece := make([]byte, 0, max+minColourPiece)
	for c := (cursor{rest: line}); c.rest != ""; {
		piece, c = cut(piece[:0], c, max)
		if len(piece) > 0 {
			pieces = append(pieces, string(piece))
		}
	}
	return pieces
}

// cursor is a place in a line: what follows, and the format in force there.
type cursor struct {
	rest string
	format
}

// cut appends to piece what fits of the line from c on, and tells where the next piece begins.
func cut(piece []byte, c cursor, max int) ([]byte, cursor) {
	var shown format   // at the end of piece
	blank := true      // only spaces in piece
	var space struct { // the last one to cut at
		before int // length of piece
		after  cursor
	}
	for c.rest != "" {
		if n := c.apply(c.rest); n > 0 {
			c.rest = c.rest[n:]
			if max < minColourPiece {
				c.fore, c.back = 0, 0
			}
			continue
		}
		_, size := utf8.DecodeRuneInString(c.rest)
		isSpace := c.rest[0] == ' '
		longer := append(appendCodes(piece, shown, c.format, c.rest), c.rest[:size]...)
		next := cursor{c.rest[size:], c.format}
		switch {
		case len(longer) <= max:
		case isSpace && !blank:
			return piece, next
		case space.before > 0:
			return piece[:space.before], space.after
		default:
			return piece, c
		}
		if isSpace && !blank {
			space.before, space.after = len(piece), next
		}
		blank = blank && isSpace
		piece, shown, c = longer, c.format, next
	}
	return piece, c
}
