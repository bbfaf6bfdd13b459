package slack_test

import (
	"testing"
	"time"

	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestWhatIsReadInAnotherClientIsRead(t *testing.T) {
	s := newStory(t)
	ts := s.w.Post(s.ida, s.lobby, "read me", nil)
	direct := s.w.Direct(s.tess, s.ida)
	whisper := s.w.Post(s.ida, direct, "and me", nil)
	s.w.Read(s.tess, s.lobby, ts)
	s.w.Read(s.tess, direct, whisper)
	for range 2 {
		e := expect[transports.Read](s, nil)
		if e.By.ID != "u0000001" || e.Place == s.place() && e.Upto != transports.MessageID(ts) || e.Place.Room == "" && e.Upto != transports.MessageID(whisper) {
			t.Errorf("read is %+v", e)
		}
	}
	s.w.Post(s.ida, s.lobby, "and this", nil)
	m := expect[transports.Message](s, nil)
	s.must(transports.MarkRead{Place: s.place(), Upto: m.ID}) // here: that is no news
	if s.w.Await(func(e slacktest.Object) bool { return e["type"] == "marked" && e["ts"] == string(m.ID) }, longest) == nil {
		t.Fatal("Slack was not told what was read")
	}
	s.only("nothing else was read")
}

func TestAConversationThatWasNeverReadIsNotRead(t *testing.T) {
	s := newStory(t)
	s.w.Read(s.tess, s.lobby, "0000000000.000000")
	ts := s.w.Post(s.ida, s.lobby, "read me", nil)
	for n := s.w.Calls("conversations.info"); s.w.Calls("conversations.info") < n+2; {
		time.Sleep(10 * time.Millisecond)
	}
	s.w.Read(s.tess, s.lobby, ts)
	if e := expect[transports.Read](s, nil); e.Upto != transports.MessageID(ts) {
		t.Errorf("read is %+v", e)
	}
}

func TestReadingIsToldOnceForMany(t *testing.T) {
	s := newStory(t)
	var last string
	for range 3 {
		last = s.w.Post(s.ida, s.lobby, "read me", nil)
		s.must(transports.MarkRead{Place: s.place(), Upto: expect[transports.Message](s, nil).ID})
	}
	s.must(transports.MarkRead{Place: s.place(), Upto: "1.000000"}) // an older one changes nothing
	if s.w.Await(func(e slacktest.Object) bool { return e["type"] == "marked" && e["ts"] == last }, longest) == nil {
		t.Error("Slack was not told what was read")
	}
	if n := s.w.Calls("conversations.mark"); n != 1 {
		t.Errorf("Slack was told %d times", n)
	}
}
