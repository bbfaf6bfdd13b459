package ircserver

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// pastKey is where what is said to a target is kept: under the room, or under both users.
func pastKey(nick, target string) string {
	if isRoom(target) {
		return fold(target)
	}
	pair := []string{fold(nick), fold(target)}
	slices.Sort(pair)
	return strings.Join(pair, " ")
}

func (s *Server) keep(c *client, e event) {
	if e.command == "TAGMSG" && slices.ContainsFunc(e.clientTags, func(t tag) bool { return t.name == "+typing" }) {
		return
	}
	key := pastKey(c.nick, e.target)
	s.past[key] = append(s.past[key], e)
}

// chathistory reads what was said. IRCv3 chathistory.
func (s *Server) chathistory(c *client, m message) {
	sub, target := strings.ToUpper(m.param(0)), m.param(1)
	limit, err := strconv.Atoi(m.param(3))
	switch {
	case !c.caps["draft/chathistory"]:
		c.numeric("421", m.command, "Unknown command")
		return
	case len(m.params) < 4:
		c.fail("CHATHISTORY", "NEED_MORE_PARAMS", sub, "Missing parameters")
		return
	case err != nil || limit < 1 || limit > s.options.History:
		c.fail("CHATHISTORY", "INVALID_PARAMS", sub, m.param(3), "Invalid limit")
		return
	case isRoom(target) && !s.rooms[fold(target)].has(c):
		c.fail("CHATHISTORY", "INVALID_TARGET", sub, target, "Messages could not be retrieved")
		return
	}
	var all []event
	for _, e := range s.past[pastKey(c.nick, target)] {
		if !e.redacted && (e.command == "PRIVMSG" || e.command == "NOTICE" || c.caps["draft/event-playback"]) {
			all = append(all, e)
		}
	}
	from, known := 0, true
	if m.param(2) != "*" {
		from, known = after(all, m.param(2))
	}
	switch {
	case !known:
		c.fail("CHATHISTORY", "INVALID_MSGREFTYPE", sub, m.param(2), "Unknown message")
		return
	case sub == "LATEST":
		all = all[from:]
		all = all[max(0, len(all)-limit):]
	case sub == "AFTER":
		all = all[from:]
		all = all[:min(len(all), limit)]
	default:
		c.fail("CHATHISTORY", "UNKNOWN_COMMAND", sub, "Unknown command")
		return
	}
	name := s.newID()
	c.tells("BATCH", "+"+name, "chathistory", target)
	for _, e := range all {
		for _, o := range e.outs(c, name, s.newID()) {
			c.reply(o)
		}
	}
	c.tells("BATCH", "-"+name)
}

// after is the first event behind what a client refers to: a message, or a time.
func after(all []event, reference string) (int, bool) {
	if id, is := strings.CutPrefix(reference, "msgid="); is {
		i := slices.IndexFunc(all, func(e event) bool { return e.id == id })
		return i + 1, i >= 0
	}
	stamp, is := strings.CutPrefix(reference, "timestamp=")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	i := slices.IndexFunc(all, func(e event) bool { return e.at.After(at) })
	if i < 0 {
		i = len(all)
	}
	return i, is && err == nil
}

// redact takes a message back: the author may, and operators of the room. IRCv3 message-redaction.
func (s *Server) redact(c *client, m message) {
	target, id := m.param(0), m.param(1)
	if !c.caps["draft/message-redaction"] {
		c.numeric("421", m.command, "Unknown command")
		return
	}
	past := s.past[pastKey(c.nick, target)]
	i := slices.IndexFunc(past, func(e event) bool { return e.id == id && !e.redacted })
	switch r := s.rooms[fold(target)]; {
	case isRoom(target) && !r.has(c):
		c.fail("REDACT", "INVALID_TARGET", target, "You cannot delete messages from "+target)
	case i < 0:
		c.fail("REDACT", "UNKNOWN_MSGID", target, id, "This message does not exist or is too old")
	case !strings.HasPrefix(past[i].from, c.nick+"!") && (r == nil || !r.operators[c]):
		c.fail("REDACT", "REDACT_FORBIDDEN", target, id, "You are not authorised to delete this message")
	default:
		past[i].redacted = true
		e := s.newEvent(c, "REDACT", target)
		words := id
		if reason := m.param(2); reason != "" {
			words += " " + reason
		}
		e.lines = []line{{text: words}}
		s.say(c, e)
	}
}

// markRead tells or sets how far someone has read. IRCv3 read-marker.
func (s *Server) markRead(c *client, m message) {
	target := m.param(0)
	stamp, is := strings.CutPrefix(m.param(1), "timestamp=")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	switch {
	case !c.caps["draft/read-marker"]:
		c.numeric("421", m.command, "Unknown command")
	case target == "":
		c.fail("MARKREAD", "NEED_MORE_PARAMS", "Missing parameters")
	case len(m.params) > 1 && (!is || err != nil):
		c.fail("MARKREAD", "INVALID_PARAMS", target, m.param(1), "Invalid parameters")
	case len(m.params) > 1 && at.After(s.markers[markerKey(c, target)]):
		s.markers[markerKey(c, target)] = at
		for other := range s.clients {
			if other.registered && other != c && other.owner() == c.owner() && other.caps["draft/read-marker"] {
				s.tellMarker(other, target)
			}
		}
		s.tellMarker(c, target)
	default:
		s.tellMarker(c, target)
	}
}

// owner is who a client belongs to: an account, else itself.
func (c *client) owner() string {
	if c.account != "" {
		return "account " + c.account
	}
	return fold(c.nick)
}

func markerKey(c *client, target string) string { return c.owner() + " " + fold(target) }

func (s *Server) tellMarker(c *client, target string) {
	stamp := "*"
	if at, known := s.markers[markerKey(c, target)]; known {
		stamp = "timestamp=" + at.UTC().Format(timeFormat)
	}
	c.tells("MARKREAD", target, stamp)
}
