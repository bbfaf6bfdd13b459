package slack_test

import (
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestWhoIsAwayIsSoOnSlackAndSaysWhatTheySay(t *testing.T) {
	s := newStory(t)
	set := func(p transports.Presence, presence string, status ...string) {
		t.Helper()
		s.must(transports.SetPresence{Presence: p})
		if presence != "" && s.w.Await(func(e slacktest.Object) bool { return e["type"] == "presence_set" && e["presence"] == presence }, longest) == nil {
			t.Errorf("%+v: the presence is not %s", p, presence)
		}
		if len(status) > 0 && s.w.Await(func(e slacktest.Object) bool {
			return e["type"] == "status_set" && e["text"] == status[0] && e["emoji"] == status[1]
		}, longest) == nil {
			t.Errorf("%+v: the status is not %q", p, status)
		}
	}
	set(transports.Presence{Show: transports.Present}, "") // nothing that Slack does not know
	if n := s.w.Calls("users.setPresence"); n != 0 {
		t.Errorf("Slack was told %d times", n)
	}
	set(transports.Presence{Show: transports.Away, Status: "🍝 lunch & more"}, "away", "lunch &amp; more", ":spaghetti:")
	set(transports.Presence{Show: transports.LongAway, Status: "🍝 lunch & more"}, "") // it is so already
	set(transports.Presence{Show: transports.Busy, Status: strings.Repeat("x", 200)}, "auto", strings.Repeat("x", 99)+"…", "")
	set(transports.Presence{Show: transports.Absent}, "", "", "")
	if n := s.w.Calls("users.setPresence"); n != 2 {
		t.Errorf("Slack was told %d times", n)
	}
	poor := newStory(t, func(s *story) { s.token = s.w.Token(s.tess, scopes) })
	if _, err := poor.do(transports.SetPresence{Presence: transports.Presence{Show: transports.Away}}); err != transports.ErrUnsupported {
		t.Errorf("without the permission it gives %v", err)
	}
}

func TestTalks(t *testing.T) {
	s := newStory(t)
	s.must(transports.Send{Place: transports.TalkWith("u0000002"), Text: text.Plain("hi <there>")})
	direct := s.w.Direct(s.tess, s.ida)
	if all := s.w.Messages(direct); len(all) != 1 || all[0]["text"] != "hi &lt;there&gt;" {
		t.Errorf("the talk is %v", all)
	}
	s.w.Post(s.ida, direct, "hello <@U0000001>, see <#"+s.lobby+">", nil)
	m := expect[transports.Message](s, nil)
	if m.Place != transports.TalkWith("u0000002") || m.Text.String() != "hello @Tess, see #lobby" || m.From.Name != "Ida Lovelace" {
		t.Errorf("the answer is %+v", m)
	}
	max := s.w.AddUser("Max")
	s.w.Post(max, s.w.Direct(max, s.tess), "we have not met", nil)
	if m := expect[transports.Message](s, nil); m.Place != transports.TalkWith(transports.UserID(strings.ToLower(max.ID))) {
		t.Errorf("the stranger's message is %+v", m)
	}
	s.w.Post(max, s.w.Direct(max, s.ida), "between others", nil)
	s.only("nobody else's talks")
	s.refused(transports.Send{Place: transports.TalkWith("u9999999"), Text: text.Plain("x")}, transports.NotFound, "no such person")
}

func TestBotsSpeakUnderTheirNames(t *testing.T) {
	s := newStory(t)
	s.w.Post(&slacktest.User{}, s.lobby, "build failed", slacktest.Object{"subtype": "bot_message", "user": nil, "bot_id": "B77", "username": "Jenkins"})
	m := expect[transports.Message](s, nil)
	if m.From.Name != "Jenkins" || m.Own || !strings.HasPrefix(string(m.From.ID), "b77") {
		t.Errorf("the bot's message is %+v", m)
	}
	s.w.Post(&slacktest.User{}, s.lobby, "built", slacktest.Object{"subtype": "bot_message", "user": nil, "bot_id": "B77", "username": "Travis"})
	if other := expect[transports.Message](s, nil); other.From.ID == m.From.ID || other.From.Name != "Travis" {
		t.Errorf("another name of the bot is %+v", other.From)
	}
	s.refused(transports.Send{Place: transports.TalkWith(m.From.ID), Text: text.Plain("hi")}, transports.Forbidden, "bot")
}

func TestPeopleOfOtherWorkspacesHaveTheNamesThatTheirWordsBring(t *testing.T) {
	s := newStory(t)
	s.w.Post(&slacktest.User{ID: "U0STRANGER"}, s.lobby, "hello from elsewhere", slacktest.Object{"user_profile": slacktest.Object{"display_name": "", "real_name": "Ada King"}})
	if m := expect[transports.Message](s, nil); m.From.Name != "Ada King" {
		t.Errorf("it is from %+v", m.From)
	}
}
