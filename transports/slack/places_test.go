package slack_test

import (
	"testing"

	"isthmus/transports"
)

func TestWhatIsSaidInANewTalkIsHeardAlsoWhereSlackDoesNotTellAtOnceWhatItIs(t *testing.T) {
	s := newStory(t)
	zoe := s.w.AddUser("Zoe")
	talk := s.w.Direct(zoe, s.tess)
	s.w.Fail("conversations.info", "internal_error", 2)
	s.w.Post(zoe, talk, "psst", nil)
	if m := expect[transports.Message](s, nil); m.Text.String() != "psst" || m.Place.User == "" {
		t.Errorf("%+v came", m)
	}
}
