package irc

import (
	"strings"

	"isthmus/mapping/nick"
	"isthmus/transports"
)

const (
	unknownMask = 10 + 1 + 63 + 1 // bytes of "!user@host" at most, before the server has shown our own
	leastText   = 32              // bytes of text in a line, whatever the names around it leave
)

// accept takes a command from Do and queues its lines.
func (c *connection) accept(r *request) {
	if r.isSettled() {
		return
	}
	if !c.can.Load().Allows(r.command) { // it has changed just now
		r.settle(transports.ErrUnsupported)
		return
	}
	switch command := r.command.(type) {
	case transports.Join:
		c.join(r, command)
	case transports.Leave:
		c.leave(r, command)
	case transports.Send:
		c.send(r, command)
	case transports.SetPresence:
		c.setPresence(r, command)
	case transports.Subscribe:
		c.subscribe(r, command)
	case transports.Authorize: // everyone sees who is there
		r.settle(nil)
	case transports.Delete:
		c.redact(r, command)
	case transports.MarkRead:
		c.markRead(r, command)
	case transports.React:
		c.react(r, command)
	case transports.SetTyping:
		c.setTyping(r, command)
	case transports.SetTopic:
		c.hold(r, topicing, []string{string(command.Room)}, c.cut("TOPIC "+string(command.Room)+" :", command.Text))
	case transports.SetName:
		c.rename(r, command)
	case transports.SetRole:
		c.setRole(r, command)
	case transports.SetAffiliation:
		c.setAffiliation(r, command)
	case transports.Invite:
		c.invite(r, command)
	case transports.Instruct:
		c.instruct(r, command)
	case transports.Ask:
		c.ask(r, command)
	case transports.Answer:
		c.answer(r, command)
	default:
		r.settle(transports.ErrUnsupported)
	}
}

// hold queues lines about the names given. The first is that of a room or a user, and is checked.
func (c *connection) hold(r *request, verb verbs, names []string, lines ...string) {
	if room := verb&inRoom != 0; room && !c.support.isRoom(names[0]) {
		r.settle(notRoom(names[0]))
		return
	}
	if len(lines) == 0 { // it is so already
		r.settle(nil)
		return
	}
	for i := range names {
		names[i] = c.fold(names[i])
	}
	for i := range lines {
		lines[i] = c.encode(lines[i], names[0])
	}
	c.out.hold(&job{request: r, verb: verb, names: names, lines: lines})
}

func notRoom(name string) *transports.Fault {
	return &transports.Fault{Kind: transports.Invalid, Text: name + " cannot be the name of a room on this server."}
}

func notNick(name string) *transports.Fault {
	return &transports.Fault{Kind: transports.Invalid, Text: name + " cannot be a nickname on this server."}
}

// join waits for company, so that many rooms are entered by few lines. RFC 2812 §3.2.1.
func (c *connection) join(r *request, command transports.Join) {
	name := string(command.Room)
	password := command.Password
	if !c.support.isRoom(name) || len(name) > 200 {
		r.settle(notRoom(name))
		return
	}
	if !legible(password) || strings.ContainsAny(password, " ,") || len(password) > 200 {
		r.settle(&transports.Fault{Kind: transports.PasswordNeeded, Text: "This cannot be the password of a room on IRC."})
		return
	}
	folded := c.fold(name)
	_, known := c.session.ids[folded]
	if id := c.idOf(name); id != command.Room {
		if !known {
			delete(c.session.ids, folded)
		}
		r.settle(moved(id))
		return
	}
	c.encodeAs(folded, command.Options)
	if in := c.rooms[folded]; in != nil && !in.leaving {
		r.hand()
		in.waiting = append(in.waiting, r)
		if in.list == nil {
			c.out.now("NAMES " + in.name) // RFC 2812 §3.2.5
		}
	} else if e := c.entering[folded]; e != nil {
		e.requests = append(e.requests, r)
	} else {
		put(&c.entering, folded, &entering{requests: []*request{r}})
		c.out.join(entry{name, password})
	}
	r.release()
}

// leave parts. A room that the account is not in is left already.
func (c *connection) leave(r *request, command transports.Leave) {
	name := string(command.Room)
	folded := c.fold(name)
	in := c.rooms[folded]
	if in == nil && c.entering[folded] == nil {
		r.settle(nil)
		return
	}
	if in != nil {
		in.leaving = true
	}
	line := "PART " + name // RFC 2812 §3.2.2
	if command.Reason != "" {
		line = c.cut(line+" :", command.Reason)
	}
	c.hold(r, parting, []string{name}, line)
}

// rename asks for another nick. RFC 2812 §3.1.2.
func (c *connection) rename(r *request, command transports.SetName) {
	name := nick.IRC(command.Name, c.support.nickLen)
	if name == c.nick {
		c.session.nick = name
		r.settle(nil)
		return
	}
	c.hold(r, renaming, []string{name}, "NICK "+name)
}

// setRole changes modes, or removes from the room.
func (c *connection) setRole(r *request, command transports.SetRole) {
	room, who := string(command.Room), string(command.User)
	switch {
	case !c.support.isNick(who):
		r.settle(notNick(who))
	case command.Role == transports.NoRole:
		c.hold(r, kicking, []string{room, who}, c.kick(room, who, command.Reason))
	default:
		c.hold(r, changing, []string{room, who}, c.support.modeLines(room, who, c.has(room, who), c.support.roleChange(command.Role))...)
	}
}

// setAffiliation changes modes; an outcast is banned and removed; who has no standing to lose is banned no longer.
func (c *connection) setAffiliation(r *request, command transports.SetAffiliation) {
	room, who := string(command.Room), string(command.User)
	outcast := command.Affiliation == transports.Outcast
	if isMask(who) && (outcast || command.Affiliation == transports.NoAffiliation) {
		sign := "-b "
		if outcast {
			sign = "+b "
		}
		c.hold(r, changing, []string{room, who}, "MODE "+room+" "+sign+who)
		return
	}
	if !c.support.isNick(who) {
		r.settle(notNick(who))
		return
	}
	if outcast {
		c.ban(r, room, who, command.Reason)
		return
	}
	wanted, known := c.support.affiliationChange(command.Affiliation)
	if !known {
		r.settle(&transports.Fault{Kind: transports.Unsupported, Text: "Rooms on this server have no owners."})
		return
	}
	lines := c.support.modeLines(room, who, c.has(room, who), wanted)
	if command.Affiliation == transports.NoAffiliation && len(lines) == 0 {
		lines = c.unban(room, who)
	}
	c.hold(r, changing, []string{room, who}, lines...)
}

// invite asks someone into a room. RFC 2812 §3.2.7. There is no place for a reason in it.
func (c *connection) invite(r *request, command transports.Invite) {
	room, who := string(command.Room), string(command.User)
	if !c.support.isNick(who) {
		r.settle(notNick(who))
		return
	}
	c.hold(r, inviting, []string{room, who}, "INVITE "+who+" "+room)
}

// has are the modes that a user has in a room.
func (c *connection) has(name, who string) privileges {
	if r := c.rooms[c.fold(name)]; r != nil {
		return r.standings[c.fold(who)]
	}
	return 0
}

// kick removes a user from a room. RFC 2812 §3.2.8.
func (c *connection) kick(room, who, reason string) string {
	line := "KICK " + room + " " + who
	if reason == "" {
		return line
	}
	return c.cut(line+" :", reason)
}
