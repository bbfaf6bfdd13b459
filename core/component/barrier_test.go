package component

import (
	"testing"
	"time"
)

func TestWhatIsConfirmedIsToldInOrder(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		told := func(what string) func() { return func() { r.note(what) } }
		r.Confirmed(told("nothing"))
		s := r.accept()
		r.expect("nothing, up true")
		s.setDeaf(true)
		r.Show(message("1"))
		time.Sleep(time.Second) // its barrier is under way
		r.Confirmed(told("1"))
		r.Show(message("2"))
		r.Confirmed(told("2"))
		r.Reply(result("iq"))
		r.Confirmed(told("2 again")) // IQs are not kept
		r.expect("nothing, up true")
		s.answerBarrier()
		r.expect("nothing, up true, 1")
		s.drop()
		s = r.accept()
		time.Sleep(time.Second)
		r.expect("nothing, up true, 1, up false, 2, 2 again")
		r.Confirmed(told("all"))
		r.expect("nothing, up true, 1, up false, 2, 2 again, all")
		if got := s.ids(); got != "2" {
			t.Fatal(got)
		}
	})
}

// After a connection died without a word, ejabberd has two of the component until it has noticed, and leads what is for us to either.
func TestABarrierThatWentAstrayIsRepeated(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		s.setDeaf(true)
		start := time.Now()
		r.Show(message("1"))
		r.Confirmed(func() { within(t, start, repeatTime, repeatTime+watchStep) })
		r.seen()
		s.setDeaf(false)
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		within(t, start, repeatTime, repeatTime+watchStep)
		if n := s.barrierCount(); n != 2 {
			t.Fatalf("%d barriers were written", n)
		}
		s.answerBarrier() // the first one, come late
		time.Sleep(time.Minute)
		if got := s.ids(); got != "1" {
			t.Fatal(got)
		}
	})
}
