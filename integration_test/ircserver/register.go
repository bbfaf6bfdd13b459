package ircserver

import (
	"fmt"
	"slices"
	"strings"
)

const (
	maxMultilineBytes = 4000
	maxMultilines     = 20
)

// offers are the capabilities, with their values.
func offers(options Options) map[string]string {
	caps := map[string]string{
		"draft/multiline": fmt.Sprintf("max-bytes=%d,max-lines=%d", maxMultilineBytes, maxMultilines),
		"sasl":            "PLAIN,SCRAM-SHA-256",
		"draft/relaymsg":  relaySeparator,
	}
	for _, name := range []string{
		"account-notify", "account-tag", "away-notify", "batch", "cap-notify", "echo-message", "extended-join", "extended-monitor", "labeled-response", "message-tags",
		"multi-prefix", "server-time", "setname", "standard-replies", "userhost-in-names",
		"draft/chathistory", "draft/event-playback", "draft/message-redaction", "draft/pre-away", "draft/read-marker",
	} {
		caps[name] = ""
	}
	for _, name := range options.Without {
		delete(caps, name)
	}
	if len(options.Accounts) == 0 {
		delete(caps, "sasl")
	}
	return caps
}

// Offer offers a capability from now on, and Withdraw takes one back. IRCv3 capability negotiation, cap-notify.
func (s *Server) Offer(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caps[name] = value
	for c := range s.clients {
		if c.registered && c.caps["cap-notify"] {
			c.tells("CAP", c.nick, "NEW", offer(name, value))
		}
	}
}

// Withdraw takes a capability back.
func (s *Server) Withdraw(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.caps, name)
	for c := range s.clients {
		delete(c.caps, name)
		if c.registered && c.caps["cap-notify"] {
			c.tells("CAP", c.nick, "DEL", name)
		}
	}
}

func offer(name, value string) string {
	if value != "" {
		return name + "=" + value
	}
	return name
}

// capability negotiates. IRCv3 capability negotiation.
func (s *Server) capability(c *client, m message) {
	nick := "*"
	if c.nick != "" {
		nick = c.nick
	}
	switch strings.ToUpper(m.param(0)) {
	case "LS":
		c.negotiating = !c.registered
		if m.param(1) == "302" { // which includes it
			c.caps["cap-notify"] = true
		}
		var list []string
		for name, value := range s.caps {
			list = append(list, offer(name, value))
		}
		slices.Sort(list)
		half := len(list) / 2
		c.tells("CAP", nick, "LS", "*", strings.Join(list[:half], " "))
		c.tells("CAP", nick, "LS", strings.Join(list[half:], " "))
	case "REQ":
		names := strings.Fields(m.param(1))
		for _, name := range names {
			if _, offered := s.caps[strings.TrimPrefix(name, "-")]; !offered {
				c.tells("CAP", nick, "NAK", m.param(1))
				return
			}
		}
		for _, name := range names {
			if off, is := strings.CutPrefix(name, "-"); is {
				delete(c.caps, off)
			} else {
				c.caps[name] = true
			}
		}
		c.tells("CAP", nick, "ACK", m.param(1))
	case "END":
		c.negotiating = false
		s.welcome(c)
	}
}

// takeNick gives a client a nick.
func (s *Server) takeNick(c *client, nick string) {
	if other := s.user(nick); other != nil && other != c {
		c.numeric("433", nick, "Nickname is already in use")
		return
	}
	if nick == "" || strings.ContainsAny(nick, "#!@*,: ") {
		c.numeric("432", nick, "Erroneous nickname")
		return
	}
	if !c.registered {
		c.nick = nick
		s.welcome(c)
		return
	}
	was := out{from: c.mask(), command: "NICK", params: []string{nick}}
	before := c.nick
	for _, other := range s.around(c) {
		other.reply(was)
	}
	c.nick = nick
	if fold(before) != fold(nick) {
		s.cameOnline(before, false)
		s.cameOnline(nick, true)
	}
}

// welcome ends the registration. RFC 2812 §5.1.
func (s *Server) welcome(c *client) {
	if c.registered || c.negotiating || c.nick == "" || c.username == "" {
		return
	}
	if s.user(c.nick) != nil {
		c.numeric("433", c.nick, "Nickname is already in use")
		c.nick = ""
		return
	}
	c.registered = true
	c.numeric("001", "Welcome")
	c.numeric("005", "CASEMAPPING=ascii", "CHANTYPES=#", "PREFIX=(ov)@+", "CHANMODES=b,k,l,imnt", "NICKLEN=30", "NETWORK=Test", "TARGMAX=JOIN:10", "are supported by this server")
	support := []string{fmt.Sprint("CHATHISTORY=", s.options.History), "MSGREFTYPES=msgid,timestamp", fmt.Sprint("MONITOR=", s.options.Watched), "WHOX", "UTF8ONLY", "AWAYLEN=200"}
	c.numeric("005", append(append(support, strings.Fields(s.options.Support)...), "are supported by this server")...)
	c.numeric("422", "No message of the day")
	s.cameOnline(c.nick, true)
}

// quit takes a client out of everything.
func (s *Server) quit(c *client, reason string) {
	if c.gone {
		return
	}
	c.gone = true
	if !c.registered {
		return
	}
	for _, other := range s.around(c) {
		if other != c {
			other.reply(out{tags: s.eventTags(c), from: c.mask(), command: "QUIT", params: []string{reason}})
		}
	}
	for _, r := range s.rooms {
		s.remove(r, c)
	}
	s.cameOnline(c.nick, false)
}
