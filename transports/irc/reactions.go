package irc

import (
	"slices"
	"unicode/utf8"

	"gopkg.in/irc.v4"

	"isthmus/transports"
)

const (
	// maxReactions bounds how many reactions are remembered, of all people in all rooms.
	maxReactions = 500
	// maxReaction bounds the bytes of one: an emoji may have many parts.
	maxReaction = 64
)

// reaction is one that someone has on a message.
type reaction struct {
	on    transports.MessageID
	who   string // folded
	emoji string
	id    transports.MessageID // of the message that put it there, or empty
}

// reactions remember who reacted with what, the oldest first: the network tells the changes only.
type reactions []reaction

// of are those that a user has on a message.
func (r reactions) of(on transports.MessageID, who string) []string {
	var emoji []string
	for _, known := range r {
		if known.on == on && known.who == who {
			emoji = append(emoji, known.emoji)
		}
	}
	return emoji
}

// add remembers one. It is false where it was there.
func (r *reactions) add(new reaction) bool {
	if slices.ContainsFunc(*r, func(known reaction) bool {
		return known.on == new.on && known.who == new.who && known.emoji == new.emoji
	}) {
		return false
	}
	if len(*r) >= maxReactions {
		*r = slices.Delete(*r, 0, 1)
	}
	*r = append(*r, new)
	return true
}

// remove forgets one. It is false where it was not known.
func (r *reactions) remove(on transports.MessageID, who, emoji string) bool {
	was := len(*r)
	*r = slices.DeleteFunc(*r, func(known reaction) bool { return known.on == on && known.who == who && known.emoji == emoji })
	return len(*r) < was
}

// withdrawn forgets the one that a message had put there. It is false where that was none.
func (r *reactions) withdrawn(id transports.MessageID) (reaction, bool) {
	i := slices.IndexFunc(*r, func(known reaction) bool { return known.id == id })
	if i < 0 {
		return reaction{}, false
	}
	known := (*r)[i]
	*r = slices.Delete(*r, i, i+1)
	return known, true
}

// renamed gives what a user has to their new nick.
func (r reactions) renamed(was, folded string) {
	for i := range r {
		if r[i].who == was {
			r[i].who = folded
		}
	}
}

// react makes these the account's reactions, by a TAGMSG for each change. IRCv3 client tag react.
func (c *connection) react(r *request, command transports.React) {
	target, fault := c.target(command.Place)
	if fault != nil {
		r.settle(fault)
		return
	}
	self := c.fold(c.nick)
	var lines []string
	change := func(tag, emoji string) {
		lines = append(lines, tagged("+draft/"+tag+"="+irc.EncodeTagValue(emoji)+";"+c.replyTags(command.ID), "TAGMSG "+target))
	}
	has := c.session.reactions.of(command.ID, self)
	for _, emoji := range command.Emoji {
		if !isReaction(emoji) {
			r.settle(&transports.Fault{Kind: transports.Invalid, Text: "This cannot be a reaction on IRC."})
			return
		}
		if !slices.Contains(has, emoji) {
			change("react", emoji)
		}
	}
	for _, emoji := range has {
		if !slices.Contains(command.Emoji, emoji) {
			change("unreact", emoji)
		}
	}
	r.confirmed = func() {
		for _, emoji := range has {
			c.session.reactions.remove(command.ID, self, emoji)
		}
		for _, emoji := range command.Emoji {
			c.session.reactions.add(reaction{on: command.ID, who: self, emoji: emoji})
		}
	}
	c.hold(r, reacting, []string{target}, lines...)
}

// isReaction tells whether a word can be a reaction.
func isReaction(emoji string) bool {
	return emoji != "" && len(emoji) <= maxReaction && utf8.ValidString(emoji) && legible(emoji)
}

// onReaction is what a message says with its tags about another one. It tells whether that is all it says.
func (c *connection) onReaction(m message, place transports.Place) (only bool) {
	on, who := m.replyTo(), c.fold(m.Name)
	added, removed := m.clientTag("react"), m.clientTag("unreact")
	if on == nil || added == "" && removed == "" {
		return false
	}
	changed := false
	if isReaction(added) {
		changed = c.session.reactions.add(reaction{on: on.ID, who: who, emoji: added, id: m.id()})
	}
	if removed != "" {
		changed = c.session.reactions.remove(on.ID, who, removed) || changed
	}
	if changed || c.pastOf(m).wanted() {
		c.deliver(m, place, transports.Reacted{Place: place, ID: on.ID, From: author(m), At: m.at(), Emoji: c.session.reactions.of(on.ID, who)})
	}
	return m.Param(1) == added || m.Param(1) == ""
}
