package irc

import (
	"time"

	"isthmus/transports"
)

// The times of IRCv3's client tag typing.
const (
	typingEvery   = 3 * time.Second // never more often, whatever is told
	typingAgain   = 4 * time.Second // so that those who wait do not give up after typingHolds
	typingHolds   = 6 * time.Second // after "active"
	typingForgets = time.Minute     // of a person whose client never said that they stopped
	maxTypists    = 200             // of whom it is known
)

// typingLabel is for lines whose answers nobody waits for.
const typingLabel = "typing"

// typist is someone who writes somewhere.
type typist struct {
	place transports.Place
	who   string // folded
}

// typing is who writes, on both sides.
type typing struct {
	theirs map[typist]heardTyping
	ours   map[transports.Place]*ownTyping
}

type heardTyping struct {
	user  transports.User
	until time.Time
}

// ownTyping is what the person does in a place, and what of it was told last.
type ownTyping struct {
	target string
	on     bool
	told   bool      // others think that they write
	at     time.Time // when that was said
	until  time.Time // when it is no longer believed
}

// setTyping says that the person writes, or stopped. IRCv3 client tag typing. It is done at once: nobody waits for it.
func (c *connection) setTyping(r *request, command transports.SetTyping) {
	target, fault := c.target(command.Place)
	if fault != nil {
		r.settle(fault)
		return
	}
	t := c.typing.ours[command.Place]
	if t == nil {
		if !command.On || len(c.typing.ours) >= maxTypists {
			r.settle(nil)
			return
		}
		t = &ownTyping{target: target}
		put(&c.typing.ours, command.Place, t)
	}
	t.on, t.until = command.On, time.Now().Add(typingForgets)
	c.tellTyping(command.Place, t, time.Now())
	r.settle(nil)
}

// tellTyping says what is to be said now, where the server's patience has room for it.
func (c *connection) tellTyping(place transports.Place, t *ownTyping, now time.Time) {
	if t.on && !now.Before(t.until) {
		t.on = false
	}
	if now.Before(t.due()) {
		return
	}
	word := "active"
	switch {
	case !t.on && !t.told, !c.passes("typing"):
		drop(&c.typing.ours, place)
		return
	case !t.on:
		word = "done"
	}
	t.at = now
	if !c.out.spare(now) {
		return
	}
	t.told = t.on
	line := "@+typing=" + word + " TAGMSG " + t.target
	if c.caps.on["labeled-response"] {
		line = tagged("label="+typingLabel, line)
	}
	c.out.now(line)
}

// typingRefused notes that someone cannot be told, as they are gone or do not let one speak. It is false where nothing of it was told there.
func (c *connection) typingRefused(m message) bool {
	folded := c.fold(m.Param(1))
	for place, t := range c.typing.ours {
		if c.fold(t.target) == folded {
			drop(&c.typing.ours, place)
			return true
		}
	}
	return false
}

// due is when the next word about it may be said.
func (t *ownTyping) due() time.Time {
	if t.told && t.on {
		return t.at.Add(typingAgain)
	}
	return t.at.Add(typingEvery)
}

// wrote notes that the person writes no longer in a place: what they wrote is there.
func (c *connection) wrote(place transports.Place) {
	if t := c.typing.ours[place]; t != nil {
		t.on, t.told = false, false
	}
}

// onTyping is someone who writes, or stopped.
func (c *connection) onTyping(m message, place transports.Place) {
	word := m.tag("+typing")
	if word == "" || c.isSelf(m.Name) {
		return
	}
	if word != "active" {
		c.stoppedTyping(place, m.Name)
		return
	}
	key := typist{place, c.fold(m.Name)}
	known, there := c.typing.theirs[key]
	if !there && len(c.typing.theirs) >= maxTypists {
		return
	}
	known.until = time.Now().Add(typingHolds)
	if !there {
		known.user = author(m)
		c.tellIn(place, transports.Typing{Place: place, From: known.user, On: true})
	}
	put(&c.typing.theirs, key, known)
}

// stoppedTyping tells that someone writes no longer.
func (c *connection) stoppedTyping(place transports.Place, nick string) {
	key := typist{place, c.fold(nick)}
	if known, there := c.typing.theirs[key]; there {
		drop(&c.typing.theirs, key)
		c.tellIn(place, transports.Typing{Place: place, From: known.user})
	}
}

// stoppedTypingEverywhere tells it of someone who is gone, or has another nick.
func (c *connection) stoppedTypingEverywhere(nick string) {
	folded := c.fold(nick)
	for key := range c.typing.theirs {
		if key.who == folded {
			c.stoppedTyping(key.place, nick)
		}
	}
}

// typingDue is when somebody's typing is to be looked at, or the zero time.
func (c *connection) typingDue() time.Time {
	var next time.Time
	sooner := func(at time.Time) {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	for _, known := range c.typing.theirs {
		sooner(known.until)
	}
	for _, t := range c.typing.ours {
		sooner(t.due())
	}
	return next
}

// typingOverdue tells of those who have not said for a while that they write, and says so again of the person.
func (c *connection) typingOverdue(now time.Time) {
	for key, known := range c.typing.theirs {
		if !now.Before(known.until) {
			drop(&c.typing.theirs, key)
			c.tellIn(key.place, transports.Typing{Place: key.place, From: known.user})
		}
	}
	for place, t := range c.typing.ours {
		c.tellTyping(place, t, now)
	}
}
