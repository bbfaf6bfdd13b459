package irc

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

func talk(to transports.UserID, words string) transports.Send {
	return transports.Send{Place: transports.TalkWith(to), Text: text.Plain(words)}
}

func TestAFloodIsThrottledToWhatTheServerTakes(t *testing.T) {
	play(t, Network{Burst: 10, Rate: 1}, func(s *script) {
		s.welcome()
		lines := make([]string, 30)
		for i := range lines {
			lines[i] = fmt.Sprint("line ", i)
		}
		sent := s.do(inRoom1(strings.Join(lines, "\n")))
		if at := len(s.hears()); at != 10 {
			t.Errorf("%d lines at once, want 10", at)
		}
		s.says("PING :still there")
		s.expect("PONG :still there") // is not held
		began := time.Now()
		total := 10
		for total < 30 {
			time.Sleep(time.Second)
			for _, line := range s.hears() {
				if strings.HasPrefix(line, "PRIVMSG") {
					total++
				}
			}
		}
		if took := time.Since(began); took < 20*time.Second || took > 25*time.Second {
			t.Errorf("20 lines more took %v", took)
		}
		s.says(":irc.srv PONG irc.srv :confirm-1")
		if err := sent.err(); err != nil {
			t.Error(err)
		}
	})
}

func TestALongTextDelaysItsOwnConversationOnly(t *testing.T) {
	play(t, Network{Burst: 1, Rate: 1}, func(s *script) {
		s.welcome()
		s.do(inRoom1(strings.Repeat("long\n", 50)))
		quick := s.do(talk("bob", "quick"))
		time.Sleep(3 * time.Second)
		if !strings.Contains(strings.Join(s.hears(), "\n"), "PRIVMSG bob :quick") || !quick.hasReturned() {
			t.Error("the message to bob waits behind the text in the room")
		}
	})
}

func TestWhatIsSaidInOnePlaceStaysInOrder(t *testing.T) {
	play(t, Network{Burst: 1, Rate: 1}, func(s *script) {
		s.welcome()
		for _, words := range []string{"one\ntwo\nthree", "four", "five\nsix"} {
			if sent := s.do(inRoom1(words)); !sent.hasReturned() {
				t.Fatalf("%q holds up what follows although little waits", words)
			}
		}
		s.do(talk("bob", "quick"))
		time.Sleep(30 * time.Second)
		var room []string
		for _, line := range s.hears() {
			if said, ok := strings.CutPrefix(line, "PRIVMSG #room :"); ok {
				room = append(room, said)
			}
		}
		if got := strings.Join(room, " "); got != "one two three four five six" {
			t.Errorf("the room hears: %s", got)
		}
	})
}

func TestWhoeverSaysMuchWaitsForTheServer(t *testing.T) {
	play(t, Network{Burst: 1, Rate: 1}, func(s *script) {
		s.welcome()
		for range maxAhead + 1 { // one goes at once
			if sent := s.do(inRoom1("x")); !sent.hasReturned() {
				t.Fatal("Do waits although little waits")
			}
		}
		over := s.do(inRoom1("over the bound"))
		time.Sleep(10 * time.Second)
		if over.hasReturned() {
			t.Error("Do does not wait although much waits")
		}
		time.Sleep(3 * maxAhead * time.Second)
		if !over.hasReturned() || !strings.Contains(strings.Join(s.hears(), "\n"), "over the bound") {
			t.Error("the last message was not sent")
		}
	})
}

func TestOnePingConfirmsAllThatWasSentBefore(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		first := s.do(inRoom1("1"))
		second := s.do(talk("bob", "2"))
		third := s.do(talk("carol", "3"))
		s.expect("PRIVMSG #room :1", "PING :confirm-1", "PRIVMSG bob :2", "PRIVMSG carol :3")
		s.says(":irc.srv PONG irc.srv :someone else's", ":irc.srv PONG irc.srv :confirm-7")
		first.pending()
		s.says(":irc.srv PONG irc.srv :confirm-1")
		if err := first.err(); err != nil {
			t.Error(err)
		}
		second.pending()
		s.expect("PING :confirm-2")
		s.says(":irc.srv PONG irc.srv :confirm-2")
		for _, o := range []*outcome{second, third} {
			if err := o.err(); err != nil {
				t.Error(err)
			}
		}
		s.expect()
	})
}

func TestAnErrorGoesToTheCommandThatItAnswers(t *testing.T) {
	for _, c := range []struct {
		line string
		kind transports.FaultKind
		hit  int // which of the commands below
	}{
		{"404 alice #Room :Cannot send to channel (+m)", transports.Forbidden, 0},
		{"401 alice Bob :No such nick/channel", transports.NotFound, 1},
		{"477 alice bob :You need to be identified", transports.Forbidden, 1},
		{"531 alice bob :You are not permitted", transports.Forbidden, 1},
		{"482 alice #room :You're not channel operator", transports.Forbidden, 2},
		{"441 alice dave #room :They aren't on that channel", transports.NotFound, 3},
		{"433 alice newnick :Nickname is already in use", transports.Conflict, 4},
		{"412 alice :No text to send", transports.Invalid, 0},
	} {
		play(t, Network{}, func(s *script) {
			s.welcome()
			commands := []*outcome{
				s.do(inRoom1("x")), s.do(talk("bob", "x")), s.do(transports.SetTopic{Room: "#room", Text: "x"}),
				s.do(transports.SetRole{Room: "#room", User: "dave", Role: transports.NoRole}), s.do(transports.SetName{Name: "newnick"}),
			}
			s.says(":irc.srv "+c.line, ":irc.srv PONG irc.srv :confirm-1")
			s.says(":irc.srv PONG irc.srv :confirm-2")
			for i, o := range commands {
				if i == c.hit {
					wantFault(t, o.err(), c.kind, strings.TrimPrefix(c.line[strings.Index(c.line, ":"):], ":"))
				} else if err := o.err(); err != nil {
					t.Errorf("%q hit command %d: %v", c.line, i, err)
				}
			}
			if events := s.told(); len(events) != 0 {
				t.Errorf("%q was told as well: %+v", c.line, events)
			}
		})
	}
}

func TestALeaveOfARoomThatWeAreNotInIsDone(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		if err := s.do(transports.Leave{Room: "#room"}).err(); err != nil {
			t.Error(err)
		}
		s.expect()
		s.enter("#room", "alice")
		left := s.do(transports.Leave{Room: "#room", Reason: "see\nyou"})
		s.expect("PART #room :see you", "PING :confirm-1")
		s.says(":irc.srv 442 alice #room :You're not on that channel")
		if err := left.err(); err != nil {
			t.Error(err)
		}
	})
}

func TestALostConnectionTellsWhatIsKnownOfEachCommand(t *testing.T) {
	play(t, Network{Burst: 1, Rate: 0.001}, func(s *script) {
		s.welcome()
		sent := s.do(inRoom1("on its way"))
		queued := s.do(talk("bob", "waits"))
		joining := s.do(transports.Join{Room: "#other"})
		s.server.Close()
		s.fault(transports.Offline)
		wantFault(t, sent.err(), transports.UnknownOutcome)
		wantFault(t, queued.err(), transports.Offline)
		wantFault(t, joining.err(), transports.Offline)
		wantFault(t, s.do(inRoom1("too late")).err(), transports.Offline)
	})
}

func TestACommandWhoseContextEndsInTheQueueIsNotSent(t *testing.T) {
	play(t, Network{Burst: 1, Rate: 1}, func(s *script) {
		s.welcome()
		sent := s.do(inRoom1("sent"))
		queued := s.do(talk("bob", "queued"))
		joining := s.do(transports.Join{Room: "#other"})
		for _, o := range []*outcome{sent, queued, joining} {
			o.cancel()
		}
		wantFault(t, sent.err(), transports.UnknownOutcome)
		wantFault(t, queued.err(), transports.Offline)
		wantFault(t, joining.err(), transports.Offline)
		s.hears()
		time.Sleep(time.Minute)
		for _, line := range s.hears() {
			if !strings.HasPrefix(line, "PING") {
				t.Errorf("sent after its end: %q", line)
			}
		}
	})
}

func TestAServerThatTakesNothingIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t}
		s.open(Network{})
		s.deaf = true
		s.run()
		began := time.Now()
		s.fault(transports.Offline)
		if took := time.Since(began); took != writeWithin {
			t.Errorf("it took %v", took)
		}
		s.server.Close()
	})
}

func TestJoinsGoBeforeWhatIsSaidInTheRoom(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.do(transports.Join{Room: "#room"})
		s.do(inRoom1("hello"))
		time.Sleep(joinGather)
		s.expect("JOIN #room", "PRIVMSG #room :hello", "PING :confirm-1")
	})
}
