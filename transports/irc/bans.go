package irc

import (
	"strings"

	"isthmus/transports"
)

// maxRemembered bounds the masks and hosts that are remembered.
const maxRemembered = 1000

// banned names someone who was banned by the account, to find the mask again.
type banned struct{ room, nick string } // folded

// isMask tells whether a name is a mask for bans, which lists of the banned have in them.
func isMask(name string) bool {
	return (strings.ContainsAny(name, "!@") || strings.HasPrefix(name, "$")) && legible(name) && !strings.ContainsAny(name, " ,") && name[0] != ':' && name[0] != '+' && name[0] != '-'
}

// ban keeps a user out of a room, and removes them. A nick is soon changed, so the server is asked for the host first:
// USERHOST, RFC 2812 §4.8.
func (c *connection) ban(r *request, room, who, reason string) {
	asked := newRequest(nil, func(_ transports.Result, err error) {
		if err != nil {
			r.lost()
			return
		}
		mask := c.maskOf(who)
		if len(c.banned) >= maxRemembered {
			clear(c.banned)
		}
		put(&c.banned, banned{c.fold(room), c.fold(who)}, mask)
		c.hold(r, changing|kicking, []string{room, who}, "MODE "+room+" +b "+mask, c.kick(room, who, reason))
	})
	if !c.support.isRoom(room) {
		r.settle(notRoom(room))
		return
	}
	c.out.held = append(c.out.held, &job{request: asked, lines: []string{"USERHOST " + who}})
}

// unban are the lines that let a user in again.
func (c *connection) unban(room, who string) []string {
	lines := []string{"MODE " + room + " -b " + who + "!*@*"}
	if mask := c.banned[banned{c.fold(room), c.fold(who)}]; mask != "" && mask != who+"!*@*" {
		lines = append(lines, "MODE "+room+" -b "+mask)
	}
	return lines
}

// maskOf is a mask that bans a user: their host where it is known, whatever their nick will be. Who comes from our own
// host, as all people of the gateway may, is banned by the user name.
func (c *connection) maskOf(who string) string {
	user, host, known := strings.Cut(c.hosts[c.fold(who)], "@")
	switch {
	case isMask(who):
		return who
	case !known || host == "":
		return who + "!*@*"
	case host == c.host:
		return "*!*" + strings.TrimLeft(user, "~*") + "@" + host
	}
	return "*!*@" + host
}

// onUserHost learns where users come from: RPL_USERHOST, "nick*=+user@host" for each.
func (c *connection) onUserHost(m message) {
	for one := range strings.FieldsSeq(m.Trailing()) {
		nick, mask, found := strings.Cut(one, "=")
		if !found || len(mask) < 2 || !legible(mask) {
			continue
		}
		if len(c.hosts) >= maxRemembered {
			clear(c.hosts)
		}
		nick = strings.TrimSuffix(nick, "*")
		put(&c.hosts, c.fold(nick), mask[1:])
		c.onAbsent(nick, mask[0] == '-')
	}
}
