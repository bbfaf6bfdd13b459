package irc

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

var secretly = transports.Options{"sasl_password": {"secret"}}

// atTheDoor says which capabilities there are, and agrees to those asked for.
func (s *script) atTheDoor(offers string, wants string) {
	s.t.Helper()
	s.hears()
	s.says(":irc.srv CAP * LS :" + offers)
	s.expect("CAP REQ :" + wants)
	s.says(":irc.srv CAP * ACK :" + wants)
}

// greets ends the registration.
func (s *script) greets() {
	s.t.Helper()
	s.says(":irc.srv 001 alice :Welcome", ":irc.srv 422 alice :No MOTD")
}

func TestAPasswordLogsInBeforeTheWelcome(t *testing.T) {
	playAs(t, Config{}, Network{}, secretly, func(s *script) {
		s.atTheDoor("sasl=SCRAM-SHA-1,PLAIN cap-notify", "sasl")
		s.expect("AUTHENTICATE PLAIN")
		s.says("AUTHENTICATE +")
		s.expect("AUTHENTICATE " + base64.StdEncoding.EncodeToString([]byte("alice\x00alice\x00secret")))
		s.says(":irc.srv 900 alice alice!a@h Alice :You are now logged in as Alice", ":irc.srv 903 alice :SASL authentication successful")
		s.expect("CAP END")
		s.greets()
		if online := one[transports.Online](s); online.Self.Identity != "account:alice" {
			t.Errorf("online as %+v", online.Self)
		}
	})
}

func TestALongPasswordIsSentInParts(t *testing.T) {
	for length, last := range map[int]string{295: "AUTHENTICATE +", 300: "AUTHENTICATE " + "eHh4eHh4"} {
		playAs(t, Config{}, Network{}, transports.Options{"sasl_account": {"a"}, "sasl_password": {strings.Repeat("x", length)}}, func(s *script) {
			s.atTheDoor("sasl", "sasl")
			s.hears()
			s.says("AUTHENTICATE +")
			sent := s.hears()
			if len(sent) != 2 || len(sent[0]) != len("AUTHENTICATE ")+400 || length == 295 && sent[1] != last {
				t.Errorf("a password of %d bytes is sent as %q", length, sent)
			}
		})
	}
}

func TestNobodyIsConnectedWithoutTheLoginTheyWant(t *testing.T) {
	for _, c := range []struct {
		name  string
		story func(s *script)
		kind  transports.FaultKind
	}{
		{"no SASL", func(s *script) { s.says(":irc.srv CAP * LS :multi-prefix"); s.says(":irc.srv CAP * ACK :multi-prefix") }, transports.Offline},
		{"no capabilities", func(s *script) { s.says(":irc.srv 001 alice :Welcome") }, transports.Offline},
		{"refused capability", func(s *script) { s.says(":irc.srv CAP * LS :sasl", ":irc.srv CAP * NAK :sasl") }, transports.Offline},
		{"other mechanisms", func(s *script) { s.says(":irc.srv CAP * LS :sasl=X", ":irc.srv CAP * ACK :sasl") }, transports.Offline},
		{"wrong password", func(s *script) {
			s.says(":irc.srv CAP * LS :sasl", ":irc.srv CAP * ACK :sasl", "AUTHENTICATE +", ":irc.srv 904 alice :SASL authentication failed")
		}, transports.BadCredentials},
		{"locked", func(s *script) {
			s.says(":irc.srv CAP * LS :sasl", ":irc.srv CAP * ACK :sasl", ":irc.srv 902 alice :You must use a nick assigned to you")
		}, transports.BadCredentials},
		{"broken off", func(s *script) {
			s.says(":irc.srv CAP * LS :sasl", ":irc.srv CAP * ACK :sasl", ":irc.srv 906 alice :SASL authentication aborted")
		}, transports.Offline},
	} {
		playAs(t, Config{}, Network{}, secretly, func(s *script) {
			s.hears()
			c.story(s)
			fault := s.fault(c.kind)
			if events := s.told(); len(events) != 0 || strings.Contains(fault.Text, "secret") {
				t.Errorf("%s: events %+v, fault %q", c.name, events, fault.Text)
			}
		})
	}
}

func TestALoginThatComesBackIsUsed(t *testing.T) {
	playAs(t, Config{}, Network{}, nil, func(s *script) {
		s.atTheDoor("account-notify", "account-notify")
		s.greets()
		one[transports.Online](s)
		s.hears()
		s.says(":irc.srv CAP alice DEL :account-notify", ":irc.srv CAP alice NEW :account-notify chghost unknown=1")
		s.expect("CAP REQ :account-notify chghost")
		s.says(":irc.srv CAP alice ACK :account-notify chghost")
		s.expect()
	})
}

func TestWhoLogsInHasAnotherIdentity(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.welcome()
		s.enter("#room", "alice bob")
		s.says(":bob!b@h ACCOUNT Robert")
		if e := one[transports.UserRenamed](s); e.Was != "bob" || e.User.ID != "bob" || e.User.Identity != "account:robert" {
			t.Errorf("changed as %+v", e)
		}
		s.says(":bob!b@h ACCOUNT *")
		if e := one[transports.UserRenamed](s); e.User.Identity != "mask:bob!b@h" {
			t.Errorf("changed as %+v", e)
		}
	})
}

const labelCaps = "batch echo-message labeled-response message-tags"

func TestAnEchoConfirmsAMessageInItsPlace(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.atTheDoor("echo-message labeled-response batch message-tags", labelCaps)
		s.greets()
		one[transports.Online](s)
		s.hears()
		joined := s.do(transports.Join{Room: "#room"})
		time.Sleep(joinGather)
		s.says(":alice!a@h JOIN #room", ":irc.srv 366 alice #room :End")
		one[transports.Room](s)
		if err := joined.err(); err != nil {
			t.Fatal(err)
		}
		s.hears()
		first := s.do(inRoom1("one\ntwo"))
		second := s.do(talk("bob", "three"))
		s.expect("@label=1 PRIVMSG #room :one", "@label=2 PRIVMSG #room :two", "@label=3 PRIVMSG bob :three")
		s.says("@label=1 :alice!a@h PRIVMSG #room :one")
		first.pending()
		s.says("@label=2;msgid=x :alice!a@h PRIVMSG #room :two")
		if err := first.err(); err != nil {
			t.Error(err)
		}
		s.says("@label=3 :irc.srv 401 alice bob :No such nick")
		wantFault(t, second.err(), transports.NotFound)
		if events := s.told(); len(events) != 0 {
			t.Errorf("an echo was told: %+v", events)
		}
		// Bob is away: there are two lines, in a batch.
		third := s.do(talk("bob", "four"))
		s.says("@label=4 :irc.srv BATCH +x labeled-response", "@batch=x :alice!a@h PRIVMSG bob :four", "@batch=x :irc.srv 301 alice bob :at lunch")
		third.pending()
		s.says(":irc.srv BATCH -x")
		if err := third.err(); err != nil {
			t.Error(err)
		}
		if got := s.announcements(); got != "<bob at lunch>" {
			t.Errorf("announced %s", got)
		}
		// Something else is still confirmed by a PING, and another client's words are shown.
		s.hears()
		topic := s.do(transports.SetTopic{Room: "#room", Text: "x"})
		s.expect("TOPIC #room :x", "PING :confirm-1")
		s.says(":alice!a@h PRIVMSG #room :from my phone", ":irc.srv PONG irc.srv :confirm-1")
		if m := one[transports.Message](s); !m.Own || topic.err() != nil {
			t.Errorf("told %+v", m)
		}
	})
}

func TestAForgottenLabelKeepsNobodyWaiting(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		s.rich(richCaps + " draft/chathistory")
		first, second := s.do(inRoom1("one")), s.do(inRoom1("two"))
		s.expect("@label=1 PRIVMSG #room :one", "@label=2 PRIVMSG #room :two")
		s.says("@label=2;msgid=x :alice!a@h PRIVMSG #room :two")
		if err := second.err(); err != nil {
			t.Error(err)
		}
		time.Sleep(labelPatience + time.Second)
		first.pending()
		s.expect("PING :labels-2")
		third := s.do(inRoom1("three"))
		s.says(":irc.srv PONG irc.srv :labels-2")
		if err := first.err(); err != nil {
			t.Error(err)
		}
		third.pending()
	})
}

func TestCommandsAfterConnectingAreNotEchoed(t *testing.T) {
	playAs(t, Config{}, Network{}, transports.Options{"after_connect_commands": {"PRIVMSG NickServ :identify secret"}}, func(s *script) {
		s.atTheDoor(labelCaps, labelCaps)
		s.hears()
		s.greets()
		s.expect("@label=quiet PRIVMSG NickServ :identify secret")
		one[transports.Online](s)
		s.says("@label=quiet :alice!a@h PRIVMSG NickServ :identify secret")
		s.order("", "PRIVMSG NickServ :help")
		s.says("@label=quiet :alice!a@h PRIVMSG NickServ :help")
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
	})
}

func TestAnEchoWithoutLabelsIsNotWanted(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.hears()
		s.says(":irc.srv CAP * LS :echo-message message-tags batch")
		s.expect("CAP REQ :batch message-tags")
	})
}

func TestHistoryThatAServerSendsHasItsTime(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.atTheDoor("batch server-time", "batch server-time")
		s.greets()
		one[transports.Online](s)
		s.hears()
		s.do(transports.Join{Room: "#room"})
		time.Sleep(joinGather)
		s.says(":alice!a@h JOIN #room", ":irc.srv 366 alice #room :End", ":irc.srv BATCH +h chathistory #room",
			"@batch=h;time=2020-01-02T03:04:05.678Z :bob!b@h PRIVMSG #room :long ago", ":irc.srv BATCH -h")
		events := s.told()
		if m, is := events[len(events)-1].(transports.Message); !is || m.At.Year() != 2020 || m.Text.String() != "long ago" {
			t.Errorf("told %+v", events)
		}
	})
}

func TestANetsplitEndsInTheTrueMembers(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.atTheDoor("batch", "batch")
		s.greets()
		one[transports.Online](s)
		s.hears()
		s.enter("#room", "@alice +bob carol")
		s.says(":irc.srv BATCH +s netsplit a.srv b.srv", "@batch=s :bob!b@h QUIT :a.srv b.srv", "@batch=s :carol!c@h QUIT :a.srv b.srv", ":irc.srv BATCH -s")
		if events := s.told(); len(events) != 2 {
			t.Errorf("at the split: %+v", events)
		}
		s.says(":irc.srv BATCH +j netjoin a.srv b.srv", "@batch=j :bob!b@h JOIN #room", ":b.srv MODE #room +v bob", ":irc.srv BATCH -j")
		events := s.told()
		if last, is := events[len(events)-1].(transports.MemberChanged); !is || last.Member.User.ID != "bob" || last.Member.Affiliation != transports.AffiliatedMember {
			t.Errorf("after it: %+v", events)
		}
	})
}

func TestAStandardReplyAnswersItsCommand(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.atTheDoor("standard-replies", "standard-replies")
		s.greets()
		one[transports.Online](s)
		s.hears()
		asked := s.order("", "REHASH")
		s.says(":irc.srv FAIL REHASH CONFIG_BAD notnt.conf :Could not reload config from disk")
		wantFault(t, asked.err(), transports.Forbidden, "Could not reload")
		s.says(":irc.srv NOTE * OPER_MESSAGE :The message", ":irc.srv WARN REHASH CERTS_EXPIRED :Certificate has expired")
		if got := s.announcements(); got != "<The message><Certificate has expired>" {
			t.Errorf("announced %s", got)
		}
	})
}
