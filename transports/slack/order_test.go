package slack_test

import (
	"fmt"
	"testing"

	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

// twoSockets has the next socket open while the old one is there.
func (s *story) twoSockets() {
	s.Helper()
	s.w.Disconnect("warning")
	if s.w.Await(func(e slacktest.Object) bool { return e["type"] == "socket_opened" && e["sockets"] == 2 }, longest) == nil {
		s.Fatal("no second socket")
	}
	for range 2 { // both are read
		s.only("over either of them")
	}
}

func TestWhatComesOverTwoSocketsIsToldInTheOrderInWhichItHappened(t *testing.T) {
	s := newStory(t)
	s.twoSockets()
	s.w.HoldBack()
	first := s.w.Post(s.ida, s.lobby, "first", nil)
	s.w.Act(s.ida, "chat.update", slacktest.Object{"channel": s.lobby, "ts": first, "text": "first, edited"})
	s.w.Act(s.ida, "reactions.add", slacktest.Object{"channel": s.lobby, "timestamp": first, "name": "+1"})
	second := s.w.Post(s.ida, s.lobby, "second", nil)
	s.w.Act(s.ida, "chat.delete", slacktest.Object{"channel": s.lobby, "ts": second})
	s.w.Release() // the first comes last
	var got []string
	for len(got) < 5 {
		switch e := expect[transports.Event](s, nil).(type) {
		case transports.Message:
			got = append(got, "said "+e.Text.String())
		case transports.Edited:
			got = append(got, "edited "+e.Text.String())
		case transports.Reacted:
			got = append(got, "reacted "+string(e.ID))
		case transports.Deleted:
			got = append(got, "deleted "+string(e.ID))
		}
	}
	if want := fmt.Sprint([]string{"said first", "edited first, edited", "reacted " + first, "said second", "deleted " + second}); fmt.Sprint(got) != want {
		t.Errorf("told is %q, want %s", got, want)
	}
}

func TestAMessageThatComesAfterWhatHappenedToItIsToldOnceAsItIsNow(t *testing.T) {
	s := newStory(t)
	s.only("the last that came")
	s.w.HoldBack()
	edited := s.w.Post(s.ida, s.lobby, "a draft", nil)
	s.w.Act(s.ida, "chat.update", slacktest.Object{"channel": s.lobby, "ts": edited, "text": "a text"})
	if m := expect[transports.Message](s, nil); m.ID != transports.MessageID(edited) || m.Text.String() != "a text" {
		t.Errorf("the message that was edited comes as %+v", m)
	}
	s.w.Release()
	s.only("nothing of the draft")
	s.w.HoldBack()
	gone := s.w.Post(s.ida, s.lobby, "a mistake", nil)
	s.w.Act(s.ida, "chat.delete", slacktest.Object{"channel": s.lobby, "ts": gone})
	s.w.Act(s.ida, "conversations.rename", slacktest.Object{"channel": s.lobby, "name": "hall"})
	expect[transports.RoomChanged](s, nil) // the deletion has come
	s.w.Release()
	s.only("nothing of the mistake")
}

func TestAnEditThatComesAfterALaterOneIsOld(t *testing.T) {
	s := newStory(t)
	ts := s.w.Post(s.ida, s.lobby, "one", nil)
	expect[transports.Message](s, nil)
	s.w.HoldBack()
	s.w.Act(s.ida, "chat.update", slacktest.Object{"channel": s.lobby, "ts": ts, "text": "two"})
	s.w.Act(s.ida, "chat.update", slacktest.Object{"channel": s.lobby, "ts": ts, "text": "three"})
	if e := expect[transports.Edited](s, nil); e.Text.String() != "three" {
		t.Errorf("the edit is %+v", e)
	}
	s.w.Release()
	s.only("nothing older")
}
