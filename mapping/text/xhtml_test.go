package text

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func pictureAt(ref Ref) Image { return Image{Src: "cid:" + ref.ID, Width: 20, Height: 10} }

func emoji(name string) Span {
	return Span{Text: ":" + name + ":", Ref: Ref{Kind: Emoji, ID: name, URL: "https://x.example/" + name}}
}

func TestXHTML(t *testing.T) {
	for _, c := range []struct {
		name string
		text Text
		want string
		ok   bool
	}{
		{"words alone need none", Plain("hi"), "<p>hi</p>", false},
		{"an emoji", Text{{Spans: []Span{{Text: "yes & "}, emoji("party")}}, {Spans: []Span{{Text: "no"}}}},
			"<p>yes &amp; <img alt=':party:' src='cid:party' width='20' height='10'/><br/>no</p>", true},
		{"in all formats", Text{{Spans: []Span{{Text: "a", Style: Bold | Italic}, {Text: "b", Style: Strike}, {Text: "<c>", Style: Monospace}, emoji("e")}}},
			"<p><strong><em>a</em></strong><span style='text-decoration: line-through'>b</span><code>&lt;c&gt;</code><img alt=':e:' src='cid:e' width='20' height='10'/></p>", true},
		{"in blocks", Text{{Kind: Quote, Children: Text{{Spans: []Span{emoji("e")}}}}, {Kind: Code, Code: "x\ny"}, {Kind: Heading, Spans: []Span{{Text: "h"}}}, {Kind: Item, Number: 2, Spans: []Span{{Text: "i"}}}},
			"<blockquote><p><img alt=':e:' src='cid:e' width='20' height='10'/></p></blockquote><pre>x\ny</pre><p><strong>h</strong></p><p>2. i</p>", true},
		{"links", Text{{Spans: []Span{{Text: "l", Ref: Ref{Kind: Link, URL: "https://x.example/?a='b'"}}, {Text: "s", Ref: Ref{Kind: Link, URL: "javascript:alert(1)"}}}}},
			"<p><a href='https://x.example/?a=&apos;b&apos;'>l</a>s</p>", false},
	} {
		if got, ok := c.text.XHTML(pictureAt); got != c.want || ok != c.ok {
			t.Errorf("%s:\n  %s (%v)\nwant\n  %s", c.name, got, ok, c.want)
		}
	}
	if _, ok := (Text{{Spans: []Span{emoji("e")}}}).XHTML(func(Ref) Image { return Image{} }); ok {
		t.Error("without a picture there is nothing to show")
	}
}

func TestEmojiOfAText(t *testing.T) {
	text := Text{{Spans: []Span{emoji("a"), {Text: " "}, emoji("b"), emoji("a"), {Text: ":c:", Ref: Ref{Kind: Emoji, ID: "c"}}}}, {Kind: Quote, Children: Text{{Spans: []Span{emoji("d")}}}}}
	if got := text.Emoji(9); len(got) != 3 || got[0].ID != "a" || got[2].ID != "d" || len(text.Emoji(2)) != 2 {
		t.Errorf("%+v", got)
	}
	for _, c := range []struct {
		text Text
		want bool
	}{
		{Text{{Spans: []Span{emoji("a")}}}, true},
		{Text{{Spans: []Span{{Text: " "}, emoji("a"), {Text: " "}}}}, true},
		{Text{{Spans: []Span{emoji("a"), emoji("b")}}}, false},
		{Text{{Spans: []Span{{Text: "hi "}, emoji("a")}}}, false},
		{Text{{Spans: []Span{emoji("a")}}, {}}, false},
		{nil, false},
	} {
		if got, ok := c.text.LoneEmoji(); ok != c.want || ok && got.Text != ":a:" {
			t.Errorf("%+v: %v %v", c.text, got, ok)
		}
	}
}

func FuzzXHTML(f *testing.F) {
	f.Add("*a* :b:\n> c `<d>`\n```\ne\n```", "javascript:'\"<>&\x00")
	f.Fuzz(func(t *testing.T, words, address string) {
		text := append(ParseStyling(words), Block{Spans: []Span{{Text: words, Ref: Ref{Kind: Emoji, ID: address, URL: address}}, {Text: words, Ref: Ref{Kind: Link, URL: address}}}})
		got, ok := text.XHTML(func(ref Ref) Image { return Image{Src: Clean(ref.ID)} })
		if ok != (Clean(address) != "") {
			t.Errorf("a picture at %q: %v", address, ok)
		}
		for d := xml.NewDecoder(strings.NewReader("<body>" + got + "</body>")); ; {
			token, err := d.Token()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatalf("%v in %s", err, got)
			}
			if e, is := token.(xml.StartElement); is && e.Name.Local == "script" {
				t.Fatal(got)
			}
		}
	})
}
