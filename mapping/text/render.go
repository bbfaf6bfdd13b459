package text

import (
	"bytes"
	"strconv"
	"strings"
)

// dialect is what the renderers differ in. The walk over blocks and spans is one for all.
type dialect struct {
	code    string // stands on both sides of inline code, where the dialect has no style for it
	spoiler string // stands on both sides of a spoiler
	fences  bool   // code blocks are fenced
	line    func(dst []byte, runs []run) []byte
	// escape writes text so that nothing in it is read as markup, and runs gives a line with its references in the dialect's own writing; both nil where it has neither.
	escape func(string) string
	runsOf func(Block) []run
}

var (
	plainDialect   = dialect{line: appendPlain}
	stylingDialect = dialect{spoiler: "||", fences: true, line: appendStyling}
	ircDialect     = dialect{code: "`", spoiler: "||", line: appendIRC}
)

// format is all that a line's text can have in the dialects of this package.
type format struct {
	style      Style
	fore, back Colour
}

// run is clean text in one format, without a line break, never empty.
type run struct {
	text string
	format
}

// String is t for a person who reads plain text: quotes begin with "> ", items with a bullet or a number.
func (t Text) String() string { return plainDialect.render(t) }

// render is t in the dialect, its lines joined by "\n".
func (d *dialect) render(t Text) string {
	if s, ok := t.unformatted(); ok && d.escape == nil {
		return s
	}
	dst := d.appendBlocks(make([]byte, 0, 512), t, "", 0)
	return string(bytes.TrimSuffix(dst, []byte("\n")))
}

// unformatted is the whole of a text that reads the same in every dialect.
func (t Text) unformatted() (string, bool) {
	if len(t) == 0 {
		return "", true
	}
	if len(t) > 1 || t[0].Kind != Line || len(t[0].Spans) != 1 {
		return "", false
	}
	s := t[0].Spans[0]
	if s.Style != 0 || s.Fore != 0 || s.Back != 0 || s.Ref.Kind == Link {
		return "", false
	}
	return cleanLine(s.Text), true
}

// appendBlocks appends every line of t with its line break; prefix stands before each.
func (d *dialect) appendBlocks(dst []byte, t Text, prefix string, depth int) []byte {
	for _, b := range t {
		switch b.Kind {
		case Quote:
			inner := prefix
			if depth < maxDepth {
				inner += "> "
			}
			dst = d.appendBlocks(dst, b.Children, inner, depth+1)
		case Code:
			dst = d.appendCode(dst, b, prefix)
		default:
			dst = append(dst, prefix...)
			start := len(dst)
			dst = d.line(dst, d.runs(b))
			dst = endLine(dst, start)
		}
	}
	return dst
}

func (d *dialect) appendCode(dst []byte, b Block, prefix string) []byte {
	line := func(text string) {
		dst = append(dst, prefix...)
		start := len(dst)
		dst = endLine(append(dst, text...), start)
	}
	code := Clean(b.Code)
	switch {
	case d.escape != nil: // and it names no language
		code = d.escape(code)
		line(fence)
	case d.fences:
		line(fence + language(b.Lang, code))
	}
	if code != "" {
		for text := range strings.SplitSeq(code, "\n") {
			if d.fences && text == fence {
				text = " " + text // it would end the block
			}
			line(text)
		}
	}
	if d.fences {
		line(fence)
	}
	return dst
}

// language is what may follow a fence and is not taken for code.
func language(lang, code string) string {
	if code == "" || strings.ContainsFunc(lang, isNoLang) {
		return ""
	}
	return Clean(lang)
}

// endLine ends a line whose text begins at start. An empty one in a quote is ">", without the space.
func endLine(dst []byte, start int) []byte {
	if len(dst) == start && start > 0 && dst[start-1] == ' ' {
		dst = dst[:start-1]
	}
	return append(dst, '\n')
}

// runs is the line of a block, with all that the dialect writes as text.
func (d *dialect) runs(b Block) []run {
	if d.runsOf != nil {
		return d.runsOf(b)
	}
	runs := make([]run, 0, len(b.Spans)+2)
	add := func(text string, f format) {
		if text != "" {
			runs = append(runs, run{text, f})
		}
	}
	add(bullet(b), format{})
	linkStart := 0
	for i, s := range b.Spans {
		var before, after Span
		if i > 0 {
			before = b.Spans[i-1]
		}
		if i+1 < len(b.Spans) {
			after = b.Spans[i+1]
		}
		f := format{s.Style &^ Spoiler, s.Fore, s.Back}
		if b.Kind == Heading {
			f.style |= Bold
		}
		if d.code != "" {
			f.style &^= Monospace
		}
		entered, left := s.Style&^before.Style, s.Style&^after.Style
		add(mark(d.spoiler, entered&Spoiler)+mark(d.code, entered&Monospace), f)
		text, address := cleanLine(s.Text), ""
		if before.Ref != s.Ref {
			linkStart = i
		}
		if s.Ref.Kind == Link && after.Ref != s.Ref {
			label, url := shown(b.Spans[linkStart:i+1]), cleanLine(s.Ref.URL)
			if label == "" {
				text = url
			} else if !sameAddress(label, url) {
				address = " <" + url + ">"
			}
		}
		add(text, f)
		add(mark(d.code, left&Monospace)+mark(d.spoiler, left&Spoiler), f)
		add(address, format{})
	}
	return runs
}

func shown(spans []Span) string {
	if len(spans) == 1 {
		return cleanLine(spans[0].Text)
	}
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(cleanLine(s.Text))
	}
	return b.String()
}

func mark(text string, style Style) string {
	if style == 0 {
		return ""
	}
	return text
}

func bullet(b Block) string {
	if b.Kind != Item {
		return ""
	}
	indent := strings.Repeat("  ", min(max(b.Level, 0), maxDepth))
	if b.Number > 0 {
		return indent + strconv.Itoa(b.Number) + ". "
	}
	return indent + "• "
}

// sameAddress reports whether a link's label already says where it leads.
func sameAddress(label, url string) bool {
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if rest, ok := strings.CutPrefix(url, scheme); ok && strings.TrimSuffix(rest, "/") == strings.TrimSuffix(label, "/") {
			return true
		}
	}
	return url == label || url == ""
}

func appendPlain(dst []byte, runs []run) []byte {
	for _, r := range runs {
		dst = append(dst, r.text...)
	}
	return dst
}
