package discord_test

import (
	"slices"
	"strings"
	"testing"

	"isthmus/transports"
)

// The permissions to govern: to kick, to ban, to manage channels, messages and threads, and to silence.
const govern = 1<<1 | 1<<2 | 1<<4 | 1<<13 | 1<<34 | 1<<40

func TestABotModeratesAsFarAsItMay(t *testing.T) {
	v := settled(t)
	ida := transports.UserID(v.ida)
	for command, named := range map[transports.Command]string{
		transports.SetTopic{Room: room(v.lobby), Text: "tea"}:                                                  "Manage Channels",
		transports.SetRoomName{Room: room(v.lobby), Name: "tea"}:                                               "Manage Channels",
		transports.SetRole{Room: room(v.lobby), User: ida}:                                                     "Kick Members",
		transports.SetRole{Room: room(v.lobby), User: ida, Role: transports.Visitor}:                           "Timeout Members",
		transports.SetAffiliation{Room: room(v.lobby), User: ida, Affiliation: transports.Outcast}:             "Ban Members",
		transports.Create{Name: "tea"}:                                                                         "Manage Channels",
		transports.SetRole{Room: room(v.lobby), User: transports.UserID(v.bot.ID), Role: transports.Moderator}: "roles of the server",
	} {
		before := len(v.Requests())
		if _, err := v.try(command); err == nil || !strings.Contains(transports.AsFault(err).Text, named) {
			t.Errorf("%T gave %v, want %q", command, err, named)
		}
		if made := v.Requests()[before:]; len(made) != 0 {
			t.Errorf("%T was tried all the same: %q", command, made)
		}
	}
	said := v.Say(v.lobby, v.ida, "spam", nil)
	v.said("spam")
	_, err := v.try(transports.Delete{Place: inLobby(v), ID: transports.MessageID(said)})
	v.kind(err, transports.Forbidden, "Manage Messages")

	v.Allow(v.guild, everything|govern)
	if r := next(v, func(r transports.Room) bool { return r.Room == room(v.lobby) }); r.Lacks&(transports.Topics|transports.RoomNames|transports.Roles|transports.Affiliations) != 0 {
		t.Errorf("the room lacks %b", r.Lacks)
	}
	v.do(transports.Delete{Place: inLobby(v), ID: transports.MessageID(said), Reason: "spam, söry"})
	next[transports.Deleted](v, nil)
	v.do(transports.SetTopic{Room: room(v.lobby), Text: "tea"})
	if e := next[transports.TopicChanged](v, nil); e.Topic.Text != "tea" {
		t.Errorf("the topic is %q", e.Topic.Text)
	}
	v.do(transports.SetRoomName{Room: room(v.lobby), Name: "#tea-room (Analysts)"})
	if r := next(v, func(r transports.Room) bool { return r.Room == room(v.lobby) && strings.Contains(r.Name, "tea") }); r.Name != "#tea-room (Analysts)" {
		t.Errorf("the name is %q", r.Name)
	}
	silenced := func(e transports.MemberChanged) bool { return e.Member.User.ID == ida && e.Room == room(v.lobby) }
	v.do(transports.SetRole{Room: room(v.lobby), User: ida, Role: transports.Visitor})
	if e := next(v, silenced); e.Member.Role != transports.Visitor {
		t.Errorf("Ida is %+v", e.Member)
	}
	v.do(transports.SetRole{Room: room(v.lobby), User: ida, Role: transports.Participant})
	next(v, silenced)
	v.do(transports.SetRole{Room: room(v.lobby), User: ida})
	gone := func(e transports.MemberLeft) bool { return e.User.ID == ida && e.Room == room(v.lobby) }
	if e := next(v, gone); e.Cause != transports.Kicked {
		t.Errorf("Ida left with %d", e.Cause)
	}
	v.JoinGuild(v.guild, v.ida)
	v.do(transports.SetAffiliation{Room: room(v.lobby), User: ida, Affiliation: transports.Outcast})
	if e := next(v, gone); e.Cause != transports.Banned {
		t.Errorf("Ida left with %d", e.Cause)
	}
	registry := v.session.(transports.Registry)
	if all, err := registry.Affiliated(t.Context(), room(v.lobby), transports.Outcast); err != nil || !slices.Equal(all, []string{v.ida}) {
		t.Errorf("%q are banned, %v", all, err)
	}
	if all, err := registry.Affiliated(t.Context(), room(v.lobby), transports.Owner); err != nil || !slices.Equal(all, []string{v.owner}) {
		t.Errorf("%q own it, %v", all, err)
	}
	for range 2 {
		v.do(transports.SetAffiliation{Room: room(v.lobby), User: ida, Affiliation: transports.NoAffiliation})
	}
}

func TestChannelsAndThreadsAreMade(t *testing.T) {
	v := settled(t)
	v.Allow(v.guild, everything|govern)
	next(v, func(r transports.Room) bool { return r.Room == room(v.lobby) })
	made := v.do(transports.Create{Name: "Reading club"}).Room
	if c := v.Channel(channel(made)); c["name"] != "Reading club" || c["type"] != 0 {
		t.Errorf("the channel is %v", c)
	}
	v.do(send(transports.InRoom(made), "first"))
	thread := v.do(transports.Create{Name: "Chapter one", Parent: made}).Room
	if c := v.Channel(channel(thread)); c["type"] != 11 || c["parent_id"] != channel(made) {
		t.Errorf("the thread is %v", c)
	}
	if r := next(v, func(r transports.Room) bool { return r.Room == thread }); r.Lacks&transports.Threads == 0 {
		t.Error("there are threads in threads")
	}
}
