package slack

import (
	"encoding/json"
	"slices"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// happened takes an event that is no message, and gives the place in which something was changed that is kept.
func (s *Session) happened(c *connection, kind string, raw json.RawMessage, emit func(transports.Event)) (place transports.Place) {
	var e eventObject
	if err := lenient(raw, &e); err != nil {
		s.log.Warn("Slack sent an event that cannot be read.", "type", kind, "error", err)
		return place
	}
	user, channel := idOf(e.User), idOf(e.Channel)
	switch kind {
	case "member_joined_channel":
		s.cameIn(c, channel, user, e.Inviter, emit)
	case "member_left_channel":
		s.wentOut(c, channel, user, emit)
	case "channel_left", "group_left", "mpim_close":
		s.left(c, channel, emit)
	case "channel_archive", "group_archive", "channel_deleted", "group_deleted":
		s.gone(emit, channel, transports.Removed)
	case "channel_unarchive", "group_unarchive", "channel_joined", "group_joined", "mpim_joined", "mpim_open":
		s.forgetForeign()
		s.placeOf(c, emit, channel)
	case "channel_rename", "group_rename":
		s.roomRenamed(raw, emit)
	case "channel_id_changed":
		s.moved(c, e.OldID, e.NewID, emit)
	case "user_change", "user_profile_changed", "user_status_changed", "team_join":
		var u struct {
			User userObject `json:"user"`
		}
		if lenient(raw, &u) == nil && u.User.ID != "" {
			s.userChanged(c, personOf(u.User), emit)
		}
	case "reaction_added", "reaction_removed":
		if e.Item.Type == "message" && user != "" {
			place = s.reactionChanged(c, e, user, kind == "reaction_added", emit)
		}
	case "pin_added":
		s.pinned(c, raw, emit)
	case "emoji_changed":
		s.mu.Lock()
		s.emoji = nil
		s.mu.Unlock()
	case "tokens_revoked":
		self := s.own().id
		if slices.Contains(e.Tokens.OAuth, self) || slices.Contains(e.Tokens.Bot, self) {
			c.end(refusal(&apiError{method: kind, code: "token_revoked"}, false))
		}
	case "app_uninstalled":
		c.end(refusal(&apiError{method: kind, code: "account_inactive"}, false))
	case "dnd_updated", "dnd_updated_user":
		s.lookAgain(user)
	}
	return place
}

// pinned takes that somebody has pinned a message.
func (s *Session) pinned(c *connection, raw json.RawMessage, emit func(transports.Event)) {
	var e struct {
		User    string `json:"user"`
		Channel string `json:"channel_id"`
		TS      string `json:"event_ts"`
		Item    struct {
			Message messageObject `json:"message"`
		} `json:"item"`
	}
	if lenient(raw, &e) != nil || !s.news("pinned "+e.Channel+" "+e.TS) {
		return
	}
	place, ok := s.placeOf(c, emit, e.Channel)
	if !ok || place.Room == "" {
		return
	}
	words := text.Plain(s.person(c.ctx, e.User).name + " pinned a message here.")
	if said := s.textOf(c.ctx, &e.Item.Message); !said.Empty() {
		words = append(words, text.Block{Kind: text.Quote, Children: said})
	}
	emit(transports.Announced{Room: place.Room, Text: words})
}

// forgetForeign has channels looked at anew that were none of the account's.
func (s *Session) forgetForeign() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.foreign = newRecent[string](1000)
}

// cameIn takes that someone came into a channel: the account itself too, by someone else's doing or its own elsewhere.
func (s *Session) cameIn(c *connection, channel, user, inviter string, emit func(transports.Event)) {
	if user == s.own().id {
		if s.room(channel) == nil {
			s.forgetForeign()
			s.placeOf(c, emit, channel)
		}
		return
	}
	r := s.room(channel)
	if r == nil {
		return
	}
	by := ""
	if inviter != "" && inviter != user {
		by = s.person(c.ctx, inviter).name
	}
	s.show(emit, transports.InRoom(roomID(channel)), s.person(c.ctx, user), by)
}

// left takes that one of an app's accounts has left a channel: which of them, the event does not say.
func (s *Session) left(c *connection, channel string, emit func(transports.Event)) {
	if s.room(channel) == nil {
		return
	}
	info, err := s.info(c.ctx, channel)
	if isCode(err, "channel_not_found") || err == nil && !info.Member && !info.MPIM {
		s.gone(emit, channel, transports.Left)
	}
}

// wentOut takes that someone left a channel, or was removed from it: Slack does not tell which.
func (s *Session) wentOut(c *connection, channel, user string, emit func(transports.Event)) {
	if user == s.own().id {
		s.gone(emit, channel, transports.Left)
		return
	}
	r := s.room(channel)
	if r == nil {
		return
	}
	s.mu.Lock()
	told := r.told[user]
	delete(r.told, user)
	s.mu.Unlock()
	if told {
		emit(transports.MemberLeft{Room: roomID(channel), User: s.person(c.ctx, user).user(), Cause: transports.Left})
	}
}

func (s *Session) roomRenamed(raw json.RawMessage, emit func(transports.Event)) {
	var e struct {
		Channel channelObject `json:"channel"`
	}
	if lenient(raw, &e) != nil || e.Channel.Name == "" {
		return
	}
	if r := s.room(e.Channel.ID); r != nil {
		s.mu.Lock()
		r.Name = e.Channel.Name
		s.mu.Unlock()
		emit(s.changed(r))
	}
}

// moved takes that a channel has another id: its old address is no more.
func (s *Session) moved(c *connection, was, now string, emit func(transports.Event)) {
	if s.room(was) == nil || now == "" || now == was {
		return
	}
	s.gone(emit, was, transports.Removed)
	s.forgetForeign()
	s.placeOf(c, emit, now)
}

// userChanged takes what is new of someone.
func (s *Session) userChanged(c *connection, who person, emit func(transports.Event)) {
	s.people.put(who)
	s.mu.Lock()
	was, known := s.shown[who.id]
	if who.id == s.self.id {
		s.self = who
	}
	if known {
		s.shown[who.id] = who.user()
	}
	s.mu.Unlock()
	switch {
	case !known:
	case who.deleted:
		s.mu.Lock()
		delete(s.shown, who.id)
		for _, r := range s.rooms {
			delete(r.told, who.id)
		}
		s.mu.Unlock()
		emit(transports.UserLeft{User: who.user(), Cause: transports.Removed, Reason: "The account was deactivated."})
		return
	case was.Name != who.name:
		emit(transports.UserRenamed{Was: was.ID, User: who.user()})
	}
	if known {
		emit(transports.ProfileChanged{User: who.user()})
	}
	s.lookAgain(who.id)
}
