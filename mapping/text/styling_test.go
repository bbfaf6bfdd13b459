package text_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"isthmus/mapping/text"
)

func bold(s string) text.Span   { return text.Span{Text: s, Style: text.Bold} }
func italic(s string) text.Span { return text.Span{Text: s, Style: text.Italic} }
func strike(s string) text.Span { return text.Span{Text: s, Style: text.Strike} }
func mono(s string) text.Span   { return text.Span{Text: s, Style: text.Monospace} }

// The examples of XEP-0393 §6.2, and what people write beyond them.
func TestDirectivesAreReadWhereTheStandardSaysSo(t *testing.T) {
	both := text.Span{Text: "x", Style: text.Bold | text.Italic}
	for in, want := range map[string][]text.Span{
		"*strong*":                {bold("strong")},
		"plain *strong* plain":    spans("plain ", bold("strong"), " plain"),
		"*strong* plain *strong*": spans(bold("strong"), " plain ", bold("strong")),
		"*strong*plain*":          spans(bold("strong"), "plain*"),
		"* plain *strong*":        spans("* plain ", bold("strong")),
		"not strong*":             spans("not strong*"),
		"*not strong":             spans("*not strong"),
		"*not *strong":            spans("*not *strong"),
		"**":                      spans("**"),
		"***":                     spans("***"),
		"****":                    spans("****"),
		"*not *strong*":           spans(bold("not *strong")),
		"*a _b_":                  spans("*a ", italic("b")),
		"_*x*_":                   {both},
		"*_x_*":                   {both},
		"*a _b* c_":               spans(bold("a _b"), " c_"),
		"*a*_b_":                  spans(bold("a"), "_b_"),
		"(*x*)":                   spans("(*x*)"),
		"snake_case_name":         spans("snake_case_name"),
		"2*3*4":                   spans("2*3*4"),
		"~dis~likes `a*b* c`":     spans(strike("dis"), "likes ", mono("a*b* c")),
		"*`x`*":                   {{Text: "x", Style: text.Bold | text.Monospace}},
		"a\u00a0*b* *\u3000c*":    spans("a\u00a0", bold("b"), " *\u3000c*"),
		"*é*":                     {bold("é")},
	} {
		if diff := cmp.Diff(text.Text{{Spans: want}}, text.ParseStyling(in)); diff != "" {
			t.Errorf("%q:\n%s", in, diff)
		}
	}
}

// XEP-0393 §6.1
func TestBlocksAreReadWhereTheStandardSaysSo(t *testing.T) {
	code := func(lang, code string) text.Block { return text.Block{Kind: text.Code, Lang: lang, Code: code} }
	for in, want := range map[string]text.Text{
		"*not\nstrong*":          {line("*not"), line("strong*")},
		"> a\n> b\nc":            {quote(line("a"), line("b")), line("c")},
		">> deep\n> back":        {quote(quote(line("deep")), line("back"))},
		">\nfoo":                 {quote(line()), line("foo")},
		">  two spaces":          {quote(line(" two spaces"))},
		" > no quote":            {line(" > no quote")},
		"> a\n\n> b":             {quote(line("a")), line(), quote(line("b"))},
		"```go\nx *y*\n```\nz":   {code("go", "x *y*"), line("z")},
		"```\na\n ```\n``` \nb":  {code("", "a\n ```\n``` \nb")},
		"> ```\n> x\n>  y\nz":    {quote(code("", "x\n y")), line("z")},
		"```one line```":         {code("", "one line```")},
		"```said and gone":       {code("", "said and gone")},
		"```go":                  {code("", "go")},
		"```":                    {line("```")},
		"> *a*":                  {quote(line(bold("a")))},
		"a ```b\n*c*":            {line("a ```b"), line(bold("c"))},
		"\n":                     {line(), line()},
		"\x01\x02":               nil,
		"bad\xffutf\x00 \ufffe*": {line("bad\uFFFDutf *")},
	} {
		if diff := cmp.Diff(want, text.ParseStyling(in)); diff != "" {
			t.Errorf("%q:\n%s", in, diff)
		}
	}
}

func TestDirectivesAreWrittenOnlyWhereTheyWillBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		in   []text.Span
		want string
	}{
		"a word":                           {spans("a ", bold("b"), " c"), "a *b* c"},
		"spaces move out":                  {spans("a", bold(" b "), "c"), "a *b* c"},
		"not within a word":                {spans("foo", bold("bar")), "foobar"},
		"the beginning of a word":          {spans(bold("foo"), "bar"), "*foo*bar"},
		"only spaces":                      {spans("a", bold("  "), "b"), "a  b"},
		"nested":                           {spans(bold("a "), text.Span{Text: "b", Style: text.Bold | text.Italic}), "*a _b_*"},
		"overlapping":                      {spans(bold("a "), text.Span{Text: "b", Style: text.Bold | text.Italic}, italic(" c")), "*a _b_* _c_"},
		"bold code":                        {spans(text.Span{Text: "x", Style: text.Bold | text.Monospace}), "*`x`*"},
		"a directive in it":                {spans(bold("2*3")), "2*3"},
		"code with a backtick":             {spans(mono("a`b")), "a`b"},
		"an asterisk before it":            {spans("*a ", bold("b")), "*a b"},
		"a far one does no harm":           {spans("* ", bold("b")), "* *b*"},
		"literal directives stay":          {spans("*x*"), "*x*"},
		"what is not understood alone":     {spans("x", bold("y"), " ", italic("z")), "xy _z_"},
		"colour, underline, reverse":       {spans(text.Span{Text: "x", Style: text.Underline | text.Reverse, Fore: text.Palette(4)}), "x"},
		"two words in turn, one bold each": {spans(bold("a"), " ", bold("b")), "*a* *b*"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (text.Text{{Spans: c.in}}).Styling(); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// withoutDirectives is s without characters that may be directives or white space, which can change sides with them.
func withoutDirectives(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("*_~`>", r) || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// readAll is the plain text of a tree with the languages of its code blocks.
func readAll(t text.Text) string {
	all := ""
	for _, b := range t {
		all += b.Lang + readAll(b.Children) + text.Text{{Kind: b.Kind, Spans: b.Spans, Code: b.Code}}.String()
	}
	return all
}

func FuzzStylingIsReadWithoutHarm(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tree := text.ParseStyling(s)
		if !tree.Equal(tree.Canonical()) {
			t.Fatalf("%q is not canonical:\n%s", s, cmp.Diff(tree.Canonical(), tree))
		}
		if got, want := withoutDirectives(readAll(tree)), withoutDirectives(text.Clean(s)); got != want {
			t.Fatalf("%q lost text: %q, want %q", s, got, want)
		}
		if !strings.ContainsAny(tree.String(), "*_~`>") {
			if diff := cmp.Diff(tree, text.ParseStyling(tree.Styling())); diff != "" {
				t.Fatalf("%q written again as %q:\n%s", s, tree.Styling(), diff)
			}
		}
	})
}

// FuzzStylingThatIsWrittenIsReadAsMeant writes trees whose text holds no directives.
func FuzzStylingThatIsWrittenIsReadAsMeant(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tree := treeOf(data, tameWords)
		written := tree.Styling()
		read := text.ParseStyling(written)
		if got, want := squeezed(read), squeezed(tree); got != want {
			t.Fatalf("%q reads %q, want %q", written, got, want)
		}
		if again := text.ParseStyling(read.Styling()); !again.Equal(read) {
			t.Fatalf("%q written again as %q:\n%s", written, read.Styling(), cmp.Diff(read, again))
		}
		meant := stylesOf(barred(tree))
		for style, n := range stylesOf(read) {
			if n > meant[style] {
				t.Fatalf("%q: style %b on %d bytes, meant on %d", written, style, n, meant[style])
			}
		}
	})
}

// FuzzWholeWordsKeepTheirStyles: where every word has one style and spaces stand between, nothing may be lost.
func FuzzWholeWordsKeepTheirStyles(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0, 15, 4, 5, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		var in []text.Span
		for i, c := range data {
			if i > 0 {
				in = append(in, text.Span{Text: " "})
			}
			in = append(in, text.Span{Text: "w", Style: text.Style(c) & (text.Bold | text.Italic | text.Strike | text.Monospace)})
		}
		want := text.Text{{Spans: in}}.Canonical()
		if got := text.ParseStyling(want.Styling()); !got.Equal(want) {
			t.Fatalf("%q:\n%s", want.Styling(), cmp.Diff(want, got))
		}
	})
}

// barred is a tree with the bars of its spoilers as text, as styling shows them.
func barred(t text.Text) text.Text {
	var out text.Text
	for _, b := range t {
		var in []text.Span
		for i, s := range b.Spans {
			bars := text.Span{Text: "||", Style: s.Style &^ text.Spoiler}
			if s.Style&text.Spoiler != 0 && (i == 0 || b.Spans[i-1].Style&text.Spoiler == 0) {
				in = append(in, bars)
			}
			in = append(in, s)
			if s.Style&text.Spoiler != 0 && (i == len(b.Spans)-1 || b.Spans[i+1].Style&text.Spoiler == 0) {
				in = append(in, bars)
			}
		}
		b.Spans, b.Children = in, barred(b.Children)
		out = append(out, b)
	}
	return out
}

// squeezed is the plain text without what the dialects may add.
func squeezed(t text.Text) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("<>|", r) {
			return -1
		}
		return r
	}, t.String())
}

// stylesOf counts the bytes of each style.
func stylesOf(t text.Text) map[text.Style]int {
	count := map[text.Style]int{}
	for _, b := range t {
		for style, n := range stylesOf(b.Children) {
			count[style] += n
		}
		for _, s := range b.Spans {
			if b.Kind == text.Heading {
				s.Style |= text.Bold
			}
			for _, style := range []text.Style{text.Bold, text.Italic, text.Strike, text.Monospace, text.Underline, text.Reverse} {
				if s.Style&style != 0 {
					count[style] += len(s.Text)
					if s.Text == "" {
						count[style] += len(s.Ref.URL)
					}
				}
			}
		}
	}
	return count
}

func TestOddInputIsReadInLinearTime(t *testing.T) {
	for _, unit := range []string{">", "*", "*a ", "*a _b ~c `d ", "*_~`x", "> \n", "```\n", "\x02a \x02", "\x02 \x1d", "\x0304,05a", "a"} {
		in := strings.Repeat(unit, 1<<20/len(unit))
		start := time.Now()
		_ = text.ParseStyling(in).IRC()
		_ = text.ParseIRC(in).Styling()
		for _, line := range text.ParseIRC(in).IRC() {
			text.SplitBytes(line, 400)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%q… took %v", unit, took)
		}
	}
}
