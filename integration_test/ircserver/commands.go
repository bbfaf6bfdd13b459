package ircserver

import (
	"slices"
	"strings"
)

// talks are the commands by which users say something to others.
var talks = map[string]bool{"PRIVMSG": true, "NOTICE": true, "TAGMSG": true, "REDACT": true}

// command does what a client says.
func (s *Server) command(c *client, m message) {
	switch m.command {
	case "":
	case "CAP":
		s.capability(c, m)
	case "AUTHENTICATE":
		s.authenticate(c, m.param(0))
	case "PASS", "PONG":
	case "NICK":
		s.takeNick(c, m.param(0))
	case "USER":
		c.username, c.realname = m.param(0), m.param(3)
		s.welcome(c)
	case "AWAY":
		if c.registered || c.caps["draft/pre-away"] {
			s.goAway(c, m.param(0))
		}
	case "PING":
		c.tells("PONG", serverName, m.param(0))
	case "QUIT":
		c.tells("ERROR", "Closing link")
		s.quit(c, m.param(0))
	default:
		if !c.registered {
			c.numeric("451", "You have not registered")
			return
		}
		s.registeredCommand(c, m)
	}
}

func (s *Server) registeredCommand(c *client, m message) {
	switch m.command {
	case "JOIN":
		for name := range strings.SplitSeq(m.param(0), ",") {
			s.join(c, name)
		}
	case "PART":
		s.part(c, m.param(0), m.param(1))
	case "NAMES":
		s.names(c, m.param(0))
	case "TOPIC", "KICK", "MODE", "INVITE":
		s.govern(c, m)
	case "LIST":
		for _, r := range s.rooms {
			c.numeric("322", r.name, "1", r.topic)
		}
		c.numeric("323", "End of LIST")
	case "PRIVMSG", "NOTICE", "TAGMSG":
		s.talk(c, m)
	case "RELAYMSG":
		s.relay(c, m)
	case "BATCH":
		s.batch(c, m)
	case "REDACT":
		s.redact(c, m)
	case "CHATHISTORY":
		s.chathistory(c, m)
	case "MARKREAD":
		s.markRead(c, m)
	case "MONITOR":
		s.monitor(c, m)
	case "ISON", "USERHOST":
		s.isThere(c, m)
	case "SETNAME":
		c.realname = m.param(0)
		for _, other := range s.interested(c, "setname") {
			other.reply(out{from: c.mask(), command: "SETNAME", params: []string{c.realname}})
		}
	case "WHO":
		s.who(c, m)
	case "WHOIS":
		s.whois(c, m.param(0))
	default:
		c.numeric("421", m.command, "Unknown command")
	}
}

// room is a channel.
type room struct {
	name, topic string
	members     []*client
	operators   map[*client]bool
}

func (r *room) has(c *client) bool { return r != nil && slices.Contains(r.members, c) }

// around are the client and those who share a room with it.
func (s *Server) around(c *client) []*client {
	all := []*client{c}
	for _, r := range s.rooms {
		if r.has(c) {
			for _, other := range r.members {
				if !slices.Contains(all, other) {
					all = append(all, other)
				}
			}
		}
	}
	return all
}

func (s *Server) join(c *client, name string) {
	if !isRoom(name) {
		c.numeric("403", name, "No such channel")
		return
	}
	r := s.rooms[fold(name)]
	if r == nil {
		r = &room{name: name, operators: map[*client]bool{c: true}}
		s.rooms[fold(name)] = r
	}
	if r.has(c) {
		return
	}
	r.members = append(r.members, c)
	e := s.newEvent(c, "JOIN", r.name)
	s.keep(c, e)
	for _, other := range r.members {
		line := out{tags: e.tags(), from: c.mask(), command: "JOIN", params: []string{r.name}}
		if other.caps["extended-join"] {
			account := c.account
			if account == "" {
				account = "*"
			}
			line.params = append(line.params, account, c.realname)
		}
		other.reply(line)
		if c.away != "" && other != c && other.caps["away-notify"] {
			other.reply(out{from: c.mask(), command: "AWAY", params: []string{c.away}})
		}
	}
	if r.topic != "" {
		c.numeric("332", r.name, r.topic)
	}
	if c.caps["draft/read-marker"] { // before the end of the names
		s.tellMarker(c, r.name)
	}
	s.names(c, r.name)
}

func (s *Server) part(c *client, name, reason string) {
	r := s.rooms[fold(name)]
	if !r.has(c) {
		c.numeric("442", name, "You're not on that channel")
		return
	}
	e := s.newEvent(c, "PART", r.name)
	s.keep(c, e)
	for _, other := range r.members {
		other.reply(out{tags: e.tags(), from: c.mask(), command: "PART", params: []string{r.name, reason}})
	}
	s.remove(r, c)
}

func (s *Server) remove(r *room, c *client) {
	r.members = slices.DeleteFunc(r.members, func(other *client) bool { return other == c })
	delete(r.operators, c)
	if len(r.members) == 0 {
		delete(s.rooms, fold(r.name))
	}
}

func (s *Server) names(c *client, name string) {
	if r := s.rooms[fold(name)]; r != nil {
		var all []string
		for _, member := range r.members {
			one := member.nick
			if c.caps["userhost-in-names"] {
				one = member.mask()
			}
			if r.operators[member] {
				one = "@" + one
			}
			all = append(all, one)
		}
		c.numeric("353", "=", r.name, strings.Join(all, " "))
		name = r.name
	}
	c.numeric("366", name, "End of NAMES")
}

// govern is what operators may do.
func (s *Server) govern(c *client, m message) {
	name, second := m.param(0), m.param(1)
	if m.command == "INVITE" {
		name, second = second, name
	}
	r := s.rooms[fold(name)]
	other := s.user(second)
	switch {
	case r == nil:
		c.numeric("403", name, "No such channel")
	case m.command == "MODE" && second == "":
		c.numeric("324", r.name, "+nt")
	case m.command == "TOPIC" && len(m.params) < 2:
		c.numeric("332", r.name, r.topic)
	case !r.operators[c]:
		c.numeric("482", r.name, "You're not channel operator")
	case m.command == "TOPIC":
		r.topic = second
		r.tell(c, "TOPIC", r.name, second)
	case m.command == "MODE" && len(m.params) > 2 && s.user(m.param(2)) == nil:
		c.numeric("401", m.param(2), "No such nick")
	case m.command == "MODE":
		if whom := s.user(m.param(2)); whom != nil && (second == "+o" || second == "-o") {
			r.operators[whom] = second == "+o"
		}
		r.tell(c, "MODE", m.params...)
	case other == nil:
		c.numeric("401", second, "No such nick")
	case m.command == "INVITE":
		c.numeric("341", other.nick, r.name)
		other.reply(out{from: c.mask(), command: "INVITE", params: []string{other.nick, r.name}})
	case !r.has(other):
		c.numeric("441", other.nick, r.name, "They aren't on that channel")
	default:
		r.tell(c, "KICK", r.name, other.nick, m.param(2))
		s.remove(r, other)
	}
}

// tell tells all members what one of them does.
func (r *room) tell(by *client, command string, params ...string) {
	for _, member := range r.members {
		member.reply(out{from: by.mask(), command: command, params: params})
	}
}
