package irc

import (
	"reflect"

	"isthmus/transports"
)

// always is what every IRC server can do.
const always = transports.Topics | transports.Names | transports.Roles | transports.Affiliations | transports.Invitations |
	transports.Instructions | transports.Questions | transports.Presences | transports.Subscriptions

// sometimes is what some can do besides.
const sometimes = transports.Replies | transports.Reactions | transports.TypingShown | transports.Deletions | transports.Reading

// possible is what no server is known not to be able to do.
var possible = transports.Capabilities{Features: always | sometimes}

// abilities are what the connection can do now.
func (c *connection) abilities() transports.Capabilities {
	can := transports.Capabilities{Features: always, SingleLine: true}
	if _, several := c.multiline(); several {
		can.SingleLine = false
	}
	replies := c.passes("draft/reply") || c.passes("reply")
	if replies {
		can.Features |= transports.Replies
	}
	if replies && c.passes("draft/react") && c.passes("draft/unreact") {
		can.Features |= transports.Reactions
	}
	if c.caps.on[redactionCap] {
		can.Features |= transports.Deletions
	}
	if c.caps.on[readMarkerCap] {
		can.Features |= transports.Reading
	}
	if c.passes("typing") {
		can.Features |= transports.TypingShown
	}
	return can
}

// tellAbilities tells of them where they have changed.
func (c *connection) tellAbilities() {
	if c.stage != online {
		return
	}
	can := c.abilities()
	if known := c.can.Load(); known == nil || !reflect.DeepEqual(*known, can) {
		c.can.Store(&can)
		c.emit(transports.Online{Self: c.self(), Can: can})
	}
}
