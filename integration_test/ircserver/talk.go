package ircserver

import (
	"slices"
	"strings"
	"time"
)

const timeFormat = "2006-01-02T15:04:05.000Z"

// event is something that was said, or happened in a room.
type event struct {
	id, command, from, account, target string
	at                                 time.Time
	clientTags                         []tag
	lines                              []line // one, or those of a message of several
	redacted                           bool
	relayedBy                          string // the nick of who said it under another name
}

// line is one of a message's. IRCv3 multiline.
type line struct {
	text   string
	concat bool
}

func (s *Server) newEvent(c *client, command, target string) event {
	return event{id: s.newID(), command: command, from: c.mask(), account: c.account, target: target, at: s.now().UTC().Truncate(time.Millisecond)}
}

// tags are those of the server, then the client's.
func (e event) tags() []tag {
	tags := []tag{{"time", e.at.Format(timeFormat)}, {"msgid", e.id}}
	if e.account != "" {
		tags = append(tags, tag{"account", e.account})
	}
	if e.relayedBy != "" {
		tags = append(tags, tag{"draft/relaymsg", e.relayedBy})
	}
	return append(tags, e.clientTags...)
}

func (s *Server) eventTags(c *client) []tag { return s.newEvent(c, "", "").tags() }

// outs are the lines by which a client is told of an event; in is the batch that they are in, or empty.
func (e event) outs(c *client, in, name string) []out {
	inBatch := func(tags []tag, batch string) []tag {
		if batch == "" {
			return tags
		}
		return append([]tag{{"batch", batch}}, tags...)
	}
	if e.command == "TAGMSG" && !c.caps["message-tags"] || e.command == "REDACT" && !c.caps["draft/message-redaction"] {
		return nil
	}
	if len(e.lines) < 2 {
		params := []string{e.target}
		if e.command == "REDACT" {
			params = append(params, strings.SplitN(e.lines[0].text, " ", 2)...)
		} else if len(e.lines) == 1 && e.command != "TAGMSG" {
			params = append(params, e.lines[0].text)
		}
		return []out{{tags: inBatch(e.tags(), in), from: e.from, command: e.command, params: params}}
	}
	var all []out
	if c.caps["draft/multiline"] && c.caps["batch"] {
		all = append(all, out{tags: inBatch(e.tags(), in), from: e.from, command: "BATCH", params: []string{"+" + name, "draft/multiline", e.target}})
		for _, l := range e.lines {
			var tags []tag
			if l.concat {
				tags = []tag{{"draft/multiline-concat", ""}}
			}
			all = append(all, out{tags: inBatch(tags, name), from: e.from, command: e.command, params: []string{e.target, l.text}})
		}
		return append(all, out{tags: inBatch(nil, in), from: e.from, command: "BATCH", params: []string{"-" + name}})
	}
	tags := e.tags()
	for _, l := range e.lines {
		if l.text != "" { // clients without multiline get no blank lines, and the id on the first only
			all = append(all, out{tags: inBatch(tags, in), from: e.from, command: e.command, params: []string{e.target, l.text}})
			tags = slices.DeleteFunc(slices.Clone(tags), func(t tag) bool { return t.name == "msgid" })
		}
	}
	return all
}

// talk is a message, notice, or one that has tags only.
func (s *Server) talk(c *client, m message) {
	if name := m.tag("batch"); name != "" {
		if b := c.batches[name]; b != nil {
			b.add(m)
		} else {
			c.fail("BATCH", "INVALID_REFTAG", name, "No such batch")
		}
		return
	}
	e := s.newEvent(c, m.command, m.param(0))
	e.clientTags = m.clientTags()
	switch {
	case m.command == "TAGMSG":
		e.lines = []line{{}}
	case m.param(1) == "":
		c.numeric("412", "No text to send")
		return
	default:
		e.lines = []line{{text: m.param(1)}}
	}
	s.say(c, e)
}

// say delivers an event to whom it is for, and its echo to who said it. IRCv3 echo-message.
func (s *Server) say(c *client, e event) {
	var to []*client
	switch r := s.rooms[fold(e.target)]; {
	case isRoom(e.target) && !r.has(c):
		c.numeric("404", e.target, "Cannot send to channel")
		return
	case isRoom(e.target):
		e.target = r.name
		to = r.members
	default:
		other := s.user(e.target)
		if other == nil {
			c.numeric("401", e.target, "No such nick")
			return
		}
		e.target = other.nick
		to = []*client{other}
		if other.away != "" && e.command == "PRIVMSG" {
			defer c.numeric("301", other.nick, other.away)
		}
	}
	s.keep(c, e)
	if c.caps["echo-message"] {
		for _, o := range e.outs(c, "", s.newID()) {
			c.reply(o)
		}
	}
	for _, other := range to {
		if other == c && isRoom(e.target) {
			continue
		}
		for _, o := range e.outs(other, "", s.newID()) {
			other.send(o)
		}
	}
}

// incoming is a message of several lines that a client is sending.
type incoming struct {
	target, label, wrong string
	tags                 []tag
	lines                []line
	bytes                int
}

// batch opens or ends a message of several lines. IRCv3 multiline.
func (s *Server) batch(c *client, m message) {
	name := m.param(0)
	switch {
	case !c.caps["draft/multiline"] || len(name) < 2:
		c.numeric("421", m.command, "Unknown command")
	case name[0] == '+' && m.param(1) == "draft/multiline":
		c.batches[name[1:]] = &incoming{target: m.param(2), label: m.tag("label"), tags: m.clientTags()}
	default:
		b := c.batches[name[1:]]
		delete(c.batches, name[1:])
		if b == nil {
			c.fail("BATCH", "MULTILINE_INVALID", "Invalid multiline batch")
			return
		}
		s.labelled(c, b.label, func() { s.said(c, b) })
	}
}

func (b *incoming) add(m message) {
	_, concat := m.lookup("draft/multiline-concat")
	switch {
	case m.command != "PRIVMSG" || concat && m.param(1) == "":
		b.wrong = "MULTILINE_INVALID"
	case fold(m.param(0)) != fold(b.target):
		b.wrong = "MULTILINE_INVALID_TARGET"
	}
	if len(b.lines) > 0 && !concat {
		b.bytes++
	}
	b.bytes += len(m.param(1))
	b.lines = append(b.lines, line{m.param(1), concat})
}

// said ends a message of several lines.
func (s *Server) said(c *client, b *incoming) {
	blank := !slices.ContainsFunc(b.lines, func(l line) bool { return l.text != "" })
	switch {
	case b.wrong != "" || blank:
		if b.wrong == "" {
			b.wrong = "MULTILINE_INVALID"
		}
		c.fail("BATCH", b.wrong, "Invalid multiline batch")
	case b.bytes > maxMultilineBytes:
		c.fail("BATCH", "MULTILINE_MAX_BYTES", "4000", "Multiline batch max-bytes exceeded")
	case len(b.lines) > maxMultilines:
		c.fail("BATCH", "MULTILINE_MAX_LINES", "20", "Multiline batch max-lines exceeded")
	default:
		e := s.newEvent(c, "PRIVMSG", b.target)
		e.clientTags, e.lines = b.tags, b.lines
		s.say(c, e)
	}
}
