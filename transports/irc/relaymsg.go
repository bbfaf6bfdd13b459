package irc

import (
	"strings"
	"time"

	"isthmus/mapping/nick"
	"isthmus/transports"
)

const relayCap = "draft/relaymsg"

// relayAgain is after how long a room that refused to be spoken in under other names is asked again.
const relayAgain = 10 * time.Minute

// usualHome stands behind the separator of a name whose network nobody has named.
const usualHome = "relay"

// relayRefusal is a room's refusal of RELAYMSG. Another standing may change it.
type relayRefusal struct {
	at  time.Time
	has privileges
}

// spoof is the name under which the server says something for a persona, in a room that lets us (IRCv3 relaymsg); empty where we say it ourselves. Its
// characters are those of nicks: a server must refuse the signs of channels and masks in it. A separator that no nick may have stands in it, so it is nobody's.
func (c *connection) spoof(command transports.Send) string {
	if command.As == nil || command.Style == transports.Notice || command.Place.Room == "" || !c.caps.on[relayCap] {
		return ""
	}
	room := c.rooms[c.fold(string(command.Place.Room))]
	if room == nil || room.refusal != nil && room.refusal.has == room.standings[c.fold(c.nick)] && time.Since(room.refusal.at) < relayAgain {
		return ""
	}
	home := command.As.Home
	if home == "" {
		home = usualHome
	}
	separator := c.caps.offered[relayCap]
	if separator == "" {
		separator = "|"
	}
	end := separator[:1] + nick.IRC(home, len(usualHome)+5)
	return nick.IRC(command.As.Name, max(c.support.nickLen-len(end), 1)) + end
}

// relayed sends the lines of a persona's message. A room where that is refused hears it as all other rooms do.
func (c *connection) relayed(r *request, command transports.Send, spoof, target string) {
	room := c.rooms[c.fold(target)]
	j := &job{request: r, verb: saying | relaying, names: []string{c.fold(target)}, unproved: !room.relays}
	for _, line := range c.sayAs(target, command, spoof) {
		j.lines = append(j.lines, c.encode(line, j.names[0]))
	}
	j.otherwise = func() {
		room.relays, room.refusal = false, &relayRefusal{time.Now(), room.standings[c.fold(c.nick)]}
		r.confirmed = nil
		c.log().Info("irc: the room refuses RELAYMSG; the gateway speaks itself", "room", room.name)
		c.send(r, command)
	}
	r.confirmed = func() { room.relays = true }
	c.out.hold(j)
}

// relayedBy is the nick of the bot that has a message said under another name, or empty.
func (m message) relayedBy() string {
	if !strings.Contains(m.tags, "relaymsg") {
		return ""
	}
	if bot := m.tag(relayCap); bot != "" {
		return bot
	}
	return m.tag("relaymsg")
}

// isOurs tells whether the account has said something, be it under another name.
func (c *connection) isOurs(m message) bool {
	bot := m.relayedBy()
	return c.isSelf(m.Name) || bot != "" && c.isSelf(bot)
}
