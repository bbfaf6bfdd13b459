package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"isthmus/transports"
)

const (
	// readAgain is how old what was read may be to be told when the first session of the program begins: it may have been read meanwhile.
	readAgain = 48 * time.Hour
	// maxUnreadTalks is of how many talks it is read at the beginning of a session what the person has not, maxUnread how much of each.
	maxUnreadTalks = 20
	maxUnread      = 50
)

// readState is how far the person has read a channel.
type readState struct {
	ID   string `json:"id"`
	Kind int    `json:"read_state_type"` // 0 of a channel
	Last string `json:"last_message_id"`
	// Mentions are how many messages there are of which the person is to be told.
	Mentions int `json:"mention_count"`
}

// unread takes how far the person has read everything: what they have read elsewhere meanwhile is told, and what they have not in their talks is read.
func (h *handler) unread(data json.RawMessage) {
	entries := readArray(data)
	if entries == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	waiting := []unreadTalk{}
	for _, one := range entries {
		var r readState
		if decode(one, &r); r.Kind != 0 || !isSnowflake(r.ID) {
			continue
		}
		known := h.marks[r.ID]
		if isSnowflake(r.Last) && h.hasRead(r.ID, r.Last) && (known != "" || time.Since(saidAt(r.Last)) < readAgain) {
			h.tellRead(r.ID, r.Last)
		}
		last, mark := h.world.lastIn[r.ID], h.marks[r.ID]
		if _, talk := h.world.talks[r.ID]; talk && isSnowflake(last) && (mark != "" && older(mark, last) || mark == "" && r.Mentions > 0) {
			u := unreadTalk{r.ID, last, mark, maxUnread}
			if mark == "" {
				u.most = min(r.Mentions, maxUnread)
			}
			waiting = append(waiting, u)
		}
	}
	slices.SortFunc(waiting, func(a, b unreadTalk) int {
		return cmp.Or(cmp.Compare(len(b.last), len(a.last)), cmp.Compare(b.last, a.last))
	})
	waiting = waiting[:min(len(waiting), maxUnreadTalks)]
	link := h.link
	h.connections.Go(func() {
		for _, u := range waiting {
			h.readSince(link, u.channel, u.mark, u.most)
		}
	})
}

// unreadTalk is one in which something was said after the mark.
type unreadTalk struct {
	channel, last, mark string
	most                int
}

// readSince reads what was said in a channel since a message, and tells it unless it was told.
func (h *handler) readSince(link *link, channel, id string, most int) {
	all, err := h.after(link.ctx, channel, id, most)
	if err != nil {
		if link.ctx.Err() == nil {
			h.env.Log.Info("What is unread could not be asked for.", "channel", channel, "error", err)
		}
		return
	}
	link.queue.put(item{task: func(h *handler) {
		h.replaying = true
		for i := range all {
			h.newMessage(&all[i])
		}
		h.replaying = false
	}})
}

// hasRead notes how far a channel was read, and tells whether that is further than before.
func (s *Session) hasRead(channel, id string) bool {
	if was := s.marks[channel]; was != "" && !older(was, id) {
		return false
	}
	s.marks[channel] = id
	return true
}

// tellRead tells that the person has read something in another client.
func (h *handler) tellRead(channel, id string) {
	if at, there := h.world.spotOf(channel); there {
		h.emit(transports.Read{Place: at.place, Upto: at.id(id), By: userOf(h.world.self)})
	}
}

// acknowledged: the person has read something, here or elsewhere.
func (h *handler) acknowledged(data json.RawMessage) {
	var e struct {
		Channel string `json:"channel_id"`
		Message string `json:"message_id"`
	}
	decode(data, &e)
	h.mu.Lock()
	defer h.mu.Unlock()
	if isSnowflake(e.Channel) && isSnowflake(e.Message) && h.hasRead(e.Channel, e.Message) {
		h.tellRead(e.Channel, e.Message)
	}
}

// markRead tells Discord what the person has read.
func (s *Session) markRead(ctx context.Context, c transports.MarkRead) error {
	channel, id, err := s.messageOf(ctx, c.Place, c.Upto, 0)
	if err != nil {
		return err
	}
	s.mu.Lock()
	was := s.marks[channel]
	further := s.hasRead(channel, id) // before it is told: the event of it is none for the person
	s.mu.Unlock()
	if !further {
		return nil
	}
	err = s.rest.do(ctx, request{method: http.MethodPost, path: "/channels/{}/messages/{}/ack", ids: []string{channel, id}, body: map[string]any{"token": nil}, again: true}, nil)
	if err != nil {
		s.mu.Lock()
		if s.marks[channel] == id {
			s.marks[channel] = was
		}
		s.mu.Unlock()
	}
	return err
}

// passive takes what is new in a guild that nobody looks at: the last messages of its channels. What was not heard of those that the person is in is read.
func (h *handler) passive(data json.RawMessage) {
	type news struct {
		ID   string `json:"id"`
		Last string `json:"last_message_id"`
	}
	var e struct {
		Unread   []news `json:"channel_unread_updates"`
		Channels []news `json:"channels"`
		Updated  []news `json:"updated_channels"`
	}
	decode(data, &e)
	h.mu.Lock()
	missed := map[string]string{}
	for _, n := range slices.Concat(e.Unread, e.Channels, e.Updated) {
		c := h.world.channels[n.ID]
		if c == nil || !isSnowflake(n.Last) || c.LastID != "" && !older(c.LastID, n.Last) {
			continue
		}
		if h.world.rooms[n.ID] && isSnowflake(c.LastID) {
			missed[n.ID] = c.LastID
		}
		c.LastID = n.Last
	}
	link := h.link
	h.mu.Unlock()
	if len(missed) == 0 {
		return
	}
	h.connections.Go(func() {
		for channel, since := range missed {
			h.readSince(link, channel, since, maxPage)
		}
	})
}
