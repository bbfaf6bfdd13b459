package irc

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

func TestAServerWithoutCapabilitiesIsFine(t *testing.T) {
	play(t, Network{Password: "secret words"}, func(s *script) {
		s.expect("CAP LS 302", "PASS :secret words", "NICK alice", "USER alice 0 * :alice")
		s.says("PING :are you real", ":irc.srv 421 alice CAP :Unknown command", ":irc.srv 001 alice_cut :Welcome", ":irc.srv 376 alice_cut :End of MOTD")
		s.expect("PONG :are you real")
		if online := one[transports.Online](s); online.Self.Name != "alice_cut" {
			t.Errorf("the server named us alice_cut, Online says %+v", online)
		}
	})
}

func TestCapabilitiesListedInSeveralLinesAreAskedForAtOnce(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.hears()
		s.says(":irc.srv CAP * LS * :multi-prefix chghost=1", ":irc.srv CAP * LS :account-tag")
		s.expect("CAP REQ :account-tag chghost multi-prefix")
		s.says(":irc.srv CAP * NAK :account-tag chghost multi-prefix") // one of them; which, is not said
		s.expect("CAP REQ :account-tag", "CAP REQ :chghost", "CAP REQ :multi-prefix")
		s.says(":irc.srv CAP * ACK :account-tag", ":irc.srv CAP * NAK :chghost")
		s.expect()
		s.says(":irc.srv CAP * ACK :multi-prefix")
		s.expect("CAP END")
	})
}

func TestANickInUseIsSaidAndNotChanged(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.hears()
		s.says(":irc.srv 433 * alice :Nickname is already in use.")
		s.fault(transports.Conflict, "alice", "in use", "Nickname is already in use.")
		if sent := s.hears(); len(sent) != 0 {
			t.Errorf("the driver went on with %q", sent)
		}
	})
}

func TestWhatTheServerSaysAtTheDoorDecidesTheFault(t *testing.T) {
	for _, c := range []struct {
		line string
		kind transports.FaultKind
		word string
	}{
		{":irc.srv 432 * alice :Erroneous nickname", transports.Invalid, "Erroneous"},
		{":irc.srv 464 * :Password incorrect", transports.BadCredentials, "Password incorrect"},
		{":irc.srv 465 * :You are banned from this server- spam", transports.Forbidden, "spam"},
		{"ERROR :Closing Link: 127.0.0.1 (K-Lined: open proxy)", transports.Forbidden, "open proxy"},
		{"ERROR :Closing link: (alice@host) [Access denied by configuration]", transports.Forbidden, "Access denied"},
		{"ERROR :Access denied: Bad password?", transports.BadCredentials, "Bad password"},
		{"ERROR :Trying to reconnect too fast.", transports.RateLimited, "too fast"},
		{"ERROR :Closing Link: alice (Ping timeout)", transports.Offline, "Ping timeout"},
		{"ERROR :Closing Link: \x02bold\x02", transports.Offline, "Closing Link: bold"},
	} {
		play(t, Network{}, func(s *script) {
			s.hears()
			s.says(c.line)
			fault := s.fault(c.kind, c.word)
			if c.kind == transports.RateLimited && fault.Wait == 0 {
				t.Errorf("%q: no time to wait", c.line)
			}
		})
	}
}

func TestWhyOneIsBannedIsInTheServersLastWord(t *testing.T) {
	for _, last := range []string{"ERROR :Closing link: (alice@host) [G-lined: no gateways]", ""} {
		play(t, Network{}, func(s *script) {
			s.hears()
			s.says(":irc.srv 465 alice :You're banned!")
			if last == "" {
				s.fault(transports.Forbidden, "You're banned!")
				return
			}
			s.says(last)
			s.fault(transports.Forbidden, "no gateways")
		})
	}
}

func TestAServerThatNeverWelcomesIsGivenUp(t *testing.T) {
	play(t, Network{}, func(s *script) {
		began := time.Now()
		s.fault(transports.Offline, "in time")
		if took := time.Since(began); took != registerWithin {
			t.Errorf("it took %v", took)
		}
	})
}

func TestASilentServerIsAskedAndThenGivenUp(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		time.Sleep(idleAtLeast + idleSpread)
		s.expect("PING :alive")
		s.says(":irc.srv PONG irc.srv :alive")
		time.Sleep(idleAtLeast + idleSpread)
		s.expect("PING :alive")
		began := time.Now()
		s.fault(transports.Offline, "does not answer")
		if took := time.Since(began); took > answerWithin {
			t.Errorf("it took %v more", took)
		}
	})
}

func TestTheEndOfTheContextSaysGoodbyeAndWaitsForTheServer(t *testing.T) {
	play(t, Network{Burst: 1}, func(s *script) {
		s.welcome()
		first, second := s.do(inRoom1("one")), s.do(inRoom1("two"))
		s.expect("PRIVMSG #room :one", "PING :confirm-1")
		s.stop()
		s.expect("QUIT")
		s.says(":irc.srv PONG irc.srv :confirm-1", "ERROR :Closing Link")
		if err := s.finish(); err != nil {
			t.Errorf("Run ended with %v", err)
		}
		if err := first.err(); err != nil {
			t.Errorf("what was sent and confirmed gave %v", err)
		}
		wantFault(t, second.err(), transports.Offline)
		if events := s.told(); len(events) != 0 {
			t.Errorf("events after the end: %+v", events)
		}
	})
}

func TestAServerThatDoesNotCloseIsLeft(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		began := time.Now()
		s.stop()
		if err := s.finish(); err != nil || time.Since(began) != quitWithin {
			t.Errorf("Run ended with %v after %v", err, time.Since(began))
		}
	})
}

func TestTheNewNickIsKeptWhenTheConnectionIsTakenUpAgain(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		changed := s.do(transports.SetName{Name: "Älice 2"})
		s.expect("NICK Alice_2", "PING :confirm-1")
		s.says(":alice!a@b NICK Alice_2", ":irc.srv PONG irc.srv :confirm-1")
		if err := changed.err(); err != nil {
			t.Fatal(err)
		}
		if e := one[transports.UserRenamed](s); e.Was != "alice" || e.User.ID != "alice_2" || e.User.Name != "Alice_2" {
			t.Errorf("renamed as %+v", e)
		}
		s.says(":Alice_2!a@b NICK Guest7") // the network's doing
		if e := one[transports.UserRenamed](s); e.Was != "alice_2" || e.User.ID != "guest7" {
			t.Errorf("renamed as %+v", e)
		}
		s.server.Close()
		s.fault(transports.Offline)
		s.run()
		if sent := s.hears(); len(sent) < 2 || sent[1] != "NICK Alice_2" {
			t.Errorf("the driver registers with %q", sent)
		}
	})
}

func TestARefusedNickChangeIsAFault(t *testing.T) {
	for numeric, kind := range map[string]transports.FaultKind{
		"433 alice bob :in use": transports.Conflict, "432 alice bob :no": transports.Invalid, "438 alice bob :too fast": transports.RateLimited,
		"447 alice :not while on #room": transports.Forbidden,
	} {
		play(t, Network{}, func(s *script) {
			s.welcome()
			changed := s.do(transports.SetName{Name: "bob"})
			s.says(":irc.srv "+numeric, ":irc.srv PONG irc.srv :confirm-1")
			wantFault(t, changed.err(), kind)
		})
	}
}

func TestStrangersMayNotNameAnyHost(t *testing.T) {
	closed, err := New(Config{Networks: []Network{{Host: "Libera.Chat."}}})
	if err != nil {
		t.Fatal(err)
	}
	if scope, err := closed.Scope("LIBERA.chat"); err != nil || scope != "libera.chat" {
		t.Errorf("a configured network: %q, %v", scope, err)
	}
	_, err = closed.Scope("irc.other.example")
	wantFault(t, err, transports.Forbidden, "libera.chat")
	_, err = closed.Scope("not a host")
	wantFault(t, err, transports.Invalid)
	open, err := New(Config{Any: true, Ports: []int{6697, 7000}})
	if err != nil {
		t.Fatal(err)
	}
	if scope, err := open.Scope("irc.other.example"); err != nil || scope != "irc.other.example" {
		t.Errorf("any host: %q, %v", scope, err)
	}
	if n, _ := open.network("irc.other.example"); fmt.Sprint(n.addresses) != "[{irc.other.example:6697 false false} {irc.other.example:7000 false false}]" {
		t.Errorf("it would be reached as %+v", n)
	}
}

func TestAFixedServerIsTheOnlyOne(t *testing.T) {
	for _, networks := range [][]Network{nil, {{Host: "irc.Example.org", Address: "127.0.0.1:6667"}}} {
		d, err := New(Config{Fixed: "IRC.example.org.", Networks: networks})
		if err != nil {
			t.Fatal(err)
		}
		if d.About().Fixed != "irc.example.org" {
			t.Errorf("the fixed one is %q", d.About().Fixed)
		}
		if _, err := d.Scope("irc.example.org"); err != nil {
			t.Error(err)
		}
	}
}

func TestAMistakeInTheConfigurationIsNamed(t *testing.T) {
	for _, c := range []struct {
		config Config
		field  string
	}{
		{Config{Networks: []Network{{Host: "a b"}}}, "host:"},
		{Config{Networks: []Network{{Host: "a"}, {Host: "A."}}}, "twice"},
		{Config{Networks: []Network{{Host: "a", Address: "a"}}}, "address:"},
		{Config{Networks: []Network{{Host: "a", Address: "a:0"}}}, "address:"},
		{Config{Networks: []Network{{Host: "a", Fingerprint: "12:34"}}}, "fingerprint:"},
		{Config{Networks: []Network{{Host: "a", Plain: true, Fingerprint: strings.Repeat("00:", 31) + "00"}}}, "fingerprint:"},
		{Config{Networks: []Network{{Host: "a", Password: "x\r\nQUIT"}}}, "password:"},
		{Config{Networks: []Network{{Host: "a", Encoding: "klingon"}}}, "encoding:"},
		{Config{Networks: []Network{{Host: "a", Burst: -1}}}, "burst:"},
		{Config{Networks: []Network{{Host: "a", Rate: -1}}}, "rate:"},
		{Config{Ports: []int{70000}}, "ports:"},
		{Config{Fixed: "a b"}, "fixed:"},
		{Config{Fixed: "a", Any: true}, "fixed and any:"},
		{Config{Fixed: "a", Networks: []Network{{Host: "b"}}}, "fixed:"},
		{Config{Fixed: "a", Networks: []Network{{Host: "a"}, {Host: "b"}}}, "fixed:"},
		{Config{Realname: "a\nb"}, "realname:"},
	} {
		if _, err := New(c.config); err == nil || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%+v: %v, want an error that names %s", c.config, err, c.field)
		}
	}
}

func TestABusyCoreDoesNotMakeTheServerSeemDead(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.block = make(chan struct{})
		s.says(":bob!b@c PRIVMSG alice :first", ":bob!b@c PRIVMSG alice :second")
		time.Sleep(time.Hour)
		close(s.block)
		if events := s.told(); len(events) != 2 {
			t.Errorf("the events are %+v, want two messages", events)
		}
	})
}
