package discord_test

import (
	"testing"

	"isthmus/transports"
)

func TestTheAccountIsShownAsItsOwnerIs(t *testing.T) {
	v := settled(t)
	v.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Busy, Status: "at lunch"}})
	v.Seen(v.bot, "dnd: at lunch")
	v.Cut()
	v.over()
	v.start()
	v.ready()
	v.Seen(v.bot, "dnd: at lunch")
	v.stop()
	v.over()
	v.Seen(v.bot, "invisible")
	v.start()
	v.ready()
	v.Seen(v.bot, "dnd: at lunch")
}
