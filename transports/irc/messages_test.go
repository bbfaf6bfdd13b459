package irc

import (
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
)

func TestWhoSaidWhatWhereAndHow(t *testing.T) {
	for _, c := range []struct {
		line  string
		place transports.Place
		style transports.Style
		words string
	}{
		{":bob!b@h PRIVMSG #Room :hello there", transports.InRoom("#room"), transports.Says, "hello there"},
		{":bob!b@h PRIVMSG #room :\x01ACTION waves\x01", transports.InRoom("#room"), transports.Does, "waves"},
		{":bob!b@h PRIVMSG @#room :for operators", transports.InRoom("#room"), transports.Says, "for operators"},
		{":bob!b@h NOTICE #room :beep", transports.InRoom("#room"), transports.Notice, "beep"},
		{":bob!b@h PRIVMSG alice :psst", transports.TalkWith("bob"), transports.Says, "psst"},
		{":bob!b@h NOTICE alice :beep", transports.TalkWith("bob"), transports.Notice, "beep"},
		{":bob!b@h NOTICE alice :[#Room] beep", transports.InRoom("#room"), transports.Notice, "[#Room] beep"},
		{":bob!b@h NOTICE alice :[#other] beep", transports.TalkWith("bob"), transports.Notice, "[#other] beep"},
		{":bob!b@h PRIVMSG alice :[#room] hi", transports.TalkWith("bob"), transports.Says, "[#room] hi"},
		{":bob!b@h PRIVMSG alice :caf\xe9", transports.TalkWith("bob"), transports.Says, "café"},
		{":bob!b@h PRIVMSG alice :\x02bold\x02 and \x0304red", transports.TalkWith("bob"), transports.Says, "bold and red"},
	} {
		play(t, Network{}, func(s *script) {
			s.welcome("STATUSMSG=@+")
			s.enter("#room", "alice bob")
			s.says("@time=2020-02-03T04:05:06.789Z;account=Bob " + c.line)
			m := one[transports.Message](s)
			if m.Place != c.place || m.Style != c.style || m.Text.String() != c.words || m.Own || m.ID != "" {
				t.Errorf("%q is %+v", c.line, m)
			}
			if m.From.ID != "bob" || m.From.Name != "bob" || m.From.Identity != "account:bob" || m.At.Nanosecond() != 789_000_000 {
				t.Errorf("from %+v at %v", m.From, m.At)
			}
		})
	}
}

func TestTheEncodingOfTheNetworkReadsWhatIsNotUTF8(t *testing.T) {
	play(t, Network{Encoding: "KOI8-R"}, func(s *script) {
		s.welcome()
		s.says(":bob!b@h PRIVMSG alice :\xf0\xd2\xc9\xd7\xc5\xd4", ":bob!b@h PRIVMSG alice :Привет")
		for _, e := range s.told() {
			if m := e.(transports.Message); m.Text.String() != "Привет" {
				t.Errorf("read as %q", m.Text)
			}
		}
	})
}

func TestLinesEndInAnyWay(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.server.Write([]byte(":b!b@h PRIVMSG alice :1\n:b!b@h PRIVMSG alice :2\r:b!b@h PRIVMSG alice :3\r\n\r\n\n:b!b@h PRIVMSG alice :4\r\n"))
		if events := s.told(); len(events) != 4 {
			t.Errorf("%d of 4 messages came", len(events))
		}
	})
}

func TestALongTextIsSplitAtWhatTheServerPassesOn(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.welcome()
		s.enter("#room", "alice") // which showed our mask: alice!ali@host.example
		words := strings.TrimSpace(strings.Repeat("déjà vu ", 200))
		s.do(inRoom1(words))
		var got []string
		for _, line := range s.hears() {
			said, is := strings.CutPrefix(line, "PRIVMSG #room :")
			if !is {
				continue
			}
			got = append(got, said)
			if passed := ":alice!ali@host.example " + line + "\r\n"; len(passed) > 512 {
				t.Errorf("the server would cut a line of %d bytes", len(passed))
			} else if len(got) == 1 && len(passed) < 490 {
				t.Errorf("a line of %d bytes wastes space", len(passed))
			}
		}
		if strings.Join(got, " ") != words {
			t.Error("the parts are not the text")
		}
	})
}

func TestBeforeOurMaskIsKnownTheLongestIsAssumed(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.welcome("LINELEN=1024")
		s.do(inRoom1(strings.Repeat("x", 3000)))
		first := s.hears()[0]
		if passed := len(":alice") + unknownMask + len(" "+first+"\r\n"); passed != 1024 {
			t.Errorf("the server would pass on %d bytes", passed)
		}
		s.says(":irc.srv 396 alice c.example :is now your hidden host", ":alice!a@b CHGHOST al c.example")
		s.do(transports.Send{Place: transports.TalkWith("bob"), Style: transports.Does, Text: text.Plain(strings.Repeat("y", 3000))})
		first = s.hears()[0]
		if passed := ":alice!al@c.example " + first + "\r\n"; len(passed) != 1024 || !strings.HasSuffix(first, "\x01") {
			t.Errorf("the server would pass on %d bytes: %q", len(passed), first)
		}
	})
}

func TestNothingThatAPersonWritesIsACommand(t *testing.T) {
	for _, c := range []struct {
		send transports.Send
		want string
	}{
		{inRoom1("\x01VERSION\x01"), "PRIVMSG #room :VERSION"},
		{inRoom1("a\r\nQUIT\x00"), "PRIVMSG #room :a|PRIVMSG #room :QUIT"},
		{inRoom1("first\n\nthird"), "PRIVMSG #room :first|PRIVMSG #room :third"},
		{inRoom1(":x"), "PRIVMSG #room ::x"},
		{transports.Send{Place: transports.TalkWith("bob"), Style: transports.Does, Text: text.Plain("waves")}, "PRIVMSG bob :\x01ACTION waves\x01"},
		{transports.Send{Place: transports.TalkWith("bob"), Style: transports.Notice, Text: text.Plain("beep")}, "NOTICE bob :beep"},
		{transports.Send{Place: transports.InRoom("#room"), As: &transports.Persona{Name: "Dave\r\nQUIT"}, Text: text.Plain("hi")}, "PRIVMSG #room :<Dave QUIT> hi"},
		{transports.Send{Place: transports.TalkWith("*status"), Text: text.Plain("help")}, "PRIVMSG *status :help"},
	} {
		play(t, Network{}, func(s *script) {
			s.welcome()
			s.do(c.send)
			s.expect(append(strings.Split(c.want, "|"), "PING :confirm-1")...)
		})
	}
	for _, target := range []transports.UserID{"", "a b", "a,b", ":x", "#room", "@#room", "$*", "a\r\nQUIT"} {
		play(t, Network{}, func(s *script) {
			s.welcome()
			wantFault(t, s.do(transports.Send{Place: transports.TalkWith(target), Text: text.Plain("x")}).err(), transports.Invalid)
			s.expect()
		})
	}
}

func TestAnEmptyMessageIsRefused(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		wantFault(t, s.do(inRoom1(" \n ")).err(), transports.Invalid, "empty")
		s.expect()
	})
}

func TestTheServersWordsAreToldOnceTheWelcomeIsOver(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.says(":irc.srv NOTICE * :*** Looking up your hostname")
		s.welcome()
		s.says(":irc.srv 251 alice :There are 3 users", ":irc.srv 372 alice :- motd", ":irc.srv 324 alice #x +n")
		if events := s.told(); len(events) != 0 {
			t.Errorf("events: %+v", events)
		}
		s.says(":irc.srv NOTICE alice :The server goes down")
		if e := one[transports.Announced](s); e.Room != "" || e.Text.String() != "The server goes down" {
			t.Errorf("announced %+v", e)
		}
		s.says(":irc.srv 481 alice :Permission Denied")
		if e := one[transports.Announced](s); e.Text.String() != "Permission Denied" {
			t.Errorf("announced %+v", e)
		}
		s.says(":irc.srv 301 alice bob :at lunch", ":irc.srv 301 alice bob :at lunch")
		if e := one[transports.Announced](s); e.Text.String() != "bob at lunch" {
			t.Errorf("announced %+v", e)
		}
	})
}
