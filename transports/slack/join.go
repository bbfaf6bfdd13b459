package slack

import (
	"context"
	"net/url"
	"strings"

	"isthmus/transports"
)

// info asks for a conversation.
func (s *Session) info(ctx context.Context, channel string) (channelObject, error) {
	var answer struct {
		Channel channelObject `json:"channel"`
	}
	_, err := s.client.read(ctx, "conversations.info", url.Values{"channel": {channel}, "include_num_members": {"true"}}, &answer)
	if answer.Channel.ID == "" {
		answer.Channel.ID = channel
	}
	return answer.Channel, err
}

// join enters a room, or tells anew of one that the account is in. A room may be named as people call it: then it is Moved.
func (s *Session) join(ctx context.Context, c *connection, id transports.RoomID) error {
	channel := channelOf(id)
	s.joins(channel, 1)
	defer s.joins(channel, -1)
	if s.room(channel) == nil {
		if real, err := s.byName(ctx, strings.TrimPrefix(string(id), "#")); err == nil && real != "" {
			return &transports.Fault{Kind: transports.Moved, Text: "This channel has another address.", To: roomID(real)}
		}
		_, err := s.client.read(ctx, "conversations.join", url.Values{"channel": {channel}}, nil)
		if err != nil && !isCode(err, "method_not_supported_for_channel_type") { // a group: who is in it is in it
			return asFault(err, false)
		}
	}
	info, err := s.info(ctx, channel)
	if err != nil {
		return asFault(err, false)
	}
	return s.enter(ctx, c, info)
}

// joins counts who is entering a channel.
func (s *Session) joins(channel string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.joining[channel] += n; s.joining[channel] == 0 {
		delete(s.joining, channel)
	}
}

// enter tells the core that the account is in a room, with its members.
func (s *Session) enter(ctx context.Context, c *connection, info channelObject) error {
	members, complete, err := s.readMembers(ctx, info.ID)
	if err != nil {
		s.log.Info("The members of a channel could not be read.", "channel", info.ID, "error", err)
	}
	if !c.task(ctx, func(emit func(transports.Event)) {
		r := s.room(info.ID)
		s.mu.Lock()
		if r == nil {
			r = newRoom(info)
			s.rooms[info.ID] = r
		}
		r.channelObject, r.loaded = info, err == nil
		s.mu.Unlock()
		emit(s.roomEvent(r, members, complete))
	}) {
		return disconnected()
	}
	return nil
}

// come tells of a room that the account is in by someone else's doing, or by its own elsewhere.
func (s *Session) come(emit func(transports.Event), info channelObject) {
	r := newRoom(info)
	s.mu.Lock()
	s.rooms[info.ID] = r
	s.mu.Unlock()
	emit(s.roomEvent(r, nil, false))
}

// gone forgets a room, and tells why the account is no longer in it.
func (s *Session) gone(emit func(transports.Event), channel string, cause transports.Cause) {
	s.mu.Lock()
	r := s.rooms[channel]
	delete(s.rooms, channel)
	self := s.self
	s.mu.Unlock()
	if r != nil {
		emit(transports.MemberLeft{Room: roomID(channel), User: self.user(), Cause: cause})
	}
}
