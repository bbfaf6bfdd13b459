package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"isthmus/transports"
)

// doAsUser carries out what only people's own accounts can, and what is otherwise done in groups. It is false for everything else.
func (s *Session) doAsUser(ctx context.Context, l *link, command transports.Command, done func(transports.Result, error)) bool {
	var err error
	switch c := command.(type) {
	case transports.Subscribe:
		err = s.ask(ctx, c)
	case transports.Authorize:
		err = s.authorize(ctx, c)
	case transports.SetContact:
		err = s.setContact(ctx, c)
	case transports.Block:
		err = s.block(ctx, c)
	case transports.MarkRead:
		err = s.markRead(ctx, c)
	case transports.Invite:
		err = s.addToGroup(ctx, c)
	case transports.Leave:
		group := s.group(c.Room)
		if group == nil {
			return false
		}
		err = s.leaveGroup(ctx, group)
	case transports.Create:
		if c.Parent != "" {
			return false
		}
		s.createGroup(ctx, l, c, done)
		return true
	case transports.SetRole:
		group := s.group(c.Room)
		if group == nil {
			return false
		}
		err = s.removeFromGroup(ctx, group, c)
	case transports.SetRoomName:
		group := s.group(c.Room)
		if group == nil {
			return false
		}
		err = s.nameGroup(ctx, group, c.Name)
	default:
		return false
	}
	done(transports.Result{}, s.heed(l, err))
	return true
}

// nameGroup changes what a group is called; without a name it is called by who is in it.
func (s *Session) nameGroup(ctx context.Context, c *channel, name string) error {
	if len([]rune(name)) > maxChannelName {
		return fault(transports.Invalid, "The name of a group has at most %d characters.", maxChannelName)
	}
	return s.rest.do(ctx, request{method: http.MethodPatch, path: pathChannel, ids: []string{c.ID}, body: map[string]string{"name": strings.TrimSpace(name)}}, nil)
}

// talkWith is the body of a request for the talk with a user. People's own accounts name all who are to be in it.
func (s *Session) talkWith(user string) any {
	if s.asUser {
		return map[string][]string{"recipients": {user}}
	}
	return map[string]string{"recipient_id": user}
}

// around reads a message with those next to it.
func (s *Session) around(ctx context.Context, channel, id string) (all []message, err error) {
	err = s.rest.do(ctx, request{method: http.MethodGet, path: pathMessages, ids: []string{channel}, query: url.Values{"around": {id}, "limit": {"3"}}}, &all)
	for i := range all {
		all[i].ChannelID = channel
	}
	return all, err
}

// elsewhere tells that an event is about messages in a channel that the person is not in, as most are that their account is told of. Of new messages that is found out when they
// are read: one may call the person there.
func (h *handler) elsewhere(kind string, data json.RawMessage) bool {
	if !h.asUser || kind == "MESSAGE_CREATE" || !strings.HasPrefix(kind, "MESSAGE_") && kind != "TYPING_START" {
		return false
	}
	var e struct {
		Channel string `json:"channel_id"`
	}
	decode(data, &e)
	h.mu.Lock()
	defer h.mu.Unlock()
	_, there := h.world.spotOf(e.Channel)
	return !there
}

// waitsForPlace keeps a message of a talk or a group that is not known until it was asked for, and leaves out those in channels that the person is not in.
func (h *handler) waitsForPlace(m *message) bool {
	h.calledIn(m)
	h.mu.Lock()
	_, there := h.world.spotOf(m.ChannelID)
	c := h.world.channels[m.ChannelID]
	if c != nil && !there {
		c.LastID = m.ID
	}
	h.mu.Unlock()
	held, asked := h.finding[m.ChannelID]
	switch {
	case !there && (c != nil || m.GuildID != "" || !isSnowflake(m.ChannelID)): // nobody looks there
		return true
	case there || asked && held == nil:
		return false
	case asked:
		h.finding[m.ChannelID] = append(held, m)
		return true
	}
	if h.finding == nil {
		h.finding = map[string][]*message{}
	}
	h.finding[m.ChannelID] = []*message{m}
	link := h.link
	h.connections.Go(func() {
		var c channel
		err := h.rest.do(link.ctx, request{method: http.MethodGet, path: pathChannel, ids: []string{m.ChannelID}}, &c)
		link.queue.put(item{task: func(h *handler) {
			if err == nil && c.ID == m.ChannelID && c.GuildID == "" {
				h.privateChannelChanged(c)
			}
			held := h.finding[m.ChannelID]
			h.finding[m.ChannelID] = nil
			for _, m := range held {
				h.newMessage(m)
			}
			if err != nil && status(err) == 0 { // nobody answered: the next message asks again
				delete(h.finding, m.ChannelID)
			}
			h.flush()
		}})
	})
	return true
}

// findKnown finds friends, those whom there is a talk with, and people of the servers, by the beginning of a name.
func (s *Session) findKnown(words string, limit int) (found []transports.User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	words = strings.ToLower(words)
	seen := map[string]bool{s.world.self.ID: true}
	add := func(u transports.User, names ...string) {
		if !seen[string(u.ID)] && slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(strings.ToLower(n), words) }) {
			seen[string(u.ID)] = true
			found = append(found, u)
		}
	}
	for _, r := range s.world.relations {
		u, _ := s.world.person("", r.ID)
		add(s.world.friendly(u), r.Nickname, u.Name, s.world.people[r.ID].Username)
	}
	for id := range s.world.dms {
		u, _ := s.world.person("", id)
		add(u, u.Name, s.world.people[id].Username)
	}
	for _, g := range s.world.guilds {
		for _, m := range g.members {
			add(s.world.userIn(g.id, m), m.Nick, m.User.GlobalName, m.User.Username)
		}
	}
	slices.SortFunc(found, func(a, b transports.User) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return found[:min(len(found), limit)]
}

// userProfile tells what is known of a user: what their profile has, where Discord shows it to the account.
func (s *Session) userProfile(ctx context.Context, id string, known transports.User, there bool) (transports.Profile, error) {
	var a struct {
		User    user `json:"user"`
		Profile struct {
			Bio string `json:"bio"`
		} `json:"user_profile"`
	}
	err := s.rest.do(ctx, request{method: http.MethodGet, path: "/users/{}/profile", ids: []string{id}}, &a)
	switch {
	case err != nil && !there:
		return transports.Profile{}, err
	case err != nil || a.User.ID != id:
		return transports.Profile{User: known, FullName: known.Name}, nil
	case !there:
		known = userOf(a.User)
	}
	return transports.Profile{User: known, FullName: a.User.name(), Nick: a.User.Username, Note: a.Profile.Bio}, nil
}

// reactionsAdded takes reactions that many have put on a message in a short time.
func (h *handler) reactionsAdded(data json.RawMessage) {
	var e struct {
		reactionEvent
		Reactions []struct {
			Users []string `json:"users"`
			Emoji emoji    `json:"emoji"`
		} `json:"reactions"`
	}
	decode(data, &e)
	h.mu.Lock()
	defer h.mu.Unlock()
	if !isSnowflake(e.Message) {
		return
	}
	for _, r := range e.Reactions {
		for _, user := range r.Users {
			if isSnowflake(user) && r.Emoji.shown() != "" {
				h.tellReactions(e.reactionEvent, user, h.known.react(e.Message, user, r.Emoji.shown(), true))
			}
		}
	}
}
