package slack

import (
	"encoding/json"
	"strings"
	"time"

	"isthmus/mapping/text"
)

// Blocks are what a message is laid out of. https://docs.slack.dev/reference/block-kit/blocks

type block struct {
	Type     string          `json:"type"`
	Text     json.RawMessage `json:"text"`
	Fields   []textObject    `json:"fields"`
	Elements []element       `json:"elements"`
	Title    json.RawMessage `json:"title"`
	AltText  string          `json:"alt_text"`
	ImageURL string          `json:"image_url"`
	TitleURL string          `json:"title_url"`
	VideoURL string          `json:"video_url"`
	Rows     [][]cell        `json:"rows"`
	Call     struct {
		V1 struct {
			Name    string `json:"name"`
			JoinURL string `json:"join_url"`
		} `json:"v1"`
	} `json:"call"`
}

type textObject struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// cell is one of a table: raw text, or rich text.
type cell struct {
	Type     string    `json:"type"`
	Text     string    `json:"text"`
	Elements []element `json:"elements"`
}

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

// parseBlocks reads the blocks of a message, as far as they hold text.
func parseBlocks(raw json.RawMessage, refer text.Refer) text.Text {
	if len(raw) == 0 {
		return nil
	}
	var blocks []block
	if lenient(raw, &blocks) != nil {
		return nil
	}
	var t text.Text
	for _, b := range blocks {
		t = append(t, b.text(refer)...)
	}
	return t.Canonical()
}

func (b *block) text(refer text.Refer) text.Text {
	switch b.Type {
	case "rich_text":
		return richText(b.Elements, refer, 0)
	case "section":
		t := parseTextObject(b.Text, refer)
		for _, f := range b.Fields {
			t = append(t, f.read(refer)...)
		}
		return t
	case "header":
		return heading(parseTextObject(b.Text, refer))
	case "markdown":
		return text.ParseMrkdwn(textOrString(b.Text).Text, refer)
	case "context":
		var t text.Text
		for _, e := range b.Elements {
			switch e.Type {
			case "image":
				t = append(t, line(text.Span{Text: e.AltText})...)
			default:
				t = append(t, textObject{e.Type, stringOf(e.Text)}.read(refer)...)
			}
		}
		return t
	case "divider":
		return line(text.Span{Text: "———"})
	case "image":
		return linkLine(first(plainOf(b.Title), b.AltText, "Image"), b.ImageURL)
	case "video":
		return linkLine(first(plainOf(b.Title), b.AltText, "Video"), first(b.TitleURL, b.VideoURL))
	case "table":
		return table(b.Rows, refer)
	case "call":
		return linkLine("A call: "+first(b.Call.V1.Name, "it has no name"), b.Call.V1.JoinURL)
	}
	return parseTextObject(b.Text, refer) // those to come may have text
}

func parseTextObject(raw json.RawMessage, refer text.Refer) text.Text {
	return textOrString(raw).read(refer)
}

// textOrString is a text object, or a string in the place of one.
func textOrString(raw json.RawMessage) textObject {
	if s := stringOf(raw); s != "" {
		return textObject{"mrkdwn", s}
	}
	var o textObject
	_ = lenient(raw, &o)
	return o
}

func stringOf(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return s
}

func (o textObject) read(refer text.Refer) text.Text {
	if o.Type == "plain_text" || o.Type == "raw_text" {
		return plainEmoji(o.Text, refer)
	}
	return text.ParseMrkdwn(o.Text, refer)
}

// plainEmoji is plain text, in which nothing but the names of emoji means anything.
func plainEmoji(s string, refer text.Refer) text.Text {
	var t text.Text
	for part := range strings.SplitSeq(s, "\n") {
		var spans []text.Span
		for i, piece := range strings.Split(part, ":") {
			if i > 0 {
				spans = append(spans, text.Span{Text: ":"})
			}
			spans = append(spans, text.Span{Text: piece})
		}
		for i := 1; i+1 < len(spans); i++ { // ":", name, ":"
			if _, is := emojiText(spans[i].Text); is && spans[i-1].Text == ":" && spans[i+1].Text == ":" {
				spans[i-1].Text, spans[i+1].Text = "", ""
				spans[i] = refer(text.Ref{Kind: text.Emoji, ID: spans[i].Text}, "")
			}
		}
		t = append(t, text.Block{Spans: spans})
	}
	return t.Canonical()
}

func plainOf(raw json.RawMessage) string { return textOrString(raw).Text }

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

func line(spans ...text.Span) text.Text { return text.Text{{Spans: spans}} }

func linkLine(label, url string) text.Text {
	if url == "" {
		return line(text.Span{Text: label})
	}
	return line(text.Span{Text: label, Ref: text.Ref{Kind: text.Link, URL: url}})
}

func heading(t text.Text) text.Text {
	for i := range t {
		if t[i].Kind == text.Line {
			t[i].Kind, t[i].Level = text.Heading, 1
		}
	}
	return t
}

// table is a table as lines with bars between the cells.
func table(rows [][]cell, refer text.Refer) text.Text {
	var t text.Text
	for _, row := range rows {
		var spans []text.Span
		for i, c := range row {
			if i > 0 {
				spans = append(spans, text.Span{Text: " | "})
			}
			if c.Text != "" {
				spans = append(spans, text.Span{Text: c.Text})
				continue
			}
			for k, b := range richText(c.Elements, refer, 1) {
				if k > 0 {
					spans = append(spans, text.Span{Text: " "})
				}
				spans = append(spans, b.Spans...)
			}
		}
		t = append(t, text.Block{Spans: spans})
	}
	return t
}

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

// attachment is what a program added to a message: the older kind of layout, or the preview of a link.
type attachment struct {
	FromURL   string          `json:"from_url"`
	Fallback  string          `json:"fallback"`
	Pretext   string          `json:"pretext"`
	Author    string          `json:"author_name"`
	Title     string          `json:"title"`
	TitleLink string          `json:"title_link"`
	Text      string          `json:"text"`
	Footer    string          `json:"footer"`
	ImageURL  string          `json:"image_url"`
	Blocks    json.RawMessage `json:"blocks"`
	Shared    bool            `json:"is_share"`
	Unfurl    bool            `json:"is_msg_unfurl"`
	Message   []struct {
		Message struct {
			Blocks json.RawMessage `json:"blocks"`
		} `json:"message"`
	} `json:"message_blocks"`
	Fields []struct {
		Title string `json:"title"`
		Value string `json:"value"`
	} `json:"fields"`
}

// parseAttachments reads what was attached, as quotes. The previews of links say nothing that the links do not lead to.
func parseAttachments(raw json.RawMessage, refer text.Refer) text.Text {
	if len(raw) == 0 {
		return nil
	}
	var all []attachment
	if lenient(raw, &all) != nil {
		return nil
	}
	var t text.Text
	for _, a := range all {
		if a.FromURL != "" && !a.Shared && !a.Unfurl {
			continue
		}
		t = append(t, text.ParseMrkdwn(a.Pretext, refer)...)
		if quoted := a.quoted(refer); !quoted.Empty() {
			t = append(t, text.Block{Kind: text.Quote, Children: quoted})
		}
	}
	return t
}

func (a *attachment) quoted(refer text.Refer) text.Text {
	var t text.Text
	if a.Author != "" {
		t = append(t, line(text.Span{Text: a.Author, Style: text.Bold})...)
	}
	if a.Title != "" {
		title := linkLine(a.Title, a.TitleLink)
		title[0].Spans[0].Style = text.Bold
		t = append(t, title...)
	}
	body := parseBlocks(a.Blocks, refer)
	for _, m := range a.Message {
		body = append(body, parseBlocks(m.Message.Blocks, refer)...)
	}
	if body.Empty() {
		body = text.ParseMrkdwn(a.Text, refer)
	}
	t = append(t, body...)
	for _, f := range a.Fields {
		if f.Title != "" {
			t = append(t, line(text.Span{Text: f.Title, Style: text.Bold})...)
		}
		t = append(t, text.ParseMrkdwn(f.Value, refer)...)
	}
	if a.ImageURL != "" {
		t = append(t, linkLine("Image", a.ImageURL)...)
	}
	if t.Empty() {
		t = text.ParseMrkdwn(a.Fallback, refer)
	}
	if a.Footer != "" && !t.Empty() {
		t = append(t, line(text.Span{Text: a.Footer, Style: text.Italic})...)
	}
	return t
}
