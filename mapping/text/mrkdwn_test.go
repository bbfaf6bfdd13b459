package text_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"isthmus/mapping/text"
)

func linked(label, url string) text.Span {
	return text.Span{Text: label, Ref: text.Ref{Kind: text.Link, URL: url}}
}

func mention(shown, id string) text.Span {
	return text.Span{Text: shown, Ref: text.Ref{Kind: text.MentionUser, ID: id}}
}

// What Slack's own page on formatting says, and what was seen beyond it.
func TestMrkdwnIsReadAsSlackShowsIt(t *testing.T) {
	for in, want := range map[string]text.Text{
		"*b* _i_ ~s~ `c`":                    {line(bold("b"), " ", italic("i"), " ", strike("s"), " ", mono("c"))},
		"a*b* 2*3*4 snake_case_name":         {line("a*b* 2*3*4 snake_case_name")},
		"(*b*), _*x*_":                       {line("(", bold("b"), "), ", text.Span{Text: "x", Style: text.Bold | text.Italic})},
		"*b*a * c*":                          {line(bold("b*a * c"))},
		"`a*b*` *`c`*":                       {line(mono("a*b*"), " ", text.Span{Text: "c", Style: text.Bold | text.Monospace})},
		"AT&amp;T &lt;b&gt; &amp;lt;":        {line("AT&T <b> &lt;")},
		"hi <@U024BE7LH>!":                   {line("hi ", mention("@U024BE7LH", "U024BE7LH"), "!")},
		"<@W1|ada> *<@U2>*":                  {line(mention("@ada", "W1"), " ", text.Span{Text: "@U2", Style: text.Bold, Ref: text.Ref{Kind: text.MentionUser, ID: "U2"}})},
		"see <#C024BE7LR|general>":           {line("see ", text.Span{Text: "#general", Ref: text.Ref{Kind: text.MentionRoom, ID: "C024BE7LR"}})},
		"<!here> <!channel|channel>":         {line(text.Span{Text: "@here", Ref: text.Ref{Kind: text.MentionEveryone, ID: "here"}}, " ", text.Span{Text: "@channel", Ref: text.Ref{Kind: text.MentionEveryone, ID: "channel"}})},
		"<!subteam^S1|@ops>":                 {line("@ops")},
		"<!date^1392734382^{date}|Feb 18>":   {line("Feb 18")},
		"<!date^1392734382^{date}>":          {line("2014-02-18 14:39 UTC")},
		"<https://x.example/_a_|the *page*>": {line(linked("the *page*", "https://x.example/_a_"))},
		"<https://x.example/?a=1&amp;b=2>":   {line(linked("https://x.example/?a=1&b=2", "https://x.example/?a=1&b=2"))},
		"<mailto:a@b.example|a@b.example>":   {line(linked("a@b.example", "mailto:a@b.example"))},
		"1 < 2 <nothing> <> <|> <@>":         {line("1 < 2 <nothing> <> <|> <@>")},
		":tada: at 10:30:45 :+1::skin-tone-2:": {line(text.Span{Text: ":tada:", Ref: text.Ref{Kind: text.Emoji, ID: "tada"}}, " at 10:30:45 ",
			text.Span{Text: ":+1::skin-tone-2:", Ref: text.Ref{Kind: text.Emoji, ID: "+1::skin-tone-2"}})},
		"&gt; a\n&gt; *b*\nc":             {quote(line("a"), line(bold("b"))), line("c")},
		"&gt;&gt;&gt; a\nb":               {quote(line("a"), line("b"))},
		"a\n```x &lt; *y*\nz```\nb":       {line("a"), {Kind: text.Code, Code: "x < *y*\nz"}, line("b")},
		"```\nx <https://a.example>\n```": {{Kind: text.Code, Code: "x https://a.example"}},
		"a ```b":                          {line("a "), line("```b")},
		"a\n\nb":                          {line("a"), line(), line("b")},
		"\x00\x01":                        nil,
	} {
		if diff := cmp.Diff(want, text.ParseMrkdwn(in, nil)); diff != "" {
			t.Errorf("%q:\n%s", in, diff)
		}
	}
}

func TestMrkdwnIsWrittenSoThatNothingIsMeantByAccident(t *testing.T) {
	everyone := text.Span{Text: "@channel", Ref: text.Ref{Kind: text.MentionEveryone, ID: "channel"}}
	for want, in := range map[string]text.Text{
		"a *b* c":                                {line("a ", bold("b"), " c")},
		"fobo bar":                               {line("fo", bold("bo"), " bar")},
		"&lt;!channel&gt; &amp; @channel":        {line("<!channel> & ", everyone)},
		"<@U1>: &lt;@U2&gt;":                     {line(mention("@ada", "U1"), ": <@U2>")},
		"@ada":                                   {line(mention("@ada", "U1> <!here"))},
		"*<https://x.example/_a_%7Cb|the page>*": {line(text.Span{Text: "the page", Style: text.Bold, Ref: text.Ref{Kind: text.Link, URL: "https://x.example/_a_|b"}})},
		"<https://x.example/>":                   {line(linked("x.example", "https://x.example/"))},
		"a label":                                {line(linked("a label", "!channel"))},
		"> a\n> *b*\nc":                          {quote(line("a"), line(bold("b"))), line("c")},
		"```\na &lt; b\n```":                     {{Kind: text.Code, Lang: "go", Code: "a < b"}},
		"*Title*\n• one\n  2. two":               {{Kind: text.Heading, Spans: spans("Title")}, {Kind: text.Item, Spans: spans("one")}, {Kind: text.Item, Level: 1, Number: 2, Spans: spans("two")}},
	} {
		if got := in.Mrkdwn(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// FuzzMrkdwnIsReadWithoutHarm: any input gives a canonical tree, and what is read of what was written of it is the same.
func FuzzMrkdwnIsReadWithoutHarm(f *testing.F) {
	for _, s := range append(seeds, "<@U1|a> <!here> <https://x|y> :a: &lt;&amp;", "*<*>*", "`<`>`", "<<@U1>>", "&gt;&gt;&gt; x", "*a `b* c`", ":a:b:c:") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tree := text.ParseMrkdwn(s, nil)
		if !tree.Equal(tree.Canonical()) {
			t.Fatalf("%q is not canonical:\n%s", s, cmp.Diff(tree.Canonical(), tree))
		}
		written := tree.Mrkdwn()
		if again := text.ParseMrkdwn(written, nil).Mrkdwn(); strings.Count(again, "<!") > 0 {
			t.Fatalf("%q calls everyone: %q", s, again)
		}
	})
}

// FuzzMrkdwnThatIsWrittenMentionsNobodyByAccident writes trees without references.
func FuzzMrkdwnThatIsWrittenMentionsNobodyByAccident(f *testing.F) {
	for _, s := range append(seeds, "<!channel>", "<@U1>", "<https://x|y>") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		written := text.ParseStyling(s).Mrkdwn()
		if strings.ContainsAny(written, "<") {
			t.Fatalf("%q is written as %q", s, written)
		}
		var read func(text.Text)
		read = func(tree text.Text) {
			for _, b := range tree {
				for _, span := range b.Spans {
					if span.Ref.Kind != text.NoRef && span.Ref.Kind != text.Emoji {
						t.Fatalf("%q, written as %q, means %+v", s, written, span.Ref)
					}
				}
				read(b.Children)
			}
		}
		read(text.ParseMrkdwn(written, nil))
	})
}

// FuzzWholeWordsKeepTheirStylesInMrkdwn: where every word has one style and spaces stand between, nothing may be lost.
func FuzzWholeWordsKeepTheirStylesInMrkdwn(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0, 15, 4, 5, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		var in []text.Span
		for i, c := range data {
			if i > 0 {
				in = append(in, text.Span{Text: " "})
			}
			in = append(in, text.Span{Text: "w<", Style: text.Style(c) & (text.Bold | text.Italic | text.Strike | text.Monospace)})
		}
		want := text.Text{{Spans: in}}.Canonical()
		if got := text.ParseMrkdwn(want.Mrkdwn(), nil); !got.Equal(want) {
			t.Fatalf("%q:\n%s", want.Mrkdwn(), cmp.Diff(want, got))
		}
	})
}

func TestMrkdwnOfAnyShapeIsReadInLinearTime(t *testing.T) {
	for _, unit := range []string{"<", "<@", "`", "*", "*a ", "_a *b ~c ", ":", ":a", "&", "&gt;", "```", "<@U1|a>"} {
		in := strings.Repeat(unit, 1<<19/len(unit))
		_ = text.ParseMrkdwn(text.ParseMrkdwn(in, nil).Mrkdwn(), nil)
	}
}
