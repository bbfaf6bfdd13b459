package discord

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// hookName is what our webhooks are called, one in each channel where somebody speaks by name.
const hookName = "Isthmus"

// maxHookName is in characters (Webhook Resource).
const maxHookName = 80

// webhook speaks in a channel under any name.
type webhook struct {
	ID            string `json:"id"`
	Type          int    `json:"type"` // 1 is one with a token
	Name          string `json:"name"`
	Token         string `json:"token"`
	ChannelID     string `json:"channel_id"`
	ApplicationID string `json:"application_id"`
}

func (h *webhook) owner() string { return "webhook " + h.ID }

// hooks are our webhooks: by the channel, and by their ids also those that are gone, which are never used again.
type hooks struct {
	in   map[string]*webhook
	byID map[string]*webhook
	gone map[string]bool
	full map[string]time.Time // the channels that have too many, until when that is taken for granted
}

func newHooks() *hooks {
	return &hooks{map[string]*webhook{}, map[string]*webhook{}, map[string]bool{}, map[string]time.Time{}}
}

func (k *hooks) keep(h *webhook) {
	k.in[h.ChannelID], k.byID[h.ID] = h, h
}

// lose notes that a webhook was deleted.
func (k *hooks) lose(h *webhook) {
	k.gone[h.ID] = true
	if k.in[h.ChannelID] == h {
		delete(k.in, h.ChannelID)
	}
}

// hookOf finds or makes the webhook of a channel that is no thread.
func (s *Session) hookOf(ctx context.Context, channel string) (*webhook, error) {
	s.mu.Lock()
	h, app := s.hooks.in[channel], s.app.ID
	s.mu.Unlock()
	if h != nil {
		return h, nil
	}
	var all []webhook
	if err := s.rest.do(ctx, request{method: http.MethodGet, path: pathWebhooks, ids: []string{channel}}, &all); err != nil {
		return nil, err
	}
	s.mu.Lock()
	for i := range all {
		if f := &all[i]; f.Token != "" && f.Type == 1 && f.ApplicationID != "" && f.ApplicationID == app && !s.hooks.gone[f.ID] {
			h = f
			break
		}
	}
	s.mu.Unlock()
	if h == nil {
		h = &webhook{}
		if err := s.rest.do(ctx, request{method: http.MethodPost, path: pathWebhooks, ids: []string{channel}, body: map[string]string{"name": hookName}}, h); err != nil {
			return nil, err
		}
		if !isSnowflake(h.ID) || h.Token == "" {
			return nil, fault(transports.Offline, "Discord did not say which webhook it made. Try again later.")
		}
	}
	h.ChannelID = channel
	s.mu.Lock()
	s.hooks.keep(h)
	s.mu.Unlock()
	return h, nil
}

// fullFor is how long a channel with as many webhooks as it may have is not asked for another one.
const fullFor = 10 * time.Minute

// full tells that a channel has as many webhooks as it may have, none of which is ours.
func (s *Session) full(ctx context.Context, channel string) bool {
	s.mu.Lock()
	until := s.hooks.full[channel]
	s.mu.Unlock()
	if time.Now().Before(until) {
		return true
	}
	if _, err := s.hookOf(ctx, channel); code(err) != tooManyHooks {
		return false // what else is wrong is said when the message is made
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks.full[channel] = time.Now().Add(fullFor)
	return true
}

// hookDraft is a message of a webhook (Execute Webhook).
type hookDraft struct {
	Content     string            `json:"content"`
	Username    string            `json:"username,omitempty"`
	Avatar      string            `json:"avatar_url,omitempty"`
	Mentions    allowedMentions   `json:"allowed_mentions"`
	Attachments []draftAttachment `json:"attachments,omitempty"`
}

// forbidden is what no name of a webhook may contain (Webhook Resource; Users, Usernames and Nicknames).
var forbidden = regexp.MustCompile("(?i)discord|clyde|@|#|:|```")

// hookUser is a name as a webhook may have it.
func hookUser(name string) string {
	name = forbidden.ReplaceAllStringFunc(text.Clean(name), func(s string) string {
		switch strings.ToLower(s) {
		case "discord":
			return s[:4] + "0" + s[5:]
		case "clyde":
			return s[:1] + "1" + s[2:]
		}
		return "_"
	})
	name = strings.Join(strings.Fields(name), " ")
	if n := []rune(name); len(n) > maxHookName {
		name = strings.TrimSpace(string(n[:maxHookName]))
	}
	switch name {
	case "everyone", "here":
		return name + "_"
	case "":
		return "somebody"
	}
	return name
}

// threadQuery names the thread that a message of a webhook is in.
func threadQuery(thread string) url.Values {
	q := url.Values{}
	if thread != "" {
		q.Set("thread_id", thread)
	}
	return q
}

// postAs makes a message under somebody's name; channel may be a thread. A webhook that was deleted is replaced once.
func (s *Session) postAs(ctx context.Context, channel string, d draft, files []transports.Upload, as *transports.Persona) (string, error) {
	home, thread := s.homeOf(channel)
	body := hookDraft{Content: d.Content, Username: hookUser(as.Name), Avatar: as.Picture, Mentions: d.Mentions}
	for try := 0; ; try++ {
		h, err := s.hookOf(ctx, home)
		if err != nil {
			return "", err
		}
		q := threadQuery(thread)
		q.Set("wait", "true")
		r := request{method: http.MethodPost, path: pathWebhook, ids: []string{h.ID, h.Token}, query: q, owner: h.owner(), body: body}
		if len(files) > 0 {
			if r.raw, r.kind, err = s.multipart(ctx, &body, &body.Attachments, files); err != nil {
				return "", err
			}
			r.body = nil
		}
		id, err := s.sendAndHear(ctx, channel, d, h.ID+" "+body.Username, r)
		if (status(err) == http.StatusNotFound && code(err) != 10003 || code(err) == webhookToken) && try == 0 {
			s.mu.Lock()
			s.hooks.lose(h)
			s.mu.Unlock()
			continue
		}
		return id, err
	}
}

// homeOf is the channel whose webhook speaks in a channel, and the thread where it is one.
func (s *Session) homeOf(channel string) (home, thread string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.world.channels[channel]; c != nil && c.isThread() {
		return c.ParentID, channel
	}
	return channel, ""
}

// hookBehind is our webhook that wrote a message, nil for others; the fault is for one that is gone.
func (s *Session) hookBehind(ctx context.Context, channel, id string) (*webhook, error) {
	s.mu.Lock()
	known := s.known.values[id]
	s.mu.Unlock()
	author := ""
	if known != nil && known.author.ID != "" {
		author = known.author.ID
	} else {
		m, err := s.messageAt(ctx, channel, id)
		if err != nil {
			return nil, err
		}
		author = authorOf(&m).ID
		m.ID = id
		s.mu.Lock()
		s.known.note(&m) // what it answers is kept when it is edited
		s.mu.Unlock()
	}
	of, _, _ := strings.Cut(strings.TrimPrefix(author, "w"), "-")
	if !strings.HasPrefix(author, "w") {
		return nil, nil
	}
	home, _ := s.homeOf(channel)
	if s.mayHook(home) {
		if _, err := s.hookOf(ctx, home); err != nil { // so that ours are known after a restart
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hooks.gone[of] {
		return nil, fault(transports.NotFound, "The webhook that wrote this message was deleted on Discord, so that the message cannot be changed any more.")
	}
	return s.hooks.byID[of], nil
}

// mayHook tells whether the account may have webhooks in a channel.
func (s *Session) mayHook(channel string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.channels[channel]
	return c != nil && !s.asUser && c.GuildID != "" && s.world.mine(c)&manageWebhooks != 0
}

// attributed is what stands before a text where there can be no webhook: the name of who says it.
func attributed(as *transports.Persona) string {
	return "**" + text.Plain(as.Name).Discord() + "**: "
}
