package slack_test

import (
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestWhatIsSaidHereComesOnceAndWhatIsSaidElsewhereIsOnesOwn(t *testing.T) {
	s := newStory(t)
	for range 5 { // each event comes before the answer to what it is of
		s.must(s.say("from here"))
	}
	s.w.Post(s.tess, s.lobby, "from the phone", nil)
	m := expect[transports.Message](s, nil)
	if m.Text.String() != "from the phone" || !m.Own || m.From.ID != "u0000001" || m.Place != s.place() {
		t.Errorf("the first message is %+v", m)
	}
	s.only("done")
}

func TestChangesMadeHereAreNotToldAndOthersAre(t *testing.T) {
	s := newStory(t)
	id := s.must(s.say("a draft")).Parts[0]
	s.must(transports.Edit{Place: s.place(), ID: id, Text: text.Plain("a text & more")})
	s.must(transports.React{Place: s.place(), ID: id, Emoji: []string{"👍"}})
	s.must(transports.Delete{Place: s.place(), ID: id})
	s.must(transports.Delete{Place: s.place(), ID: id}) // it is gone already
	s.only("nothing yet")
	ts := s.w.Post(s.tess, s.lobby, "another", nil)
	expect[transports.Message](s, nil)
	s.w.Act(s.tess, "chat.update", slacktest.Object{"channel": s.lobby, "ts": ts, "text": "*better*"})
	if e := expect[transports.Edited](s, nil); e.Text.Styling() != "*better*" || e.ID != transports.MessageID(ts) {
		t.Errorf("the edit elsewhere is %+v", e)
	}
	s.w.Act(s.tess, "reactions.add", slacktest.Object{"channel": s.lobby, "timestamp": ts, "name": "+1"})
	if e := expect[transports.Reacted](s, nil); e.From.ID != "u0000001" || len(e.Emoji) != 1 || e.Emoji[0] != "👍" {
		t.Errorf("the reaction elsewhere is %+v", e)
	}
	s.w.Act(s.tess, "chat.delete", slacktest.Object{"channel": s.lobby, "ts": ts})
	if e := expect[transports.Deleted](s, nil); e.ID != transports.MessageID(ts) {
		t.Errorf("the deletion elsewhere is %+v", e)
	}
}

func TestWhatComesAgainIsToldOnce(t *testing.T) {
	s := newStory(t)
	s.w.Post(s.ida, s.lobby, "once", nil)
	s.w.Redeliver()
	expect[transports.Message](s, nil)
	s.w.Redeliver()
	s.only("twice")
	if s.w.Await(func(e slacktest.Object) bool { return e["type"] == "acknowledged" && e["left"] == 0 }, longest) == nil {
		t.Error("not everything was acknowledged")
	}
}

func TestPreviewsAndCountsOfAnswersAreNoEdits(t *testing.T) {
	s := newStory(t)
	ts := s.w.Post(s.ida, s.lobby, "<https://x.example>", nil)
	m := expect[transports.Message](s, nil)
	if m.Text.String() != "https://x.example" {
		t.Errorf("the link reads %q", m.Text)
	}
	s.w.Unfurl(s.lobby, ts)
	s.w.Post(s.ida, s.lobby, "an answer", slacktest.Object{"thread_ts": ts})
	if m := expect[transports.Message](s, nil); m.Thread != transports.MessageID(ts) {
		t.Errorf("the answer is %+v", m)
	}
	s.only("no edits")
}

func TestAnAnswerThatDoesNotSayWhereAMessageWentIsNoSuccess(t *testing.T) {
	s := newStory(t)
	for _, style := range []transports.Style{transports.Says, transports.Does} {
		s.w.SayLittle(map[transports.Style]string{transports.Says: "chat.postMessage", transports.Does: "chat.meMessage"}[style])
		send := s.say("did it arrive?")
		send.Style = style
		s.refused(send, transports.UnknownOutcome, "nobody knows")
	}
}

func TestAnAnswerThatIsLostLeavesTheOutcomeUnknown(t *testing.T) {
	s := newStory(t)
	s.w.LoseAnswer("chat.postMessage")
	s.session.Do(s.Context(), s.say("did it arrive?"), func(_ transports.Result, err error) {
		if transports.AsFault(err).Kind != transports.UnknownOutcome {
			t.Errorf("it gave %v", err)
		}
		s.only("meanwhile") // else it would be taken for what was said in another client
	})
	if m := expect[transports.Message](s, nil); !m.Own || m.Text.String() != "did it arrive?" { // it did, and is seen
		t.Errorf("what came is %+v", m)
	}
}
