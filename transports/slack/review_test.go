package slack_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestEditsOfAnOutageComeAfterWhatWasSaid(t *testing.T) {
	s := newStory(t)
	first := s.w.Post(s.ida, s.lobby, "helo", nil)
	old := s.w.Post(s.ida, s.lobby, "edited before", nil)
	s.w.Act(s.ida, "chat.update", slacktest.Object{"channel": s.lobby, "ts": old, "text": "edited then"})
	seen := s.w.Post(s.ida, s.lobby, "seen", nil)
	s.w.Post(s.ida, s.lobby, "missed", nil)
	s.w.Act(s.ida, "chat.update", slacktest.Object{"channel": s.lobby, "ts": first, "text": "hello"})
	for _, limit := range []int{1, 10} {
		var got []string
		after, more := transports.MessageID(seen), true
		for more {
			var events []transports.Event
			var err error
			if events, more, err = s.session.(transports.History).After(t.Context(), s.place(), after, limit); err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				switch e := e.(type) {
				case transports.Message:
					after = e.ID
					got = append(got, "said "+e.Text.String())
				case transports.Edited:
					if e.ID != transports.MessageID(first) || e.At.IsZero() || e.From.Name != "Ida Lovelace" {
						t.Errorf("the edit is %+v", e)
					}
					got = append(got, "edited "+e.Text.String())
				}
			}
		}
		if want := []string{"said missed", "edited hello"}; !slices.Equal(got, want) {
			t.Errorf("%d at a time: read %q, want %q", limit, got, want)
		}
	}
}

func TestWhatHasBecomeOfMessages(t *testing.T) {
	s := newStory(t)
	post := func(words string, more slacktest.Object) string { return s.w.Post(s.ida, s.lobby, words, more) }
	liked, plain, gone, root := post("liked", nil), post("plain", nil), post("gone", nil), post("the root of a thread", nil)
	answer, deletedAnswer := post("an answer", slacktest.Object{"thread_ts": root}), post("deleted", slacktest.Object{"thread_ts": root})
	last := post("last", nil)
	react := func(u *slacktest.User, ts, name string) {
		s.w.Act(u, "reactions.add", slacktest.Object{"channel": s.lobby, "timestamp": ts, "name": name})
	}
	react(s.ida, liked, "tada")
	react(s.ida, liked, "+1")
	react(s.tess, liked, "+1")
	react(s.tess, answer, "eyes")
	for _, ts := range []string{gone, deletedAnswer, root} {
		s.w.Act(s.ida, "chat.delete", slacktest.Object{"channel": s.lobby, "ts": ts})
	}
	ids := []transports.MessageID{}
	for _, ts := range []string{liked, plain, gone, root, answer, deletedAnswer, last} {
		ids = append(ids, transports.MessageID(ts))
	}
	all, err := s.session.(transports.Reviewer).Review(t.Context(), s.place(), ids)
	if err != nil || len(all) != len(ids) {
		t.Fatalf("told is %+v, %v", all, err)
	}
	for _, r := range all {
		i := slices.Index(ids, r.ID)
		if wantGone := i == 2 || i == 3 || i == 5; r.Gone != wantGone {
			t.Errorf("message %d is gone: %v", i, r.Gone)
		}
		switch by := r.Reactions; i {
		case 0:
			if len(by) != 2 || !slices.Equal(by[0].Emoji, []string{"🎉", "👍"}) || by[0].From.Name != "Ida Lovelace" || !slices.Equal(by[1].Emoji, []string{"👍"}) || by[1].From.ID != "u0000001" {
				t.Errorf("the reactions are %+v", by)
			}
		case 4:
			if len(by) != 1 || by[0].Emoji[0] != "👀" {
				t.Errorf("the reactions on the answer are %+v", by)
			}
		case 1, 6:
			if by == nil || len(by) != 0 {
				t.Errorf("message %d has the reactions %+v", i, by)
			}
		}
	}
}

// Free plans hide what is older than 90 days.
func TestAnOldMessageThatIsNotFoundIsNotTakenForGone(t *testing.T) {
	s := newStory(t)
	old, young := time.Now().Add(-100*24*time.Hour), time.Now().Add(-24*time.Hour)
	ids := []transports.MessageID{transports.MessageID(fmt.Sprintf("%d.000100", old.Unix())), transports.MessageID(fmt.Sprintf("%d.000100", young.Unix()))}
	all, err := s.session.(transports.Reviewer).Review(t.Context(), s.place(), ids)
	if err != nil || len(all) != 1 || all[0].ID != ids[1] || !all[0].Gone {
		t.Errorf("of messages that are not found: %+v, %v", all, err)
	}
}

func TestWhatHappenedLongAgoInAChannelIsSeenAfterAnOutageForOneQuestionMore(t *testing.T) {
	s := newStory(t)
	var ids []transports.MessageID
	for i := range 150 {
		ids = append(ids, transports.MessageID(s.w.Post(s.ida, s.lobby, fmt.Sprint("line ", i), nil)))
	}
	answer := s.w.Post(s.ida, s.lobby, "an answer", slacktest.Object{"thread_ts": string(ids[5])})
	ids = append(ids, transports.MessageID(answer))
	change := func(method string, more slacktest.Object) {
		t.Helper()
		more["channel"] = s.lobby
		if a := s.w.Act(s.ida, method, more); a["ok"] != true {
			t.Fatalf("%s: %v", method, a)
		}
	}
	change("chat.update", slacktest.Object{"ts": string(ids[10]), "text": "line ten"})
	change("chat.update", slacktest.Object{"ts": answer, "text": "a better answer"})
	change("chat.delete", slacktest.Object{"ts": string(ids[20])})
	change("reactions.add", slacktest.Object{"timestamp": string(ids[30]), "name": "+1"})
	before := s.w.Calls("conversations.history")
	events, more, err := s.session.(transports.History).After(t.Context(), s.place(), ids[len(ids)-1], 100)
	if err != nil || more {
		t.Fatal(more, err)
	}
	var edited []string
	for _, e := range events {
		edited = append(edited, e.(transports.Edited).Text.String())
	}
	if !slices.Equal(edited, []string{"line ten", "a better answer"}) {
		t.Errorf("edited was %q", edited)
	}
	all, err := s.session.(transports.Reviewer).Review(t.Context(), s.place(), ids)
	if err != nil || len(all) != len(ids) {
		t.Fatalf("told is %d of %d, %v", len(all), len(ids), err)
	}
	for _, r := range all {
		if i := slices.Index(ids, r.ID); r.Gone != (i == 20) || (len(r.Reactions) == 1) != (i == 30) {
			t.Errorf("message %d is %+v", i, r)
		}
	}
	if n := s.w.Calls("conversations.history") - before; n != 1 {
		t.Errorf("the history was read %d times", n)
	}
}
