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
	// Description has at most 1024 characters.
	Description string `json:"description,omitempty"`
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

// written is a text in Discord's markdown, with those whom it mentions: in this channel everyone only where the account may.
func (s *Session) written(channel string, style transports.Style, t text.Text) (string, allowedMentions) {
	m := allowedMentions{Parse: []string{}, Users: []string{}}
	switch {
	case !calls(t):
	case s.mayCall(channel):
		m.Parse, t = []string{"everyone"}, quiet(t)
	default:
		t = uncalled(t)
	}
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
	if c.Thread != "" {
		needs &^= sendMessages
	}
	channel, guild, err := s.channelOf(ctx, c.Place, needs)
	if err != nil {
		return result, err
	}
	at := spot{place: c.Place}
	reply, err := s.whereTo(ctx, &c, channel)
	if err != nil {
		return result, err
	}
	if c.Thread != "" {
		at.thread = string(c.Thread)
		channel = at.thread
	} else if f := s.topLevel(channel); f != nil {
		return result, f
	}
	content, mentions := s.written(channel, c.Style, c.Text)
	home, _ := s.homeOf(channel)
	hook := c.As != nil && s.mayHook(home) && !s.full(ctx, home)
	switch {
	case hook && reply != "":
		content = mentions.spare(s.answering(ctx, guild, channel, reply, c.ReplyTo)) + content
		reply = ""
	case c.As != nil && !hook:
		content = mentions.spare(attributed(c.As)) + content
	}
	pieces, loads := text.Pieces(content, maxText), s.loads(c.Files)
	first := len(pieces) - 1 // with the end of the text
	for range loads[1:] {
		pieces = append(pieces, "")
	}
	for i, piece := range pieces {
		d := draft{Content: piece, Nonce: nonce(c.Nonce, i), Mentions: mentions}
		if i == 0 && reply != "" {
			d.Reference, d.Mentions.Replied = &draftReference{MessageID: reply}, true
		}
		var files []transports.Upload
		if i >= first {
			files = loads[i-first]
		}
		var id string
		if hook {
			id, err = s.postAs(ctx, channel, d, files, c.As)
		} else {
			id, err = s.post(ctx, channel, d, files)
		}
		if err != nil {
			return result, err
		}
		result.Parts = append(result.Parts, at.id(id))
	}
	return result, nil
}

const (
	// maxFiles is how many files a message takes, maxRequest what they may have together in bytes (API Reference, Uploading Files).
	maxFiles   = 10
	maxRequest = 25 << 20
)

// loads are files as messages take them: at least one load, which may be empty.
func (s *Session) loads(files []transports.Upload) [][]transports.Upload {
	loads, size := [][]transports.Upload{nil}, int64(0)
	for _, f := range files {
		last := len(loads) - 1
		if len(loads[last]) == maxFiles || len(loads[last]) > 0 && size+f.Size > max(maxRequest, s.maxFile()) {
			loads, size = append(loads, nil), 0
			last++
		}
		loads[last], size = append(loads[last], f), size+f.Size
	}
	return loads
}

// whereTo finds the thread of a message, and the message that it answers: one in a thread is answered there.
func (s *Session) whereTo(ctx context.Context, c *transports.Send, channel string) (reply string, err error) {
	if thread, _, ok := splitID(c.Thread); ok && thread != "" {
		c.Thread = transports.MessageID(thread)
	}
	if c.ReplyTo != nil {
		thread, message, ok := splitID(c.ReplyTo.ID)
		if !ok {
			return "", noMessage(c.ReplyTo.ID)
		}
		reply = message
		if c.Thread == "" && thread != "" {
			c.Thread = transports.MessageID(thread)
		}
		if c.Thread != "" && string(c.Thread) != thread { // what is said in a channel cannot be answered in a thread
			reply = ""
		}
	}
	if c.Thread != "" {
		thread, err := s.threadOf(ctx, c.Place, c.Thread)
		if err != nil {
			return "", err
		}
		c.Thread = transports.MessageID(thread)
	}
	return reply, nil
}

// post makes a message. Its nonce keeps it from being made twice, for the minutes in which it would be tried again.
func (s *Session) post(ctx context.Context, channel string, d draft, files []transports.Upload) (string, error) {
	d.Enforce = d.Nonce != ""
	r := request{method: http.MethodPost, path: pathMessages, ids: []string{channel}, body: d, again: d.Enforce}
	if len(files) > 0 {
		var err error
		if r.raw, r.kind, err = s.multipart(ctx, &d, &d.Attachments, files); err != nil {
			return "", err
		}
		r.body = nil
	}
	return s.sendAndHear(ctx, channel, d, "", r)
}

// multipart is a message with files (API Reference, Uploading Files).
func (s *Session) multipart(ctx context.Context, d any, list *[]draftAttachment, files []transports.Upload) ([]byte, string, error) {
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	*list = nil
	for i, f := range files {
		*list = append(*list, draftAttachment{i, f.Name, f.Description})
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

// edit replaces the text of an own message, through the webhook that wrote it where one did.
func (s *Session) edit(ctx context.Context, e transports.Edit) error {
	channel, id, err := s.messageOf(ctx, e.Place, e.ID, 0)
	if err != nil {
		return err
	}
	hook, err := s.hookBehind(ctx, channel, id)
	if err != nil {
		return err
	}
	content, mentions := s.written(channel, e.Style, e.Text)
	if e.As != nil && hook == nil {
		named := mentions.spare(attributed(e.As))
		content = named + content
		s.mu.Lock()
		if known := s.known.values[id]; known != nil {
			known.named = named // the core knows whose words they are
		}
		s.mu.Unlock()
	}
	if hook != nil {
		s.mu.Lock()
		if known := s.known.values[id]; known != nil {
			content = mentions.spare(known.answer) + content
		}
		s.mu.Unlock()
	}
	if n := utf8.RuneCountInString(content); n > maxText {
		return fault(transports.TooLarge, "With its formatting the message has %d characters, and Discord takes %d.", n, maxText)
	}
	if hook != nil {
		_, thread := s.homeOf(channel)
		return s.rest.do(ctx, request{method: http.MethodPatch, path: pathWebhookMessage, ids: []string{hook.ID, hook.Token, id}, query: threadQuery(thread),
			owner: hook.owner(), body: hookDraft{Content: content, Mentions: mentions}}, nil)
	}
	return s.rest.do(ctx, request{method: http.MethodPatch, path: pathMessage, ids: []string{channel, id},
		body: draft{Content: content, Mentions: mentions}}, nil)
}

// messageOf finds the channel and the id of a message.
func (s *Session) messageOf(ctx context.Context, place transports.Place, id transports.MessageID, needs uint64) (channel, message string, err error) {
	if channel, _, err = s.channelOf(ctx, place, needs); err != nil {
		return "", "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.locate(channel, id)
}
