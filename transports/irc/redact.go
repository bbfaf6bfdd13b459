package irc

import "isthmus/transports"

const redactionCap = "draft/message-redaction"

// redact takes a message back. IRCv3 message-redaction.
func (c *connection) redact(r *request, command transports.Delete) {
	target, fault := c.target(command.Place)
	switch {
	case fault != nil:
		r.settle(fault)
		return
	case command.ID == "" || command.ID != messageID(string(command.ID)):
		r.settle(&transports.Fault{Kind: transports.NotFound, Text: "There is no such message."})
		return
	}
	line := "REDACT " + target + " " + string(command.ID)
	if command.Reason != "" {
		line = c.cut(line+" :", command.Reason)
	}
	c.hold(r, redacting, []string{target}, line)
}

// onRedact is a message that was taken back, or a reaction.
func (c *connection) onRedact(m message) {
	if c.stage != online || m.Name == "" || len(m.Params) < 2 {
		return
	}
	place, ok := c.placeOf(m)
	id := messageID(m.Param(1))
	if !ok || id == "" || place == (transports.Place{}) {
		return
	}
	if known, was := c.session.reactions.withdrawn(id); was {
		c.deliver(m, place, transports.Reacted{Place: place, ID: known.on, From: transports.User{ID: userID(known.who), Name: known.who}, At: m.at(),
			Emoji: c.session.reactions.of(known.on, known.who)})
		return
	}
	c.deliver(m, place, transports.Deleted{Place: place, ID: id, By: author(m), At: m.at(), Reason: plain(m.Param(2))})
}
