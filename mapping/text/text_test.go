package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"isthmus/mapping/text"
)

func TestPlainTextKeepsItsLines(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{"", ""},
		{"hello", "hello"},
		{"a\nb", "a\nb"},
		{"a\r\nb\rc", "a\nb\nc"},
		{"\n\na\n", "\n\na\n"},
		{"tab\tstays", "tab\tstays"},
		{"*not* _styled_ > `here`", "*not* _styled_ > `here`"},
		{"bad \xff utf-8", "bad \uFFFD utf-8"},
		{"no\x00 \x01control\x1b characters\ufffe", "no control characters"},
	} {
		if got := text.Plain(c.in).String(); got != c.out {
			t.Errorf("Plain(%q) reads %q, want %q", c.in, got, c.out)
		}
	}
}

func TestATreeReadsAlikeInEveryDialect(t *testing.T) {
	link := func(label, url string) text.Span {
		return text.Span{Text: label, Ref: text.Ref{Kind: text.Link, URL: url}}
	}
	for name, c := range map[string]struct {
		in                  text.Text
		plain, styling, irc string
	}{
		"a quote in a quote, with an empty line": {
			text.Text{quote(quote(line("deep")), line(), line("back")), line("mine")},
			"> > deep\n>\n> back\nmine", "> > deep\n>\n> back\nmine", "> > deep\n>\n> back\nmine",
		},
		"code keeps its lines and loses its fences": {
			text.Text{{Kind: text.Code, Lang: "go", Code: "a\n\n  b"}},
			"a\n\n  b", "```go\na\n\n  b\n```", "a\n  b",
		},
		"code cannot end its own block": {
			text.Text{{Kind: text.Code, Lang: "two words", Code: "```\nx"}},
			"```\nx", "```\n ```\nx\n```", "```\nx",
		},
		"items and headings": {
			text.Text{
				{Kind: text.Heading, Level: 1, Spans: spans("Title")},
				{Kind: text.Item, Spans: spans("one")},
				{Kind: text.Item, Level: 1, Number: 2, Spans: spans("two")},
			},
			"Title\n• one\n  2. two", "*Title*\n• one\n  2. two", "\x02Title\n• one\n  2. two",
		},
		"inline code and a spoiler": {
			text.Text{line(text.Span{Text: "ls -l", Style: text.Monospace}, " ", text.Span{Text: "he dies", Style: text.Spoiler})},
			"ls -l he dies", "`ls -l` ||he dies||", "`ls -l` ||he dies||",
		},
		"a spoiler in two formats has its bars once": {
			text.Text{line(text.Span{Text: "he ", Style: text.Spoiler}, text.Span{Text: "dies", Style: text.Spoiler | text.Bold})},
			"he dies", "||he *dies||*", "||he \x02dies||",
		},
		"links say where they lead, once": {
			text.Text{line(link("docs", "https://a.example/"), " ", link("a.example", "https://a.example/"), " ", link("", "https://b.example"))},
			"docs <https://a.example/> a.example https://b.example",
			"docs <https://a.example/> a.example https://b.example",
			"docs <https://a.example/> a.example https://b.example",
		},
		"a label in two formats has its address once": {
			text.Text{line(
				text.Span{Text: "the ", Ref: text.Ref{Kind: text.Link, URL: "x:y"}},
				text.Span{Text: "docs", Style: text.Bold, Ref: text.Ref{Kind: text.Link, URL: "x:y"}})},
			"the docs <x:y>", "the *docs* <x:y>", "the \x02docs\x0f <x:y>",
		},
		"mentions and emoji are their shown names": {
			text.Text{line(
				text.Span{Text: "@alice", Ref: text.Ref{Kind: text.MentionUser, ID: "U1"}}, " ",
				text.Span{Text: ":party:", Ref: text.Ref{Kind: text.Emoji, ID: "7", URL: "https://x/7.png"}})},
			"@alice :party:", "@alice :party:", "@alice :party:",
		},
		"a hand-made tree cannot break out of its line": {
			text.Text{line("a\r\nQUIT\x00\x01"), {Kind: text.Code, Code: "b\rNICK x"}},
			"a QUIT\nb\nNICK x", "a QUIT\n```\nb\nNICK x\n```", "a QUIT\nb\nNICK x",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.in.String(); got != c.plain {
				t.Errorf("plain: %q, want %q", got, c.plain)
			}
			if got := c.in.Styling(); got != c.styling {
				t.Errorf("styling: %q, want %q", got, c.styling)
			}
			if got := strings.Join(c.in.IRC(), "\n"); got != c.irc {
				t.Errorf("IRC: %q, want %q", got, c.irc)
			}
		})
	}
}

func TestCanonicalGivesOneShapeToWhatReadsAlike(t *testing.T) {
	user := text.Span{Text: "@al", Ref: text.Ref{Kind: text.MentionUser, ID: "1"}}
	for name, c := range map[string]struct{ in, want text.Text }{
		"nothing":                 {text.Text{line()}, nil},
		"a span without text":     {text.Text{line("", "a", "")}, text.Text{line("a")}},
		"adjacent equal spans":    {text.Text{line("a", "b", "c")}, text.Text{line("abc")}},
		"two mentions stay two":   {text.Text{line(user, user)}, text.Text{line(user, user)}},
		"a line break in a span":  {text.Text{line("a\nb\n", "c")}, text.Text{line("a"), line("b"), line("c")}},
		"control characters":      {text.Text{line("a\x01b")}, text.Text{line("ab")}},
		"adjacent quotes":         {text.Text{quote(quote(line("a"))), quote(quote(line("b")))}, text.Text{quote(quote(line("a"), line("b")))}},
		"an empty quote":          {text.Text{quote(), line("a")}, text.Text{line("a")}},
		"fields of another kind":  {text.Text{{Kind: text.Quote, Lang: "x", Children: text.Text{line("a")}}}, text.Text{quote(line("a"))}},
		"the language of no code": {text.Text{{Kind: text.Code, Lang: "go"}}, text.Text{{Kind: text.Code}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.in.Canonical()); diff != "" {
				t.Error(diff)
			}
			if !c.want.Equal(c.in.Canonical()) {
				t.Error("Equal says no")
			}
		})
	}
}

func TestQuotesNestToABound(t *testing.T) {
	deep := text.Text{line("x")}
	for range 10_000 {
		deep = text.Text{quote(deep...)}
	}
	if got, want := deep.Styling(), strings.Repeat("> ", 8)+"x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if diff := cmp.Diff(deep.Canonical(), text.ParseStyling(deep.Styling())); diff != "" {
		t.Error(diff)
	}
	if got := text.ParseStyling(strings.Repeat(">", 100_000)).String(); len(got) > 100_100 {
		t.Errorf("grew to %d bytes", len(got))
	}
}

func TestEmptyMeansNothingToSend(t *testing.T) {
	for in, want := range map[string]bool{"": true, "\n\n": true, "\x02\x03": true, " ": false, "a": false, "\n.": false} {
		if got := text.ParseIRC(in).Empty(); got != want {
			t.Errorf("ParseIRC(%q).Empty() = %v", in, got)
		}
	}
	if !text.ParseStyling("```\n```").Empty() || text.ParseStyling("```\nx").Empty() || text.ParseStyling("> x").Empty() {
		t.Error("wrong for blocks")
	}
}

func FuzzPlainTextIsReadAsItWasCleaned(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean := text.Clean(s)
		if got := text.Plain(s).String(); got != clean {
			t.Fatalf("%q reads %q, want %q", s, got, clean)
		}
		if again := text.Clean(clean); again != clean || !legalXML(clean) {
			t.Fatalf("Clean(%q) = %q", s, clean)
		}
		if p := text.Plain(s); !p.Equal(p.Canonical()) {
			t.Fatalf("Plain(%q) is not canonical", s)
		}
	})
}

// FuzzAnyTreeIsSafeInEveryDialect renders trees that no parser made.
func FuzzAnyTreeIsSafeInEveryDialect(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tree := treeOf(data, wildWords)
		if styling := tree.Styling(); !legalXML(styling) {
			t.Fatalf("not legal in XML: %q", styling)
		}
		if plain := tree.String(); !legalXML(plain) {
			t.Fatalf("not legal in XML: %q", plain)
		}
		for _, line := range tree.IRC() {
			if line == "" || strings.ContainsAny(line, "\r\n\x00\x01") || !utf8.ValidString(line) {
				t.Fatalf("not a line of IRC: %q", line)
			}
		}
		canonical := tree.Canonical()
		if again := canonical.Canonical(); !again.Equal(canonical) {
			t.Fatalf("canonical twice:\n%s", cmp.Diff(canonical, again))
		}
		if tree.Empty() != canonical.Empty() {
			t.Fatal("a tree and its canonical form must both be empty or not")
		}
	})
}
