package component

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
)

// asked sends a request; what it returns gives the answers so far.
func (r *rig) asked(deadline time.Duration) func() []*stanza.Stanza {
	var answers []*stanza.Stanza
	r.Request(query("whatever"), deadline, func(s *stanza.Stanza) {
		r.mu.Lock()
		defer r.mu.Unlock()
		answers = append(answers, s)
	})
	return func() []*stanza.Stanza {
		synctest.Wait()
		r.mu.Lock()
		defer r.mu.Unlock()
		return slices.Clone(answers)
	}
}

func TestOnlyWhoWasAskedCanAnswer(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		answers := r.asked(time.Minute)
		asked := s.last()
		if asked.ID == "whatever" || asked.ID == "" {
			t.Fatalf("the id is %q, not one of ours", asked.ID)
		}
		s.say("<iq type='result' id='%s' from='mallory@evil.example' to='romeo@gw.localhost'/>", asked.ID)
		s.say("<iq type='result' id='%s' from='juliet@capulet.example/balcony' to='other@gw.localhost'/>", asked.ID)
		s.say("<iq type='result' id='x%s' %s/>", asked.ID, fromJuliet)
		s.say("<iq type='get' id='%s' %s/>", asked.ID, fromJuliet)
		if len(answers()) != 0 {
			t.Fatalf("a forged answer was taken: %s", answers()[0].Append(nil))
		}
		s.say("<iq type='error' id='%s' %s/>", asked.ID, fromJuliet)
		s.say("<iq type='result' id='%s' %s/>", asked.ID, fromJuliet)
		time.Sleep(time.Hour)
		if len(answers()) != 1 || answers()[0].Type != "error" {
			t.Fatalf("%d answers", len(answers()))
		}
	})
}

func TestARequestWithoutAnswerEndsAtItsDeadline(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		answers := r.asked(10 * time.Second)
		time.Sleep(9 * time.Second)
		if len(answers()) != 0 {
			t.Fatal("too early")
		}
		time.Sleep(2 * time.Second)
		s.say("<iq type='result' id='%s' %s/>", s.last().ID, fromJuliet)
		if len(answers()) != 1 || answers()[0] != nil {
			t.Fatalf("answers %v, want one nil", answers())
		}
	})
}

func TestRequestsEndWithTheStream(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		early := r.asked(time.Hour)
		synctest.Wait()
		if len(early()) != 1 || early()[0] != nil {
			t.Fatalf("answers %v without a stream, want one nil", early())
		}
		s := r.accept()
		answers := r.asked(time.Hour)
		synctest.Wait()
		s.drop()
		s = r.accept()
		if len(answers()) != 1 || answers()[0] != nil {
			t.Fatalf("answers %v after a loss, want one nil", answers())
		}
		if s.ids() != "" {
			t.Fatal("a request was sent again")
		}
	})
}
