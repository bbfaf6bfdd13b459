package text

import (
	"slices"
	"strconv"
	"strings"
)

// Image is where the picture of a custom emoji is for those who read XHTML, and how large it is in pixels. Without a Src there is none.
type Image struct {
	Src           string
	Width, Height int
}

// XHTML is t as the inside of the body of XHTML-IM (XEP-0071 §7), for texts with custom emoji of which there are pictures: ok tells whether there is one. All text
// is escaped, and nothing but what the text says gets in.
func (t Text) XHTML(image func(Ref) Image) (xhtml string, ok bool) {
	x := xhtmlWriter{image: image}
	x.blocks(t, 0)
	return x.String(), x.pictured
}

// xhtmlWriter writes and remembers whether there was a picture.
type xhtmlWriter struct {
	strings.Builder
	image    func(Ref) Image
	pictured bool
}

func (x *xhtmlWriter) blocks(t Text, depth int) {
	for i := 0; i < len(t); i++ {
		switch b := t[i]; {
		case b.Kind == Quote && depth < maxDepth:
			x.WriteString("<blockquote>")
			x.blocks(b.Children, depth+1)
			x.WriteString("</blockquote>")
		case b.Kind == Quote:
			x.blocks(b.Children, depth)
		case b.Kind == Code:
			x.WriteString("<pre>" + escapeXML(Clean(b.Code)) + "</pre>")
		case b.Kind == Heading:
			x.WriteString("<p><strong>")
			x.spans(b.Spans)
			x.WriteString("</strong></p>")
		case b.Kind == Item:
			x.WriteString("<p>" + escapeXML(bullet(b)))
			x.spans(b.Spans)
			x.WriteString("</p>")
		default: // the lines of a paragraph
			x.WriteString("<p>")
			x.spans(b.Spans)
			for i+1 < len(t) && t[i+1].Kind == Line {
				i++
				x.WriteString("<br/>")
				x.spans(t[i].Spans)
			}
			x.WriteString("</p>")
		}
	}
}

func (x *xhtmlWriter) spans(spans []Span) {
	for _, s := range spans {
		words := escapeXML(cleanLine(s.Text))
		if i := x.pictureOf(s.Ref); i.Src != "" {
			x.pictured = true
			words = "<img alt='" + words + "' src='" + escapeXML(i.Src) + "'" + side("width", i.Width) + side("height", i.Height) + "/>"
		}
		before, after := "", ""
		for _, tag := range [...]struct {
			style        Style
			open, closed string
		}{
			{Bold, "<strong>", "</strong>"}, {Italic, "<em>", "</em>"}, {Monospace, "<code>", "</code>"},
			{Underline, "<span style='text-decoration: underline'>", "</span>"}, {Strike, "<span style='text-decoration: line-through'>", "</span>"},
		} {
			if s.Style&tag.style != 0 {
				before, after = before+tag.open, tag.closed+after
			}
		}
		if s.Ref.Kind == Link && isWebAddress(s.Ref.URL) {
			before, after = "<a href='"+escapeXML(cleanLine(s.Ref.URL))+"'>"+before, after+"</a>"
		}
		x.WriteString(before + words + after)
	}
}

func (x *xhtmlWriter) pictureOf(ref Ref) Image {
	if ref.Kind != Emoji {
		return Image{}
	}
	return x.image(ref)
}

func side(name string, pixels int) string {
	if pixels <= 0 {
		return ""
	}
	return " " + name + "='" + strconv.Itoa(pixels) + "'"
}

// isWebAddress tells whether a link may be followed by a click: no script is at such an address.
func isWebAddress(url string) bool {
	for _, scheme := range []string{"https://", "http://", "mailto:", "xmpp:"} {
		if len(url) > len(scheme) && strings.EqualFold(url[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&apos;", `"`, "&quot;")

// escapeXML writes clean text as character data or the value of an attribute.
func escapeXML(clean string) string { return xmlEscapes.Replace(clean) }

// Emoji are the custom emoji of a text whose picture has an address, each once and at most so many.
func (t Text) Emoji(most int) []Ref {
	return t.appendEmoji(nil, most)
}

func (t Text) appendEmoji(all []Ref, most int) []Ref {
	for _, b := range t {
		for _, s := range b.Spans {
			if s.Ref.Kind == Emoji && s.Ref.URL != "" && len(all) < most && !slices.Contains(all, s.Ref) {
				all = append(all, s.Ref)
			}
		}
		all = b.Children.appendEmoji(all, most)
	}
	return all
}

// LoneEmoji is the one custom emoji that a text consists of, with its name; ok is false for any other text.
func (t Text) LoneEmoji() (emoji Span, ok bool) {
	if len(t) != 1 || t[0].Kind != Line {
		return Span{}, false
	}
	for _, s := range t[0].Spans {
		switch {
		case s.Ref.Kind == Emoji && !ok:
			emoji, ok = s, true
		case strings.TrimSpace(s.Text) != "":
			return Span{}, false
		}
	}
	return emoji, ok
}
