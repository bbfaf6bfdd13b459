package irc

import (
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

// order gives a line to the server, in a room or for the account.
func (s *script) order(room transports.RoomID, line string) *outcome {
	return s.do(transports.Instruct{Place: transports.Place{Room: room}, Line: line})
}

// announcements are the only events since the last call.
func (s *script) announcements() string {
	s.t.Helper()
	var all []string
	for _, e := range s.told() {
		a, is := e.(transports.Announced)
		if !is {
			s.t.Errorf("an event %+v, want Announced only", e)
		}
		all = append(all, string(a.Room)+"<"+a.Text.String()+">")
	}
	return strings.Join(all, "")
}

func TestALineForTheServerIsSentAsItIsAndItsAnswersAreTold(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		asked := s.order("", "WHOIS bob")
		s.expect("WHOIS bob", "PING :confirm-1")
		s.says(":irc.srv 311 alice bob b h * :Bob Example", ":irc.srv 319 alice bob :#room", ":irc.srv 318 alice bob :End", ":irc.srv PONG irc.srv :confirm-1")
		if got := s.announcements(); got != "<bob b h * Bob Example><bob #room>" {
			t.Errorf("announced %s", got)
		}
		if err := asked.err(); err != nil {
			t.Error(err)
		}
		motd := s.order("", "motd")
		s.says(":irc.srv 372 alice :- welcome", ":irc.srv 376 alice :End of MOTD", ":irc.srv PONG irc.srv :confirm-2")
		if got := s.announcements(); got != "<- welcome><End of MOTD>" || motd.err() != nil {
			t.Errorf("announced %s", got)
		}
	})
}

func TestALineThatTheServerRefusesIsAFault(t *testing.T) {
	for line, kind := range map[string]transports.FaultKind{
		"421 alice FOO :Unknown command": transports.Invalid, "401 alice carol :No such nick": transports.NotFound, "481 alice :Permission Denied": transports.Forbidden,
	} {
		play(t, Network{}, func(s *script) {
			s.welcome()
			asked := s.order("", "FOO carol")
			s.says(":irc.srv "+line, ":irc.srv PONG irc.srv :confirm-1")
			wantFault(t, asked.err(), kind, line[strings.Index(line, ":")+1:])
			if got := s.announcements(); got != "" {
				t.Errorf("and announced %s", got)
			}
		})
	}
}

func TestALineThatIsNoneIsRefused(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		for _, line := range []string{"", " ", "JOIN #a\r\nQUIT", "x\x00y", strings.Repeat("x", 600)} {
			wantFault(t, s.order("", line).err(), transports.Invalid)
		}
		s.expect()
	})
}

func TestWhatPeopleWriteAfterASlash(t *testing.T) {
	for line, want := range map[string]string{
		"mode +o-v bob carol": "MODE #room +o-v bob carol", "mode": "MODE #room", "topic": "TOPIC #room", "topic All: welcome": "TOPIC #room :All: welcome",
		"kick bob": "KICK #room bob", "kick bob for good reason": "KICK #room bob :for good reason", "ban bob": "USERHOST bob",
		"ban *!*@evil.example": "MODE #room +b *!*@evil.example", "unban *!*@evil.example": "MODE #room -b *!*@evil.example", "invite carol": "INVITE carol #room",
		"NICK allie": "NICK allie", "whois bob": "WHOIS bob", "names": "NAMES #room", "op bob": "MODE #room +o bob", "devoice bob": "MODE #room -v bob",
		"notice bob  look here": "NOTICE bob :look here",
	} {
		play(t, Network{}, func(s *script) {
			s.welcome()
			s.enter("#room", "@alice bob")
			s.order("#room", line)
			s.expect(want, "PING :confirm-1")
		})
	}
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "@alice bob")
		wantFault(t, s.order("#room", "kick").err(), transports.Invalid, "/kick")
		wantFault(t, s.order("#room", "dance").err(), transports.Invalid, "/dance")
		s.expect()
	})
}

func TestAnswersToASlashAreToldInItsRoom(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "@alice bob")
		s.order("#room", "mode +b")
		s.says(":irc.srv 367 alice #room *!*@evil.example bob 1700000000", ":irc.srv 368 alice #room :End of list", ":irc.srv PONG irc.srv :confirm-1")
		if got := s.announcements(); got != "#room<#room *!*@evil.example bob 1700000000>#room<#room End of list>" {
			t.Errorf("announced %s", got)
		}
		s.says(":irc.srv 367 alice #room *!*@evil.example bob 1700000000", ":irc.srv 328 alice #room :https://example.org")
		if got := s.announcements(); got != "#room<https://example.org>" {
			t.Errorf("announced %s", got)
		}
	})
}

func TestInvitationsGoBothWays(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "@alice")
		s.says(":bob!b@h INVITE alice #Party", ":bob!b@h INVITE carol #Room")
		events := s.told()
		if len(events) != 2 {
			t.Fatalf("events: %+v", events)
		}
		if e, is := events[0].(transports.Invited); !is || e.Room != "#party" || e.Name != "#Party" || e.By.ID != "bob" {
			t.Errorf("invited as %+v", events[0])
		}
		if e, is := events[1].(transports.Announced); !is || e.Room != "#room" || e.Text.String() != "bob invited carol." {
			t.Errorf("of another's invitation came %+v", events[1])
		}
		invited := s.do(transports.Invite{Room: "#room", User: "bob", Reason: "why not"})
		s.expect("INVITE bob #room", "PING :confirm-1")
		s.says(":irc.srv 341 alice bob #room", ":irc.srv PONG irc.srv :confirm-1")
		if err := invited.err(); err != nil {
			t.Error(err)
		}
		again := s.do(transports.Invite{Room: "#room", User: "bob"})
		s.says(":irc.srv 443 alice bob #room :is already on channel")
		wantFault(t, again.err(), transports.Conflict)
	})
}

func TestThePersonsProgramAnswersOthers(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.says(":Bob!b@h PRIVMSG alice :\x01VERSION\x01")
		asked := one[transports.Asked](s)
		if asked.From.ID != "bob" || asked.Question != transports.AboutVersion {
			t.Errorf("asked as %+v", asked)
		}
		s.expect()
		answered := s.do(transports.Answer{Place: transports.TalkWith("bob"), ID: asked.ID, Text: "Gajim\n2 \x01"})
		s.expect("NOTICE Bob :\x01VERSION Gajim 2 \x01", "PING :confirm-1")
		s.says(":irc.srv PONG irc.srv :confirm-1")
		if err := answered.err(); err != nil {
			t.Error(err)
		}
		wantFault(t, s.do(transports.Answer{Place: transports.TalkWith("bob"), ID: asked.ID, Text: "again"}).err(), transports.NotFound)
		time.Sleep(personAnswers)
		s.expect()
	})
}

func TestTheGatewayAnswersForAProgramThatDoesNot(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		for range 10 {
			s.says(":bob!b@h PRIVMSG alice :\x01VERSION\x01")
		}
		if events := s.told(); len(events) != answerBurst {
			t.Errorf("asked %d times", len(events))
		}
		time.Sleep(personAnswers)
		version := "NOTICE bob :\x01VERSION Isthmus\x01"
		if sent := s.hears(); len(sent) != 1 || sent[0] != version { // the same line is queued once
			t.Errorf("sent %q", sent)
		}
		time.Sleep(20 * time.Second)
		s.says(":bob!b@h PRIVMSG alice :\x01PING 12 34\x01", ":bob!b@h NOTICE alice :\x01PING 1\x01", ":bob!b@h PRIVMSG alice :\x01DCC SEND x 1 2 3\x01")
		one[transports.Asked](s)
		time.Sleep(personAnswers)
		s.expect("NOTICE bob :\x01PING 12 34\x01")
	})
}

func TestThePersonAsksOthersPrograms(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		place := transports.TalkWith("bob")
		version := s.do(transports.Ask{Place: place, Question: transports.AboutVersion})
		s.expect("PRIVMSG bob :\x01VERSION\x01", "PING :confirm-1")
		ping := s.do(transports.Ask{Place: place, Question: transports.AboutPing})
		s.says(":irc.srv PONG irc.srv :confirm-1")
		s.expect("PRIVMSG bob :\x01PING isthmus-1\x01", "PING :confirm-2")
		s.says(":irc.srv PONG irc.srv :confirm-2", ":mallory!m@h NOTICE alice :\x01VERSION fake\x01")
		version.pending()
		s.says(":Bob!b@h NOTICE alice :\x01VERSION irssi \x02v1\x02\x01", ":Bob!b@h NOTICE alice :\x01PING isthmus-1\x01")
		if err := version.err(); err != nil || version.said() != "irssi v1" {
			t.Errorf("the version is %q, %v", version.said(), err)
		}
		if err := ping.err(); err != nil {
			t.Error(err)
		}
		silent := s.do(transports.Ask{Place: place, Question: transports.AboutPing})
		s.says(":irc.srv PONG irc.srv :confirm-3")
		time.Sleep(programAnswers)
		wantFault(t, silent.err(), transports.UnknownOutcome)
		gone := s.do(transports.Ask{Place: transports.TalkWith("carol"), Question: transports.AboutPing})
		s.says(":irc.srv 401 alice carol :No such nick")
		wantFault(t, gone.err(), transports.NotFound)
	})
}

func TestWhoSaysQuitIsNotConnectedAgain(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		said := s.order("", "QUIT :see you")
		s.expect("QUIT :see you")
		if err := said.err(); err != nil {
			t.Error(err)
		}
		s.says("ERROR :Closing link")
		s.fault(transports.Gone, "You have disconnected from")
	})
}
