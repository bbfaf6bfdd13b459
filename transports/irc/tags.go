package irc

import (
	"strings"

	"gopkg.in/irc.v4"

	"isthmus/transports"
)

// maxMessageID bounds the bytes of an id that is taken from a server.
const maxMessageID = 200

// lookup is the value of a tag, unescaped, and whether it is there. Where it is there several times, the last counts. IRCv3 message-tags.
func (m message) lookup(name string) (value string, there bool) {
	if !strings.Contains(m.tags, name) { // as a rule
		return "", false
	}
	for rest := m.tags; rest != ""; {
		var one string
		one, rest, _ = strings.Cut(rest, ";")
		if key, escaped, _ := strings.Cut(one, "="); key == name {
			value, there = irc.ParseTagValue(escaped), true
		}
	}
	return value, there
}

// tag is the value of a tag, unescaped, or empty.
func (m message) tag(name string) string {
	value, _ := m.lookup(name)
	return value
}

// clientTag is the value of a tag that another client has set: under its name, or under that of its draft.
func (m message) clientTag(name string) string {
	if m.tags == "" {
		return ""
	}
	if value := m.tag("+" + name); value != "" {
		return value
	}
	return m.tag("+draft/" + name)
}

// id is the message's own, or empty. IRCv3 message-ids.
func (m message) id() transports.MessageID { return messageID(m.tag("msgid")) }

// messageID is an id as a server or a client wrote it, or empty where it can be none.
func messageID(id string) transports.MessageID {
	if len(id) > maxMessageID || !legible(id) || strings.ContainsAny(id, " ") {
		return ""
	}
	return transports.MessageID(id)
}

// replyTo is the message that this one answers, or nil. IRCv3 client tag reply.
func (m message) replyTo() *transports.Reference {
	if id := messageID(m.clientTag("reply")); id != "" {
		return &transports.Reference{ID: id}
	}
	return nil
}

// tagged puts tags before a line that may have some already.
func tagged(tags, line string) string {
	switch {
	case tags == "":
		return line
	case line[0] == '@':
		return "@" + tags + ";" + line[1:]
	}
	return "@" + tags + " " + line
}

// replyTags say which message is answered, under the names that the server passes on: clients know the one or the other.
func (c *connection) replyTags(id transports.MessageID) string {
	var tags []string
	for _, name := range []string{"draft/reply", "reply"} {
		if c.passes(name) {
			tags = append(tags, "+"+name+"="+irc.EncodeTagValue(string(id)))
		}
	}
	return strings.Join(tags, ";")
}

// passes tells whether the server passes a client's tag on. IRCv3 message-tags, RPL_ISUPPORT CLIENTTAGDENY.
func (c *connection) passes(name string) bool {
	return c.caps.on["message-tags"] && !c.support.denies(name)
}
