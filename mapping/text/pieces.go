package text

import (
	"strings"
	"unicode/utf8"
)

// Pieces splits a text into pieces of at most max characters (at least 1), for networks that limit a message. A piece ends at the last line break
// that leaves it half of what it may have, else at the last such space, else between two characters; the break or the space is dropped.
// With max 0 there is no limit.
func Pieces(s string, max int) []string {
	if max <= 0 || utf8.RuneCountInString(s) <= max {
		return []string{s}
	}
	var pieces []string
	for utf8.RuneCountInString(s) > max {
		end := 0 // of the longest piece, in bytes
		for range max {
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
		}
		cut, next := end, end
		for _, at := range []string{"\n", " "} {
			if i := strings.LastIndex(s[:min(end+1, len(s))], at); i >= end/2 && i > 0 {
				cut, next = i, i+1
				break
			}
		}
		pieces, s = append(pieces, s[:cut]), s[next:]
	}
	if s != "" {
		pieces = append(pieces, s)
	}
	return pieces
}
