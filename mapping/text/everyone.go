package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Everyone has words such as "@here", with one of the ids after the sign, stand for everyone: they become mentions of a kind, CallEveryone or MentionEveryone,
// with that ID where they stand by themselves, and are neither code nor quoted.
func (t Text) Everyone(kind RefKind, ids ...string) Text {
	out := make(Text, len(t))
	for i, b := range t {
		if b.Kind != Quote {
			var spans []Span
			for _, s := range b.Spans {
				spans = append(spans, s.everyone(kind, ids)...)
			}
			b.Spans = spans
		}
		out[i] = b
	}
	return out
}

func (s Span) everyone(kind RefKind, ids []string) (spans []Span) {
	if s.Ref != (Ref{}) || s.Style&Monospace != 0 {
		return []Span{s}
	}
	begin := 0 // of what is not taken
	for at := 0; ; {
		next := strings.IndexByte(s.Text[at:], '@')
		if next < 0 {
			break
		}
		at += next
		id := firstWord(s.Text[at+1:])
		before, _ := utf8.DecodeLastRuneInString(s.Text[:at])
		if !slices.Contains(ids, id) || at > 0 && !unicode.IsSpace(before) && before != '(' {
			at++
			continue
		}
		end := at + 1 + len(id)
		if at > begin {
			spans = append(spans, Span{Text: s.Text[begin:at], Style: s.Style})
		}
		spans = append(spans, Span{Text: s.Text[at:end], Style: s.Style, Ref: Ref{Kind: kind, ID: id}})
		begin, at = end, end
	}
	if begin < len(s.Text) {
		spans = append(spans, Span{Text: s.Text[begin:], Style: s.Style})
	}
	return spans
}

// firstWord is what a text begins with, as far as there are letters, digits, or signs that join them.
func firstWord(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' && r != '@'
	})
	if end < 0 {
		return s
	}
	return s[:end]
}
