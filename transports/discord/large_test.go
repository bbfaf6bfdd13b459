package discord

import (
	"strconv"
	"testing"

	"isthmus/transports"
)

func TestOfALargeGuildTheLastSpeakersAreKept(t *testing.T) {
	w := newWorld("")
	w.self = user{ID: "1"}
	g := w.take(guild{ID: "2", Name: "Large", MemberCount: 100_000, Roles: []role{{ID: "2", Permissions: "1024"}}, Channels: []channel{{ID: "3"}}})
	w.rooms["3"] = true
	var last []transports.Event
	for i := range maxSpeakers + 1 {
		last = w.speaks(g, member{User: user{ID: strconv.Itoa(100 + i)}})
	}
	if len(g.members) != maxSpeakers+1 { // and the bot
		t.Errorf("%d members are kept", len(g.members))
	}
	if len(last) != 2 || last[0].(transports.MemberLeft).User.ID != "100" {
		t.Errorf("the last one to speak is told by %+v", last)
	}
	for i := range maxPeople + 1 {
		w.remember(user{ID: strconv.Itoa(1_000_000 + i)})
	}
	if len(w.people) > maxPeople {
		t.Errorf("%d people are kept", len(w.people))
	}
}
