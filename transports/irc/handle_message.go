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
	if b := c.batchOf(m); b.isMultiline() {
		b.add(m)
		return
	}
	place, ok := c.placeOf(m)
	if !ok {
		return
	}
	if c.fromServer(m) {
		if words := text.ParseIRC(m.Param(1)); !words.Empty() && !c.pastOf(m).wanted() {
			c.tellIn(place, transports.Announced{Room: place.Room, Text: words})
		}
		return
	}
	if c.onReaction(m, place) || m.relayedBy() != "" && c.isOurs(m) && c.pastOf(m) == nil { // what we have said for others
		return
	}
	words := m.Param(1)
	event := transports.Message{Place: place, ID: m.id(), From: author(m), Own: c.isOurs(m), At: m.at(), Style: transports.Says, ReplyTo: m.replyTo()}
	if m.Command == "NOTICE" {
		event.Style = transports.Notice
	}
	if ctcp, is := strings.CutPrefix(words, "\x01"); is {
		verb, rest, _ := strings.Cut(strings.TrimSuffix(ctcp, "\x01"), " ")
		if !strings.EqualFold(verb, "ACTION") {
			c.onCTCP(m, event, strings.ToUpper(verb), rest)
			return
		}
		event.Style, words = transports.Does, rest
	}
	event.Text = text.ParseIRC(words)
	c.stoppedTyping(place, m.Name)
	if r := c.roomNamed(words); r != nil && event.Style == transports.Notice && place.User != "" {
		place = transports.InRoom(r.id)
		event.Place = place
	}
	c.deliver(m, place, event)
}

// onCTCP is a question between programs, or the answer to one.
func (c *connection) onCTCP(m message, event transports.Message, verb, rest string) {
	switch {
	case c.pastOf(m) != nil: // it was asked then
	case event.Style == transports.Notice:
		c.onAnswer(m, verb, rest)
	case !event.Own || c.isSelf(m.Param(0)):
		c.onQuestion(m, verb, rest)
	}
}

// onTags is a message that has nothing but tags. IRCv3 message-tags.
func (c *connection) onTags(m message) {
	if c.stage != online || c.fromServer(m) {
		return
	}
	place, ok := c.placeOf(m)
	if !ok {
		return
	}
	c.onReaction(m, place)
	if c.pastOf(m) == nil {
		c.onTyping(m, place)
	}
}

// placeOf is where a message is said. It is false where the account has nothing to do with it.
func (c *connection) placeOf(m message) (transports.Place, bool) {
	target := m.Param(0)
	if name, inRoom := c.support.roomOf(target); inRoom {
		switch r := c.rooms[c.fold(name)]; {
		case r != nil:
			return transports.InRoom(r.id), true
		case c.pastOf(m).wanted():
			return transports.InRoom(c.usualID(name)), true
		}
		return transports.Place{}, false
	}
	if c.fromServer(m) {
		return transports.Place{}, true
	}
	who := userID(m.Name)
	if c.isSelf(m.Name) { // another client of the same account says it, through a bouncer; or it is said to oneself
		who = userID(target)
	}
	return transports.TalkWith(who), who != ""
}

// deliver tells what is said in a place, now or in the past. What was told before is not told again: servers replay the last
// lines to everyone who enters a room.
func (c *connection) deliver(m message, place transports.Place, event transports.Event) {
	b := c.pastOf(m)
	if b.wanted() {
		b.query.add(event)
		return
	}
	if said, is := event.(transports.Message); is && said.ID != "" {
		said.Replayed = b != nil
		event = said
		if c.session.seen.has(said.ID) && b != nil {
			return
		}
		c.session.seen.add(said.ID)
		c.note(place, said.ID, said.At)
	}
	c.tellIn(place, event)
}

// tellIn emits what happened in a place.
func (c *connection) tellIn(place transports.Place, event transports.Event) {
	if place.Room == "" {
		c.emit(event)
	} else if r := c.rooms[c.fold(string(place.Room))]; r != nil {
		c.tell(r, event)
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
