package text

import (
	"slices"
	"strings"
)

// ParseIRC reads a line of IRC with formatting codes, or several joined by "\n", as a multiline batch gives: formats
// end with their line. Other control characters are removed.
func ParseIRC(line string) Text {
	if !hasControl(line) {
		if line = Clean(line); line == "" {
			return nil
		}
		return oneSpan(Span{Text: line})
	}
	var t Text
	for part := range strings.SplitSeq(newlines(line), "\n") {
		t = append(t, Block{Spans: parseIRCSpans(part)})
	}
	if len(t) == 1 && len(t[0].Spans) == 0 {
		return nil
	}
	return t
}

// hasControl reports whether s has a control character that is not just a space.
func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' {
			return true
		}
	}
	return false
}

func parseIRCSpans(line string) []Span {
	b := newSpanBuilder(line)
	var f format
	start := 0 // of text not yet added
	for i := 0; i < len(line); {
		if line[i] >= ' ' || line[i] == '\t' {
			i++
			continue
		}
		b.add(Clean(line[start:i]), f)
		i += max(f.apply(line[i:]), 1)
		start = i
	}
	b.add(Clean(line[start:]), f)
	return b.spans()
}

// IRC is t as lines with formatting codes. A line is never empty, as such a message would be refused (RFC 2812 §3.3.1),
// and holds no control character but formatting codes and tabs, so that it cannot end a command or be one: no CR, LF or
// NUL, and no CTCP.
//
// Quotes begin with "> ", code blocks are lines like others. Inline code keeps its backticks, as few clients show its
// code; a spoiler keeps its bars; a heading is bold.
func (t Text) IRC() []string {
	return slices.DeleteFunc(t.IRCLines(), func(line string) bool { return line == "" })
}

// IRCLines is t as IRC has it, with its empty lines.
func (t Text) IRCLines() []string {
	if s, ok := t.unformatted(); ok {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	return strings.Split(ircDialect.render(t), "\n")
}

func appendIRC(dst []byte, runs []run) []byte {
	var now format
	for _, r := range runs {
		dst = appendCodes(dst, now, r.format, r.text)
		dst = append(dst, r.text...)
		now = r.format
	}
	return dst
}
