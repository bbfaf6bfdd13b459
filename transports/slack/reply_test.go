package slack_test

import (
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestThreads(t *testing.T) {
	s := newStory(t)
	root := s.w.Post(s.ida, s.lobby, "a story", nil)
	expect[transports.Message](s, nil)
	send := s.say("in the thread")
	send.Thread = transports.MessageID(root)
	s.must(send)
	s.w.Act(s.ida, "chat.postMessage", slacktest.Object{"channel": s.lobby, "text": "for all", "thread_ts": root, "reply_broadcast": true})
	if m := expect[transports.Message](s, nil); m.Text.String() != "for all" || m.Thread != transports.MessageID(root) {
		t.Errorf("what was also sent to the channel is %+v", m)
	}
	s.w.Act(s.ida, "chat.delete", slacktest.Object{"channel": s.lobby, "ts": root})
	if e := expect[transports.Deleted](s, nil); e.ID != transports.MessageID(root) {
		t.Errorf("the deleted root is told as %+v", e)
	}
	send.Thread = "1.000000"
	s.refused(send, transports.NotFound, "thread")
}

func TestAnAnswerIsInTheThreadOfWhatItAnswersAndInTheChannel(t *testing.T) {
	var news string
	s := newStory(t, func(s *story) {
		news = s.w.AddChannel("news", false, s.ida, s.tess)
		s.w.Restrict(news, false, true)
	})
	last := func(channel string) slacktest.Object {
		all := s.w.Messages(channel)
		return all[len(all)-1]
	}
	question := s.w.Post(s.ida, s.lobby, "what time is it?", nil)
	answer := func(to, words string) transports.Send {
		send := s.say(words)
		send.ReplyTo = &transports.Reference{ID: transports.MessageID(to), Text: text.Plain("what time is it?")}
		return send
	}
	s.must(answer(question, "noon"))
	noon := last(s.lobby)
	if noon["thread_ts"] != question || noon["subtype"] != "thread_broadcast" {
		t.Errorf("the answer is %v", noon)
	}
	s.must(answer(noon["ts"].(string), "thanks")) // in the same thread, and not in front of everyone
	if m := last(s.lobby); m["thread_ts"] != question || m["subtype"] != nil {
		t.Errorf("the answer to the answer is %v", m)
	}
	lonely := s.w.Post(s.ida, news, "what time is it?", nil)
	send := answer(lonely, "midnight")
	send.Place = transports.InRoom(transports.RoomID("#" + strings.ToLower(news)))
	s.must(send) // where there are no threads
	if m := last(news); m["text"] != "&gt; what time is it?\nmidnight" && m["text"] != "> what time is it?\nmidnight" {
		t.Errorf("the answer is %v", m)
	}
}
