package slack_test

import (
	"strings"
	"testing"
	"time"

	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestATokenDiesInTheMiddle(t *testing.T) {
	for _, why := range []string{"token_revoked", "account_inactive", "invalid_auth"} {
		s := newStory(t)
		for s.w.Calls("users.list") == 0 { // or that call finds out first
			time.Sleep(time.Millisecond)
		}
		s.w.Revoke(s.token, why)
		s.refused(s.say("hello?"), transports.BadCredentials, "")
		if f := s.fault(); f.Kind != transports.BadCredentials {
			t.Errorf("%s: the session ended with %d, %v", why, f.Kind, f)
		}
		s.run()
		if f := s.fault(); f.Kind != transports.BadCredentials {
			t.Errorf("%s: it connects again: %v", why, f)
		}
	}
	s := newStory(t)
	s.w.Revoke(s.app, "invalid_auth")
	s.w.Cut()
	s.fault()
	s.run()
	if f := s.fault(); f.Kind != transports.BadCredentials {
		t.Errorf("with a bad app token the session ended with %d, %v", f.Kind, f)
	}
}

// Slack tells apps without a bot nothing of it.
func TestATokenThatIsTakenBackIsMissedThoughNobodySaysAnything(t *testing.T) {
	s := newStory(t, func(s *story) { s.tokenEvery = time.Second })
	s.w.Revoke(s.token, "token_revoked")
	if f := s.fault(); f.Kind != transports.BadCredentials || !strings.Contains(f.Text, "revoked") {
		t.Errorf("the session ended with %d, %v", f.Kind, f)
	}
}

func TestABotHearsThatItsTokenWasTakenBack(t *testing.T) {
	for event, tell := range map[string]func(s *story, bot *slacktest.User){
		"tokens_revoked":  func(s *story, bot *slacktest.User) { s.w.TellRevoked(bot) },
		"app_uninstalled": func(s *story, _ *slacktest.User) { s.w.Tell("", slacktest.Object{"type": "app_uninstalled"}) },
	} {
		bot := &slacktest.User{}
		s := newStory(t, func(s *story) {
			bot = s.w.AddUser("Isthmus")
			bot.Bot = true
			s.token, s.app = install(t, s.w, bot)
		})
		s.w.TellRevoked(s.ida) // somebody else's
		tell(s, bot)
		if f := s.fault(); f.Kind != transports.BadCredentials {
			t.Errorf("%s: the session ended with %d, %v", event, f.Kind, f)
		}
	}
}
