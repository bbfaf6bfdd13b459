package ircserver

import (
	"slices"
	"strings"
)

// goAway is AWAY, with or without a text. IRCv3 away-notify, pre-away.
func (s *Server) goAway(c *client, text string) {
	c.away = text
	if !c.registered {
		return
	}
	if text == "" {
		c.numeric("305", "You are no longer marked as being away")
	} else {
		c.numeric("306", "You have been marked as being away")
	}
	line := out{from: c.mask(), command: "AWAY"}
	if text != "" {
		line.params = []string{text}
	}
	for _, other := range s.interested(c, "away-notify") {
		if other != c {
			other.send(line)
		}
	}
}

// interested are those with a capability who share a room with a client, or watch it. IRCv3 extended-monitor.
func (s *Server) interested(c *client, name string) []*client {
	all := s.around(c)
	for other := range s.clients {
		if other.watches[fold(c.nick)] && other.caps["extended-monitor"] && !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	return slices.DeleteFunc(all, func(other *client) bool { return !other.caps[name] })
}

// cameOnline tells those who watch a nick that it is there now, or no longer.
func (s *Server) cameOnline(nick string, there bool) {
	for other := range s.clients {
		if other.watches[fold(nick)] {
			s.tellWatched(other, nick, there)
		}
	}
}

func (s *Server) tellWatched(c *client, nick string, there bool) {
	if u := s.user(nick); there && u != nil {
		c.numeric("730", u.mask())
	} else {
		c.numeric("731", nick)
	}
}

// monitor watches people. IRCv3 monitor.
func (s *Server) monitor(c *client, m message) {
	switch m.param(0) {
	case "+":
		var over []string
		for nick := range strings.SplitSeq(m.param(1), ",") {
			if len(c.watches) >= s.options.Watched && !c.watches[fold(nick)] {
				over = append(over, nick)
				continue
			}
			c.watches[fold(nick)] = true
			s.tellWatched(c, nick, s.user(nick) != nil)
		}
		if len(over) > 0 {
			c.numeric("734", "100", strings.Join(over, ","), "Monitor list is full.")
		}
	case "-":
		for nick := range strings.SplitSeq(m.param(1), ",") {
			delete(c.watches, fold(nick))
		}
	case "C":
		clear(c.watches)
	}
}

// isThere answers ISON and USERHOST.
func (s *Server) isThere(c *client, m message) {
	var there []string
	for nick := range strings.FieldsSeq(strings.Join(m.params, " ")) {
		u := s.user(nick)
		switch {
		case u == nil:
		case m.command == "ISON":
			there = append(there, u.nick)
		default:
			sign := "=+"
			if u.away != "" {
				sign = "=-"
			}
			there = append(there, u.nick+sign+u.username+"@host.test")
		}
	}
	if m.command == "ISON" {
		c.numeric("303", strings.Join(there, " "))
	} else {
		c.numeric("302", strings.Join(there, " "))
	}
}

// who lists the members of a room, or the users whose nick has a part of the mask in it. IRCv3 WHOX: the fields t, n and f.
func (s *Server) who(c *client, m message) {
	mask := m.param(0)
	r := s.rooms[fold(mask)]
	fields, token, _ := strings.Cut(strings.TrimPrefix(m.param(1), "%"), ",")
	for u := range s.clients {
		matches := strings.Contains(fold(u.nick), strings.Trim(fold(mask), "*"))
		if !u.registered || u.gone || isRoom(mask) && !r.has(u) || !isRoom(mask) && !matches {
			continue
		}
		flags := "H"
		if u.away != "" {
			flags = "G"
		}
		if fields == "tnf" {
			c.numeric("354", token, u.nick, flags)
		} else {
			c.numeric("352", mask, u.username, "host.test", serverName, u.nick, flags, "0 "+u.realname)
		}
	}
	c.numeric("315", mask, "End of WHO")
}

func (s *Server) whois(c *client, nick string) {
	if u := s.user(nick); u == nil {
		c.numeric("401", nick, "No such nick")
	} else {
		c.numeric("311", u.nick, u.username, "host.test", "*", u.realname)
		if u.account != "" {
			c.numeric("330", u.nick, u.account, "is logged in as")
		}
	}
	c.numeric("318", nick, "End of WHOIS")
}
