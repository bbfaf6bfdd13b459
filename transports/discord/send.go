package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"unicode/utf8"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// allowedMentions say whom a message tells. It is never left out: Discord would find mentions in the text by itself (Allowed Mentions Object).
type allowedMentions struct {
	Parse   []string `json:"parse"`
	Users   []string `json:"users"`
	Replied bool     `json:"replied_user"`
}

// draft is a message to be made or edited.
type draft struct {
	Content     string            `json:"content"`
	Nonce       string            `json:"nonce,omitempty"`
	Enforce     bool              `json:"enforce_nonce,omitempty"`
	Mentions    allowedMentions   `json:"allowed_mentions"`
	Reference   *draftReference   `json:"message_reference,omitempty"`
	Attachments []draftAttachment `json:"attachments,omitempty"`
}

type draftReference struct {
	MessageID string `json:"message_id"`
	MustExist bool   `json:"fail_if_not_exists"`
}

type draftAttachment struct {
	ID       int    `json:"id"`
	Filename string `json:"filename"`
}

// nonceOf is the core's nonce, which is that of all pieces of its message.
func nonceOf(s string) int64 {
	whole, _, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func nonce(n int64, piece int) string {
	if n == 0 {
		return ""
	}
	s := strconv.FormatInt(n, 10)
	if piece > 0 {
		s += "." + strconv.Itoa(piece)
	}
	return s
}

// written is a text in Discord's markdown, with those whom it mentions.
func written(style transports.Style, t text.Text) (string, allowedMentions) {
	m := allowedMentions{Parse: []string{}, Users: []string{}}
	for _, b := range t {
		for _, s := range b.Spans {
			if s.Ref.Kind == text.MentionUser && isSnowflake(s.Ref.ID) && len(m.Users) < 100 {
				m.Users = append(m.Users, s.Ref.ID)
			}
		}
	}
	out := t.Discord()
	if style == transports.Does {
		out = "_" + out + "_"
	}
	return out, m
}

// send says something, in several messages where its markdown is longer than one may be.
func (s *Session) send(ctx context.Context, c transports.Send) (result transports.Result, err error) {
	if n := utf8.RuneCountInString(c.Text.String()); n > maxText {
		return result, fault(transports.TooLarge, "The message has %d characters, and Discord takes %d.", n, maxText)
	}
	needs := uint64(viewChannel | sendMessages)
	if len(c.Files) > 0 {
		needs |= attachFiles
	}
	if c.ReplyTo != nil {
		needs |= readHistory
	}
	channel, _, err := s.channelOf(ctx, c.Place, needs)
	if err != nil {
		return result, err
	}
	content, mentions := written(c.Style, c.Text)
	pieces := text.Pieces(content, maxText)
	for i, piece := range pieces {
		d := draft{Content: piece, Nonce: nonce(c.Nonce, i), Mentions: mentions}
		d.Enforce = d.Nonce != ""
		if i == 0 && c.ReplyTo != nil {
			if !isSnowflake(string(c.ReplyTo.ID)) {
				return result, noMessage(c.ReplyTo.ID)
			}
			d.Reference, d.Mentions.Replied = &draftReference{MessageID: string(c.ReplyTo.ID)}, true
		}
		var files []transports.Upload
		if i == len(pieces)-1 {
			files = c.Files
		}
		id, err := s.post(ctx, channel, d, files)
		if err != nil {
			return result, err
		}
		result.Parts = append(result.Parts, transports.MessageID(id))
	}
	return result, nil
}

// post makes a message. Its nonce keeps it from being made twice, for the minutes in which it would be tried again.
func (s *Session) post(ctx context.Context, channel string, d draft, files []transports.Upload) (string, error) {
	r := request{method: http.MethodPost, path: "/channels/{}/messages", ids: []string{channel}, body: d, again: d.Enforce}
	if len(files) > 0 {
		var err error
		if r.raw, r.kind, err = s.multipart(ctx, &d, files); err != nil {
			return "", err
		}
		r.body = nil
	}
	s.mu.Lock()
	if d.Nonce != "" {
		s.sent.put(d.Nonce, "")
	}
	s.mu.Unlock()
	var m message
	err := s.rest.do(ctx, r, &m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if id := s.sent.values[d.Nonce]; id != "" { // its echo has come all the same
			return id, nil
		}
		delete(s.sent.values, d.Nonce)
		return "", err
	}
	s.known.note(&m)
	return m.ID, nil
}

// multipart is a message with files (API Reference, Uploading Files).
func (s *Session) multipart(ctx context.Context, d *draft, files []transports.Upload) ([]byte, string, error) {
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	for i, f := range files {
		d.Attachments = append(d.Attachments, draftAttachment{i, f.Name})
	}
	head, _ := json.Marshal(d)
	part, _ := form.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="payload_json"`}, "Content-Type": {"application/json"}})
	_, _ = part.Write(head)
	for i, f := range files {
		if f.Size > s.maxFile() {
			return nil, "", s.tooLarge(f.Name)
		}
		kind := f.Type
		if kind == "" {
			kind = "application/octet-stream"
		}
		h := textproto.MIMEHeader{"Content-Type": {kind}}
		h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, i, f.Name))
		part, _ := form.CreatePart(h)
		if err := copyFile(ctx, part, f, s.maxFile()); err != nil {
			if err == errTooLarge {
				return nil, "", s.tooLarge(f.Name)
			}
			return nil, "", &transports.Fault{Kind: transports.Offline, Text: "The file " + f.Name + " could not be read. Try to send it again.", Cause: err}
		}
	}
	_ = form.Close()
	return out.Bytes(), form.FormDataContentType(), nil
}

func (s *Session) tooLarge(name string) error {
	return fault(transports.TooLarge, "The file %s is too large: Discord takes at most %d MiB.", name, s.driver.config.MaxFileMiB)
}

var errTooLarge = fmt.Errorf("the file is too large")

func copyFile(ctx context.Context, to io.Writer, f transports.Upload, limit int64) error {
	in, err := f.Open(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	n, err := io.Copy(to, io.LimitReader(in, limit+1))
	if err == nil && n > limit {
		return errTooLarge
	}
	return err
}

// edit replaces the text of an own message.
func (s *Session) edit(ctx context.Context, e transports.Edit) error {
	channel, _, err := s.channelOf(ctx, e.Place, 0)
	if err != nil {
		return err
	}
	if !isSnowflake(string(e.ID)) {
		return noMessage(e.ID)
	}
	content, mentions := written(e.Style, e.Text)
	if n := utf8.RuneCountInString(content); n > maxText {
		return fault(transports.TooLarge, "With its formatting the message has %d characters, and Discord takes %d.", n, maxText)
	}
	return s.rest.do(ctx, request{method: http.MethodPatch, path: "/channels/{}/messages/{}", ids: []string{channel, string(e.ID)},
		body: draft{Content: content, Mentions: mentions}}, nil)
}
