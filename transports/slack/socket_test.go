package slack_test

import (
	"strings"
	"testing"

	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestTheNextSocketIsThereBeforeTheOldOneGoes(t *testing.T) {
	s := newStory(t)
	s.w.Disconnect("warning")
	if s.w.Await(func(e slacktest.Object) bool { return e["type"] == "socket_opened" && e["sockets"] == 2 }, longest) == nil {
		t.Fatal("no second socket")
	}
	for range 4 { // over either of them
		s.only("still here")
	}
	s.w.Disconnect("refresh_requested")
	for range 4 {
		s.only("and here")
	}
}

func TestSocketsEndForReasons(t *testing.T) {
	for reason, want := range map[string]struct {
		kind  transports.FaultKind
		words string
	}{
		"link_disabled":       {transports.BadCredentials, "Socket Mode is turned off"},
		"too_many_websockets": {transports.Offline, "as many connections"},
	} {
		s := newStory(t)
		s.w.Disconnect(reason)
		if f := s.fault(); f.Kind != want.kind || !strings.Contains(f.Text, want.words) {
			t.Errorf("%s: the session ended with %d, %v", reason, f.Kind, f)
		}
	}
}

func TestWhatSlackRefusesWhileConnectingIsTriedAgain(t *testing.T) {
	for code, words := range map[string]string{"too_many_websockets": "as many connections", "request_timeout": "request timeout", "some_new_error": "some new error"} {
		s := newStory(t)
		s.w.Fail("apps.connections.open", code, 1)
		s.w.Cut()
		s.fault()
		s.run()
		if f := s.fault(); f.Kind != transports.Offline || !strings.Contains(f.Text, words) {
			t.Errorf("%s: the session ended with %d, %v", code, f.Kind, f)
		}
	}
}
