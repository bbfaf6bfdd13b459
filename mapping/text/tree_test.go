package text_test

import (
	"unicode/utf8"

	"isthmus/mapping/text"
)

// seeds are inputs that found faults, here or in others.
var seeds = []string{
	"", "hello world", "*bold* _it_ ~st~ `code`", "*a _b_", "*a _b* c_", "**", "****", "*not *strong", "_*x*_", "a*b*",
	"> a\n>> b\n\nc", ">\nfoo", "```go\nx\n```\ny", "```x```", "```", "> ```\n> x\ny", "a\r\nb\rc\x00",
	"\x02bold\x0f plain", "\x0304,12red\x03 5", "\x03,5", "\x034,text", "\x0399,01x", "\x04FF0000,00ff00x\x04y", "\x0412345",
	"\x16rev\x16\x1d\x1e\x1f\x11x", "\x01ACTION waves\x01", "\xff\xfe", "é\u00a0*x*", "\x02 \x02a\x02 \x02", "1\x034\x0202",
}

func spans(parts ...any) []text.Span {
	var out []text.Span
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			out = append(out, text.Span{Text: part})
		case text.Span:
			out = append(out, part)
		}
	}
	return out
}

func line(parts ...any) text.Block { return text.Block{Spans: spans(parts...)} }

func quote(blocks ...text.Block) text.Block {
	return text.Block{Kind: text.Quote, Children: blocks}
}

func legalXML(s string) bool {
	for _, r := range s {
		switch {
		case r == '\t', r == '\n', ' ' <= r && r <= 0xD7FF, 0xE000 <= r && r <= 0xFFFD, r >= 0x10000:
		default:
			return false
		}
	}
	return utf8.ValidString(s)
}

var (
	tameWords = []string{"a", "word", "é", "日本", "😀", "5", "12", ",", ",7", "FF00AA", "\u00a0", " ", "  ", "x y", "\t", "#", "."}
	wildWords = append([]string{"*", "_x", "~", "`", ">", "```", "\n", "\r", "\x00", "\x02", "\x01", "\xff", "||", "*b*", "\x034"}, tameWords...)
	colours   = []text.Colour{0, text.Palette(0), text.Palette(4), text.Palette(12), text.Palette(98), text.RGB(0), text.RGB(0xff8800)}
)

// treeOf makes a tree out of fuzzing data, three bytes for each span.
func treeOf(data []byte, words []string) text.Text {
	tree, _ := blocksOf(data, words, 0)
	return tree
}

func blocksOf(data []byte, words []string, depth int) (text.Text, []byte) {
	var tree text.Text
	for len(data) > 0 {
		kind := data[0]
		data = data[1:]
		switch {
		case kind%16 == 0:
			return tree, data
		case kind%16 == 1 && depth < 12:
			var children text.Text
			children, data = blocksOf(data, words, depth+1)
			tree = append(tree, text.Block{Kind: text.Quote, Children: children})
		case kind%16 == 2:
			var b text.Block
			b.Spans, data = spansOf(data, words, kind)
			code := ""
			for _, s := range b.Spans {
				code += s.Text
			}
			tree = append(tree, text.Block{Kind: text.Code, Code: code, Lang: []string{"", "go", "a b"}[kind/16%3]})
		default:
			b := text.Block{Kind: []text.Kind{text.Line, text.Line, text.Line, text.Item, text.Heading}[kind/16%5], Level: int(kind % 3)}
			b.Spans, data = spansOf(data, words, kind)
			tree = append(tree, b)
		}
	}
	return tree, nil
}

func spansOf(data []byte, words []string, kind byte) ([]text.Span, []byte) {
	var out []text.Span
	for range kind % 7 {
		if len(data) < 3 {
			return out, nil
		}
		s := text.Span{Text: words[int(data[0])%len(words)], Style: text.Style(data[1]) & 0x7f}
		s.Fore, s.Back = colours[int(data[2]&15)%len(colours)], colours[int(data[2]>>4)%len(colours)]
		if data[1]&0x80 != 0 {
			s.Ref = text.Ref{Kind: text.RefKind(data[2] % 6), ID: "1", URL: "https://x.example/" + words[int(data[2])%len(words)]}
		}
		out = append(out, s)
		data = data[3:]
	}
	return out, data
}
