package slack

import (
	"context"
	"net/url"
	"strings"
	"time"

	"isthmus/transports"
)

// call does something whose answer has nothing that is wanted.
func (s *Session) call(ctx context.Context, method string, arguments url.Values) error {
	_, err := s.client.read(ctx, method, arguments, nil)
	return asFault(err, true)
}

func (s *Session) leave(ctx context.Context, c *connection, id transports.RoomID) error {
	channel := channelOf(id)
	r := s.room(channel)
	switch {
	case r == nil:
		return nil
	case r.MPIM:
		return fault(transports.Forbidden, "Nobody can leave a group direct message. Close it in your client instead.")
	}
	if err := s.call(ctx, "conversations.leave", url.Values{"channel": {channel}}); err != nil {
		return err
	}
	c.task(ctx, func(emit func(transports.Event)) { s.gone(emit, channel, transports.Left) })
	return nil
}

func (s *Session) setTopic(ctx context.Context, command transports.SetTopic) error {
	return s.call(ctx, "conversations.setTopic", url.Values{"channel": {channelOf(command.Room)}, "topic": {flat(command.Text)}})
}

func (s *Session) setRoomName(ctx context.Context, command transports.SetRoomName) error {
	return s.call(ctx, "conversations.rename", url.Values{"channel": {channelOf(command.Room)}, "name": {channelName(command.Name)}})
}

// setRole removes someone from a channel: Slack has no other roles there.
func (s *Session) setRole(ctx context.Context, command transports.SetRole) error {
	if command.Role != transports.NoRole {
		return fault(transports.Invalid, "Channels of Slack have no roles: people can be removed from them, nothing else.")
	}
	return s.call(ctx, "conversations.kick", url.Values{"channel": {channelOf(command.Room)}, "user": {slackUser(command.User)}})
}

func (s *Session) invite(ctx context.Context, command transports.Invite) error {
	err := s.call(ctx, "conversations.invite", url.Values{"channel": {channelOf(command.Room)}, "users": {slackUser(command.User)}})
	if f := transports.AsFault(err); err != nil && strings.HasSuffix(causeOf(f), "already_in_channel") {
		return nil
	}
	return err
}

func causeOf(f *transports.Fault) string {
	if f.Cause == nil {
		return ""
	}
	return f.Cause.Error()
}

// create makes a public channel.
func (s *Session) create(ctx context.Context, c *connection, command transports.Create) (transports.Result, error) {
	name := command.Name
	if name == "" {
		name = strings.TrimPrefix(string(command.ID), "#")
	}
	var answer struct {
		Channel channelObject `json:"channel"`
	}
	arguments := ofTeam(s.teams()[0], url.Values{"name": {channelName(name)}})
	if _, err := s.client.read(ctx, "conversations.create", arguments, &answer); err != nil {
		return transports.Result{}, asFault(err, true)
	}
	if err := s.enter(ctx, c, answer.Channel); err != nil {
		return transports.Result{}, err
	}
	return transports.Result{Room: roomID(answer.Channel.ID)}, nil
}

// channelName is a name as Slack takes it: small letters, and hyphens for all that it does not take.
func channelName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .,#/\\:;!?'\"()[]{}@", r) {
			return '-'
		}
		return r
	}, strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "#"))))
	runes := []rune(name)
	return string(runes[:min(len(runes), 80)])
}

// destroy archives a channel: only owners of some workspaces can delete one, and not by this way.
func (s *Session) destroy(ctx context.Context, c *connection, id transports.RoomID) error {
	channel := channelOf(id)
	if err := s.call(ctx, "conversations.archive", url.Values{"channel": {channel}}); err != nil {
		return err
	}
	c.task(ctx, func(emit func(transports.Event)) { s.gone(emit, channel, transports.Removed) })
	return nil
}

// markEvery is how long what was read waits to be told: who reads on marks more than once.
const markEvery = 5 * time.Second

func (s *Session) mark(ctx context.Context, command transports.MarkRead) error {
	channel, err := s.channelFor(ctx, command.Place)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if compareTS(string(command.Upto), s.marks[channel]) > 0 {
		s.marks[channel] = string(command.Upto)
	}
	return nil
}

// keepMarks tells Slack from time to time what was read.
func (s *Session) keepMarks(c *connection) {
	tick := time.NewTicker(markEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			return
		}
		s.mu.Lock()
		marks := s.marks
		s.marks = map[string]string{}
		s.mu.Unlock()
		for channel, ts := range marks {
			s.hasRead(channel, ts) // before Slack says so
			if err := s.call(c.ctx, "conversations.mark", url.Values{"channel": {channel}, "ts": {ts}}); err != nil {
				s.log.Info("What was read could not be marked.", "channel", channel, "error", err)
			}
		}
	}
}
