package discord

import (
	"context"
	"net/http"
	"strings"

	"isthmus/mapping/text"
	"isthmus/transports"
)

const (
	// maxThreadName is in characters; archiveAfter is when a thread without messages is put away, in minutes (Start Thread from Message).
	maxThreadName = 100
	archiveAfter  = 1440
)

// threadOf finds the thread that begins with a message, and starts it where there is none: it has the message's id.
func (s *Session) threadOf(ctx context.Context, place transports.Place, root transports.MessageID) (string, error) {
	parent, _, err := s.channelOf(ctx, place, sendInThreads)
	if err != nil {
		return "", err
	}
	if place.Room == "" || !isSnowflake(string(root)) {
		return "", noMessage(root)
	}
	s.mu.Lock()
	known := s.world.channels[string(root)]
	s.mu.Unlock()
	if known != nil && known.ParentID == parent {
		return known.ID, nil
	}
	if _, _, err := s.channelOf(ctx, place, createThreads); err != nil {
		return "", err
	}
	m, err := s.messageAt(ctx, parent, string(root))
	if err != nil {
		return "", err
	}
	name := strings.Join(strings.Fields(text.ParseDiscord(m.Content, nil, nil).String()), " ")
	if name == "" {
		name = "Thread"
	}
	var c channel
	err = s.rest.do(ctx, request{method: http.MethodPost, path: pathMessageThread, ids: []string{parent, string(root)}, again: true,
		body: map[string]any{"name": text.Pieces(name, maxThreadName)[0], "auto_archive_duration": archiveAfter}}, &c)
	if code(err) == threadThere {
		err = s.rest.do(ctx, request{method: http.MethodGet, path: pathChannel, ids: []string{string(root)}}, &c)
	}
	if err == nil && !isSnowflake(c.ID) {
		err = fault(transports.Offline, "Discord did not say which thread it began. Try again later.")
	}
	if err != nil {
		return "", err
	}
	s.learn(c)
	return c.ID, nil
}

// threadThere is the error that a message has a thread already.
const threadThere = 160004

// learn takes a channel that an answer told.
func (s *Session) learn(c channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.world.guilds[c.GuildID] != nil && s.world.channels[c.ID] == nil {
		s.world.channels[c.ID] = &c
	}
}

// putAway are the threads that the account has joined and no guild has told: those without messages of late are in no list (Channels, Threads).
func (h *handler) putAway() (ids []string) {
	for _, id := range h.data.Joined {
		if isSnowflake(id) && h.world.channels[id] == nil && !h.sought[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// maxSought is how many threads are asked for; others are taken for granted.
const maxSought = 100

// seek asks for threads, and settles the rooms again.
func (h *handler) seek(ids []string) {
	if h.sought == nil {
		h.sought = map[string]bool{}
	}
	for _, id := range ids {
		h.sought[id] = true
	}
	link := h.link
	h.connections.Go(func() {
		var unsure []transports.RoomID
		for i, id := range ids {
			if i >= maxSought {
				unsure = append(unsure, roomID(id))
				continue
			}
			var c channel
			err := h.rest.do(link.ctx, request{method: http.MethodGet, path: pathChannel, ids: []string{id}}, &c)
			switch {
			case err == nil && c.isThread():
				h.learn(c)
			case err != nil && status(err) != http.StatusNotFound && status(err) != http.StatusForbidden:
				unsure = append(unsure, roomID(id))
			}
		}
		link.queue.put(item{task: func(h *handler) {
			h.unsure = unsure
			h.settle()
			h.flush()
		}})
	})
}

// lookUp asks for a channel that is not known: a thread that was put away is in no list, and one made a moment ago may not be told yet.
func (s *Session) lookUp(ctx context.Context, room transports.RoomID) {
	id := strings.TrimPrefix(string(room), "#")
	s.mu.Lock()
	known := s.world.channels[id] != nil || len(s.world.pending) > 0
	s.mu.Unlock()
	if known || !isSnowflake(id) {
		return
	}
	var c channel
	if s.rest.do(ctx, request{method: http.MethodGet, path: pathChannel, ids: []string{id}}, &c) == nil && c.ID == id {
		s.learn(c)
	}
}
