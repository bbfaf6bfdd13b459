package discord

import (
	"strconv"
	"testing"

	"isthmus/transports"
)

func TestOfWhatIsSaidWhereAPersonIsNotNothingIsKept(t *testing.T) {
	all, l := allTold(t, "user_events.jsonl"), newListener(t)
	l.user = true
	said := func(channel, id string, mentions ...any) told {
		return told{"MESSAGE_CREATE", map[string]any{"id": id, "channel_id": channel, "guild_id": "1004", "content": "hello", "author": map[string]any{"id": "1002", "username": "ida"}, "mentions": mentions}}
	}
	react := told{"MESSAGE_REACTION_ADD", map[string]any{"channel_id": "1007", "message_id": "1200", "guild_id": "1004", "user_id": "1002", "emoji": map[string]any{"name": "👍"}}}
	s := l.hears(all[0], said("1007", "1200"), react)
	if len(s.known.values) != 0 || s.world.channels["1007"].LastID != "1200" {
		t.Errorf("%d messages are kept, the last one known is %s", len(s.known.values), s.world.channels["1007"].LastID)
	}
	s = l.hears(all[0], said("1007", "1200"), said("1007", "1201", map[string]any{"id": "1003"}), said("1007", "1202"), react)
	if len(s.known.values) != 3 { // a reaction may be of an old one
		t.Errorf("%d messages are kept", len(s.known.values))
	}
}

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
