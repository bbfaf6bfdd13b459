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

const pastCaps = richCaps + " draft/chathistory draft/event-playback"

func TestHistoryIsToldOnce(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(richCaps)
		replay := func(ids ...string) {
			s.says(":irc.srv BATCH +h chathistory #room")
			for _, id := range ids {
				s.says("@batch=h;msgid=" + id + ";time=2020-01-02T03:04:05.678Z :bob!b@h PRIVMSG #room :" + id)
			}
			s.says(":irc.srv BATCH -h")
		}
		told := func() string {
			var all []string
			for _, e := range s.told() {
				said := e.(transports.Message)
				all = append(all, string(said.ID))
				if past := !said.At.IsZero(); said.Replayed != past {
					t.Errorf("%s is told as replayed: %v", said.ID, said.Replayed)
				}
			}
			return strings.Join(all, " ")
		}
		replay("A1", "A2")
		s.says("@msgid=A3 :bob!b@h PRIVMSG #room :live", "@msgid=A3 :bob!b@h PRIVMSG #room :the network may use an id again")
		s.do(inRoom1("mine"))
		s.says("@label=1;msgid=A4 :alice!a@h PRIVMSG #room :mine")
		replay("A1", "A2", "A3", "A4", "A5")
		if got := told(); got != "A1 A2 A3 A3 A5" {
			t.Errorf("told %s", got)
		}
	})
}

func TestWhatHappenedLongAgoChangesNothing(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(pastCaps)
		s.says(":irc.srv BATCH +h chathistory #room",
			"@batch=h :bob!b@h PART #room", "@batch=h :bob!b@h JOIN #room", "@batch=h :bob!b@h NICK robert", "@batch=h :alice!a@h PART #room", "@batch=h :bob!b@h QUIT :x",
			"@batch=h :bob!b@h MODE #room +o alice", "@batch=h :bob!b@h TOPIC #room :old", "@batch=h :irc.srv 366 alice #room :End", "@batch=h :bob!b@h PRIVMSG alice :\x01VERSION\x01",
			"@batch=h;+typing=active :bob!b@h TAGMSG #room", ":irc.srv BATCH -h")
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
		s.expect()
	})
}

// recall asks for history.
func (s *script) recall(place transports.Place, id transports.MessageID, limit int) func() (string, bool, error) {
	type answer struct {
		events []transports.Event
		more   bool
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		events, more, err := s.session.(transports.History).After(s.t.Context(), place, id, limit)
		done <- answer{events, more, err}
	}()
	synctest.Wait()
	return func() (string, bool, error) {
		s.t.Helper()
		synctest.Wait()
		select {
		case a := <-done:
			var all []string
			for _, e := range a.events {
				switch e := e.(type) {
				case transports.Message:
					all = append(all, fmt.Sprintf("%s:%s:%s", e.ID, e.From.ID, e.Text))
				case transports.Reacted:
					all = append(all, fmt.Sprintf("%s:%s:%s", e.ID, e.From.ID, e.Emoji))
				default:
					s.t.Errorf("history has a %T", e)
				}
			}
			return strings.Join(all, " "), a.more, a.err
		default:
			s.t.Fatal("the history was not given")
			return "", false, nil
		}
	}
}

func TestHistoryIsReadFromTheServer(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(pastCaps, "CHATHISTORY=3 MSGREFTYPES=msgid,timestamp")
		last := s.recall(transports.InRoom("#room"), "", 2)
		s.expect("@label=1 CHATHISTORY LATEST #room * 2")
		s.says("@label=1 :irc.srv BATCH +h chathistory #room", "@batch=h;msgid=A1;time=2020-01-02T03:04:05.678Z :bob!b@h PRIVMSG #room :one",
			"@batch=h;msgid=A2;time=2020-01-02T03:04:06.678Z :alice!a@h PRIVMSG #room :two", ":irc.srv BATCH -h")
		if got, more, err := last(); got != "A1:bob:one A2:alice:two" || !more || err != nil {
			t.Errorf("read %s, %v, %v", got, more, err)
		}
		// A page of people who came and went is passed over.
		after := s.recall(transports.InRoom("#room"), "A2", 100)
		s.expect("@label=2 CHATHISTORY AFTER #room msgid=A2 3")
		s.says("@label=2 :irc.srv BATCH +h chathistory #room", "@batch=h;msgid=A3 :bob!b@h PART #room", "@batch=h;msgid=A4 :bob!b@h JOIN #room", "@batch=h;msgid=A5 :bob!b@h QUIT", ":irc.srv BATCH -h")
		s.expect("@label=3 CHATHISTORY AFTER #room msgid=A5 3")
		s.says("@label=3 :irc.srv BATCH +h chathistory #room", "@batch=h;msgid=A6;+draft/react=👍;+draft/reply=A1 :bob!b@h TAGMSG #room",
			"@batch=h;msgid=A7 :bob!b@h BATCH +m draft/multiline #room", "@batch=m :bob!b@h PRIVMSG #room :three", "@batch=m :bob!b@h PRIVMSG #room :four", "@batch=h :bob!b@h BATCH -m", ":irc.srv BATCH -h")
		if got, more, err := after(); got != "A1:bob:[👍] A7:bob:three\nfour" || more || err != nil {
			t.Errorf("read %q, %v, %v", got, more, err)
		}
		talk := s.recall(transports.TalkWith("bob"), "A2", 1)
		s.expect("@label=4 CHATHISTORY AFTER bob msgid=A2 1")
		s.says("@label=4 :irc.srv FAIL CHATHISTORY INVALID_TARGET AFTER bob :Messages could not be retrieved")
		s.expect("@label=5 CHATHISTORY LATEST bob * 1") // it may have forgotten only the message
		s.says("@label=5 :irc.srv FAIL CHATHISTORY INVALID_TARGET LATEST bob :Messages could not be retrieved")
		_, _, err := talk()
		wantFault(t, err, transports.NotFound, "could not be retrieved")
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
		silent := s.recall(transports.InRoom("#room"), "", 1)
		time.Sleep(recallWithin + time.Second)
		_, _, err = silent()
		wantFault(t, err, transports.Offline)
	})
}

func TestHistoryWithoutLabelsIsThatOfItsRoom(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich("batch server-time message-tags draft/chathistory")
		read := s.recall(transports.InRoom("#room"), "", 2)
		s.expect("CHATHISTORY LATEST #room * 2", "PING :confirm-1")
		s.says(":irc.srv PONG irc.srv :confirm-1", ":irc.srv BATCH +o chathistory #other", ":irc.srv BATCH -o", ":irc.srv BATCH +h chathistory #Room",
			"@batch=h;msgid=A1 :bob!b@h PRIVMSG #room :one", ":irc.srv BATCH -h")
		if got, more, err := read(); got != "A1:bob:one" || more || err != nil {
			t.Errorf("read %s, %v, %v", got, more, err)
		}
		read = s.recall(transports.InRoom("#room"), "", 2)
		s.says(":irc.srv FAIL CHATHISTORY MESSAGE_ERROR LATEST #room :It is gone")
		_, _, err := read()
		wantFault(t, err, transports.Forbidden, "gone")
	})
	play(t, Network{}, func(s *script) { // nothing is kept
		s.rich(richCaps)
		if got, more, err := s.recall(transports.InRoom("#room"), "", 2)(); got != "" || more || err != nil {
			t.Errorf("read %s, %v, %v", got, more, err)
		}
	})
}

const multilineCaps = richCaps + " draft/multiline=max-bytes=1000,max-lines=4"

func TestSeveralLinesAreOneMessage(t *testing.T) {
	play(t, Network{}, func(s *script) {
		if can := s.rich(multilineCaps); can.SingleLine {
			t.Error("a message is said to be one line")
		}
		s.says("@msgid=A1;time=2020-01-02T03:04:05.678Z;account=Bob;+draft/reply=A0 :bob!b@h BATCH +m draft/multiline #room", "@batch=m :bob!b@h PRIVMSG #room :one ",
			"@batch=m;draft/multiline-concat :bob!b@h PRIVMSG #room :line", "@batch=m :bob!b@h PRIVMSG #room :", "@batch=m :bob!b@h PRIVMSG #room :\x02two", "@batch=m :bob!b@h NOTICE #room :no part of it",
			":bob!b@h BATCH -m")
		m := one[transports.Message](s)
		if m.ID != "A1" || m.From.Identity != "account:bob" || m.ReplyTo.ID != "A0" || m.At.Year() != 2020 || m.Text.String() != "one line\n\ntwo" {
			t.Errorf("heard %+v", m)
		}
		sent := s.do(transports.Send{Place: transports.InRoom("#room"), Text: text.Plain("\none\n\ntwo\n"), ReplyTo: &transports.Reference{ID: "A1", From: transports.User{Name: "bob"}}})
		s.expect("@label=1;+draft/reply=A1;+reply=A1 BATCH +1 draft/multiline #room", "@batch=1 PRIVMSG #room :bob: one", "@batch=1 PRIVMSG #room :", "@batch=1 PRIVMSG #room :two", "BATCH -1")
		s.says("@label=1;msgid=P1 :alice!a@h BATCH +e draft/multiline #room", "@batch=e :alice!a@h PRIVMSG #room :bob: one", "@batch=e :alice!a@h PRIVMSG #room :two")
		sent.pending()
		s.says(":alice!a@h BATCH -e")
		if err := sent.err(); err != nil || fmt.Sprint(sent.parts()) != "[P1]" {
			t.Errorf("sent as %v, %v", sent.parts(), err)
		}
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
	})
}

func TestALongTextIsOneMessageWhereTheServerTakesIt(t *testing.T) {
	play(t, Network{Burst: 4, Rate: 1}, func(s *script) {
		s.rich(multilineCaps)
		time.Sleep(10 * time.Second)
		words := strings.TrimSpace(strings.Repeat("déjà vu ", 80)) // 800 bytes
		sent := s.do(inRoom1(words))
		lines := s.hears() // all at once: nothing may come between
		if len(lines) != 4 || !strings.HasPrefix(lines[2], "@draft/multiline-concat;batch=1 ") && !strings.HasPrefix(lines[2], "@batch=1;draft/multiline-concat PRIVMSG #room :") {
			t.Fatalf("sent as %q", lines)
		}
		_, first, _ := strings.Cut(lines[1], " :")
		_, second, _ := strings.Cut(lines[2], " :")
		if first+second != words {
			t.Errorf("the parts are %q and %q", first, second)
		}
		s.says("@label=1 :irc.srv FAIL BATCH MULTILINE_MAX_BYTES 1000 :Too large")
		wantFault(t, sent.err(), transports.TooLarge)
		for _, c := range []struct {
			words   string
			batches int
			lines   int
		}{
			{"1\n2\n3\n4\n5\n6\n7\n8\n9", 2, 4*2 + 1 + 4}, // four lines each, the ninth alone
			{strings.Repeat("x", 700) + "\n" + strings.Repeat("y", 700), 2, 2*2 + 4},
			{"\n \n\n", 0, 0},
			{"one", 0, 1},
		} {
			s.do(inRoom1(c.words))
			time.Sleep(30 * time.Second)
			batches, lines := 0, 0
			for _, line := range s.hears() {
				if strings.Contains(line, "BATCH +") {
					batches++
				}
				if !strings.HasPrefix(line, "PING") {
					lines++
				}
			}
			if batches != c.batches || lines != c.lines {
				t.Errorf("%.20q takes %d batches and %d lines, want %d and %d", c.words, batches, lines, c.batches, c.lines)
			}
		}
	})
}

func TestAMessageOfEndlessLinesIsBounded(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(multilineCaps)
		s.says(":bob!b@h BATCH +m draft/multiline #room")
		for range 1000 {
			s.says("@batch=m :bob!b@h PRIVMSG #room :" + strings.Repeat("x", 400))
		}
		s.says(":bob!b@h BATCH -m", ":bob!b@h BATCH +e draft/multiline #room", ":bob!b@h BATCH -e")
		if m := one[transports.Message](s); len(m.Text.String()) > maxBatchText+1000 {
			t.Errorf("a text of %d bytes", len(m.Text.String()))
		}
	})
}
