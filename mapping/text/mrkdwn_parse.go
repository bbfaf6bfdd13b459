package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseMrkdwn reads a message in Slack's mrkdwn. refer, which may be nil, says how references are shown.
func ParseMrkdwn(s string, refer Refer) Text {
	s = Clean(s)
	if s == "" {
		return nil
	}
	if refer == nil {
		refer = referPlainly
	}
	var t Text
	parts := strings.Split(s, fence)
	for i, part := range parts {
		if i%2 == 0 {
			t = append(t, parseMrkdwnLines(part, i > 0, refer)...)
			continue
		}
		if i == len(parts)-1 { // a fence without an end is text
			t = append(t, parseMrkdwnLines(fence+part, false, refer)...)
			continue
		}
		code := strings.TrimSuffix(strings.TrimPrefix(part, "\n"), "\n")
		t = append(t, Block{Kind: Code, Code: mrkdwnText(code)})
	}
	return t.Canonical()
}

// referPlainly shows references by what the message says of them.
func referPlainly(ref Ref, label string) Span {
	if label == "" {
		label = ref.ID
		switch ref.Kind {
		case Emoji:
			return Span{Text: ":" + label + ":", Ref: ref}
		case MentionRoom:
			label = "#" + label
		default:
			label = "@" + label
		}
	}
	if ref.Kind == NoRef {
		ref = Ref{}
	}
	return Span{Text: label, Ref: ref}
}

// parseMrkdwnLines reads what stands before, between and after fences; the line break beside a fence is no line of its own.
func parseMrkdwnLines(s string, afterCode bool, refer Refer) Text {
	if afterCode {
		s = strings.TrimPrefix(s, "\n")
	}
	if s == "" {
		return nil
	}
	s = strings.TrimSuffix(s, "\n")
	return mrkdwnBlocks(strings.Split(s, "\n"), 0, refer)
}

func mrkdwnBlocks(lines []string, depth int, refer Refer) Text {
	var t Text
	for i := 0; i < len(lines); {
		_, quoted := cutQuote(lines[i])
		if !quoted || depth == maxDepth {
			t = append(t, Block{Spans: mrkdwnSpans(lines[i], refer)})
			i++
			continue
		}
		var inner []string
		for i < len(lines) {
			if all, ok := strings.CutPrefix(lines[i], "&gt;&gt;&gt;"); ok && depth == 0 { // the rest of the message
				inner = append(inner, strings.TrimPrefix(all, " "))
				inner = append(inner, lines[i+1:]...)
				i = len(lines)
				break
			}
			line, ok := cutQuote(lines[i])
			if !ok {
				break
			}
			inner = append(inner, line)
			i++
		}
		t = append(t, Block{Kind: Quote, Children: mrkdwnBlocks(inner, depth+1, refer)})
	}
	return t
}

func cutQuote(line string) (string, bool) {
	for _, sign := range []string{"&gt;", ">"} {
		if rest, ok := strings.CutPrefix(line, sign); ok {
			return strings.TrimPrefix(rest, " "), true
		}
	}
	return line, false
}

// mrkdwnText is what a reader sees of text without directives: escapes and references are read, nothing else.
func mrkdwnText(s string) string {
	if strings.IndexByte(s, '<') < 0 && strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if token, n := mrkdwnToken(s[i:], referPlainly); n > 0 {
			if token.Ref.Kind == Link && token.Text == "" {
				token.Text = token.Ref.URL
			}
			b.WriteString(token.Text)
			i += n
			continue
		}
		c, n := unescapeMrkdwn(s[i:])
		b.WriteString(c)
		i += n
	}
	return b.String()
}

// unescapeMrkdwn is the first character of s, and how many bytes it takes.
func unescapeMrkdwn(s string) (string, int) {
	if s[0] == '&' {
		switch {
		case strings.HasPrefix(s, "&amp;"):
			return "&", len("&amp;")
		case strings.HasPrefix(s, "&lt;"):
			return "<", len("&lt;")
		case strings.HasPrefix(s, "&gt;"):
			return ">", len("&gt;")
		}
	}
	_, n := utf8.DecodeRuneInString(s)
	return s[:n], n
}

// mrkdwnLine is a line with its escapes and references read.
type mrkdwnLine struct {
	text []byte // as it is shown
	// mask is text with everything hidden that can be no directive; raw is where each of its bytes comes from.
	mask  []byte
	raw   []int
	units []mrkdwnUnit
	pairs []pair
	next  [3]int
	out   []Span
}

// mrkdwnUnit is a part of a line that directives do not look into: a reference or inline code.
type mrkdwnUnit struct {
	from, to int
	ref      Ref
	style    Style
}

// hidden stands in the mask for what is neither a directive nor white space nor a letter.
const hidden = 1

func mrkdwnSpans(s string, refer Refer) []Span {
	l := readMrkdwnLine(s, refer)
	l.parse(0, len(l.text), 0, 0)
	return l.out
}

// mrkdwnPairs is where directives stand in a written line that act as such.
func mrkdwnPairs(line string) []pair {
	l := readMrkdwnLine(line, referPlainly)
	l.parse(0, len(l.text), 0, 0)
	slices.SortFunc(l.pairs, func(a, b pair) int { return a.open - b.open })
	return l.pairs
}

func readMrkdwnLine(s string, refer Refer) *mrkdwnLine {
	l := &mrkdwnLine{text: make([]byte, 0, len(s)), mask: make([]byte, 0, len(s)), raw: make([]int, 0, len(s))}
	noCode := 0 // no inline code begins before it
	for i := 0; i < len(s); {
		if s[i] == '`' && i >= noCode {
			if end := inlineCode(s, i); end > 0 {
				l.unit(mrkdwnText(s[i+1:end]), Ref{}, Monospace, i)
				l.pairs = append(l.pairs, pair{i, end})
				i = end + 1
				continue
			}
			if strings.IndexByte(s[i+1:], '`') < 0 {
				noCode = len(s)
			}
		}
		if token, n := mrkdwnToken(s[i:], refer); n > 0 {
			if token.Ref.Kind == Link && token.Text == "" {
				token.Text = token.Ref.URL
			}
			l.unit(token.Text, token.Ref, token.Style, i)
			i += n
			continue
		}
		if name, n := emojiName(s, i); n > 0 {
			span := refer(Ref{Kind: Emoji, ID: name}, "")
			l.unit(span.Text, span.Ref, span.Style, i)
			i += n
			continue
		}
		c, n := unescapeMrkdwn(s[i:])
		for k := range len(c) {
			l.text, l.mask, l.raw = append(l.text, c[k]), append(l.mask, c[k]), append(l.raw, i)
		}
		i += n
	}
	return l
}

func (l *mrkdwnLine) unit(text string, ref Ref, style Style, raw int) {
	text = cleanLine(text)
	if text == "" {
		return
	}
	l.units = append(l.units, mrkdwnUnit{len(l.text), len(l.text) + len(text), ref, style})
	for k := range len(text) {
		l.text, l.mask, l.raw = append(l.text, text[k]), append(l.mask, hidden), append(l.raw, raw)
	}
}

// inlineCode is where the inline code ends that begins at i, or 0.
func inlineCode(s string, i int) int {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	n := strings.IndexByte(s[i+1:], '`')
	if i > 0 && isWord(before) || n <= 0 {
		return 0
	}
	end := i + 1 + n
	after, _ := utf8.DecodeRuneInString(s[end+1:])
	if end+1 < len(s) && isWord(after) || strings.TrimSpace(s[i+1:end]) == "" {
		return 0
	}
	return end
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// maxEmojiName bounds the name of an emoji, in bytes.
const maxEmojiName = 128

// emojiName is the name of the emoji that stands at i, with its skin tone, and how many bytes it takes; n is 0 where there is none.
func emojiName(s string, i int) (name string, n int) {
	if s[i] != ':' || i > 0 && isWordByte(s[i-1]) {
		return "", 0
	}
	end := i + 1
	for end < len(s) && end-i < maxEmojiName && (isLetter(s[end]) || '0' <= s[end] && s[end] <= '9' || strings.IndexByte("_+-'", s[end]) >= 0 || s[end] >= utf8.RuneSelf) {
		end++
	}
	if end == i+1 || end == len(s) || s[end] != ':' {
		return "", 0
	}
	const tone = ":skin-tone-"
	if rest := s[end+1:]; strings.HasPrefix(rest, tone) && len(rest) > len(tone)+1 && rest[len(tone)+1] == ':' {
		end += 1 + len(tone) + 1
	}
	return s[i+1 : end], end + 1 - i
}

func isWordByte(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' }

// parse reads the line from one position to another, which stands right after the directive opener if that is not 0. Styles cannot hold themselves.
func (l *mrkdwnLine) parse(from, to int, opener byte, style Style) {
	start := from
	for i := from; i < to; i++ {
		kind := strings.IndexByte("*_~", l.mask[i])
		if kind < 0 || style&directiveStyle(l.mask[i]) != 0 || !l.opens(i) {
			continue
		}
		end := l.closing(kind, i+1)
		if end >= to || end == i+1 {
			continue
		}
		l.add(start, i, style)
		l.pairs = append(l.pairs, pair{l.raw[i], l.raw[end]})
		l.parse(i+1, end, l.mask[i], style|directiveStyle(l.mask[i]))
		start, i = end+1, end
	}
	l.add(start, to, style)
}

func (l *mrkdwnLine) opens(i int) bool {
	before, _ := utf8.DecodeLastRune(l.mask[:i])
	after, size := utf8.DecodeRune(l.mask[i+1:])
	return (i == 0 || !isWord(before)) && size > 0 && after != rune(l.mask[i]) && !unicode.IsSpace(after)
}

// closing is the first position from which on a directive can close, or beyond the line. Calls of a kind come with growing positions, but for those within
// a pair, which look no further than what is known.
func (l *mrkdwnLine) closing(kind, from int) int {
	if at := l.next[kind]; at >= from {
		return at
	}
	for at := from; at < len(l.mask); at++ {
		if l.mask[at] != "*_~"[kind] {
			continue
		}
		before, _ := utf8.DecodeLastRune(l.mask[:at])
		after, size := utf8.DecodeRune(l.mask[at+1:])
		if !unicode.IsSpace(before) && (size == 0 || !isWord(after)) {
			l.next[kind] = at
			return at
		}
	}
	l.next[kind] = len(l.mask) + 1
	return l.next[kind]
}

// add appends a part of the line in a style.
func (l *mrkdwnLine) add(from, to int, style Style) {
	for _, u := range l.unitsIn(from, to) {
		if from < u.from {
			l.out = append(l.out, Span{Text: string(l.text[from:u.from]), Style: style})
		}
		l.out = append(l.out, Span{Text: string(l.text[u.from:u.to]), Style: style | u.style, Ref: u.ref})
		from = u.to
	}
	if from < to {
		l.out = append(l.out, Span{Text: string(l.text[from:to]), Style: style})
	}
}

func (l *mrkdwnLine) unitsIn(from, to int) []mrkdwnUnit {
	first, _ := slices.BinarySearchFunc(l.units, from, func(u mrkdwnUnit, at int) int { return u.from - at })
	last := first
	for last < len(l.units) && l.units[last].to <= to {
		last++
	}
	return l.units[first:last]
}
