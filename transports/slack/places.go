package slack

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"isthmus/transports"
)

// placeOf is the place of a conversation, for an event of it; ok is false where it is none of the account's. Of a room that the account has come into, the core is told.
func (s *Session) placeOf(c *connection, emit func(transports.Event), channel string) (place transports.Place, ok bool) {
	s.mu.Lock()
	user, isTalk := s.talks[channel]
	r, alien := s.rooms[channel], s.foreign.has(channel) || s.joining[channel] > 0 // of one that is being entered, the history tells
	s.mu.Unlock()
	switch {
	case channel == "":
		return place, false
	case isTalk:
		return transports.TalkWith(userID(user)), true
	case r != nil:
		return transports.InRoom(roomID(channel)), true
	case alien:
		return place, false
	}
	info, err := s.info(c.ctx, channel)
	for tries := 1; passes(err) && tries < maxAsked && c.ctx.Err() == nil; tries++ {
		info, err = s.info(c.ctx, channel)
	}
	switch {
	case passes(err): // the next event asks again
		s.log.Warn("Slack does not tell what a conversation is, so what was said there is not shown.", "channel", channel, "error", err)
		return place, false
	case err != nil, !info.IM && !info.MPIM && !info.Member, info.Archived:
		s.mu.Lock()
		s.foreign.add(channel)
		s.mu.Unlock()
		return place, false
	case info.IM:
		s.noteTalk(channel, info.User, info.Created)
		return transports.TalkWith(userID(info.User)), true
	}
	s.come(emit, info)
	return transports.InRoom(roomID(channel)), true
}

// maxAsked is how often Slack is asked what a conversation is in which something happens.
const maxAsked = 3

// passes tells whether an error says nothing about what was asked for, so that it may be answered the next time.
func passes(err error) bool {
	if err == nil {
		return false
	}
	kind := transports.AsFault(asFault(err, false)).Kind
	return kind == transports.Offline || kind == transports.RateLimited
}

// noteTalk remembers which conversation is the talk with a user, and when it was begun, 0 where nobody knows.
func (s *Session) noteTalk(channel, user string, begun int64) {
	if user == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.talks[channel], s.channels[user] = user, channel
	if begun > 0 {
		s.begun[user] = begun
	}
}

// Talks are the users with whom a direct message has begun since then: Slack does not tell where something was said.
func (s *Session) Talks(_ context.Context, since time.Time) (all []transports.UserID, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for user, begun := range s.begun {
		if begun >= since.Unix() {
			all = append(all, userID(user))
		}
	}
	slices.Sort(all)
	return all, nil
}

// channelFor is the conversation of a place.
func (s *Session) channelFor(ctx context.Context, place transports.Place) (string, error) {
	if place.Room != "" {
		return channelOf(place.Room), nil
	}
	user := slackUser(place.User)
	s.mu.Lock()
	channel := s.channels[user]
	s.mu.Unlock()
	if channel != "" {
		return channel, nil
	}
	if strings.Contains(user, "-") || strings.HasPrefix(user, "B") {
		return "", fault(transports.Forbidden, "This is a bot without an account of its own: it takes no direct messages.")
	}
	var answer struct {
		Channel channelObject `json:"channel"`
	}
	if _, err := s.client.read(ctx, "conversations.open", url.Values{"users": {user}}, &answer); err != nil {
		return "", asFault(err, false)
	}
	if answer.Channel.ID == "" {
		return "", fault(transports.NotFound, "There is no such person in the workspace.")
	}
	s.noteTalk(answer.Channel.ID, user, 0)
	return answer.Channel.ID, nil
}
