package text

import (
	"strconv"
	"strings"
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
	return p.blocks(Clean(s), true).Canonical()
}

type discordParser struct {
	name  func(DiscordMention, string) string
	image func(string, bool) string
}

// blocks reads lines, and blocks of code, which may begin and end within lines. Quotes are not nested.
func (p *discordParser) blocks(s string, quotes bool) (t Text) {
	var lines, quoted []string // those that are not read yet
	flush := func() {
		t = append(t, p.lines(lines)...)
		if quoted != nil {
			t = append(t, Block{Kind: Quote, Children: p.blocks(strings.Join(quoted, "\n"), false)})
		}
		lines, quoted = nil, nil
	}
	for s != "" {
		line, rest, more := strings.Cut(s, "\n")
		if quotes {
			if all, is := strings.CutPrefix(s, ">>> "); is {
				flush()
				return append(t, Block{Kind: Quote, Children: p.blocks(all, false)})
			}
			inner, is := strings.CutPrefix(line, "> ")
			if is || line == ">" && quoted != nil {
				if quoted == nil {
					flush()
				}
				quoted, s = append(quoted, strings.TrimPrefix(inner, ">")), rest
				continue
			}
			if quoted != nil {
				flush()
			}
		}
		if at := strings.Index(line, "```"); at >= 0 {
			if end := strings.Index(s[at+3:], "```"); end >= 0 {
				if before := s[:at]; before != "" {
					lines = append(lines, before)
				}
				flush()
				t = append(t, codeBlock(s[at+3:at+3+end]))
				s = strings.TrimPrefix(s[at+3+end+3:], "\n")
				continue
			}
		}
		lines, s = append(lines, line), rest
		if more && rest == "" {
			lines = append(lines, "")
		}
	}
	flush()
	return t
}

// lines reads lines of text: styles may go on from one to the next, but not into one that is of another kind.
func (p *discordParser) lines(all []string) (t Text) {
	for len(all) > 0 {
		if b, is := p.block(all[0]); is {
			t, all = append(t, b), all[1:]
			continue
		}
		n := 1
		for n < len(all) {
			if _, is := p.block(all[n]); is {
				break
			}
			n++
		}
		b := Block{}
		for _, span := range p.spans(strings.Join(all[:n], "\n")) {
			for i, part := range strings.Split(span.Text, "\n") {
				if i > 0 {
					t, b = append(t, b), Block{}
				}
				if span.Text = part; part != "" {
					b.Spans = append(b.Spans, span)
				}
			}
		}
		t, all = append(t, b), all[n:]
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

// block reads a line that is more than text.
func (p *discordParser) block(line string) (Block, bool) {
	for level := 3; level > 0; level-- {
		if rest, is := strings.CutPrefix(line, "###"[:level]+" "); is && strings.TrimSpace(rest) != "" {
			return Block{Kind: Heading, Level: level, Spans: p.spans(strings.TrimLeft(rest, " "))}, true
		}
	}
	if rest, is := strings.CutPrefix(line, "-# "); is && rest != "" {
		return Block{Spans: p.spans(rest)}, true
	}
	indented := strings.TrimLeft(line, " ")
	level := (len(line) - len(indented)) / 2
	for _, bullet := range []string{"- ", "* "} {
		if rest, is := strings.CutPrefix(indented, bullet); is && rest != "" {
			return Block{Kind: Item, Level: level, Spans: p.spans(rest)}, true
		}
	}
	if digits, rest, is := strings.Cut(indented, ". "); is && rest != "" && len(digits) < 10 {
		if n, err := strconv.Atoi(digits); err == nil && n > 0 && digits[0] != '+' && digits[0] != '0' {
			return Block{Kind: Item, Level: level, Number: n, Spans: p.spans(rest)}, true
		}
	}
	return Block{}, false
}
