package irc

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// richCaps are what servers with message-tags have besides.
const richCaps = "batch echo-message labeled-response message-tags server-time"

// rich is online with capabilities, in #room with bob.
func (s *script) rich(caps string, support ...string) transports.Capabilities {
	s.t.Helper()
	s.hears()
	s.says(":irc.srv CAP * LS :" + caps)
	asked := strings.TrimPrefix(s.hears()[0], "CAP REQ :")
	s.says(":irc.srv CAP * ACK :"+asked, ":irc.srv 001 alice :Welcome")
	if len(support) > 0 {
		s.says(":irc.srv 005 alice " + strings.Join(support, " ") + " :are supported by this server")
	}
	s.says(":irc.srv 422 alice :No MOTD")
	online := one[transports.Online](s)
	s.hears()
	s.do(transports.Join{Room: "#room"})
	time.Sleep(joinGather)
	s.says(":alice!ali@host.example JOIN #room", ":irc.srv 353 alice = #room :alice bob", ":irc.srv 366 alice #room :End")
	s.told()
	s.hears()
	return online.Can
}

// mayDo fails where the features are others.
func mayDo(t *testing.T, can transports.Capabilities, want transports.Feature) {
	t.Helper()
	if can.Features != always|want {
		t.Errorf("the features besides those of every server are %b, want %b", can.Features&^always, want)
	}
}

func TestAMessageHasTheIDOfTheNetwork(t *testing.T) {
	play(t, Network{}, func(s *script) {
		mayDo(t, s.rich(richCaps), transports.Replies|transports.Reactions|transports.TypingShown)
		s.says("@msgid=A1;time=2020-02-03T04:05:06.789Z :bob!b@h PRIVMSG #room :hello", "@msgid=x;msgid=A2;+draft/reply=A1 :bob!b@h NOTICE alice :again",
			"@+reply=A1;msgid=A\\sb :bob!b@h PRIVMSG #room :an id with a space")
		events := s.told()
		first, second, third := events[0].(transports.Message), events[1].(transports.Message), events[2].(transports.Message)
		if first.ID != "A1" || first.ReplyTo != nil || second.ID != "A2" || second.ReplyTo.ID != "A1" || third.ID != "" || third.ReplyTo.ID != "A1" {
			t.Errorf("told %+v", events)
		}
	})
}

func TestOwnMessagesGetTheirIDsFromTheirEchoes(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(richCaps)
		sent := s.do(inRoom1("one\ntwo"))
		s.expect("@label=1 PRIVMSG #room :one", "@label=2 PRIVMSG #room :two")
		s.says("@label=1;msgid=P1 :alice!a@h PRIVMSG #room :one", "@label=2 :irc.srv BATCH +x labeled-response",
			"@batch=x;msgid=P2 :alice!a@h PRIVMSG #room :two", ":irc.srv BATCH -x")
		if err := sent.err(); err != nil || fmt.Sprint(sent.parts()) != "[P1 P2]" {
			t.Errorf("sent as %q, %v", sent.parts(), err)
		}
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
	})
}

func TestAnAnswerSaysWhomItAnswers(t *testing.T) {
	bob := &transports.Reference{ID: "A;1", From: transports.User{ID: "bob", Name: "Bob"}}
	for _, c := range []struct {
		support, words string
		to             *transports.Reference
		style          transports.Style
		want           string
	}{
		{"", "yes\nindeed", bob, transports.Says, "@label=1;+draft/reply=A\\:1;+reply=A\\:1 PRIVMSG #room :Bob: yes|@label=2 PRIVMSG #room :indeed"},
		{"", "bob: yes", bob, transports.Says, "@label=1;+draft/reply=A\\:1;+reply=A\\:1 PRIVMSG #room :bob: yes"},
		{"", "bobbing", bob, transports.Says, "@label=1;+draft/reply=A\\:1;+reply=A\\:1 PRIVMSG #room :Bob: bobbing"},
		{"", "yes", &transports.Reference{ID: "A1"}, transports.Says, "@label=1;+draft/reply=A1;+reply=A1 PRIVMSG #room :yes"},
		{"", "nods", bob, transports.Does, "@label=1;+draft/reply=A\\:1;+reply=A\\:1 PRIVMSG #room :\x01ACTION nods\x01"},
		{"CLIENTTAGDENY=*,-reply", "yes", bob, transports.Says, "@label=1;+reply=A\\:1 PRIVMSG #room :Bob: yes"},
	} {
		play(t, Network{}, func(s *script) {
			s.rich(richCaps, c.support+" X")
			s.do(transports.Send{Place: transports.InRoom("#room"), Text: text.Plain(c.words), ReplyTo: c.to, Style: c.style})
			if got := strings.Join(s.hears(), "|"); got != c.want {
				t.Errorf("%q is sent as\n%q, want\n%q", c.words, got, c.want)
			}
		})
	}
}

func TestReactionsComeAsTheSetThatSomeoneHas(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(richCaps)
		for _, c := range []struct{ line, want string }{
			{"@+draft/react=👍;+draft/reply=A1;msgid=R1 :bob!b@h TAGMSG #room", "[👍]"},
			{"@+draft/react=🎉;+draft/reply=A1 :bob!b@h TAGMSG #room", "[👍 🎉]"},
			{"@+draft/react=🎉;+draft/reply=A1 :bob!b@h TAGMSG #room", ""},
			{"@+draft/react=🎉;+draft/reply=A1 :bob!b@h PRIVMSG #room :🎉", ""},
			{":bob!b@h NICK Robert", ""},
			{"@+draft/unreact=👍;+draft/reply=A1 :Robert!b@h TAGMSG #room", "[🎉]"},
			{"@+draft/unreact=🎉;+draft/reply=A1 :Robert!b@h TAGMSG #room", "[]"},
			{"@+draft/unreact=🎉;+draft/reply=A1 :Robert!b@h TAGMSG #room", ""},
			{"@+draft/react=" + strings.Repeat("x", 100) + ";+draft/reply=A1 :Robert!b@h TAGMSG #room", ""},
			{"@+draft/react=👍 :Robert!b@h TAGMSG #room", ""},
		} {
			s.says(c.line)
			got := ""
			for _, e := range s.told() {
				if r, is := e.(transports.Reacted); is && r.ID == "A1" && r.Place == transports.InRoom("#room") {
					got += fmt.Sprint(r.Emoji)
				} else if _, renamed := e.(transports.UserRenamed); !renamed {
					t.Errorf("%s is told as %+v", c.line, e)
				}
			}
			if got != c.want {
				t.Errorf("%s gives %q, want %q", c.line, got, c.want)
			}
		}
		s.says("@+draft/react=👍;+draft/reply=A1 :bob!b@h PRIVMSG #room :well done")
		if events := s.told(); len(events) != 2 {
			t.Errorf("a reaction with words of its own is told as %+v", events)
		}
	})
}

func TestOwnReactionsAreSentAsChanges(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(richCaps)
		react := func(emoji ...string) *outcome {
			return s.do(transports.React{Place: transports.InRoom("#room"), ID: "A1", Emoji: emoji})
		}
		const reply = ";+draft/reply=A1;+reply=A1 TAGMSG #room"
		first := react("👍")
		s.expect("@label=1;+draft/react=👍" + reply)
		s.says("@label=1;msgid=R1;+draft/react=👍;+draft/reply=A1 :alice!a@h TAGMSG #room")
		second := react("👍", "🎉")
		s.expect("@label=2;+draft/react=🎉" + reply)
		s.says("@label=2;msgid=R2;+draft/react=🎉;+draft/reply=A1 :alice!a@h TAGMSG #room")
		refused := react()
		s.expect("@label=3;+draft/unreact=👍"+reply, "@label=4;+draft/unreact=🎉"+reply)
		s.says("@label=3 :irc.srv 404 alice #room :Cannot send", "@label=4 :irc.srv 404 alice #room :Cannot send")
		wantFault(t, refused.err(), transports.Forbidden)
		again := react("🎉")
		s.expect("@label=5;+draft/unreact=👍" + reply)
		s.says("@label=5 :alice!a@h TAGMSG #room")
		for _, o := range []*outcome{first, second, again, react("🎉")} {
			if err := o.err(); err != nil {
				t.Error(err)
			}
		}
		s.expect()
		wantFault(t, react(strings.Repeat("x", 65)).err(), transports.Invalid)
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
	})
}

func TestSomeoneWritesUntilTheyStop(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(richCaps)
		typing := func() string {
			var all []string
			for _, e := range s.told() {
				if typing, is := e.(transports.Typing); is {
					all = append(all, fmt.Sprint(typing.Place.ID(), " ", typing.From.ID, " ", typing.On))
				} else {
					all = append(all, fmt.Sprintf("%T", e))
				}
			}
			return strings.Join(all, ", ")
		}
		expect := func(want string) {
			t.Helper()
			if got := typing(); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		}
		s.says("@+typing=active :bob!b@h TAGMSG #room", "@+typing=active :bob!b@h TAGMSG #room")
		expect("#room bob true")
		time.Sleep(5 * time.Second)
		s.says("@+typing=active :bob!b@h TAGMSG #room")
		time.Sleep(5 * time.Second)
		expect("")
		time.Sleep(2 * time.Second)
		expect("#room bob false")
		s.says("@+typing=active :bob!b@h TAGMSG alice", "@+typing=paused :bob!b@h TAGMSG alice", "@+typing=done :bob!b@h TAGMSG alice")
		expect("bob bob true, bob bob false")
		s.says("@+typing=active :bob!b@h TAGMSG #room", ":bob!b@h PRIVMSG #room :there")
		expect("#room bob true, #room bob false, transports.Message")
		s.says("@+typing=active :bob!b@h TAGMSG #room", ":bob!b@h PART #room")
		expect("#room bob true, #room bob false, transports.MemberLeft")
		s.says("@+typing=active :alice!a@h TAGMSG #room", "@+typing=active :carol!c@h TAGMSG #elsewhere")
		expect("")
	})
}

func TestThePersonsWritingIsToldAtThePaceOfTheStandard(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(richCaps)
		set := func(on bool) {
			t.Helper()
			if err := s.do(transports.SetTyping{Place: transports.InRoom("#room"), On: on}).err(); err != nil {
				t.Error(err)
			}
		}
		const active, done = "@label=typing;+typing=active TAGMSG #room", "@label=typing;+typing=done TAGMSG #room"
		set(true)
		s.expect(active)
		set(true)
		time.Sleep(typingAgain - time.Millisecond)
		s.expect()
		time.Sleep(2 * time.Millisecond)
		s.expect(active)
		set(false)
		s.expect()
		time.Sleep(typingEvery)
		s.expect(done)
		time.Sleep(time.Minute / 2)
		s.expect()
		set(true)
		s.expect(active)
		s.do(inRoom1("there"))
		time.Sleep(10 * time.Second)
		s.expect("@label=1 PRIVMSG #room :there")
		s.says(":bob!b@h NOTICE #room :which is a sign of life")
		set(true) // and never anything else
		time.Sleep(typingForgets + 10*time.Second)
		if heard := s.hears(); len(heard) < 10 || len(heard) > 20 || !strings.Contains(strings.Join(heard, "|"), done) {
			t.Errorf("a client that never says that they stopped is told as %q", heard)
		}
	})
}

func TestNobodyIsBotheredByThoseWhoCannotSeeThemWrite(t *testing.T) {
	for caps, refusal := range map[string]string{richCaps: "@label=typing :irc.srv 401 alice bob :No such nick", "message-tags": ":irc.srv 401 alice bob :No such nick"} {
		play(t, Network{}, func(s *script) {
			s.rich(caps)
			s.do(transports.SetTyping{Place: transports.TalkWith("bob"), On: true})
			if heard := s.hears(); len(heard) != 1 {
				t.Errorf("told %q", heard)
			}
			s.says(refusal)
			time.Sleep(typingForgets)
			s.expect()
			if events := s.told(); len(events) != 0 {
				t.Errorf("told %+v", events)
			}
		})
	}
}

func TestWhatAServerDeniesIsNoCapability(t *testing.T) {
	for support, want := range map[string]transports.Feature{
		"CLIENTTAGDENY=typing":                               transports.Replies | transports.Reactions,
		"CLIENTTAGDENY=*":                                    0,
		"CLIENTTAGDENY=*,-draft/reply":                       transports.Replies,
		"CLIENTTAGDENY=*,-draft/reply,-draft/react":          transports.Replies,
		"CLIENTTAGDENY=*,-reply,-draft/react,-draft/unreact": transports.Replies | transports.Reactions,
		"CLIENTTAGDENY=draft/reply,reply":                    transports.TypingShown,
	} {
		play(t, Network{}, func(s *script) { mayDo(t, s.rich(richCaps, support), want) })
	}
}

func TestCapabilitiesThatChangeAreTold(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(richCaps)
		react := transports.React{Place: transports.InRoom("#room"), ID: "A1", Emoji: []string{"👍"}}
		s.says(":irc.srv CAP alice DEL :message-tags")
		mayDo(t, one[transports.Online](s).Can, 0)
		wantFault(t, s.do(react).err(), transports.Unsupported)
		s.says(":irc.srv CAP alice NEW :message-tags")
		s.expect("CAP REQ :message-tags")
		s.says(":irc.srv CAP alice ACK :message-tags")
		mayDo(t, one[transports.Online](s).Can, transports.Replies|transports.Reactions|transports.TypingShown)
		s.do(react).pending()
		s.says(":irc.srv 005 alice CLIENTTAGDENY=draft/react :are supported by this server")
		mayDo(t, one[transports.Online](s).Can, transports.Replies|transports.TypingShown)
		s.says(":irc.srv 005 alice -CLIENTTAGDENY :are supported by this server")
		mayDo(t, one[transports.Online](s).Can, transports.Replies|transports.Reactions|transports.TypingShown)
		s.says(":irc.srv CAP alice NEW :unknown")
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
	})
}
