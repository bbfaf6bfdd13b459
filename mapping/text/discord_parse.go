package text

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// DiscordMention is what Discord's markdown refers to by an id.
type DiscordMention uint8

// The mentions (Discord API Reference, Message Formatting).
const (
	DiscordUser DiscordMention = iota
	DiscordRole
	DiscordChannel
)

// ParseDiscord reads Discord's markdown. name gives the name of what is mentioned, or nothing where it is not known; image the address of a custom
// emoji's picture. Either may be nil. Times are shown in UTC.
func ParseDiscord(s string, name func(DiscordMention, string) string, image func(id string, animated bool) string) Text {
	p := discordParser{name: name, image: image}
	if p.name == nil {
		p.name = func(DiscordMention, string) string { return "" }
	}
	if p.image == nil {
		p.image = func(string, bool) string { return "" }
	}
	return p.blocks(Clean(s)).Canonical()
}

type discordParser struct {
	name  func(DiscordMention, string) string
	image func(string, bool) string
}

// blocks reads lines, and blocks of code, which may begin and end within lines.
func (p *discordParser) blocks(s string) (t Text) {
	var quoted Text
	flush := func() {
		if len(quoted) > 0 {
			t, quoted = append(t, Block{Kind: Quote, Children: quoted}), nil
		}
	}
	for s != "" {
		line, rest, more := strings.Cut(s, "\n")
		if all, is := strings.CutPrefix(s, ">>> "); is {
			flush()
			return append(t, Block{Kind: Quote, Children: p.noQuotes(all)})
		}
		if inner, is := strings.CutPrefix(line, "> "); is {
			quoted = append(quoted, p.block(inner)...)
			s = rest
			continue
		}
		if line == ">" && len(quoted) > 0 {
			quoted, s = append(quoted, Block{}), rest
			continue
		}
		flush()
		if at := strings.Index(line, "```"); at >= 0 {
			if end := strings.Index(s[at+3:], "```"); end >= 0 {
				if before := s[:at]; before != "" {
					t = append(t, p.block(before)...)
				}
				t = append(t, codeBlock(s[at+3:at+3+end]))
				s = strings.TrimPrefix(s[at+3+end+3:], "\n")
				continue
			}
		}
		t, s = append(t, p.block(line)...), rest
		if more && rest == "" {
			t = append(t, Block{})
		}
	}
	flush()
	return t
}

// noQuotes reads what is quoted: quotes are not nested.
func (p *discordParser) noQuotes(s string) (t Text) {
	for line := range strings.SplitSeq(s, "\n") {
		t = append(t, p.block(line)...)
	}
	return t
}

// codeBlock is what stands between fences: the first line is the language where it is one word.
func codeBlock(s string) Block {
	first, rest, more := strings.Cut(s, "\n")
	if !more {
		return Block{Kind: Code, Code: s}
	}
	code := strings.TrimSuffix(rest, "\n")
	if strings.IndexFunc(first, notInLanguage) >= 0 {
		return Block{Kind: Code, Code: first + "\n" + code}
	}
	return Block{Kind: Code, Lang: first, Code: code}
}

func notInLanguage(r rune) bool {
	return !(r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("+-._#", r)))
}

// block reads one line.
func (p *discordParser) block(line string) Text {
	for level := 3; level > 0; level-- {
		if rest, is := strings.CutPrefix(line, "###"[:level]+" "); is && strings.TrimSpace(rest) != "" {
			return Text{{Kind: Heading, Level: level, Spans: p.spans(strings.TrimLeft(rest, " "))}}
		}
	}
	if rest, is := strings.CutPrefix(line, "-# "); is && rest != "" {
		return Text{{Spans: p.spans(rest)}}
	}
	indented := strings.TrimLeft(line, " ")
	level := (len(line) - len(indented)) / 2
	for _, bullet := range []string{"- ", "* "} {
		if rest, is := strings.CutPrefix(indented, bullet); is && rest != "" {
			return Text{{Kind: Item, Level: level, Spans: p.spans(rest)}}
		}
	}
	if digits, rest, is := strings.Cut(indented, ". "); is && rest != "" && len(digits) < 10 {
		if n, err := strconv.Atoi(digits); err == nil && n > 0 && digits[0] != '+' && digits[0] != '0' {
			return Text{{Kind: Item, Level: level, Number: n, Spans: p.spans(rest)}}
		}
	}
	return Text{{Spans: p.spans(line)}}
}

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

// spans reads the formats of a line.
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

// special reads what is neither text nor a delimiter: an escape, code, a link, a mention.
func (p *discordParser) special(line string, i int, unclosed *[256]bool) (Span, int) {
	rest := line[i:]
	switch rest[0] {
	case '\\':
		if r, n := utf8.DecodeRuneInString(rest[1:]); n > 0 && r < utf8.RuneSelf && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			return Span{Text: rest[1 : 1+n]}, 1 + n
		}
	case '`':
		return discordCodeSpan(rest, unclosed)
	case '[':
		return maskedLink(rest, unclosed)
	case '<':
		return p.angled(rest, unclosed)
	case 'h':
		if n := bareURL(rest); n > 0 {
			return Span{Text: rest[:n]}, n
		}
	}
	return Span{}, 0
}

func discordCodeSpan(rest string, unclosed *[256]bool) (Span, int) {
	n := len(rest) - len(strings.TrimLeft(rest, "`"))
	if n > 2 || unclosed[n] {
		return Span{Text: rest[:n]}, n
	}
	fence := rest[:n]
	for at := n; ; {
		end := strings.Index(rest[at:], fence)
		if end < 0 {
			unclosed[n] = true
			return Span{Text: fence}, n
		}
		end += at
		run := len(rest[end:]) - len(strings.TrimLeft(rest[end:], "`"))
		if run == n && end > n {
			code := rest[n:end]
			if n == 2 && len(code) > 2 && code[0] == ' ' && code[len(code)-1] == ' ' {
				code = code[1 : len(code)-1]
			}
			return Span{Text: code, Style: Monospace}, end + n
		}
		at = end + run
	}
}

// maskedLink reads "[label](address)".
func maskedLink(rest string, unclosed *[256]bool) (Span, int) {
	if unclosed['['] {
		return Span{}, 0
	}
	middle := strings.Index(rest, "](")
	if middle < 0 {
		unclosed['['] = true
		return Span{}, 0
	}
	label, address := rest[1:middle], rest[middle+2:]
	end := strings.IndexAny(address, ") \n")
	if end < 0 || address[end] != ')' || strings.ContainsAny(label, "[") || strings.TrimSpace(label) == "" {
		return Span{}, 0
	}
	length := middle + 2 + end + 1
	address = strings.TrimSuffix(strings.TrimPrefix(address[:end], "<"), ">")
	if bareURL(address) == 0 {
		return Span{}, 0
	}
	return Span{Text: unescape(label), Ref: Ref{Kind: Link, URL: address}}, length
}

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && s[i+1] < utf8.RuneSelf && (unicode.IsPunct(rune(s[i+1])) || unicode.IsSymbol(rune(s[i+1]))) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// bareURL is the length of an address that s begins with, 0 where there is none.
func bareURL(s string) int {
	if !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
		return 0
	}
	n := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '<' || r == '>' })
	if n < 0 {
		n = len(s)
	}
	return n
}

// angled reads what stands in angle brackets.
func (p *discordParser) angled(rest string, unclosed *[256]bool) (Span, int) {
	if unclosed['<'] {
		return Span{}, 0
	}
	end := strings.IndexByte(rest, '>')
	if end < 0 {
		unclosed['<'] = true
		return Span{}, 0
	}
	inner, n := rest[1:end], end+1
	shown := func(sign, id string, kind DiscordMention) string {
		if name := p.name(kind, id); name != "" {
			return sign + cleanLine(name)
		}
		return sign + id
	}
	switch {
	case strings.HasPrefix(inner, "@&") && isID(inner[2:]):
		return Span{Text: shown("@", inner[2:], DiscordRole)}, n
	case strings.HasPrefix(inner, "@"):
		if id := strings.TrimPrefix(inner[1:], "!"); isID(id) {
			return Span{Text: shown("@", id, DiscordUser), Ref: Ref{Kind: MentionUser, ID: id}}, n
		}
	case strings.HasPrefix(inner, "#") && isID(inner[1:]):
		return Span{Text: shown("#", inner[1:], DiscordChannel), Ref: Ref{Kind: MentionRoom, ID: inner}}, n
	case strings.HasPrefix(inner, ":"), strings.HasPrefix(inner, "a:"):
		animated := inner[0] == 'a'
		name, id, ok := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(inner, "a"), ":"), ":")
		if ok && isID(id) && name != "" && strings.IndexFunc(name, func(r rune) bool { return !isDiscordWord(r) }) < 0 {
			return Span{Text: ":" + name + ":", Ref: Ref{Kind: Emoji, ID: id, URL: p.image(id, animated)}}, n
		}
	case strings.HasPrefix(inner, "t:"):
		seconds, style, _ := strings.Cut(inner[2:], ":")
		if at, err := strconv.ParseInt(seconds, 10, 64); err == nil && at > -1e11 && at < 2e11 {
			return Span{Text: time.Unix(at, 0).UTC().Format(timeLayout(style))}, n
		}
	case strings.HasPrefix(inner, "/"):
		if name, id, ok := strings.Cut(inner, ":"); ok && isID(id) {
			return Span{Text: name}, n
		}
	case bareURL(inner) > 0 && bareURL(inner) == len(inner):
		return Span{Text: inner}, n
	}
	return Span{}, 0
}

// timeLayout is how a timestamp of a style is shown (Message Formatting, Timestamp Styles).
func timeLayout(style string) string {
	switch style {
	case "t":
		return "15:04 UTC"
	case "T":
		return "15:04:05 UTC"
	case "d", "D":
		return "2006-01-02"
	}
	return "2006-01-02 15:04 UTC"
}

func isID(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}
