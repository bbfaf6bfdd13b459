package text

import (
	"math/bits"
	"strings"
	"unicode"
)

// Styling is t in XEP-0393 message styling: legal character data of XML 1.0 in valid UTF-8.
//
// The dialect has no escapes and no formatting within words. A directive is written only where it will be read as one
// and ends where it should; elsewhere the text goes without. Directives that were text stay text as far as we are
// concerned, although a reader's client may style them. What the dialect does not have (colour, underline, reverse) is
// left out; a spoiler keeps its bars, an item its bullet, a heading is bold.
func (t Text) Styling() string { return stylingDialect.render(t) }

// maxRounds bounds how often a line is written to find the directives that hold. Lines that need more have none.
const maxRounds = 4

// piece is a part of a line in one style, either whitespace at the edge of a run or a run's text without it:
// no directive may stand on the wrong side of whitespace.
type piece struct {
	text  string
	style Style
	space bool
}

// directives is a pair of directives that was written around pieces.
type directives struct {
	pair
	style       Style
	first, last int // pieces
}

func appendStyling(dst []byte, runs []run) []byte { return appendDirectives(dst, runs, stylingPairs) }

// appendDirectives appends a line whose reader finds its pairs of directives by read. It writes all directives that it would like to have, reads the line as its receiver
// will, and takes back those that were not understood, until all are.
func appendDirectives(dst []byte, runs []run, read func(line string) []pair) []byte {
	pieces := cutPieces(runs)
	start := len(dst)
	for round := 0; ; round++ {
		if round == maxRounds {
			for i := range pieces {
				pieces[i].style = 0
			}
		}
		var wrote []directives
		dst, wrote = appendPieces(dst[:start], pieces)
		if len(wrote) == 0 || !takeBack(pieces, wrote, read(string(dst[start:]))) {
			return dst
		}
	}
}

func cutPieces(runs []run) []piece {
	pieces := make([]piece, 0, 2*len(runs))
	add := func(text string, style Style, space bool) {
		if text != "" {
			pieces = append(pieces, piece{text, style, space})
		}
	}
	for _, r := range runs {
		style := r.style & stylingStyles
		if style == 0 {
			add(r.text, 0, false)
			continue
		}
		rest := strings.TrimLeftFunc(r.text, unicode.IsSpace)
		core := strings.TrimRightFunc(rest, unicode.IsSpace)
		add(r.text[:len(r.text)-len(rest)], style, true)
		add(core, style, false)
		add(rest[len(core):], style, true)
	}
	return pieces
}

// takeBack removes the styles of those directives that are not among the pairs which a reader finds, and reports
// whether there were any. Both are in the order of their opening directives.
func takeBack(pieces []piece, wrote []directives, read []pair) bool {
	found := false
	for _, d := range wrote {
		for len(read) > 0 && read[0].open < d.open {
			read = read[1:]
		}
		if len(read) > 0 && read[0] == d.pair {
			continue
		}
		found = true
		for i := d.first; i <= d.last; i++ {
			pieces[i].style &^= d.style
		}
	}
	return found
}

// appendPieces appends pieces with directives that are properly nested, and tells which it wrote.
func appendPieces(dst []byte, pieces []piece) ([]byte, []directives) {
	shareSpace(pieces)
	start := len(dst)
	wrote := make([]directives, 0, len(pieces))
	open := make([]int, 0, 4) // indices in wrote
	closeTo := func(depth, last int) {
		for len(open) > depth {
			d := &wrote[open[len(open)-1]]
			open = open[:len(open)-1]
			d.end, d.last = len(dst)-start, last
			dst = append(dst, directiveOf(d.style))
		}
	}
	for i, p := range pieces {
		want := p.style
		// Close what ends here and what was opened in it; inline code holds no directives, so it closes before any.
		depth := 0
		for depth < len(open) && want&wrote[open[depth]].style != 0 {
			want &^= wrote[open[depth]].style
			depth++
		}
		if depth > 0 && wrote[open[depth-1]].style == Monospace && want != 0 {
			depth--
			want |= Monospace
		}
		closeTo(depth, i-1)
		for want != 0 && !p.space {
			style := longest(pieces[i:], want)
			want &^= style
			open = append(open, len(wrote))
			wrote = append(wrote, directives{pair: pair{open: len(dst) - start}, style: style, first: i})
			dst = append(dst, directiveOf(style))
		}
		dst = append(dst, p.text...)
	}
	closeTo(0, len(pieces)-1)
	return dst, wrote
}

// shareSpace leaves to whitespace the styles that it shares with the text on both sides.
func shareSpace(pieces []piece) {
	before := Style(0)
	for i := range pieces {
		if pieces[i].space {
			pieces[i].style &= before
		} else {
			before = pieces[i].style
		}
	}
	after := Style(0)
	for i := len(pieces) - 1; i >= 0; i-- {
		if pieces[i].space {
			pieces[i].style &= after
		} else {
			after = pieces[i].style
		}
	}
}

// longest is the one of styles that lasts for the most pieces, to be opened first. Inline code is always opened last.
func longest(pieces []piece, styles Style) Style {
	if styles != Monospace {
		styles &^= Monospace
	}
	rest := styles
	for _, p := range pieces {
		if bits.OnesCount8(uint8(rest)) == 1 {
			break
		}
		if rest&p.style == 0 {
			break
		}
		rest &= p.style
	}
	return rest & -rest
}

func directiveOf(s Style) byte {
	switch s {
	case Bold:
		return '*'
	case Italic:
		return '_'
	case Strike:
		return '~'
	}
	return '`'
}
