package slack

import (
	"context"
	"strconv"
	"strings"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// take takes an event. What became of it in a place is to be on disk before it is acknowledged; of all else each connection reads the state anew.
func (s *Session) take(c *connection, d delivered, emit func(transports.Event)) {
	place, held := s.handle(c, d, emit)
	switch {
	case held: // it is taken again
	case place == transports.Place{}:
		d.kept()
	default:
		emit(transports.Checkpoint{Place: place, Kept: d.kept})
	}
}

// handle takes an event, and tells in which place something was said or changed by it, or that it is held for later.
func (s *Session) handle(c *connection, d delivered, emit func(transports.Event)) (place transports.Place, held bool) {
	var head struct {
		Type string `json:"type"`
	}
	if err := lenient(d.event, &head); err != nil {
		s.log.Warn("Slack sent an event that cannot be read.", "error", err)
		return place, false
	}
	if head.Type != "message" {
		return s.happened(c, head.Type, d.event, emit), false
	}
	var m messageObject
	if err := lenient(d.event, &m); err != nil {
		s.log.Warn("Slack sent a message that cannot be read.", "error", err)
		return place, false
	}
	place, ok := s.placeOf(c, emit, m.Channel)
	if !ok {
		return transports.Place{}, false
	}
	switch {
	case m.Subtype == "message_changed" && m.Message != nil:
		held = s.messageChanged(c, place, &m, d, emit)
	case m.Subtype == "message_deleted":
		held = s.messageDeleted(c, place, &m, d, emit)
	case m.Message != nil || m.Subtype == "message_replied": // which lacks its subtype on the Events API
	default:
		held = s.said(c, place, &m, d, emit)
	}
	return place, held
}

// mine tells whether the account wrote a message.
func (s *Session) mine(m *messageObject) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return m.User == s.self.id && m.User != "" && (m.Username == "" || s.botID != "") || s.botID != "" && m.BotID == s.botID
}

// news remembers that something came, and tells whether it is new: envelopes come more than once.
func (s *Session) news(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.add(key)
}

// silent are the subtypes of messages of which other events tell, or which tell nothing.
var silent = map[string]bool{"channel_join": true, "channel_leave": true, "group_join": true, "group_leave": true, "channel_name": true, "group_name": true,
	"channel_archive": true, "group_archive": true, "channel_unarchive": true, "group_unarchive": true, "unpinned_item": true, "tombstone": true,
	"assistant_app_thread": true, "channel_convert_to_private": true}

// notices are the subtypes of messages that tell of something, and that nobody says.
var notices = map[string]string{"pinned_item": "pinned a message here", "huddle_thread": "started a huddle, which can be joined in Slack only", "channel_purpose": "", "group_purpose": "",
	"bot_add": "", "bot_remove": "", "reminder_add": "", "sh_room_created": "started a call, which can be joined in Slack only", "channel_posting_permissions": ""}

// said takes a new message.
func (s *Session) said(c *connection, place transports.Place, m *messageObject, d delivered, emit func(transports.Event)) (held bool) {
	if !isTS(m.TS) {
		return false
	}
	ctx := c.ctx
	for _, f := range m.Files {
		s.uploaded(m.Channel, f.ID, m.TS)
	}
	own := s.mine(m)
	if own && s.holds(m.Channel, d) {
		return true
	}
	s.came(m.Channel, m.TS)
	for _, f := range m.Files {
		if own && s.isEcho(fileMark(m.Channel, f.ID)) {
			s.news(m.Channel + " " + m.TS)
			return false
		}
	}
	if m.Subtype == "pinned_item" && s.may("pins:read") { // pin_added tells more
		return false
	}
	if silent[m.Subtype] || m.Hidden || !s.news(m.Channel+" "+m.TS) || own && s.isEcho(sentMark(m.Channel, m.TS)) {
		return false
	}
	who := s.author(ctx, m)
	switch m.Subtype {
	case "channel_topic", "group_topic":
		s.topicChanged(place, m, who, emit)
		return false
	}
	e := s.message(ctx, place, m, who)
	e.Replayed = d.again || e.At.Before(c.since) && time.Since(c.since) < lastAgain // it may have come to a gateway that crashed
	if place.Room != "" {
		if !own || m.Username == "" { // under whose name the account itself speaks is no member
			s.show(emit, place, who, "")
		}
		if _, tells := notices[m.Subtype]; tells {
			emit(transports.Announced{Room: place.Room, Text: s.notice(ctx, m, who)})
			return false
		}
	}
	s.reactionsOf(m)
	emit(e)
	if !own {
		s.toRead(m.Channel, m.TS)
	}
	return false
}

// message is a message in the contract's words.
func (s *Session) message(ctx context.Context, place transports.Place, m *messageObject, who person) transports.Message {
	e := transports.Message{Place: place, ID: transports.MessageID(m.TS), From: who.user(), Own: s.mine(m), At: timeOf(m.TS)}
	if e.Own {
		e.Nonce = m.nonce()
	}
	if e.Own && m.Username == "" {
		e.From = s.own().user()
	}
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		e.Thread = transports.MessageID(m.ThreadTS)
	}
	switch _, tells := notices[m.Subtype]; {
	case tells:
		e.Style, e.Text = transports.Notice, s.notice(ctx, m, who)
		return e
	case m.Subtype == "me_message":
		e.Style = transports.Does
	}
	e.Text = s.textOf(ctx, m)
	var lost text.Text
	e.Files, lost = s.filesOf(ctx, m)
	e.Text = append(e.Text, lost...)
	if e.Text.Empty() && len(e.Files) == 0 {
		e.Text = text.Plain("(a message that can be seen in Slack only)")
	}
	return e
}

// notice is what a message says that tells of something.
func (s *Session) notice(ctx context.Context, m *messageObject, who person) text.Text {
	if words := notices[m.Subtype]; words != "" {
		return text.Plain(who.name + " " + words + ".")
	}
	t := s.textOf(ctx, m)
	if !strings.Contains(t.String(), who.name) {
		t = append(text.Plain(who.name+":"), t...)
	}
	return t
}

// timeOf is when something was said.
func timeOf(ts string) time.Time {
	seconds, micros, _ := strings.Cut(ts, ".")
	sec, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	micro, _ := strconv.ParseInt(micros, 10, 64) // without them it is the second
	return time.Unix(sec, micro*1000)
}

func (s *Session) topicChanged(place transports.Place, m *messageObject, who person, emit func(transports.Event)) {
	r := s.room(m.Channel)
	if r == nil || place.Room == "" {
		return
	}
	s.mu.Lock()
	r.Topic = topicObject{Value: m.Topic, Creator: who.id, LastSet: timeOf(m.TS).Unix()}
	s.mu.Unlock()
	s.show(emit, place, who, "")
	topic := r.topic(s)
	topic.By, topic.At = who.name, timeOf(m.TS)
	emit(transports.TopicChanged{Room: place.Room, Topic: topic})
}

// deletedRoot is what the root of a thread says when it was deleted.
const deletedRoot = "This message was deleted."

// messageChanged takes an edit. What is no edit has no "edited": the preview of a link, a reply's count.
func (s *Session) messageChanged(c *connection, place transports.Place, m *messageObject, d delivered, emit func(transports.Event)) (held bool) {
	ctx := c.ctx
	now := m.Message
	if !isTS(now.TS) {
		return false
	}
	if now.isTombstone() {
		m.DeletedTS = now.TS
		return s.messageDeleted(c, place, m, d, emit)
	}
	own := s.mine(now)
	if own && s.holds(m.Channel, d) {
		return true
	}
	key := m.Channel + " " + now.TS
	if now.Edited == nil || now.Edited.TS == "" || silent[now.Subtype] || !s.newerEdit(key, now.Edited.TS) {
		return false
	}
	if own && s.isEcho(editMark(m.Channel, now.TS, now.Text)) {
		return false
	}
	now.Channel = m.Channel
	if s.isAhead(m.Channel, now.TS) { // it comes as it is now, and not again
		return s.said(c, place, now, d, emit)
	}
	who := s.author(ctx, now)
	e := s.message(ctx, place, now, who)
	if !own || now.Username == "" {
		s.show(emit, place, who, "")
	}
	emit(transports.Edited{Place: place, ID: e.ID, From: e.From, At: timeOf(now.Edited.TS), Style: e.Style, Text: e.Text})
	return false
}

// newerEdit remembers the last edit of a message, and tells whether one is newer.
func (s *Session) newerEdit(key, edited string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.edits.isLater(key, edited)
}

// came remembers the last message of a channel.
func (s *Session) came(channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if compareTS(ts, s.newest[channel]) > 0 {
		s.newest[channel] = ts
	}
}

// isAhead tells whether something happens to a message that has not come itself yet: it is younger than all that came.
func (s *Session) isAhead(channel, ts string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	newest := s.newest[channel]
	return newest != "" && compareTS(ts, newest) > 0 && !s.seen.has(channel+" "+ts) && !s.echoes.done.has(sentMark(channel, ts))
}

// messageDeleted takes a deletion. Slack does not tell who did it: of someone else's message most likely its author; an own one may have been taken by someone who
// manages the workspace.
func (s *Session) messageDeleted(c *connection, place transports.Place, m *messageObject, d delivered, emit func(transports.Event)) (held bool) {
	ts := m.DeletedTS
	if ts == "" && m.Previous != nil {
		ts = m.Previous.TS
	}
	own := m.Previous != nil && s.mine(m.Previous)
	if ts == "" {
		return false
	}
	if s.holds(m.Channel, d) {
		return true
	}
	if !s.news("deleted "+m.Channel+" "+ts) || s.isEcho(deletedMark(m.Channel, ts)) {
		return false
	}
	if s.isAhead(m.Channel, ts) { // when it comes, it is gone
		s.news(m.Channel + " " + ts)
		return false
	}
	e := transports.Deleted{Place: place, ID: transports.MessageID(ts), At: timeOf(m.TS)}
	switch {
	case own && place.Room != "":
	case own:
		e.By = s.own().user()
	case m.Previous != nil:
		e.By = s.author(c.ctx, m.Previous).user()
	}
	emit(e)
	return false
}
