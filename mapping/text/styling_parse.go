package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The parser is our own because the decoder of mellium.im/xmpp v0.22.0 fails on what people can send: a line of 64 KiB
// ends it with an error and without the text; an opening directive that is never closed hides all that follow it
// ("*a _b_"); an empty quoted line takes the next line into the quote; and 16,000 ">" cost it three seconds.

// fence begins and ends a code block. XEP-0393 §6.1.2
const fence = "```"

// stylingStyles are the styles that XEP-0393 §6.2 knows.
const stylingStyles = Bold | Italic | Strike | Monospace

// ParseStyling reads a message body in XEP-0393 message styling. Directives are gone from the text; quotes deeper than
// eight keep the ">" of the deeper levels.
func ParseStyling(body string) Text {
	body = Clean(body)
	if body == "" {
		return nil
	}
	if strings.IndexByte(body, '\n') < 0 && body[0] != '>' && !strings.HasPrefix(body, fence) {
		return parseStylingLine(body)
	}
	return parseStylingBlocks(strings.Split(body, "\n"), 0)
}

func parseStylingLine(line string) Text {
	if !strings.ContainsAny(line, "*_~`") {
		return oneSpan(Span{Text: line})
	}
	return Text{{Spans: parseStylingSpans(line)}}
}

// parseStylingBlocks reads lines to blocks. XEP-0393 §6.1
func parseStylingBlocks(lines []string, depth int) Text {
	t := make(Text, 0, len(lines))
	for i := 0; i < len(lines); {
		line := lines[i]
		switch {
		case strings.HasPrefix(line, fence):
			block, n := parseFence(lines[i:])
			t = append(t, block)
			i += n
		case strings.HasPrefix(line, ">") && depth < maxDepth:
			end := i
			for end < len(lines) && strings.HasPrefix(lines[end], ">") {
				end++
			}
			t = append(t, Block{Kind: Quote, Children: parseStylingBlocks(unquote(lines[i:end]), depth+1)})
			i = end
		case line == "":
			t = append(t, Block{})
			i++
		default:
			t = append(t, parseStylingLine(line)...)
			i++
		}
	}
	return t
}

// unquote takes the ">" and one whitespace character from the start of each line. XEP-0393 §6.1.3
func unquote(lines []string) []string {
	inner := make([]string, len(lines))
	for i, line := range lines {
		line = line[1:]
		if r, size := utf8.DecodeRuneInString(line); size > 0 && unicode.IsSpace(r) {
			line = line[size:]
		}
		inner[i] = line
	}
	return inner
}

// parseFence reads the code block that lines begin with, and tells how many lines it takes. It ends with a line of the
// fence alone, or with its parent (XEP-0393 §6.1.2). What follows the opening fence is the language if it is one word
// with code after it, else code: people write ```x``` on one line, and no text may get lost.
func parseFence(lines []string) (Block, int) {
	code, n := lines[1:], len(lines)
	closed := false
	for i, line := range code {
		if line == fence {
			code, n, closed = code[:i], i+2, true
			break
		}
	}
	block := Block{Kind: Code, Lang: lines[0][len(fence):], Code: strings.Join(code, "\n")}
	switch {
	case block.Lang == "" && block.Code == "" && !closed:
		return Block{Spans: []Span{{Text: fence}}}, 1 // a fence and nothing else is text
	case block.Code == "":
		block.Lang, block.Code = "", block.Lang
	case strings.ContainsFunc(block.Lang, isNoLang):
		block.Lang, block.Code = "", block.Lang+"\n"+block.Code
	}
	return block, n
}

func isNoLang(r rune) bool { return r == '`' || unicode.IsSpace(r) }

// pair is where a span's two directives stand in its line, in bytes.
type pair struct{ open, end int }

// spanParser finds the styled spans of one line. XEP-0393 §6.2 of version 1.1: a directive opens at the beginning of
// the line, after whitespace or right after another opening directive, and not before whitespace; it is closed by the
// next one of its kind that does not follow whitespace; there is text between them.
type spanParser struct {
	line  string
	pairs []pair      // by their opening directives
	next  [4]int      // for each directive, where it closes next: a position known for all that follow up to it
	spans spanBuilder // used if build
	build bool
}

func parseStylingSpans(line string) []Span {
	p := spanParser{line: line, spans: newSpanBuilder(line), build: true}
	p.parse(0, len(line), 0, 0)
	if len(p.pairs) == 0 {
		return []Span{{Text: line}}
	}
	return p.spans.spans()
}

// stylingPairs is where directives stand in a line that act as such.
func stylingPairs(line string) []pair {
	p := spanParser{line: line}
	p.parse(0, len(line), 0, 0)
	return p.pairs
}

// parse reads line[from:to], which stands right after the directive opener if that is not 0. Styles cannot hold
// themselves, so it nests at most four deep.
func (p *spanParser) parse(from, to int, opener byte, style Style) {
	start := from // of text not yet added
	for i := from; i < to; i++ {
		c := p.line[i]
		kind := strings.IndexByte("*_~`", c)
		if kind < 0 || !p.opens(i, from, opener) {
			continue
		}
		end := p.closing(kind, i+1)
		if end >= to {
			continue
		}
		p.add(start, i, style)
		p.pairs = append(p.pairs, pair{i, end})
		if inner := style | directiveStyle(c); inner&Monospace != 0 {
			p.add(i+1, end, inner)
		} else {
			p.parse(i+1, end, c, inner)
		}
		start, i = end+1, end
	}
	p.add(start, to, style)
}

func (p *spanParser) add(from, to int, style Style) {
	if p.build {
		p.spans.add(p.line[from:to], format{style: style})
	}
}

// opens reports whether the directive at i can open a span in a parent whose text begins at from.
func (p *spanParser) opens(i, from int, opener byte) bool {
	c := p.line[i]
	before, _ := utf8.DecodeLastRuneInString(p.line[:i])
	if i > 0 && !unicode.IsSpace(before) && !(i == from && opener != c) {
		return false
	}
	after, size := utf8.DecodeRuneInString(p.line[i+1:])
	return size > 0 && after != rune(c) && !unicode.IsSpace(after)
}

// closing is the first position from which on the directive can close a span, or beyond the line. Calls come with
// growing positions, so that the line is read once for each directive.
func (p *spanParser) closing(kind, from int) int {
	if p.next[kind] >= from {
		return p.next[kind]
	}
	at := from
	for {
		n := strings.IndexByte(p.line[at:], "*_~`"[kind])
		if n < 0 {
			p.next[kind] = len(p.line) + 1
			return p.next[kind]
		}
		at += n
		if before, _ := utf8.DecodeLastRuneInString(p.line[:at]); !unicode.IsSpace(before) {
			p.next[kind] = at
			return at
		}
		at++
	}
}

// directiveStyle is the style of a directive. XEP-0393 §6.2
func directiveStyle(c byte) Style {
	switch c {
	case '*':
		return Bold
	case '_':
		return Italic
	case '~':
		return Strike
	}
	return Monospace
}
