package slack

import (
	"encoding/json"
	"strings"
	"time"

	"isthmus/mapping/text"
)

// element is a part of rich text, or of a context block.
type element struct {
	Type      string          `json:"type"`
	Text      json.RawMessage `json:"text"`
	Elements  []element       `json:"elements"`
	Style     json.RawMessage `json:"style"`
	Indent    int             `json:"indent"`
	Offset    int             `json:"offset"`
	Language  string          `json:"language"`
	URL       string          `json:"url"`
	UserID    string          `json:"user_id"`
	ChannelID string          `json:"channel_id"`
	GroupID   string          `json:"usergroup_id"`
	TeamID    string          `json:"team_id"`
	Range     string          `json:"range"`
	Name      string          `json:"name"`
	Tone      int             `json:"skin_tone"`
	Timestamp int64           `json:"timestamp"`
	Fallback  string          `json:"fallback"`
	Value     string          `json:"value"`
	AltText   string          `json:"alt_text"`
}

// maxNesting bounds how deep lists and quotes are read.
const maxNesting = 8

// richText reads the elements of a rich_text block: sections, lists, quotes and preformatted text.
func richText(elements []element, refer text.Refer, depth int) text.Text {
	var t text.Text
	if depth > maxNesting {
		return nil
	}
	for _, e := range elements {
		switch e.Type {
		case "rich_text_section":
			t = append(t, section(e.Elements, refer)...)
		case "rich_text_list":
			for i, item := range e.Elements {
				number := 0
				if stringOf(e.Style) == "ordered" {
					number = max(e.Offset, 0) + i + 1
				}
				for k, b := range richText([]element{item}, refer, depth+1) {
					if k == 0 && b.Kind == text.Line {
						b.Kind, b.Level, b.Number = text.Item, e.Indent, number
					}
					t = append(t, b)
				}
			}
		case "rich_text_quote":
			t = append(t, text.Block{Kind: text.Quote, Children: section(e.Elements, refer)})
		case "rich_text_preformatted":
			t = append(t, text.Block{Kind: text.Code, Lang: e.Language, Code: strings.TrimSuffix(section(e.Elements, refer).String(), "\n")})
		case "rich_text":
			t = append(t, richText(e.Elements, refer, depth+1)...)
		default: // elements without a section around them
			t = append(t, section([]element{e}, refer)...)
		}
	}
	return t
}

// section is a paragraph: its line breaks are in its texts.
func section(elements []element, refer text.Refer) text.Text {
	var spans []text.Span
	for _, e := range elements {
		span := e.span(refer)
		span.Style |= styleOf(e.Style)
		spans = append(spans, span)
	}
	for i := len(spans) - 1; i >= 0; i-- { // the last line break ends the section, and begins no empty line
		if spans[i].Text != "" {
			spans[i].Text = strings.TrimSuffix(spans[i].Text, "\n")
			break
		}
	}
	return text.Text{{Spans: spans}}.Canonical()
}

func (e *element) span(refer text.Refer) text.Span {
	words := stringOf(e.Text)
	switch e.Type {
	case "link":
		return text.Span{Text: first(words, e.URL), Ref: text.Ref{Kind: text.Link, URL: e.URL}}
	case "user":
		return refer(text.Ref{Kind: text.MentionUser, ID: e.UserID}, "")
	case "channel":
		return refer(text.Ref{Kind: text.MentionRoom, ID: e.ChannelID}, "")
	case "usergroup":
		return refer(text.Ref{ID: e.GroupID}, "")
	case "team":
		return text.Span{Text: "@" + e.TeamID}
	case "broadcast":
		return refer(text.Ref{Kind: text.MentionEveryone, ID: e.Range}, "@"+e.Range)
	case "emoji":
		name := e.Name
		if e.Tone >= 2 && e.Tone <= 6 && !strings.Contains(name, toneName) {
			name += toneName + string(rune('0'+e.Tone))
		}
		return refer(text.Ref{Kind: text.Emoji, ID: name}, "")
	case "date":
		words = first(e.Fallback, time.Unix(e.Timestamp, 0).UTC().Format("2006-01-02 15:04 UTC"))
		if e.URL != "" {
			return text.Span{Text: words, Ref: text.Ref{Kind: text.Link, URL: e.URL}}
		}
		return text.Span{Text: words}
	case "color":
		return text.Span{Text: e.Value}
	}
	return text.Span{Text: first(words, e.Fallback)}
}

func styleOf(raw json.RawMessage) (style text.Style) {
	var s struct{ Bold, Italic, Strike, Code, Underline bool }
	if len(raw) == 0 || lenient(raw, &s) != nil {
		return 0
	}
	for _, is := range []struct {
		set   bool
		style text.Style
	}{{s.Bold, text.Bold}, {s.Italic, text.Italic}, {s.Strike, text.Strike}, {s.Code, text.Monospace}, {s.Underline, text.Underline}} {
		if is.set {
			style |= is.style
		}
	}
	return style
}
