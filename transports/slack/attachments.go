package slack

import (
	"encoding/json"

	"isthmus/mapping/text"
)

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
