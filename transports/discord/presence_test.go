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

func TestOfManyPresencesTheLastOneIsShown(t *testing.T) {
	v := settled(t)
	before := v.Shown()
	for range 30 {
		v.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Away}})
		v.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Busy}})
	}
	v.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Present, Status: "at last"}})
	v.Seen(v.bot, "online: at last")
	if n := v.Shown() - before; n > 5 {
		t.Errorf("Discord was told %d presences", n)
	}
}
