package component

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
)

const fromJuliet = "from='juliet@capulet.example/balcony' to='romeo@gw.localhost'"

func TestStanzasAreHandledInOrderBehindUp(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		s.say("<message id='1' %s/> \n<presence id='2' %s/>", fromJuliet, fromJuliet)
		s.say("<iq type='get' id='3' %s><ping xmlns='urn:xmpp:ping'/></iq>", fromJuliet)
		r.expect("up true, message 1, presence 2, iq 3")
		s.drop()
		s = r.accept()
		s.say("<message id='4' %s/>", fromJuliet)
		r.expect("up true, message 1, presence 2, iq 3, up false, message 4")
	})
}

func TestWhatWasNotConfirmedIsSentAgain(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		r.Show(message("confirmed"))
		time.Sleep(time.Second)
		s.setDeaf(true)
		r.Show(message("m1"))
		time.Sleep(time.Second) // its barrier is under way
		r.Reply(&stanza.Stanza{Kind: stanza.Presence, ID: "p2", From: romeo, To: juliet})
		r.Reply(result("iq"))
		wrong := message("error")
		wrong.From, wrong.To = juliet, romeo
		r.Reply(wrong.Refuse(&stanza.Error{Type: "cancel", Condition: "gone"}))
		wrong.ID = "error-shown"
		r.Show(wrong.Refuse(&stanza.Error{Type: "cancel", Condition: "gone"}))
		if got, want := s.ids(), "confirmed m1 p2 iq error error-shown"; got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		s.drop()
		r.Show(message("while-down"))
		r.Reply(result("iq-while-down"))
		s = r.accept()
		if got, want := s.ids(), "m1 p2 error error-shown while-down"; got != want {
			t.Fatalf("again %q, want %q", got, want)
		}
		time.Sleep(time.Second)
		s.drop()
		s = r.accept()
		r.Show(message("new"))
		if got := s.ids(); got != "new" {
			t.Fatalf("what was confirmed came again: %q", got)
		}
	})
}

func TestShowWaitsForConfirmationAndReplyDoesNot(t *testing.T) {
	run(t, Config{Buffer: 500}, func(t *testing.T, r *rig) {
		s := r.accept()
		s.setDeaf(true)
		shown := make(chan int, 100)
		go func() {
			for i := range 20 {
				r.Show(message(fmt.Sprint(i)))
				shown <- i
			}
			close(shown)
		}()
		synctest.Wait()
		if n := len(shown); n == 0 || n > 8 {
			t.Fatalf("%d stanzas shown into a buffer of 500 bytes", n)
		}
		r.Reply(message("reply"))
		if got := s.last().ID; got != "reply" {
			t.Fatalf("a reply was held up behind %s", got)
		}
		s.setDeaf(false)
		s.answerBarrier()
		for range shown {
		}
		if got := strings.Count(s.ids(), " "); got != 20 {
			t.Fatalf("%d stanzas arrived, want 21", got+1)
		}
	})
}

func TestShowEndsWithTheComponent(t *testing.T) {
	done := make(chan bool, 1)
	run(t, Config{Buffer: 100}, func(t *testing.T, r *rig) {
		for range 3 {
			go func() {
				r.Show(message("1"))
				r.Show(message("2"))
			}()
		}
		synctest.Wait()
		done <- true
	})
	<-done
}

func TestFlushWaitsForTheServersWord(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		if err := r.Flush(t.Context()); err != nil {
			t.Fatalf("nothing to wait for, yet %v", err)
		}
		s := r.accept()
		s.setDeaf(true)
		r.Reply(result("only an iq"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Flush(ctx); err != context.DeadlineExceeded {
			t.Fatalf("flushed without a confirmation: %v", err)
		}
		s.drop()
		r.Show(message("while down"))
		flushed := make(chan error, 1)
		go func() { flushed <- r.Flush(t.Context()) }()
		synctest.Wait()
		if len(flushed) > 0 {
			t.Fatal("flushed without a stream")
		}
		s = r.accept()
		if err := <-flushed; err != nil {
			t.Fatal(err)
		}
		if got := s.ids(); got != "while down" {
			t.Fatal(got)
		}
	})
}

func TestBarriersFollowNotEachStanza(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		for i := range 1000 {
			r.Show(message(fmt.Sprint(i)))
			time.Sleep(time.Millisecond)
		}
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := s.barrierCount(); n < 10 || n > 25 {
			t.Fatalf("%d barriers in a second", n)
		}
		if got := strings.Count(s.ids(), " "); got != 999 {
			t.Fatalf("%d arrived", got+1)
		}
		if strings.Contains(r.seen(), "iq") {
			t.Fatal("a barrier was handled as a stanza")
		}
	})
}

func TestASilentServerIsGivenUp(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		s.setDeaf(true)
		start := time.Now()
		s = r.accept()
		within(t, start, 2*time.Minute, 2*time.Minute+15*time.Second)
		time.Sleep(10 * time.Minute) // this one answers, so it stays
		if n := s.barrierCount(); n < 8 || n > 10 {
			t.Fatalf("%d signs of life asked for in ten idle minutes", n)
		}
		r.expect("up true, up false")
	})
}

func TestAServerThatTalksButLeavesBarriersUnansweredIsGivenUp(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		s.setDeaf(true)
		r.Show(message("1"))
		start := time.Now()
		for range 28 {
			time.Sleep(10 * time.Second)
			s.say(" ")
		}
		r.expect("up true")
		s = r.accept()
		within(t, start, 5*time.Minute, 6*time.Minute+10*time.Second)
		if s.ids() != "1" {
			t.Fatal("not sent again")
		}
	})
}

func TestAnIdleStreamIsKeptAlive(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		for range 10 {
			time.Sleep(20 * time.Second)
			s.say(" ")
		}
		s.drop()
		if n := s.barrierCount(); n > 0 {
			t.Fatalf("%d barriers though the server was heard", n)
		}
		if n := s.arrivals.Load(); n < 5 || n > 8 {
			t.Fatalf("%d keepalives in 200 s", n)
		}
	})
}

func TestAServerThatTakesNothingIsGivenUp(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.greet("<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='a&amp;b'>")
		s.write("<handshake/>") // and then it reads no more
		start := time.Now()
		r.Show(message("1"))
		again := r.accept()
		within(t, start, writeTime, writeTime+5*time.Second)
		s.conn.Close()
		if again.ids() != "1" {
			t.Fatal("not sent again")
		}
	})
}

func TestAStanzaAtWhichTheServerEndsTheStreamIsDroppedAtLast(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		r.chokesOn = "poison"
		s := r.accept()
		for _, id := range []string{"before", "poison", "after"} {
			r.Show(message(id))
		}
		for losses := 0; ; losses++ {
			select {
			case <-s.alive:
				s = r.accept()
				continue
			case <-time.After(3 * time.Second):
			}
			if losses < 2*strikeLimit || losses > 2*strikeLimit+1 {
				t.Fatalf("dropped after %d losses", losses)
			}
			break
		}
		if got := s.ids(); got != "after" {
			t.Fatalf("the last stream got %q, want what came behind the stanza", got)
		}
		r.Show(message("next"))
		if got := s.ids(); got != "after next" {
			t.Fatal(got)
		}
		if !strings.Contains(r.log.String(), "id=poison") || strings.Contains(r.log.String(), "text of") {
			t.Fatalf("the log must name the stanza, not its text:\n%s", r.log.String())
		}
	})
}

func TestAStanzaThatWasDroppedKeepsNobodyWaiting(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		r.chokesOn = "poison"
		s := r.accept()
		r.Show(message("poison"))
		confirmed := make(chan struct{})
		r.Confirmed(func() { close(confirmed) })
		for {
			select {
			case <-s.alive:
				s = r.accept()
				continue
			case <-confirmed:
			case <-time.After(time.Minute):
				t.Fatal("who waits for what was dropped waits for ever")
			}
			return
		}
	})
}

func TestTheReaderSlowsDownWhileTooMuchWaits(t *testing.T) {
	run(t, Config{Buffer: 1000}, func(t *testing.T, r *rig) {
		s := r.greet("<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='a&amp;b'>")
		s.write("<handshake/>") // and then it reads no more for a while
		r.onTake = func(in *stanza.Stanza) {
			r.Reply(message("answer to " + in.ID))
		}
		start := time.Now()
		for i := range 200 {
			s.write(fmt.Sprintf("<message id='%d' %s/>", i, fromJuliet))
		}
		within(t, start, 1500*time.Millisecond, 2500*time.Millisecond)
		go s.serve()
		synctest.Wait()
		start = time.Now()
		for i := range 200 {
			s.send <- fmt.Sprintf("<message id='%d' %s/>", i, fromJuliet)
		}
		for strings.Count(r.seen(), "message") < 400 {
			time.Sleep(crowdedStep)
		}
		within(t, start, 0, time.Second)
	})
}

func TestStanzasThatWouldEndTheStreamDoNotLeave(t *testing.T) {
	run(t, Config{MaxStanza: 1000}, func(t *testing.T, r *rig) {
		s := r.accept()
		foreign := message("foreign")
		foreign.From = juliet
		r.Show(foreign)
		r.Show(&stanza.Stanza{Kind: stanza.Message, ID: "nowhere", From: romeo})
		for _, local := range []string{"a/b", "a@b"} {
			split := message("split")
			split.From.Local = local
			r.Show(split)
		}
		large := strings.Repeat("x", 1000)
		r.Show(message("large").Add(stanza.Text("", "subject", large)))
		r.Reply(result("asked", stanza.Text("urn:x", "x", large)))
		unstamped := message("unstamped")
		unstamped.From = stanza.JID{}
		r.Show(unstamped)
		if got := s.ids(); got != "asked unstamped" {
			t.Fatal(got)
		}
		if s.got[0].Type != "error" || s.got[0].Condition() != "resource-constraint" {
			t.Fatalf("an answer that is too large became %s", s.got[0].Append(nil))
		}
		if s.last().From.String() != "gw.localhost" {
			t.Fatal("a stanza without a sender is not the component's")
		}
	})
}
