package text_test

import (
	"strings"
	"testing"

	"isthmus/mapping/text"
)

func names(kind text.DiscordMention, id string) string {
	return map[text.DiscordMention]map[string]string{text.DiscordUser: {"1": "Ida"}, text.DiscordRole: {"2": "staff"}, text.DiscordChannel: {"3": "lobby"}}[kind][id]
}

func image(id string, animated bool) string {
	if animated {
		return "https://cdn/" + id + ".gif"
	}
	return "https://cdn/" + id + ".png"
}

func TestDiscordIsRead(t *testing.T) {
	styled := func(style text.Style, s string) text.Span { return text.Span{Text: s, Style: style} }
	for in, want := range map[string]text.Text{
		"":                                  nil,
		"plain":                             {line("plain")},
		"a **b** c":                         {line("a ", styled(text.Bold, "b"), " c")},
		"*i* _j_ __u__ ~~s~~ ||x||":         {line(styled(text.Italic, "i"), " ", styled(text.Italic, "j"), " ", styled(text.Underline, "u"), " ", styled(text.Strike, "s"), " ", styled(text.Spoiler, "x"))},
		"***both***":                        {line(styled(text.Bold|text.Italic, "both"))},
		"**a *b* c**":                       {line(styled(text.Bold, "a "), styled(text.Bold|text.Italic, "b"), styled(text.Bold, " c"))},
		"snake_case_name 2 * 3 * 4":         {line("snake_case_name 2 * 3 * 4")},
		`\*no\* **open`:                     {line("*no* **open")},
		"`a*b*` ``c`d``":                    {line(styled(text.Monospace, "a*b*"), " ", styled(text.Monospace, "c`d"))},
		"[label](https://x.example/a)":      {line(text.Span{Text: "label", Ref: text.Ref{Kind: text.Link, URL: "https://x.example/a"}})},
		"https://x.example/a_b_c *i*":       {line("https://x.example/a_b_c ", styled(text.Italic, "i"))},
		"<https://x.example>":               {line("https://x.example")},
		"<@1> <@!1> <@9>":                   {line(text.Span{Text: "@Ida", Ref: text.Ref{Kind: text.MentionUser, ID: "1"}}, " ", text.Span{Text: "@Ida", Ref: text.Ref{Kind: text.MentionUser, ID: "1"}}, " ", text.Span{Text: "@9", Ref: text.Ref{Kind: text.MentionUser, ID: "9"}})},
		"<@&2> in <#3>":                     {line("@staff in ", text.Span{Text: "#lobby", Ref: text.Ref{Kind: text.MentionRoom, ID: "#3"}})},
		"<a:wave:77>":                       {line(text.Span{Text: ":wave:", Ref: text.Ref{Kind: text.Emoji, ID: "77", URL: "https://cdn/77.gif"}})},
		"at <t:1700000000:f>":               {line("at 2023-11-14 22:13 UTC")},
		"# Big\n-# small\n- a\n  - b\n2. c": {{Kind: text.Heading, Level: 1, Spans: spans("Big")}, line("small"), {Kind: text.Item, Spans: spans("a")}, {Kind: text.Item, Level: 1, Spans: spans("b")}, {Kind: text.Item, Number: 2, Spans: spans("c")}},
		"**a\nb** ||c\n\nd||":               {line(styled(text.Bold, "a")), line(styled(text.Bold, "b"), " ", styled(text.Spoiler, "c")), {}, line(styled(text.Spoiler, "d"))},
		"*a\n- b*":                          {line("*a"), {Kind: text.Item, Spans: spans("b*")}},
		"> ```\n> f()\n> ```\nc":            {quote(text.Block{Kind: text.Code, Code: "f()"}), line("c")},
		"> a\n> b\nc":                       {quote(line("a"), line("b")), line("c")},
		">>> a\nb":                          {quote(line("a"), line("b"))},
		"x ```go\nf()\n``` y":               {line("x "), {Kind: text.Code, Lang: "go", Code: "f()"}, line(" y")},
		"```one```":                         {{Kind: text.Code, Code: "one"}},
		"a\n\nb":                            {line("a"), {}, line("b")},
		"#hash -dash 1.5 > x":               {line("#hash -dash 1.5 > x")},
		"|| **hid**den ||":                  {line(styled(text.Spoiler, " "), styled(text.Spoiler|text.Bold, "hid"), styled(text.Spoiler, "den "))},
	} {
		if got := text.ParseDiscord(in, names, image); !got.Equal(want) {
			t.Errorf("%q\n is  %#v\nwant %#v", in, got, want)
		}
	}
}

func TestTextStaysTextOnDiscord(t *testing.T) {
	for _, s := range []string{"a*b*c", "_x_", "**b**", "~~s~~", "||x||", "`c`", "> q", "# h", "- i", "1. one", "<@1>", "[l](https://x.example)", `back\slash`, "https://x.example/a_b_*c*",
		"-# small", ">>> all", "a_b_c", "```\nx\n```"} {
		written := text.Plain(s).Discord()
		if got := text.ParseDiscord(written, names, image); !got.Equal(text.Plain(s)) {
			t.Errorf("%q is written as %q, which is read as %#v", s, written, got)
		}
	}
}

// discordWords are what texts are made of whose writing is read as the same again.
var discordWords = []string{"a", "word", "é", "日本", "😀", "5", "*", "_", "~", "|", "`x", "#", ">", "<", "[", "]", "\\", "x y", "(", ".", "-"}

func FuzzDiscordIsReadAsItWasWritten(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var tree text.Text
		for len(data) > 1 {
			n := int(data[0]%4) + 1
			data = data[1:]
			var all []text.Span
			for range n {
				if len(data) < 2 {
					break
				}
				s := text.Span{Text: discordWords[int(data[0])%len(discordWords)], Style: text.Style(data[1]) & (text.Bold | text.Italic | text.Underline | text.Strike | text.Spoiler)}
				all, data = append(all, s), data[2:]
			}
			tree = append(tree, text.Block{Spans: all})
		}
		tree = tree.Canonical()
		got := text.ParseDiscord(tree.Discord(), nil, nil)
		if plain(got) != plain(tree) {
			t.Errorf("%#v\nis written as %q,\nread as %#v", tree, tree.Discord(), got)
		}
	})
}

// plain is the text without what keeps signs apart.
func plain(t text.Text) string { return strings.ReplaceAll(t.String(), "\u200b", "") }

func FuzzParseDiscord(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Add("[[[[[](((")
	f.Add("<<<<@1>")
	f.Fuzz(func(t *testing.T, s string) {
		got := text.ParseDiscord(s, names, image)
		if !got.Equal(got.Canonical()) {
			t.Errorf("%q is not canonical: %#v", s, got)
		}
		if !legalXML(got.String()) {
			t.Errorf("%q gives %q", s, got.String())
		}
		_ = got.Discord()
	})
}
