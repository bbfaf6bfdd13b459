package irc

import (
	"strconv"
	"strings"
	"time"

	"gopkg.in/irc.v4"

	"isthmus/transports"
)

// bannedWithin is how soon after a ban a KICK by the same user carries it out.
const bannedWithin = 5 * time.Second

// onJoin is someone who comes into a room. RFC 2812 §3.2.1; IRCv3 extended-join adds the account.
func (c *connection) onJoin(m message) {
	name := m.Param(0)
	if c.stage != online || m.Name == "" || !c.support.isRoom(name) {
		return
	}
	account := m.Param(1)
	if account == "" {
		account = m.tag("account")
	}
	folded := c.fold(name)
	if c.isSelf(m.Name) {
		c.user, c.host = m.User, m.Host
		c.enter(folded, name)
		return
	}
	r := c.rooms[folded]
	if r == nil {
		return
	}
	who, newcomer := c.fold(m.Name), user(m.Prefix, account)
	c.allow(r, who, 0)
	c.cameBack(newcomer)
	c.came(r, who, newcomer)
	if r.shown {
		c.emit(transports.MemberChanged{Room: r.id, Member: c.member(r, who, newcomer)})
	}
}

// enter is the account itself coming into a room: asked for, or put there by the network.
func (c *connection) enter(folded, name string) {
	if c.rooms[folded] != nil || len(c.rooms) >= maxRooms {
		return
	}
	e := c.entering[folded]
	if e == nil {
		c.movedByCut(folded, name)
	}
	r := &room{id: c.idOf(name), name: name, list: map[string]transports.User{}}
	if e != nil {
		r.waiting = e.requests
		drop(&c.entering, folded)
	}
	c.rooms[folded] = r
	c.out.whenQuiet("MODE " + name) // tells the rules; RFC 2812 §3.2.3
}

// movedByCut settles the Join of a name that the server cut short.
func (c *connection) movedByCut(folded, name string) {
	for asked := range c.entering {
		if strings.HasPrefix(asked, folded) {
			c.refuse(asked, moved(c.idOf(name)))
			return
		}
	}
}

func moved(to transports.RoomID) *transports.Fault {
	return &transports.Fault{Kind: transports.Moved, To: to, Text: "The room is now " + string(to) + "."}
}

// onForwarded is a JOIN that led into another room: 470 with the room asked for and the other.
func (c *connection) onForwarded(m message) {
	folded, to := c.fold(m.Param(1)), m.Param(2)
	if c.entering[folded] == nil || !c.support.isRoom(to) || c.fold(to) == folded {
		c.onError(m)
		return
	}
	c.refuse(folded, moved(c.idOf(to)))
}

// onPart is someone who leaves a room. RFC 2812 §3.2.2.
func (c *connection) onPart(m message) {
	c.leaves(m.Param(0), m.Prefix, transports.MemberLeft{User: author(m), Reason: m.Param(1)})
}

// onKick is someone who is removed from a room. RFC 2812 §3.2.8.
func (c *connection) onKick(m message) {
	event := transports.MemberLeft{Cause: transports.Kicked, By: m.Name, Reason: m.Param(2)}
	if r := c.rooms[c.fold(m.Param(0))]; r != nil && r.ban.by == c.fold(m.Name) && time.Since(r.ban.at) <= bannedWithin {
		event.Cause = transports.Banned
	}
	kicked := &irc.Prefix{Name: m.Param(1)}
	event.User = user(kicked, "")
	c.leaves(m.Param(0), kicked, event)
}

// leaves takes a user out of a room.
func (c *connection) leaves(name string, who *irc.Prefix, event transports.MemberLeft) {
	folded := c.fold(name)
	r := c.rooms[folded]
	if r == nil || who.Name == "" {
		return
	}
	event.Room = r.id
	event.Reason = plain(event.Reason)
	if !c.isSelf(who.Name) {
		c.stoppedTyping(transports.InRoom(r.id), who.Name)
		c.left(r, c.fold(who.Name))
		if r.shown {
			c.emit(event)
		}
		return
	}
	c.drop(folded)
	if r.shown {
		c.emit(event)
	}
	for _, request := range r.waiting {
		request.settle(&transports.Fault{Kind: transports.Forbidden, Text: "You were removed from the room as soon as you had entered it."})
	}
}

// onTopic is a new topic. RFC 2812 §3.2.4.
func (c *connection) onTopic(m message) {
	r := c.rooms[c.fold(m.Param(0))]
	if r == nil || len(m.Params) < 2 {
		return
	}
	r.topic = transports.Topic{Text: plain(m.Param(1)), By: m.Name, At: m.at()}
	if r.topic.At.IsZero() {
		r.topic.At = time.Now()
	}
	if r.shown {
		c.emit(transports.TopicChanged{Room: r.id, Topic: r.topic})
	}
}

// onTopicIs is the topic of a room being entered: RPL_TOPIC, or RPL_NOTOPIC.
func (c *connection) onTopicIs(m message) {
	if r := c.rooms[c.fold(m.Param(1))]; r != nil && !r.shown {
		r.topic = transports.Topic{}
		if m.Command == "332" {
			r.topic.Text = plain(m.Param(2))
		}
	}
}

// onTopicBy is who set it and when: RPL_TOPICWHOTIME, with a nick or a mask and the seconds since 1970.
func (c *connection) onTopicBy(m message) {
	r := c.rooms[c.fold(m.Param(1))]
	if r == nil || r.shown {
		return
	}
	r.topic.By, _, _ = strings.Cut(m.Param(2), "!")
	if seconds, err := strconv.ParseInt(m.Param(3), 10, 40); err == nil && seconds > 0 {
		r.topic.At = time.Unix(seconds, 0).UTC()
	}
}

// onNames is a part of the list of members: RPL_NAMREPLY. With multi-prefix there are several signs before a name, with
// userhost-in-names a whole mask.
func (c *connection) onNames(m message) {
	if len(m.Params) < 3 {
		return
	}
	r := c.rooms[c.fold(m.Params[len(m.Params)-2])]
	if r == nil {
		return
	}
	if r.list == nil {
		r.list = map[string]transports.User{}
	}
	for rest := m.Trailing(); rest != ""; {
		var one string
		if one, rest, _ = strings.Cut(rest, " "); one == "" {
			continue
		}
		has, mask := c.support.cutSigns(one)
		prefix := irc.ParsePrefix(mask)
		if prefix.Name == "" || !legible(prefix.Name) {
			continue
		}
		folded := c.fold(prefix.Name)
		c.came(r, folded, user(prefix, ""))
		c.allow(r, folded, has)
	}
}

// onNamesEnd completes the list: RPL_ENDOFNAMES. The room is entered.
func (c *connection) onNamesEnd(m message) {
	if r := c.rooms[c.fold(m.Param(1))]; r != nil && r.list != nil {
		c.show(r, true)
	}
}
