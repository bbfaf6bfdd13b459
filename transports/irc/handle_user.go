package irc

import (
	"strings"

	"isthmus/transports"
)

// onNick is someone with a new nick. RFC 2812 §3.1.2. The network may give the account itself another one.
func (c *connection) onNick(m message) {
	nick := m.Param(0)
	if c.stage == registering || m.Name == "" || nick == "" || !legible(nick) {
		return
	}
	was, folded := c.fold(m.Name), c.fold(nick)
	self := was == c.fold(c.nick)
	if self {
		c.nick = nick
		if c.confirm.oldest(func(j *job) bool { return j.verb == renaming && j.names[0] == folded }) != nil {
			c.session.nick = nick
		}
	}
	c.stoppedTypingEverywhere(m.Name)
	c.session.reactions.renamed(was, folded)
	renamed := *m.Prefix
	renamed.Name = nick
	u := user(&renamed, m.tag("account"))
	if !self {
		c.renamedPresence(author(m), u)
	}
	for _, r := range c.rooms {
		c.renamed(r, was, folded, u)
	}
	if c.stage == online {
		c.emit(transports.UserRenamed{Was: userID(m.Name), User: u})
	}
}

// onAccount is someone who has logged in to the network's services, or out. IRCv3 account-notify.
func (c *connection) onAccount(m message) {
	if c.stage != online || m.Name == "" {
		return
	}
	if c.isSelf(m.Name) {
		c.login.account = strings.TrimPrefix(m.Param(0), "*")
	}
	u := user(m.Prefix, m.Param(0))
	for _, r := range c.rooms {
		if folded := c.fold(m.Name); r.list[folded].ID != "" {
			r.list[folded] = u
		}
	}
	c.emit(transports.UserRenamed{Was: u.ID, User: u})
}

// onQuit is someone who has left the network: by QUIT (RFC 2812 §3.1.7), or because two of its servers lost each other.
func (c *connection) onQuit(m message) {
	if c.stage != online || m.Name == "" || c.isSelf(m.Name) {
		return // of the account itself, ERROR tells
	}
	folded := c.fold(m.Name)
	c.stoppedTypingEverywhere(m.Name)
	c.leftNetwork(author(m))
	for _, r := range c.rooms {
		c.left(r, folded)
	}
	c.emit(transports.UserLeft{User: author(m), Cause: quitCause(m.Param(0)), Reason: plain(m.Param(0))})
}

// quitCause tells a failure from a goodbye: when two servers lose each other, their names are the reason, which servers let nobody
// write (RFC 2813 §4.1.4 has the form); and who does not answer is said to have timed out.
func quitCause(reason string) transports.Cause {
	one, other, two := strings.Cut(reason, " ")
	if two && isServer(one) && isServer(other) || strings.HasPrefix(reason, "Ping timeout") {
		return transports.Removed
	}
	return transports.Left
}

// isServer tells whether a word may be the name of a server: it has a dot inside and nothing that names of hosts have not.
func isServer(word string) bool {
	dot := strings.IndexByte(word, '.')
	return dot > 0 && dot < len(word)-1 && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-*_") == ""
}

// onHostChanged is someone's new mask. IRCv3 chghost. Only our own matters: it is part of every line that we send.
func (c *connection) onHostChanged(m message) {
	if c.isSelf(m.Name) {
		c.user, c.host = m.Param(0), m.Param(1)
	}
}

// onHostHidden is our own mask as others see it: RPL_HOSTHIDDEN, with a host or user@host.
func (c *connection) onHostHidden(m message) {
	if user, host, both := strings.Cut(m.Param(1), "@"); both {
		c.user, c.host = user, host
	} else {
		c.host = user
	}
}

// onInvite is an invitation into a room. RFC 2812 §3.2.7. With IRCv3 invite-notify others' come too.
func (c *connection) onInvite(m message) {
	name := m.Param(1)
	if c.stage != online || m.Name == "" || !c.support.isRoom(name) {
		return
	}
	if c.isSelf(m.Param(0)) {
		id, known := c.session.ids[c.fold(name)]
		if !known {
			id = transports.RoomID(asciiLower(name))
		}
		c.emit(transports.Invited{Room: id, Name: name, By: author(m)})
	} else if r := c.rooms[c.fold(name)]; r != nil {
		c.tell(r, announced(r.id, m.Name+" invited "+m.Param(0)+"."))
	}
}
