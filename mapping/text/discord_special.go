package text

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

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
