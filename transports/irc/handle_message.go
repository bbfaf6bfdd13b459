package irc

import (
	"strings"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// onMessage is a PRIVMSG or NOTICE. RFC 2812 §3.3.
func (c *connection) onMessage(m message) {
	if c.stage != online || len(m.Params) < 2 {
		return // notices before the end of the welcome tell of how the server looks us up
	}
	target, words := m.Param(0), m.Param(1)
	name, inRoom := c.support.roomOf(target)
	r := c.rooms[c.fold(name)]
	if inRoom && r == nil {
		return
	}
	if c.fromServer(m) {
		if r != nil {
			c.tell(r, announced(r.id, words))
		} else {
			c.announce("", words)
		}
		return
	}
	event := transports.Message{From: author(m), Own: c.isSelf(m.Name), At: m.at(), Style: transports.Says}
	if m.Command == "NOTICE" {
		event.Style = transports.Notice
	}
	if ctcp, is := strings.CutPrefix(words, "\x01"); is {
		verb, rest, _ := strings.Cut(strings.TrimSuffix(ctcp, "\x01"), " ")
		if !strings.EqualFold(verb, "ACTION") {
			if event.Style == transports.Notice {
				c.onAnswer(m, strings.ToUpper(verb), rest)
			} else if !event.Own || c.isSelf(target) {
				c.onQuestion(m, strings.ToUpper(verb), rest)
			}
			return
		}
		event.Style, words = transports.Does, rest
	}
	event.Text = text.ParseIRC(words)
	if event.Style == transports.Notice && r == nil {
		r = c.roomNamed(words)
	}
	switch {
	case r != nil:
		event.Place = transports.InRoom(r.id)
		c.tell(r, event)
		return
	case event.Own: // said by another client of the same account, through a bouncer; or to oneself
		event.Place = transports.TalkWith(userID(target))
	default:
		event.Place = transports.TalkWith(event.From.ID)
	}
	if event.Place.User != "" {
		c.emit(event)
	}
}

// roomNamed is the room that a notice to the person is about: services and bots begin such a one with "[#room]".
func (c *connection) roomNamed(words string) *room {
	name, bracketed := strings.CutPrefix(words, "[")
	name, _, closed := strings.Cut(name, "]")
	if !bracketed || !closed || !c.support.isRoom(name) {
		return nil
	}
	return c.rooms[c.fold(name)]
}

func announced(id transports.RoomID, line string) transports.Event {
	return transports.Announced{Room: id, Text: text.ParseIRC(line)}
}
