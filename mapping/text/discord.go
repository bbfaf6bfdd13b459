package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Discord is t in Discord's markdown (Discord API Reference, Message Formatting). What was text stays text: signs that would be read as markup are
// escaped, but for those in addresses. Colours are left out. Whom a message tells Discord is told beside it, everyone (CallEveryone) too.
func (t Text) Discord() string {
	var b strings.Builder
	for i, line := range discordLines(t.Canonical(), 0) {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	return b.String()
}

// discordLines are the lines of blocks. Quotes in quotes have no form of their own: they are one.
func discordLines(t Text, depth int) (lines []string) {
	for _, b := range t {
		switch b.Kind {
		case Quote:
			inner := discordLines(b.Children, depth+1)
			if depth == 0 {
				for i := range inner {
					inner[i] = "> " + inner[i]
				}
			}
			lines = append(lines, inner...)
		case Code:
			lines = append(lines, discordCode(b, depth)...)
		case Heading:
			lines = append(lines, strings.Repeat("#", min(max(b.Level, 1), 3))+" "+discordSpans(b.Spans))
		case Item:
			mark := "- "
			if b.Number > 0 {
				mark = strconv.Itoa(b.Number) + ". "
			}
			lines = append(lines, strings.Repeat("  ", min(max(b.Level, 0), maxDepth))+mark+discordSpans(b.Spans))
		default:
			lines = append(lines, guardLine(discordSpans(b.Spans)))
		}
	}
	return lines
}

// zeroWidth stands where two signs must not be read as one.
const zeroWidth = "\u200b"

func discordCode(b Block, depth int) []string {
	code := strings.ReplaceAll(b.Code, "```", "`"+zeroWidth+"``")
	if depth > 0 { // a fence in a quote would not be read as one
		var lines []string
		for line := range strings.SplitSeq(code, "\n") {
			lines = append(lines, discordSpans([]Span{{Text: line, Style: Monospace}}))
		}
		return lines
	}
	lang := b.Lang
	if strings.IndexFunc(lang, notInLanguage) >= 0 {
		lang = ""
	}
	return append(append([]string{"```" + lang}, strings.Split(code, "\n")...), "```")
}

// guardLine keeps a line from being read as a quote, a heading or an item.
func guardLine(line string) string {
	rest := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(rest)]
	switch {
	case rest == "":
	case strings.HasPrefix(rest, "> "), strings.HasPrefix(rest, ">>> "), rest == ">", strings.HasPrefix(rest, "- "), strings.HasPrefix(rest, "-# "),
		strings.HasPrefix(strings.TrimLeft(rest, "#"), " ") && rest[0] == '#':
		return indent + `\` + rest
	default:
		if digits := strings.TrimLeft(rest, "0123456789"); len(digits) < len(rest) && strings.HasPrefix(digits, ". ") {
			return indent + rest[:len(rest)-len(digits)] + `\` + digits
		}
	}
	return line
}

// discordMarks are the delimiters, outermost first. Which one italics have depends on what is beside them.
var discordMarks = []struct {
	style Style
	mark  string
}{{Spoiler, "||"}, {Strike, "~~"}, {Underline, "__"}, {Bold, "**"}, {Italic, "_"}}

const discordStyles = Spoiler | Strike | Underline | Bold | Italic

// discordSpans is a line. Delimiters are nested in one order, and closed and opened again where a style inside goes on.
func discordSpans(spans []Span) string {
	pieces := discordPieces(spans)
	var b strings.Builder
	var open Style
	italic := "_" // the delimiter that is open
	for i := 0; i <= len(pieces); i++ {
		var want Style
		if i < len(pieces) {
			want = pieces[i].Style & discordStyles
		}
		keep := 0
		for keep < len(discordMarks) && (open^want)&discordMarks[keep].style == 0 {
			keep++
		}
		for k := len(discordMarks) - 1; k >= keep; k-- {
			if open&discordMarks[k].style != 0 {
				b.WriteString(markOf(k, italic))
				open &^= discordMarks[k].style
			}
		}
		if i == len(pieces) {
			break
		}
		for k := keep; k < len(discordMarks); k++ {
			if want&discordMarks[k].style == 0 {
				continue
			}
			if discordMarks[k].style == Italic {
				italic = italicMark(b.String(), want, pieces[i:])
			}
			if mark := markOf(k, italic); b.Len() > 0 && strings.HasSuffix(b.String(), mark[:1]) {
				b.WriteString(zeroWidth) // what was closed before must not run into it
			}
			b.WriteString(markOf(k, italic))
			open |= discordMarks[k].style
		}
		b.WriteString(pieces[i].Text)
	}
	return b.String()
}

func markOf(k int, italic string) string {
	if discordMarks[k].style == Italic {
		return italic
	}
	return discordMarks[k].mark
}

// italicMark is "_", but "*" within a word, where the other is not read, and beside an underline's, with which it would be one.
func italicMark(before string, with Style, pieces []Span) string {
	if with&(Underline|Bold) == Underline {
		return "*"
	}
	if last, _ := utf8.DecodeLastRuneInString(before); before != "" && isDiscordWord(last) {
		return "*"
	}
	for _, p := range pieces {
		if p.Style&Italic == 0 {
			if first, _ := utf8.DecodeRuneInString(p.Text); isDiscordWord(first) {
				return "*"
			}
			break
		}
	}
	return "_"
}

// discordPieces are spans with their text as it is written. White space at the edge of a style stands outside of it.
func discordPieces(spans []Span) (pieces []Span) {
	for i, s := range spans {
		style := s.Style & discordStyles
		written := ""
		switch {
		case s.Ref.Kind == CallEveryone && s.Ref.ID == "here":
			written = "@here"
		case s.Ref.Kind == CallEveryone:
			written = "@everyone"
		case s.Ref.Kind == MentionUser && isID(s.Ref.ID):
			written = "<@" + s.Ref.ID + ">"
		case s.Ref.Kind == MentionRoom && isID(strings.TrimPrefix(s.Ref.ID, "#")):
			written = "<#" + strings.TrimPrefix(s.Ref.ID, "#") + ">"
		case s.Ref.Kind == Emoji && isID(s.Ref.ID) && strings.HasPrefix(s.Text, ":") && strings.Trim(s.Text, ":") != "":
			animated := ""
			if strings.HasSuffix(s.Ref.URL, ".gif") {
				animated = "a"
			}
			written = "<" + animated + ":" + strings.Trim(s.Text, ":") + ":" + s.Ref.ID + ">"
		case s.Ref.Kind == Link && bareURL(s.Ref.URL) == len(s.Ref.URL) && s.Ref.URL != "" && !strings.ContainsAny(s.Ref.URL, "()"):
			if i > 0 && spans[i-1].Ref == s.Ref {
				continue // the label is written with its first span
			}
			label := s.Text
			for _, more := range spans[i+1:] {
				if more.Ref != s.Ref {
					break
				}
				label += more.Text
			}
			if sameAddress(label, s.Ref.URL) || strings.ContainsAny(label, "[]") || bareURL(label) > 0 || strings.Contains(label, "://") {
				written, style = s.Ref.URL, 0
				if !sameAddress(label, s.Ref.URL) {
					written = escapeDiscord(label) + " <" + s.Ref.URL + ">"
				}
			} else {
				written = "[" + escapeDiscord(label) + "](" + s.Ref.URL + ")"
			}
		case s.Style&Monospace != 0:
			written = discordInlineCode(s.Text)
		}
		if written != "" {
			pieces = append(pieces, Span{Text: written, Style: style})
			continue
		}
		core := strings.TrimLeftFunc(s.Text, unicode.IsSpace)
		lead := s.Text[:len(s.Text)-len(core)]
		core = strings.TrimRightFunc(core, unicode.IsSpace)
		trail := s.Text[len(lead)+len(core):]
		if style == 0 || core == "" {
			pieces = append(pieces, Span{Text: escapeDiscord(s.Text)})
			continue
		}
		if lead != "" {
			pieces = append(pieces, Span{Text: lead})
		}
		if strings.Contains(core, "://") { // its end would be read as a part of the address
			pieces = append(pieces, Span{Text: escapeDiscord(core)})
		} else {
			pieces = append(pieces, Span{Text: escapeDiscord(core), Style: style})
		}
		if trail != "" {
			pieces = append(pieces, Span{Text: trail})
		}
	}
	return pieces
}

func discordInlineCode(s string) string {
	if strings.TrimSpace(s) == "" {
		return s
	}
	if !strings.Contains(s, "`") {
		return "`" + s + "`"
	}
	return "`` " + strings.ReplaceAll(s, "``", "`"+zeroWidth+"`") + " ``"
}

// escapeDiscord writes text so that nothing in it is markup. Addresses stay as they are.
func escapeDiscord(s string) string {
	if !strings.ContainsAny(s, "\\*_~|`<[") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == 'h' {
			if n := bareURL(s[i:]); n > 0 {
				b.WriteString(s[i : i+n])
				i += n
				continue
			}
		}
		if strings.IndexByte("\\*_~|`<[", s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}
