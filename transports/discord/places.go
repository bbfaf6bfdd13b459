package discord

import (
	"context"
	"net/http"
	"strings"

	"isthmus/transports"
)

// awaitGuilds waits for a room that is not known until all guilds are told: a connection begins without them.
func (s *Session) awaitGuilds(ctx context.Context, l *link, place transports.Place) {
	s.mu.Lock()
	wait := place.Room != "" && len(s.world.pending) > 0 && s.world.channels[strings.TrimPrefix(string(place.Room), "#")] == nil
	s.mu.Unlock()
	if !wait {
		return
	}
	told := make(chan struct{})
	s.inOrder(l, func(transports.Result, error) { close(told) }, func(h *handler) (later bool, err error) { return !h.complete(), nil })
	select {
	case <-told:
	case <-ctx.Done():
	}
}

// permissionNames are what Discord calls them.
var permissionNames = []struct {
	bit  uint64
	name string
}{{viewChannel, "View Channel"}, {sendMessages, "Send Messages"}, {embedLinks, "Embed Links"}, {attachFiles, "Attach Files"}, {readHistory, "Read Message History"},
	{addReactions, "Add Reactions"}, {manageMessages, "Manage Messages"}, {manageWebhooks, "Manage Webhooks"}, {createThreads, "Create Public Threads"}, {sendInThreads, "Send Messages in Threads"},
	{manageChannels, "Manage Channels"}, {manageThreads, "Manage Threads"}, {mayKick, "Kick Members"}, {mayBan, "Ban Members"}, {moderateMembers, "Timeout Members"}}

func permissionName(bit uint64) string {
	for _, p := range permissionNames {
		if p.bit == bit {
			return p.name
		}
	}
	return ""
}

// channelOf finds the channel of a place, where the account may do what needs these permissions there.
func (s *Session) channelOf(ctx context.Context, place transports.Place, needs uint64) (id, guild string, err error) {
	if place.Room == "" {
		id, err = s.talk(ctx, string(place.User), false)
		return id, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id = strings.TrimPrefix(string(place.Room), "#")
	c := s.world.channels[id]
	if c == nil || !s.world.sees(c) {
		return "", "", fault(transports.NotFound, "%s does not see the channel %s any more.", s.called(), place.Room)
	}
	if s.world.guilds[c.GuildID].unavailable {
		return "", "", fault(transports.Offline, "The Discord server has an outage. Try again later.")
	}
	have := s.world.mine(c)
	for _, p := range permissionNames {
		if needs&p.bit != 0 && have&p.bit == 0 {
			return "", "", fault(transports.Forbidden, "%s lacks the permission “%s” in %s. Ask somebody who manages the server for it.", s.called(), p.name, c.Name)
		}
	}
	return id, c.GuildID, nil
}

// talk finds the channel of the talk with a user, and opens it where there is none: only with who is in a server with the bot, as Discord asks for, or
// where something was said before.
func (s *Session) talk(ctx context.Context, user string, before bool) (string, error) {
	s.mu.Lock()
	id, there := s.world.dms[user]
	_, known := s.world.person("", user)
	s.mu.Unlock()
	switch {
	case there:
		return id, nil
	case !isSnowflake(user):
		return "", fault(transports.NotFound, "%q is nobody on Discord who can be written to.", user)
	case !known && !before && s.asUser:
		return "", fault(transports.Forbidden, "You can write only to your friends on Discord, and to people with whom you share a server or a talk.")
	case !known && !before:
		return "", fault(transports.Forbidden, "You can write only to people whom the bot has met in one of its servers.")
	}
	var c channel
	if err := s.rest.do(ctx, request{method: http.MethodPost, path: pathOwnChannels, body: s.talkWith(user), again: true}, &c); err != nil {
		return "", err
	}
	if !isSnowflake(c.ID) {
		return "", fault(transports.Offline, "Discord did not say where the talk is. Try again later.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	with := s.world.people[user]
	with.ID = user
	for _, u := range c.Recipients {
		if u.ID == user {
			with = u
		}
	}
	s.world.meet(c.ID, with)
	return c.ID, nil
}
