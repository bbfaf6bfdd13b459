package discord

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"isthmus/transports"
)

// typingLasts is how long a user writes after they were told to (Trigger Typing Indicator).
const typingLasts = 10 * time.Second

func (h *handler) messageCreated(data json.RawMessage) {
	var m message
	decode(data, &m)
	h.newMessage(&m)
}

func (h *handler) newMessage(m *message) {
	if !isSnowflake(m.ID) || m.Type == threadStarter || h.asUser && h.waitsForPlace(m) {
		return
	}
	h.mu.Lock()
	events, of := h.created(m)
	h.mu.Unlock()
	h.tell(events)
	h.flush()
	if of != nil {
		close(of.heard)
	}
}

// created is what the core is told of a new message, and what it is the echo of, where that is not known yet.
func (h *handler) created(m *message) (events []transports.Event, of *sending) {
	w := h.world
	if c := w.channels[m.ChannelID]; c != nil {
		c.LastID = m.ID
		m.GuildID = c.GuildID
	}
	h.known.note(m)
	if m.GuildID == "" && m.Author.ID != "" && m.Author.ID != w.self.ID {
		w.meet(m.ChannelID, m.Author)
	}
	told := false
	if of = h.sent.echo(m, m.Author.ID == w.self.ID); of != nil {
		told = of.over || of.id != "" && isClosed(of.heard)
		m.Nonce, of.id = of.nonce, m.ID
		if isClosed(of.heard) {
			of = nil
		}
	}
	at, there := w.spotOf(m.ChannelID)
	known := h.known.values[m.ID]
	if !there || told || known.told { // events may come more than once (API Reference, Consistency)
		return nil, of
	}
	known.told = true
	if g := w.guilds[m.GuildID]; g != nil && m.WebhookID == "" && m.Member != nil && isSnowflake(m.Author.ID) && g.members[m.Author.ID] == nil {
		m.Member.User = m.Author
		events = w.speaks(g, *m.Member)
	}
	h.stopTyping(m.ChannelID, m.Author.ID)
	e := h.told(at, m)
	e.Replayed = h.replaying
	return append(events, e), of
}

// told is a message in the contract's words. Those of our own webhooks are the account's.
func (s *Session) told(at spot, m *message) transports.Message {
	ours, answers := s.ours(m), ""
	if ours {
		m.Content, answers = unanswered(m.Content)
	}
	e := s.world.told(at, m)
	e.Own = e.Own || ours
	if answers != "" {
		e.ReplyTo = &transports.Reference{ID: at.id(answers)}
	}
	return e
}

// ours tells whether a webhook of ours has written a message.
func (s *Session) ours(m *message) bool {
	return m.WebhookID != "" && (s.hooks.byID[m.WebhookID] != nil || m.AppID != "" && m.AppID == s.app.ID)
}

// edited is what a message says since it was edited, in the contract's words.
func (s *Session) edited(at spot, m *message) transports.Edited {
	if s.ours(m) {
		m.Content, _ = unanswered(m.Content)
	}
	if known := s.known.values[m.ID]; known != nil && m.Author.ID == s.world.self.ID {
		m.Content = strings.TrimPrefix(m.Content, known.named)
	}
	e := transports.Edited{Place: at.place, ID: at.id(m.ID), From: s.world.authorOf(m), At: timeOf(m.Edited), Text: s.world.textOf(m.GuildID, &m.content)}
	if at.thread == m.ID {
		e.Text = s.world.headed(e.Text, at.thread)
	}
	return e
}

func (h *handler) messageUpdated(data json.RawMessage) {
	var m message
	var raw map[string]json.RawMessage
	decode(data, &m)
	_ = json.Unmarshal(data, &raw)
	h.mu.Lock()
	defer h.mu.Unlock()
	at, there := h.world.spotOf(m.ChannelID)
	known := h.known.values[m.ID]
	// Without the time of an edit it is an embed that arrives, or a change of flags.
	if !there || !isSnowflake(m.ID) || m.Edited == "" || raw["content"] == nil || known != nil && known.edited == m.Edited {
		return
	}
	switch {
	case m.Author.ID != "":
		h.known.note(&m)
	case known != nil:
		m.Author, known.edited = known.author, m.Edited
	default:
		return // nobody knows whose it is
	}
	if c := h.world.channels[m.ChannelID]; c != nil {
		m.GuildID = c.GuildID
	}
	h.emit(h.edited(at, &m))
}

func (h *handler) messageDeleted(data json.RawMessage) {
	var e struct {
		ID      string `json:"id"`
		Channel string `json:"channel_id"`
	}
	decode(data, &e)
	h.deleted(e.Channel, e.ID)
}

func (h *handler) messagesDeleted(data json.RawMessage) {
	var e struct {
		IDs     []string `json:"ids"`
		Channel string   `json:"channel_id"`
	}
	decode(data, &e)
	for _, id := range e.IDs {
		h.deleted(e.Channel, id)
	}
}

// deleted tells that a message is gone. Discord does not say by whom: one of others' may be taken back by themselves, one of ours that we did not
// take back was moderated.
func (h *handler) deleted(channel, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at, there := h.world.spotOf(channel)
	if !there || !isSnowflake(id) {
		return
	}
	e := transports.Deleted{Place: at.place, ID: at.id(id)}
	known := h.known.values[id]
	switch {
	case h.sent.deleting.values[id]:
		e.By = userOf(h.world.self)
	case known != nil && known.author.ID != h.world.self.ID:
		m := message{}
		m.Author = known.author
		if c := h.world.channels[channel]; c != nil {
			m.GuildID = c.GuildID
		}
		e.By = h.world.authorOf(&m)
	}
	h.emit(e)
}

// reactionEvent is any of those about reactions.
type reactionEvent struct {
	User    string  `json:"user_id"`
	Channel string  `json:"channel_id"`
	Message string  `json:"message_id"`
	Guild   string  `json:"guild_id"`
	Member  *member `json:"member"`
	Emoji   emoji   `json:"emoji"`
}

func (h *handler) reactionAdded(data json.RawMessage)   { h.reacted(data, true) }
func (h *handler) reactionRemoved(data json.RawMessage) { h.reacted(data, false) }

func (h *handler) reacted(data json.RawMessage, on bool) {
	var e reactionEvent
	decode(data, &e)
	if !isSnowflake(e.User) || !isSnowflake(e.Message) || e.Emoji.shown() == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if e.Member != nil && e.Member.User.ID != "" {
		h.world.remember(e.Member.User)
	}
	h.tellReactions(e, e.User, h.known.react(e.Message, e.User, e.Emoji.shown(), on))
}

func (h *handler) reactionsCleared(data json.RawMessage) {
	var e reactionEvent
	decode(data, &e)
	h.mu.Lock()
	defer h.mu.Unlock()
	left := h.known.clear(e.Message, e.Emoji.shown())
	for _, user := range slices.Sorted(maps.Keys(left)) {
		h.tellReactions(e, user, left[user])
	}
}

func (h *handler) tellReactions(e reactionEvent, user string, all []string) {
	if at, there := h.world.spotOf(e.Channel); there {
		from, _ := h.world.person(e.Guild, user)
		h.emit(transports.Reacted{Place: at.place, ID: at.id(e.Message), From: from, Emoji: all})
	}
}

func (h *handler) typingStarted(data json.RawMessage) {
	var e struct {
		Channel string  `json:"channel_id"`
		Guild   string  `json:"guild_id"`
		User    string  `json:"user_id"`
		Member  *member `json:"member"`
	}
	decode(data, &e)
	h.mu.Lock()
	at, there := h.world.spotOf(e.Channel)
	place := at.place
	from, _ := h.world.person(e.Guild, e.User)
	if e.Member != nil && e.Member.User.ID != "" {
		from = h.world.userIn(e.Guild, e.Member)
	}
	self := h.world.self.ID
	h.mu.Unlock()
	if !there || !isSnowflake(e.User) || e.User == self {
		return
	}
	h.emit(transports.Typing{Place: place, From: from, On: true})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopTyping(e.Channel, e.User)
	link := h.link
	h.typing[e.Channel+" "+e.User] = time.AfterFunc(typingLasts, func() {
		link.queue.put(item{task: func(h *handler) { h.out(transports.Typing{Place: place, From: from}) }})
	})
}

// stopTyping forgets that a user writes: it is over, or begins anew.
func (h *handler) stopTyping(channel, user string) {
	key := channel + " " + user
	if timer := h.typing[key]; timer != nil {
		timer.Stop()
		delete(h.typing, key)
	}
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
