// Package text holds the tree of formatted text that stands between all networks, and its dialects: what each network
// writes is parsed into the tree, and the tree is rendered in what the other one reads.
//
// The dialects are plain text, styling (XEP-0393), IRC formatting codes and Slack's mrkdwn. All functions are pure, take time linear in
// their input, and accept any input: what a dialect cannot show is left out, its text is kept.
package text

import (
	"slices"
	"strings"
)

// Text is a formatted text: its blocks from first to last. The nil Text is empty.
//
// Parsers return canonical texts (see Canonical). Texts are values: never change one that you did not make.
type Text []Block

// Kind is the kind of a block.
type Kind uint8

// The kinds of blocks, and the fields of Block that each uses.
const (
	Line    Kind = iota // one line of a paragraph: Spans; an empty line has none
	Quote               // what somebody else said: Children
	Code                // preformatted lines: Code, Lang
	Item                // one item of a list: Spans, Level, Number
	Heading             // Spans, Level
)

// Block is one block of a text. Fields that its kind does not use are zero.
type Block struct {
	Kind     Kind
	Level    int    // of an Item its depth from 0, of a Heading its rank from 1
	Number   int    // of an Item in a numbered list, else 0
	Spans    []Span // never with a line break
	Lang     string // the language of Code, where it is known
	Code     string // lines joined by "\n"
	Children Text
}

// Span is a piece of a line in one format. Spans can be compared with ==.
type Span struct {
	Text       string // what a person reads: a mention's shown name with its sign, an emoji's ":name:"
	Style      Style
	Fore, Back Colour
	Ref        Ref
}

// Style is a set of styles.
type Style uint8

// The styles.
const (
	Bold Style = 1 << iota
	Italic
	Underline
	Strike
	Monospace // inline code: no other dialect's markup is to be read in it
	Spoiler   // hidden until the reader asks for it
	Reverse   // text and background colour swapped
)

// RefKind says what a span stands for, beside its text.
type RefKind uint8

// The kinds of Ref.
const (
	NoRef           RefKind = iota
	Link                    // URL; the text is its label
	MentionUser             // ID
	MentionRoom             // ID
	MentionEveryone         // everybody in the room, as somebody has said it: no dialect calls them again by it
	CallEveryone            // everybody in the room, who are to be called: Everyone makes these, no parser does
	Emoji                   // a custom emoji: ID, and URL of its image, where anybody may fetch it or that is a data: URI, as far as it is known
)

// Ref is what a span stands for: a link's target, a mention, a custom emoji. IDs are opaque, of the network that made them.
type Ref struct {
	Kind RefKind
	ID   string
	URL  string
}

// Colour is a colour of text or background. The zero Colour is the reader's own.
type Colour uint32

const (
	paletteColour Colour = 1 << 24
	rgbColour     Colour = 2 << 24
	colourValue   Colour = 1<<24 - 1
)

// Palette is one of the numbered colours of IRC, 0 to 98; any other number is the reader's own colour.
// See https://modern.ircdocs.horse/formatting#colors.
func Palette(number int) Colour {
	if number < 0 || number > 98 {
		return 0
	}
	return paletteColour | Colour(number)
}

// RGB is the colour 0xRRGGBB.
func RGB(value uint32) Colour { return rgbColour | Colour(value)&colourValue }

// Plain is unformatted text: every line of s, cleaned (see Clean).
func Plain(s string) Text {
	s = Clean(s)
	if s == "" {
		return nil
	}
	if strings.IndexByte(s, '\n') < 0 {
		return oneSpan(Span{Text: s})
	}
	n := strings.Count(s, "\n") + 1
	t, spans := make(Text, 0, n), make([]Span, 0, n)
	for line := range strings.SplitSeq(s, "\n") {
		block := Block{}
		if line != "" {
			spans = append(spans, Span{Text: line})
			block.Spans = spans[len(spans)-1 : len(spans) : len(spans)]
		}
		t = append(t, block)
	}
	return t
}

// oneSpan is a text of one line with one span, in a single allocation: the shape of most of what people say.
func oneSpan(s Span) Text {
	one := &struct {
		block [1]Block
		span  [1]Span
	}{span: [1]Span{s}}
	one.block[0].Spans = one.span[:]
	return one.block[:]
}

// Empty reports whether t holds nothing but line breaks.
func (t Text) Empty() bool {
	blank := func(s string) bool { return s == "" || strings.Trim(Clean(s), "\n") == "" }
	for _, b := range t {
		if !blank(b.Code) || !b.Children.Empty() {
			return false
		}
		for _, s := range b.Spans {
			if !blank(s.Text) || s.Ref.Kind == Link && !blank(s.Ref.URL) {
				return false
			}
		}
	}
	return true
}

// Equal reports whether t and u are the same tree. Canonical texts that read alike are equal.
func (t Text) Equal(u Text) bool {
	return slices.EqualFunc(t, u, func(a, b Block) bool {
		return a.Kind == b.Kind && a.Level == b.Level && a.Number == b.Number && a.Lang == b.Lang && a.Code == b.Code &&
			slices.Equal(a.Spans, b.Spans) && a.Children.Equal(b.Children)
	})
}
