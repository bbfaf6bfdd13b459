package slack_test

import (
	"testing"
	"time"

	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestAStormOfReactionsHoldsNothingUp(t *testing.T) {
	var old []string
	s := newStory(t, func(s *story) {
		for range 80 { // more than may be asked about in a minute
			old = append(old, s.w.Post(s.ida, s.lobby, "old", nil))
		}
	})
	began := time.Now()
	for _, ts := range old {
		s.w.Act(s.ida, "reactions.add", slacktest.Object{"channel": s.lobby, "timestamp": ts, "name": "+1"})
	}
	for _, ts := range old {
		if e := expect[transports.Reacted](s, nil); e.ID != transports.MessageID(ts) || len(e.Emoji) != 1 || e.Emoji[0] != "👍" {
			t.Fatalf("the reaction is told as %+v", e)
		}
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
}
