package text_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"isthmus/mapping/text"
)

// https://modern.ircdocs.horse/formatting
func TestFormattingCodesAreRead(t *testing.T) {
	coloured := func(s string, fore, back text.Colour) text.Span { return text.Span{Text: s, Fore: fore, Back: back} }
	red, blue, green := text.Palette(4), text.Palette(12), text.Palette(3)
	for in, want := range map[string][]text.Span{
		"\x02bold\x02 plain":        spans(bold("bold"), " plain"),
		"\x02a\x1db\x0fc":           spans(bold("a"), text.Span{Text: "b", Style: text.Bold | text.Italic}, "c"),
		"\x1fu\x1f\x1es\x1e\x11m":   spans(text.Span{Text: "u", Style: text.Underline}, strike("s"), mono("m")),
		"\x16r":                     {{Text: "r", Style: text.Reverse}},
		"\x034red\x03 plain":        spans(coloured("red", red, 0), " plain"),
		"\x0304red":                 {coloured("red", red, 0)},
		"\x03041":                   {coloured("1", red, 0)},
		"\x034,12x":                 {coloured("x", red, blue)},
		"\x034,123":                 {coloured("3", red, blue)},
		"\x034,x":                   {coloured(",x", red, 0)},
		"\x03,4x":                   spans(",4x"),
		"\x034,12a\x033b":           spans(coloured("a", red, blue), coloured("b", green, blue)),
		"\x034a\x0399b":             spans(coloured("a", red, 0), "b"),
		"\x034,\x0212":              spans(coloured(",", red, 0), text.Span{Text: "12", Style: text.Bold, Fore: red}),
		"\x04FF8800x\x04y":          spans(coloured("x", text.RGB(0xff8800), 0), "y"),
		"\x04ff8800,0000FFx":        {coloured("x", text.RGB(0xff8800), text.RGB(0xff))},
		"\x04FF88x":                 spans("FF88x"),
		"\x02\x02\x03\x0f":          nil,
		"a\x02\x02b":                spans("ab"),
		"\x01ACTION waves\x01 \x07": spans("ACTION waves "),
		"*x* stays _literal_":       spans("*x* stays _literal_"),
		"latin \xe9":                spans("latin \uFFFD"),
		"\x02latin \xe9":            {bold("latin \uFFFD")},
	} {
		var tree text.Text
		if want != nil {
			tree = text.Text{{Spans: want}}
		}
		if diff := cmp.Diff(tree, text.ParseIRC(in)); diff != "" {
			t.Errorf("%q:\n%s", in, diff)
		}
	}
}

func TestFormattingEndsWithItsLine(t *testing.T) {
	want := text.Text{line(bold("a")), line("b")}
	for _, in := range []string{"\x02a\nb", "\x02a\r\nb"} {
		if diff := cmp.Diff(want, text.ParseIRC(in)); diff != "" {
			t.Errorf("%q:\n%s", in, diff)
		}
	}
}

func TestFormattingCodesAreWritten(t *testing.T) {
	red := text.Span{Text: "red", Fore: text.Palette(4)}
	for _, c := range []struct {
		in   []text.Span
		want string
	}{
		{spans("a ", bold("b"), " c"), "a \x02b\x0f c"},
		{spans(red, " plain"), "\x0304red\x0f plain"},
		{spans(text.Span{Text: ",5", Fore: text.Palette(4)}), "\x0304\x02\x02,5"},
		{spans(text.Span{Text: "a", Style: text.Bold, Fore: text.Palette(4)}, bold("5")), "\x0304\x02a\x03\x02\x025"},
		{spans(text.Span{Text: "a", Fore: text.Palette(4), Back: text.Palette(1)}, red), "\x0304,01a\x03\x0304red"},
		{spans(text.Span{Text: "a", Back: text.Palette(1)}), "\x0399,01a"},
		{spans(text.Span{Text: "a", Fore: text.RGB(0x00ff8a), Back: text.Palette(1)}), "\x0399,01\x0400FF8Aa"},
		{spans(text.Span{Text: "a", Back: text.RGB(0xab)}), "\x04000000,0000AB\x0399a"},
		{spans("see ", mono("ls -l")), "see `ls -l`"},
	} {
		lines := text.Text{{Spans: c.in}}.IRC()
		if len(lines) != 1 || lines[0] != c.want {
			t.Errorf("%q, want %q", lines, c.want)
		}
	}
}

func TestWhatXMPPUsersWriteArrivesOnIRC(t *testing.T) {
	for in, want := range map[string][]string{
		"hello":                        {"hello"},
		"*bold* and _it_":              {"\x02bold\x0f and \x1dit"},
		"run `make`":                   {"run `make`"},
		"two\n\nlines\n":               {"two", "lines"},
		"> said\nanswer":               {"> said", "answer"},
		"```\nQUIT :x\r\nNICK y\n```":  {"QUIT :x", "NICK y"},
		"\x01VERSION\x01":              {"VERSION"},
		"":                             nil,
		"\n":                           nil,
		"> *quoted*\n>> twice\n> ```x": {"> \x02quoted", "> > twice", "> x"},
	} {
		if diff := cmp.Diff(want, text.ParseStyling(in).IRC()); diff != "" && len(want) > 0 || len(want) == 0 && len(text.ParseStyling(in).IRC()) > 0 {
			t.Errorf("%q:\n%s", in, diff)
		}
	}
}

func FuzzIRCIsReadWithoutHarm(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tree := text.ParseIRC(s)
		if !tree.Equal(tree.Canonical()) {
			t.Fatalf("%q is not canonical:\n%s", s, cmp.Diff(tree.Canonical(), tree))
		}
		if plain := tree.String(); !legalXML(plain) {
			t.Fatalf("%q has codes left: %q", s, plain)
		}
		checkIRC(t, tree)
	})
}

func FuzzIRCThatIsWrittenIsReadAsMeant(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkIRC(t, treeOf(data, wildWords)) })
}

// checkIRC: what is written for IRC is read as the same text, but for what IRC cannot carry.
func checkIRC(t *testing.T, tree text.Text) {
	t.Helper()
	written := strings.Join(tree.IRC(), "\n")
	if diff := cmp.Diff(onIRC(tree), text.ParseIRC(written)); diff != "" {
		t.Fatalf("%q:\n%s", written, diff)
	}
}

// onIRC is the part of a tree that IRC can carry: lines, with marks for what has no code.
func onIRC(tree text.Text) text.Text {
	var out text.Text
	var walk func(t text.Text, prefix string, depth int)
	emit := func(prefix string, in []text.Span) {
		line := text.Text{{Spans: append([]text.Span{{Text: prefix}}, in...)}}.Canonical()
		if strings.HasSuffix(prefix, "> ") && line.String() == prefix {
			line = text.Plain(strings.TrimSuffix(prefix, " "))
		}
		out = append(out, line...)
	}
	walk = func(t text.Text, prefix string, depth int) {
		for _, b := range t {
			switch b.Kind {
			case text.Quote:
				if depth < 8 {
					walk(b.Children, prefix+"> ", depth+1)
				} else {
					walk(b.Children, prefix, depth)
				}
			case text.Code:
				code := text.Clean(b.Code)
				if code == "" {
					continue
				}
				for line := range strings.SplitSeq(code, "\n") {
					emit(prefix, []text.Span{{Text: line}})
				}
			default:
				item := prefix
				if b.Kind == text.Item {
					item += strings.Repeat("  ", b.Level) + "• "
				}
				emit(item, marked(b))
			}
		}
	}
	walk(tree, "", 0)
	return out
}

// marked is a line's spans with backticks, bars and addresses as text.
func marked(b text.Block) []text.Span {
	var out []text.Span
	has := func(i int, style text.Style) bool {
		return i >= 0 && i < len(b.Spans) && b.Spans[i].Style&style != 0
	}
	label := ""
	for i, s := range b.Spans {
		before, after, address := "", "", ""
		if has(i, text.Spoiler) && !has(i-1, text.Spoiler) {
			before = "||"
		}
		if has(i, text.Monospace) && !has(i-1, text.Monospace) {
			before += "`"
		}
		if has(i, text.Monospace) && !has(i+1, text.Monospace) {
			after = "`"
		}
		if has(i, text.Spoiler) && !has(i+1, text.Spoiler) {
			after += "||"
		}
		clean := strings.ReplaceAll(text.Clean(s.Text), "\n", " ")
		if i == 0 || b.Spans[i-1].Ref != s.Ref {
			label = ""
		}
		label += clean
		if s.Ref.Kind == text.Link && (i+1 == len(b.Spans) || b.Spans[i+1].Ref != s.Ref) {
			switch url := strings.ReplaceAll(text.Clean(s.Ref.URL), "\n", " "); {
			case label == "":
				clean = url
			case label != strings.TrimPrefix(url, "https://"):
				address = " <" + url + ">"
			}
		}
		s.Ref, s.Style = text.Ref{}, s.Style&^(text.Spoiler|text.Monospace)
		if b.Kind == text.Heading {
			s.Style |= text.Bold
		}
		s.Text = before + clean + after
		out = append(out, s, text.Span{Text: address})
	}
	return out
}
