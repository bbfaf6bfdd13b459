package slack_test

import (
	"strings"
	"testing"

	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestWhatWasMissedIsReadWithItsThreads(t *testing.T) {
	s := newStory(t, func(s *story) { s.w.PageSize = 2 })
	old := s.w.Post(s.ida, s.lobby, "an old question", nil)
	seen := s.w.Post(s.ida, s.lobby, "seen", nil)
	s.w.Post(s.ida, s.lobby, "answered late", slacktest.Object{"thread_ts": old})
	root := s.w.Post(s.ida, s.lobby, "a new question", nil)
	s.w.Act(s.ida, "conversations.setTopic", slacktest.Object{"channel": s.lobby, "topic": "x"})
	s.w.Post(s.tess, s.lobby, "answered at once", slacktest.Object{"thread_ts": root})
	s.w.Post(s.ida, s.lobby, "last", nil)
	var got []string
	for after, more := transports.MessageID(seen), true; more; {
		var events []transports.Event
		var err error
		if events, more, err = s.session.(transports.History).After(t.Context(), s.place(), after, 3); err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			m := e.(transports.Message)
			after = m.ID
			got = append(got, m.Text.String())
		}
	}
	if want := "answered late, a new question, answered at once, last"; strings.Join(got, ", ") != want {
		t.Errorf("read %q, want %s", got, want)
	}
}

func TestAMessageWithoutAPlaceInTheHistoryIsNone(t *testing.T) {
	s := newStory(t)
	for _, ts := range []any{"T0001", "", "12", "1.2.3", "-1.000001", 7, nil} {
		s.w.Tell(s.lobby, slacktest.Object{"type": "message", "channel": s.lobby, "user": s.ida.ID, "text": "nowhere", "ts": ts})
	}
	s.w.Post(s.ida, s.lobby, "here", nil)
	if m := expect[transports.Message](s, nil); m.Text.String() != "here" {
		t.Errorf("heard was %+v", m)
	}
}
