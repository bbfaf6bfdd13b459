package slack_test

import (
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestWhoIsTooFastIsToldHowLongToWait(t *testing.T) {
	s := newStory(t)
	s.w.RateLimit("chat.postMessage", "17", false, 1)
	if f := s.refused(s.say("hello"), transports.RateLimited, "Wait"); f.Wait < 15*time.Second || f.Wait > 17*time.Second {
		t.Errorf("the wait is %v", f.Wait)
	}
	s.refused(s.say("hello"), transports.RateLimited, "Wait")
	if n := s.w.Calls("chat.postMessage"); n != 1 {
		t.Errorf("Slack was asked %d times while it wanted to rest", n)
	}
	s.w.RateLimit("chat.update", "3", true, 1)
	if f := s.refused(transports.Edit{Place: transports.InRoom(s.room()), ID: "1.000001", Text: text.Plain("x")}, transports.RateLimited, "Wait"); f.Wait > 3*time.Second {
		t.Errorf("the wait is %v", f.Wait)
	}
	s.w.RateLimit("conversations.setTopic", "", true, 1)
	if f := s.refused(transports.SetTopic{Room: s.room(), Text: "x"}, transports.RateLimited, "Wait"); f.Wait <= 0 {
		t.Errorf("the wait is %v", f.Wait)
	}
}

func TestEveryoneIsCalledOnlyWhereTheOperatorLetsPeopleDoThat(t *testing.T) {
	for mayCall, want := range map[bool]string{false: "@here, lunch", true: "<!here>, lunch"} {
		s := newStory(t, func(s *story) { s.mayCall = mayCall })
		s.must(s.say("@here, lunch"))
		others := s.say("@here, lunch")
		others.As = &transports.Persona{Name: "Bob"}
		s.must(others)
		if all := s.w.Messages(s.lobby); len(all) != 2 || all[0]["text"] != want || all[1]["text"] != "*Bob*: @here, lunch" {
			t.Errorf("where people may call everyone (%t), the channel has %v", mayCall, all)
		}
	}
}

func TestABotSpeaksForPeople(t *testing.T) {
	s := newStory(t, func(s *story) {
		bot := s.w.AddUser("Isthmus")
		bot.Bot = true
		s.w.Act(s.ida, "conversations.invite", slacktest.Object{"channel": s.lobby, "users": bot.ID})
		s.token, s.app = install(t, s.w, bot)
	})
	send := s.say("hello from Jabber")
	send.As = &transports.Persona{Name: "romeo", Picture: "https://x.example/romeo.png"}
	id := s.must(send).Parts[0]
	all := s.w.Messages(s.lobby)
	if last := all[len(all)-1]; last["username"] != "romeo" || last["ts"] != string(id) {
		t.Errorf("the message is %v", last)
	}
	s.must(transports.Edit{Place: s.place(), ID: id, Text: text.Plain("hello again"), As: send.As})
	s.must(transports.Delete{Place: s.place(), ID: id})
	s.only("no echoes")
}

func TestAPersonsAccountSpeaksForOthersByNamingThem(t *testing.T) {
	s := newStory(t)
	send := s.say("hello")
	send.As = &transports.Persona{Name: "romeo <r>"}
	s.must(send)
	all := s.w.Messages(s.lobby)
	if last := all[len(all)-1]; last["text"] != "*romeo &lt;r&gt;*: hello" {
		t.Errorf("the message is %v", last)
	}
}

func TestWhoSaysMeDoesSomething(t *testing.T) {
	s := newStory(t)
	send := s.say("waves")
	send.Style = transports.Does
	id := s.must(send).Parts[0]
	s.must(transports.Edit{Place: s.place(), ID: id, Style: transports.Does, Text: text.Plain("waves back")})
	all := s.w.Messages(s.lobby)
	if m := all[len(all)-1]; m["subtype"] != "me_message" || m["text"] != "waves back" {
		t.Errorf("Slack has it as %v", m)
	}
	send.Thread = id // there are no such messages in threads
	s.must(send)
	all = s.w.Messages(s.lobby)
	if m := all[len(all)-1]; m["subtype"] != nil || m["text"] != "_waves_" || m["thread_ts"] != string(id) {
		t.Errorf("in a thread, Slack has it as %v", m)
	}
}

func TestEachRefusalOfSlackSaysWhatToDo(t *testing.T) {
	s := newStory(t)
	attic := s.w.AddChannel("attic", false, s.ida)
	s.refused(transports.Send{Place: transports.InRoom(roomOf(attic)), Text: text.Plain("is anybody there?")}, transports.Forbidden, "You are not in this channel. Join it first.")
	id := s.must(s.say("hello")).Parts[0]
	edit, remove := transports.Edit{Place: s.place(), ID: id, Text: text.Plain("hi")}, transports.Delete{Place: s.place(), ID: id}
	for _, c := range []struct {
		method, code string
		command      transports.Command
		kind         transports.FaultKind
		words        string
	}{
		{"chat.postMessage", "not_in_channel", s.say("x"), transports.Forbidden, "Join it first"},
		{"chat.postMessage", "is_archived", s.say("x"), transports.Forbidden, "archived"},
		{"chat.postMessage", "restricted_action", s.say("x"), transports.Forbidden, "Ask one of its owners"},
		{"chat.postMessage", "msg_too_long", s.say("x"), transports.TooLarge, "in parts"},
		{"chat.postMessage", "something_new", s.say("x"), transports.Forbidden, "Slack refuses it: something new."},
		{"chat.update", "cant_update_message", edit, transports.Forbidden, "own messages"},
		{"chat.update", "edit_window_closed", edit, transports.Forbidden, "too old"},
		{"chat.update", "message_not_found", edit, transports.NotFound, "no such message"},
		{"chat.delete", "cant_delete_message", remove, transports.Forbidden, "may not delete"},
		{"reactions.add", "too_many_emoji", transports.React{Place: s.place(), ID: id, Emoji: []string{"👍"}}, transports.Forbidden, "as many kinds"},
	} {
		s.w.Fail(c.method, c.code, 1)
		s.refused(c.command, c.kind, c.words)
	}
	for method, code := range map[string]string{"chat.delete": "message_not_found", "reactions.add": "already_reacted"} { // it is so already
		s.w.Fail(method, code, 1)
		if method == "chat.delete" {
			s.must(remove)
		} else {
			s.must(transports.React{Place: s.place(), ID: id, Emoji: []string{"🎉"}})
		}
	}
	s.w.Fail("reactions.remove", "no_reaction", 1)
	s.must(transports.React{Place: s.place(), ID: id})
}
