package slack_test

import (
	"strings"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

// acknowledged tells whether everything is acknowledged within a time.
func (s *story) acknowledged(within time.Duration) bool {
	return s.w.Await(func(e slacktest.Object) bool { return e["type"] == "acknowledged" && e["left"] == 0 }, within) != nil
}

// holding is a story whose store is slow: what is to be told when it is on disk comes through the channel.
func holding(t *testing.T) (*story, chan transports.Checkpoint) {
	checkpoints := make(chan transports.Checkpoint, 100)
	s := newStory(t, func(s *story) { s.keep = func(c transports.Checkpoint) { checkpoints <- c } })
	return s, checkpoints
}

func TestWhatCameIsAcknowledgedWhenItIsOnDisk(t *testing.T) {
	s, checkpoints := holding(t)
	ts := s.w.Post(s.ida, s.lobby, "one", nil)
	expect[transports.Message](s, nil)
	s.w.Act(s.ida, "reactions.add", slacktest.Object{"channel": s.lobby, "timestamp": ts, "name": "+1"})
	expect[transports.Reacted](s, nil)
	if s.acknowledged(100 * time.Millisecond) {
		t.Fatal("it is acknowledged before it is on disk")
	}
	for range 2 {
		c := <-checkpoints
		if c.Place != s.place() {
			t.Errorf("the checkpoint is of %v", c.Place)
		}
		c.Kept()
	}
	if !s.acknowledged(longest) {
		t.Error("it is not acknowledged")
	}
}

func TestWhatIsNotOnDiskInTimeIsAcknowledgedAllTheSame(t *testing.T) {
	s, _ := holding(t)
	began := time.Now()
	s.w.Post(s.ida, s.lobby, "one", nil)
	if !s.acknowledged(longest) {
		t.Fatal("it is not acknowledged")
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("it was acknowledged after %v", took)
	}
}

func TestWhatIsNotAcknowledgedComesAgainAndIsMarked(t *testing.T) {
	s, checkpoints := holding(t)
	s.w.Post(s.ida, s.lobby, "one", nil)
	if m := expect[transports.Message](s, nil); m.Replayed {
		t.Error("what comes for the first time is marked")
	}
	s.stop() // as a crash does: nothing is acknowledged
	if err := <-s.ended; err != nil {
		t.Fatal(err)
	}
	s.driver = start(t, s.config())
	s.session = s.open(s.account)
	s.keep = nil
	s.run()
	if m := expect[transports.Message](s, nil); m.Text.String() != "one" || !m.Replayed {
		t.Errorf("what comes again is %+v", m)
	}
	select {
	case c := <-checkpoints:
		if c.Place != s.place() {
			t.Errorf("the checkpoint is of %v", c.Place)
		}
	default:
		t.Error("there was no checkpoint")
	}
	if !s.acknowledged(longest) {
		t.Error("it is not acknowledged")
	}
}

func TestWhereSlackLeavesOutEventsTheHistoryIsRead(t *testing.T) {
	s := newStory(t)
	s.w.TellRateLimited()
	if f := s.fault(); f.Kind != transports.Offline || f.Wait < time.Minute || !strings.Contains(f.Text, "More happens") {
		t.Errorf("the session ended with %+v", f)
	}
	s.run()
	s.online()
}

func TestWhatWasSentIsFoundAgainByItsMark(t *testing.T) {
	s := newStory(t)
	send := s.say("did it arrive?")
	send.Nonce = 1234567890123456789
	s.w.LoseAnswer("chat.postMessage")
	s.refused(send, transports.UnknownOutcome, "nobody knows")
	found := func(place transports.Place) int64 {
		events, _, err := s.session.(transports.History).After(t.Context(), place, "", 10)
		if err != nil || len(events) == 0 {
			t.Fatalf("the history is %v, %v", events, err)
		}
		m := events[len(events)-1].(transports.Message)
		if !m.Own || m.Text.String() != "did it arrive?" {
			t.Errorf("the history ends with %+v", m)
		}
		return m.Nonce
	}
	if nonce := found(s.place()); nonce != send.Nonce {
		t.Errorf("the message has the mark %d", nonce)
	}
	send = transports.Send{Place: transports.TalkWith("u0000002"), Nonce: 7, Text: text.Plain("did it arrive?")}
	s.w.Fail("chat.postMessage", "metadata_must_be_sent_from_app", 1)
	s.must(send)
	if nonce := found(send.Place); nonce != 0 {
		t.Errorf("where Slack takes no marks the message has %d", nonce)
	}
}
