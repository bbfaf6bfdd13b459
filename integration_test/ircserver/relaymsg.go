package ircserver

import "strings"

// relaySeparator stands in names that are nobody's nick.
const relaySeparator = "/"

// relay says something in a room under another name. IRCv3 relaymsg; operators of the room alone may do it.
func (s *Server) relay(c *client, m message) {
	r, name := s.rooms[fold(m.param(0))], m.param(1)
	switch {
	case !c.caps["draft/relaymsg"]:
		c.numeric("421", m.command, "Unknown command")
	case len(m.params) < 3 || m.param(2) == "":
		c.numeric("461", m.command, "Not enough parameters")
	case !r.has(c):
		c.numeric("442", m.param(0), "You're not on that channel")
	case !r.operators[c]:
		c.fail(m.command, "PRIVS_NEEDED", "Only channel operators can relay")
	case !strings.Contains(name, relaySeparator) || strings.ContainsAny(name, "!+%@&#$:'\"?*,. "):
		c.fail(m.command, "INVALID_NICK", "Invalid relay nickname")
	default:
		e := s.newEvent(c, "PRIVMSG", r.name)
		e.from, e.account, e.relayedBy = name+"!relay@host.test", "", c.nick
		e.lines = []line{{text: m.param(2)}}
		s.say(c, e)
	}
}
