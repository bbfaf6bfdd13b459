package slack_test

import (
	"strings"
	"testing"

	"isthmus/transports"
	"isthmus/transports/slack/slacktest"
)

func TestNoticesAreSaidByTheRoom(t *testing.T) {
	s := newStory(t)
	s.w.Post(s.ida, s.lobby, "", slacktest.Object{"subtype": "huddle_thread"})
	if e := expect[transports.Announced](s, nil); e.Room != s.room() || !strings.Contains(e.Text.String(), "Ida Lovelace started a huddle") {
		t.Errorf("the huddle is told as %+v", e)
	}
	rule := s.w.Post(s.ida, s.lobby, "be kind", nil)
	expect[transports.Message](s, nil)
	s.w.Pin(s.ida, s.lobby, rule)
	if e := expect[transports.Announced](s, nil); e.Text.Styling() != "Ida Lovelace pinned a message here.\n> be kind" {
		t.Errorf("the pin is told as %q", e.Text.Styling())
	}
	s.w.Post(s.ida, s.lobby, "", slacktest.Object{"blocks": []any{slacktest.Object{"type": "call", "call_id": "R1", "call": slacktest.Object{"v1": slacktest.Object{"name": "standup", "join_url": "https://call.example/1"}}}}})
	if m := expect[transports.Message](s, nil); m.Text.Styling() != "A call: standup <https://call.example/1>" {
		t.Errorf("the call is told as %q", m.Text.Styling())
	}
	s.w.Post(s.ida, s.lobby, "something new", slacktest.Object{"subtype": "to_be_invented"})
	if m := expect[transports.Message](s, nil); m.Text.String() != "something new" {
		t.Errorf("an unknown subtype is %+v", m)
	}
	s.w.Post(s.ida, s.lobby, "hidden", slacktest.Object{"subtype": "to_be_invented", "hidden": true})
	s.only("nothing hidden")
}

func TestFilesThatNeedToBeAskedFor(t *testing.T) {
	s := newStory(t)
	s.w.SendUnknownFile(s.ida, s.lobby, "plan.txt", "the plan")
	m := expect[transports.Message](s, nil)
	if len(m.Files) != 1 || m.Files[0].Name != "plan.txt" {
		t.Fatalf("the file is %+v", m)
	}
	s.w.Post(s.ida, s.lobby, "", slacktest.Object{"subtype": "file_share", "files": []any{slacktest.Object{"id": "F1", "mode": "tombstone"},
		slacktest.Object{"id": "F2", "name": "far.pdf", "is_external": true, "external_url": "https://drive.example/far.pdf"}}})
	m = expect[transports.Message](s, nil)
	if len(m.Files) != 1 || m.Files[0].URL != "https://drive.example/far.pdf" || m.Text.String() != "(a file that was deleted)" {
		t.Errorf("the deleted and the external file are %+v", m)
	}
}
