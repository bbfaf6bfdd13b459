package slack

import (
	"encoding/json"
	"strings"

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
