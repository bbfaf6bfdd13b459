package text

import (
	"slices"
	"strings"
)

// maxDepth bounds the nesting of quotes, and with it the length of what stands before a quoted line.
const maxDepth = 8

// Clean is s as it may stand in XML and be sent to any network: invalid UTF-8 becomes U+FFFD, the characters that
// XML 1.0 §2.2 forbids are removed (the formatting codes of IRC among them), and every line ends in "\n".
func Clean(s string) string {
	if isPrintable(s) {
		return s
	}
	return strings.Map(legal, newlines(s))
}

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// legal is r, or -1 where XML 1.0 §2.2 forbids it. A string holds no surrogates: they are invalid UTF-8.
func legal(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}

func newlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// cleanLine is s cleaned, on one line.
func cleanLine(s string) string {
	return strings.ReplaceAll(Clean(s), "\n", " ")
}

// Canonical is t in its one shape, for trees built by hand: text is clean; a line break in a span begins a new Line;
// adjacent spans of one format are merged, also adjacent quotes; spans without text, quotes without blocks and fields
// that a kind does not use are gone; quotes deeper than the bound are taken apart.
func (t Text) Canonical() Text {
	out := t.canonical(0)
	if len(out) == 1 && out[0].Kind == Line && len(out[0].Spans) == 0 {
		return nil
	}
	return out
}

func (t Text) canonical(depth int) Text {
	var out Text
	for _, b := range t {
		switch b.Kind {
		case Quote:
			if depth == maxDepth {
				out = append(out, b.Children.canonical(depth)...)
			} else if children := b.Children.canonical(depth + 1); len(children) > 0 {
				out = appendQuote(out, children)
			}
		case Code:
			code := Clean(b.Code)
			out = append(out, Block{Kind: Code, Lang: language(b.Lang, code), Code: code})
		default:
			out = appendLines(out, b)
		}
	}
	return out
}

// appendQuote appends a quote, or lengthens the one that t ends with.
func appendQuote(t, children Text) Text {
	if len(t) == 0 || t[len(t)-1].Kind != Quote {
		return append(t, Block{Kind: Quote, Children: children})
	}
	last := &t[len(t)-1]
	for _, b := range children {
		if b.Kind == Quote {
			last.Children = appendQuote(last.Children, b.Children)
		} else {
			last.Children = append(last.Children, b)
		}
	}
	return t
}

// appendLines appends a block of spans, and what follows a line break in it as Lines.
func appendLines(t Text, b Block) Text {
	block := Block{Kind: b.Kind}
	switch b.Kind {
	case Item:
		block.Level, block.Number = b.Level, b.Number
	case Heading:
		block.Level = b.Level
	}
	var spans []Span
	for _, s := range b.Spans {
		s.Text = Clean(s.Text)
		for {
			before, after, broken := strings.Cut(s.Text, "\n")
			if !broken {
				break
			}
			s.Text = before
			block.Spans = mergeSpans(append(spans, s))
			t, block, spans = append(t, block), Block{}, nil
			s.Text = after
		}
		spans = append(spans, s)
	}
	block.Spans = mergeSpans(spans)
	return append(t, block)
}

// mergeSpans drops spans without any text, and joins adjacent ones that only their text tells apart.
func mergeSpans(spans []Span) []Span {
	for i, s := range spans {
		alone := (i == 0 || spans[i-1].Ref != s.Ref) && (i+1 == len(spans) || spans[i+1].Ref != s.Ref)
		if s.Text == "" && s.Ref.Kind == Link && alone {
			spans[i].Text = cleanLine(s.Ref.URL)
		}
	}
	spans = slices.DeleteFunc(spans, func(s Span) bool { return s.Text == "" })
	var out []Span
	for len(spans) > 0 {
		n := 1
		for n < len(spans) && mergeable(spans[0], spans[n]) {
			n++
		}
		s := spans[0]
		s.Text = shown(spans[:n])
		out, spans = append(out, s), spans[n:]
	}
	return out
}

// mergeable reports whether two spans differ in their text only. Two mentions of one person stay two.
func mergeable(a, b Span) bool {
	b.Text = a.Text
	return a == b && (a.Ref.Kind == NoRef || a.Ref.Kind == Link)
}
