package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// discordDelimiters are those of styles; longer ones come first.
var discordDelimiters = []struct {
	mark  string
	style Style
}{{"**", Bold}, {"__", Underline}, {"~~", Strike}, {"||", Spoiler}, {"*", Italic}, {"_", Italic}}

// discordPiece is a part of a line: text, with what it stands for; or a delimiter, until it is known whether it is one.
type discordPiece struct {
	span  Span
	mark  string
	style Style
	open  bool // a delimiter that is not closed yet
}

// spans reads the formats of text.
func (p *discordParser) spans(line string) []Span {
	var pieces []discordPiece
	var open []int // delimiters, in pieces
	literal := 0   // where text begins that was not taken
	take := func(end int) {
		if end > literal {
			pieces = append(pieces, discordPiece{span: Span{Text: line[literal:end]}})
		}
	}
	// Of backticks and brackets that nothing closes it is remembered that nothing does, so that reading stays linear.
	var unclosed [256]bool
	for i := 0; i < len(line); {
		if span, n := p.special(line, i, &unclosed); n > 0 {
			take(i)
			pieces = append(pieces, discordPiece{span: span})
			i += n
			literal = i
			continue
		}
		mark, style := delimiterAt(line, i, pieces, open)
		if mark == "" {
			i++
			continue
		}
		take(i)
		end := i + len(mark)
		at := -1
		for k := len(open) - 1; k >= 0; k-- {
			if pieces[open[k]].mark == mark {
				at = k
				break
			}
		}
		before, after := runeBefore(line, i), runeAfter(line, end)
		switch {
		case at >= 0 && mayClose(mark, before, after) && open[at] < len(pieces)-1:
			begin := open[at]
			pieces[begin].open = false
			for k := begin + 1; k < len(pieces); k++ {
				pieces[k].span.Style |= style
			}
			open = open[:at]
		case at < 0 && mayOpen(mark, before, after):
			open = append(open, len(pieces))
			pieces = append(pieces, discordPiece{mark: mark, style: style, open: true})
		default:
			pieces = append(pieces, discordPiece{span: Span{Text: mark}})
		}
		i, literal = end, end
	}
	take(len(line))
	out := make([]Span, 0, len(pieces))
	for _, piece := range pieces {
		switch {
		case piece.mark == "":
			out = append(out, piece.span)
		case piece.open:
			out = append(out, Span{Text: piece.mark, Style: piece.span.Style})
		}
	}
	return out
}

// delimiterAt is the delimiter at a place. Of three or more signs the shorter one comes first where it closes what was opened last.
func delimiterAt(line string, i int, pieces []discordPiece, open []int) (string, Style) {
	for _, d := range discordDelimiters {
		if !strings.HasPrefix(line[i:], d.mark) {
			continue
		}
		if one := d.mark[:1]; len(d.mark) == 2 && (one == "*" || one == "_") && strings.HasPrefix(line[i:], one+one+one) && len(open) > 0 && pieces[open[len(open)-1]].mark == one {
			return one, Italic
		}
		return d.mark, d.style
	}
	return "", 0
}

func mayOpen(mark string, before, after rune) bool {
	switch mark {
	case "*":
		return after != 0 && !unicode.IsSpace(after)
	case "_":
		return after != 0 && !isDiscordWord(before)
	}
	return after != 0
}

func mayClose(mark string, before, after rune) bool {
	switch mark {
	case "*":
		return !unicode.IsSpace(before)
	case "_":
		return !isDiscordWord(after)
	}
	return true
}

func isDiscordWord(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}

func runeBefore(s string, i int) rune {
	if i == 0 {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return r
}

func runeAfter(s string, i int) rune {
	if i == len(s) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r
}
