package slack

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

const (
	// maxMembers is how many members of a room are read; of larger rooms those are shown who act.
	maxMembers = 500
	// membersPage is how many are asked for at once.
	membersPage = "200"
	// namesTime bounds how long it may take to find out who the members are; the rest come when they act.
	namesTime = 8 * time.Second
)

// room is a conversation that the account is in and that is no talk.
type room struct {
	channelObject

	id     string
	told   map[string]bool // members that the core knows
	loaded bool            // its members were read
}

func newRoom(c channelObject) *room {
	return &room{channelObject: c, id: c.ID, told: map[string]bool{}}
}

// name is what people call the room.
func (r *room) name(s *Session) string {
	if !r.MPIM {
		return r.Name
	}
	// "mpdm-ida--max--tess-1": the names of those who are in it
	inner := strings.TrimPrefix(r.Name, "mpdm-")
	if i := strings.LastIndexByte(inner, '-'); i > 0 {
		inner = inner[:i]
	}
	var names []string
	for name := range strings.SplitSeq(inner, "--") {
		if name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func (r *room) topic(s *Session) transports.Topic {
	t := transports.Topic{Text: flat(text.ParseMrkdwn(r.Topic.Value, s.refer(nil)).String())}
	if r.Topic.Creator != "" {
		t.By = r.Topic.Creator
		if who, known := s.people.get(r.Topic.Creator); known {
			t.By = who.name
		}
	}
	if r.Topic.LastSet > 0 {
		t.At = time.Unix(r.Topic.LastSet, 0)
	}
	return t
}

func flat(s string) string { return strings.ReplaceAll(s, "\n", " ") }

// roomEvent tells the state of a room with those of its members who are known; the account itself is among them.
func (s *Session) roomEvent(r *room, members []person, complete bool) transports.Room {
	self := s.own()
	e := transports.Room{Room: roomID(r.id), Name: r.name(s), Parent: s.space(), Topic: r.topic(s), Complete: complete, Lacks: r.lacks(),
		Rules: transports.Rules{MembersOnly: r.Private || r.MPIM, Hidden: r.Private || r.MPIM, Moderated: r.ReadOnly}}
	if !slices.ContainsFunc(members, func(p person) bool { return p.id == self.id }) {
		members = append([]person{self}, members...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range members {
		m := p.member()
		if p.id == self.id && r.ReadOnly && p.affiliation < transports.Admin {
			m.Role = transports.Visitor
		}
		e.Members = append(e.Members, m)
		r.told[p.id] = true
		s.shown[p.id] = p.user()
	}
	return e
}

// space is the workspace, which has all its rooms.
func (s *Session) space() transports.RoomID { return transports.RoomID("#" + string(s.scope)) }

// lacks are the features that the account does not have in a room.
func (r *room) lacks() (no transports.Feature) {
	if r.NonThreadable {
		no |= transports.Threads | transports.Replies
	}
	return no
}

// changed tells the new name of a room.
func (s *Session) changed(r *room) transports.RoomChanged {
	return transports.RoomChanged{Room: roomID(r.id), Name: r.name(s), Parent: s.space(), Lacks: r.lacks()}
}

// room is a room that the account is in.
func (s *Session) room(channel string) *room {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[channel]
}

// readMembers reads who is in a room, with their names as far as they can be had in time. complete tells that these are all.
func (s *Session) readMembers(ctx context.Context, channel string) (members []person, complete bool, err error) {
	var ids []string
	whole, err := s.client.pages(ctx, "conversations.members", url.Values{"channel": {channel}, "limit": {membersPage}}, maxPages, func(raw json.RawMessage) (bool, error) {
		var page struct {
			Members []string `json:"members"`
		}
		err := lenient(raw, &page)
		ids = append(ids, page.Members...)
		return len(ids) < maxMembers, err
	})
	if err != nil {
		return nil, false, err
	}
	complete = whole
	s.people.begin(ctx, s.client, s.teamInOrg())
	named, cancel := context.WithTimeout(ctx, namesTime)
	defer cancel()
	for _, id := range ids {
		who, known := s.people.get(id)
		if !known && named.Err() == nil {
			if who, err = s.people.find(patient(named, time.Second), s.client, id); err != nil {
				s.log.Debug("Slack does not tell who a member is.", "user", id, "error", err)
			} else {
				known = true
			}
		}
		if !known {
			complete = false
			continue
		}
		if !who.deleted {
			members = append(members, who)
		}
	}
	return members, complete, nil
}

// loadMembers tells the core who is in a room that somebody opens, if it does not know yet.
func (s *Session) loadMembers(ctx context.Context, c *connection, channel string) {
	r := s.room(channel)
	if r == nil {
		return
	}
	s.mu.Lock()
	loaded := r.loaded
	r.loaded = true
	s.mu.Unlock()
	if loaded {
		return
	}
	members, complete, err := s.readMembers(ctx, channel)
	if err != nil {
		s.log.Info("The members of a channel could not be read.", "channel", channel, "error", err)
		s.mu.Lock()
		r.loaded = false
		s.mu.Unlock()
		return
	}
	c.task(ctx, func(emit func(transports.Event)) {
		if s.room(channel) == r {
			emit(s.roomEventOfLoaded(r, members, complete))
		}
	})
}

// roomEventOfLoaded tells of a room anew, with who spoke meanwhile.
func (s *Session) roomEventOfLoaded(r *room, members []person, complete bool) transports.Event {
	for id := range r.told {
		if who, known := s.people.get(id); known && !slices.ContainsFunc(members, func(p person) bool { return p.id == id }) && !complete {
			members = append(members, who)
		}
	}
	return s.roomEvent(r, members, complete)
}

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

// byName finds a channel by what people call it: one that the account is in, or a public one.
func (s *Session) byName(ctx context.Context, name string) (channel string, err error) {
	s.mu.Lock()
	for _, r := range s.rooms {
		if r.Name == name {
			channel = r.id
		}
	}
	s.mu.Unlock()
	if channel != "" {
		return channel, nil
	}
	err = s.listChannels(ctx, "public_channel", func(c channelObject) bool {
		if c.Name == name {
			channel = c.ID
		}
		return channel == ""
	})
	return channel, err
}

// listChannels lists the channels that the account may see.
func (s *Session) listChannels(ctx context.Context, types string, yield func(channelObject) bool) error {
	arguments := url.Values{"types": {types}, "exclude_archived": {"true"}, "limit": {"200"}}
	if team := s.teamInOrg(); team != "" {
		arguments.Set("team_id", team)
	}
	_, err := s.client.pages(ctx, "conversations.list", arguments, maxPages, func(raw json.RawMessage) (bool, error) {
		var page struct {
			Channels []channelObject `json:"channels"`
		}
		err := lenient(raw, &page)
		for _, c := range page.Channels {
			if c.ID != "" && !yield(c) {
				return false, nil
			}
		}
		return true, err
	})
	return err
}

// Rooms lists the public channels, and the private ones that the account is in.
func (s *Session) Rooms(ctx context.Context, yield func(transports.Listing) bool) error {
	c := s.live.Load()
	if c == nil {
		return disconnected()
	}
	ctx, cancel := c.joined(patient(ctx, maxBlock))
	defer cancel()
	space := s.space()
	if !yield(transports.Listing{Room: space, Name: s.teamName(ctx), Space: true}) {
		return nil
	}
	return asFault(s.listChannels(ctx, "public_channel,private_channel", func(c channelObject) bool {
		return yield(transports.Listing{Room: roomID(c.ID), Name: c.Name, Users: max(c.Members, 1), Topic: flat(text.ParseMrkdwn(c.Topic.Value, s.refer(nil)).String()), Parent: space})
	}), false)
}

func (s *Session) teamName(ctx context.Context) string {
	if who, _, err := s.client.test(ctx); err == nil && who.TeamName != "" {
		return who.TeamName
	}
	return string(s.scope)
}

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
	switch {
	case err != nil, !info.IM && !info.MPIM && !info.Member, info.Archived:
		s.mu.Lock()
		s.foreign.add(channel)
		s.mu.Unlock()
		return place, false
	case info.IM:
		s.noteTalk(channel, info.User)
		return transports.TalkWith(userID(info.User)), true
	}
	s.come(emit, info)
	return transports.InRoom(roomID(channel)), true
}

// come tells of a room that the account is in by someone else's doing, or by its own elsewhere.
func (s *Session) come(emit func(transports.Event), info channelObject) {
	r := newRoom(info)
	s.mu.Lock()
	s.rooms[info.ID] = r
	s.mu.Unlock()
	emit(s.roomEvent(r, nil, false))
}

// noteTalk remembers which conversation is the talk with a user.
func (s *Session) noteTalk(channel, user string) {
	if user == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.talks[channel], s.channels[user] = user, channel
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
	s.noteTalk(answer.Channel.ID, user)
	return answer.Channel.ID, nil
}

// show tells the core of a user who does something in a room, before what they do.
func (s *Session) show(emit func(transports.Event), place transports.Place, who person, by string) {
	r := s.room(channelOf(place.Room))
	s.mu.Lock()
	was, known := s.shown[who.id]
	s.shown[who.id] = who.user()
	news := place.Room != "" && r != nil && !r.told[who.id]
	if news {
		r.told[who.id] = true
	}
	s.mu.Unlock()
	if known && was.Name != who.name { // it was not to be had before
		emit(transports.UserRenamed{Was: was.ID, User: who.user()})
	}
	if news {
		emit(transports.MemberChanged{Room: place.Room, Member: who.member(), By: by})
	}
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
