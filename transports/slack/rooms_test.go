package slack_test

import (
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestAChannelSaysWhatItLacks(t *testing.T) {
	var news transports.RoomID
	s := newStory(t, func(s *story) {
		id := s.w.AddChannel("news", false, s.ida, s.tess)
		s.w.Restrict(id, true, true)
		news = transports.RoomID("#" + strings.ToLower(id))
		s.quiet = true
	})
	r := expect(s, func(r transports.Room) bool { return r.Room == news })
	if r.Lacks != transports.Threads|transports.Replies || !r.Moderated || r.Parent != "#t0acme" || len(r.Members) != 1 || r.Members[0].Role != transports.Visitor {
		t.Errorf("the room is %+v", r)
	}
	s.refused(transports.Send{Place: transports.InRoom(news), Text: text.Plain("hello?")}, transports.Forbidden, "Only some people")
}

func TestRoomsThatComeAndGo(t *testing.T) {
	s := newStory(t)
	secret := s.w.AddChannel("secret", true, s.ida)
	s.w.Post(s.ida, secret, "not for Tess", nil)
	s.w.Act(s.ida, "conversations.invite", slacktest.Object{"channel": secret, "users": s.tess.ID})
	r := expect[transports.Room](s, nil)
	if r.Name != "secret" || !r.Hidden || !r.MembersOnly {
		t.Errorf("the room is %+v", r)
	}
	s.w.Act(s.ida, "conversations.rename", slacktest.Object{"channel": secret, "name": "open-secret"})
	if e := expect[transports.RoomChanged](s, nil); e.Room != r.Room || e.Name != "open-secret" {
		t.Errorf("the new name is told as %+v", e)
	}
	s.w.Act(s.ida, "conversations.kick", slacktest.Object{"channel": secret, "user": s.tess.ID})
	if e := expect[transports.MemberLeft](s, nil); e.Room != r.Room || e.User.ID != "u0000001" {
		t.Errorf("the removal is told as %+v", e)
	}
	s.w.Post(s.ida, secret, "not for Tess", nil)
	s.refused(transports.Join{Room: r.Room}, transports.NotFound, "no such channel")
	s.w.Act(s.ida, "conversations.archive", slacktest.Object{"channel": s.lobby})
	if e := expect[transports.MemberLeft](s, nil); e.Room != s.room() || e.Cause != transports.Removed {
		t.Errorf("the archived channel is left as %+v", e)
	}
	s.refused(s.say("hello?"), transports.Forbidden, "archived")
}

func TestAnAppIsToldThatAnotherOfItsAccountsLeft(t *testing.T) {
	s := newStory(t)
	s.w.Act(s.ida, "conversations.leave", slacktest.Object{"channel": s.lobby}) // it is told of both: that Ida left, and that somebody did
	max := s.w.AddUser("Max")
	s.w.Act(max, "conversations.join", slacktest.Object{"channel": s.lobby})
	if e := expect[transports.MemberChanged](s, nil); e.Member.User.Name != "Max" {
		t.Errorf("what came is %+v", e)
	}
	s.must(s.say("I am still here"))
}

func TestAChannelIsFoundByItsName(t *testing.T) {
	s := newStory(t)
	attic := s.w.AddChannel("attic", false, s.ida)
	for name, id := range map[string]string{"#lobby": s.lobby, "#attic": attic} {
		if f := s.refused(transports.Join{Room: transports.RoomID(name)}, transports.Moved, "address"); f.To != transports.RoomID("#"+strings.ToLower(id)) {
			t.Errorf("%s leads to %s", name, f.To)
		}
	}
	s.refused(transports.Join{Room: "#nothing-like-it"}, transports.NotFound, "no such channel")
}

func TestGroupsAreRooms(t *testing.T) {
	var group string
	s := newStory(t, func(s *story) { group = s.w.AddGroup(s.ida, s.tess) })
	s.w.Post(s.ida, group, "just us", nil)
	if m := expect[transports.Message](s, nil); m.Place != transports.InRoom(transports.RoomID("#"+strings.ToLower(group))) {
		t.Errorf("the message is %+v", m)
	}
	s.refused(transports.Leave{Room: transports.RoomID("#" + strings.ToLower(group))}, transports.Forbidden, "leave a group")
}
