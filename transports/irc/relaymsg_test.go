package irc

import (
	"slices"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// as says something in #room under a name.
func as(name, words string) transports.Send {
	return transports.Send{Place: transports.InRoom("#room"), As: &transports.Persona{Name: name, Home: "xmpp"}, Text: text.Plain(words)}
}

const relayCaps = richCaps + " draft/relaymsg=/"

func TestWhoSpeaksThroughASharedAccountHasANameOfTheirOwnWhereTheServerCan(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(relayCaps)
		first := s.do(as("Jül Ia!", "hello"))
		s.expect("@label=1 RELAYMSG #room Jul_Ia/xmpp :hello")
		if first.hasReturned() {
			t.Error("what comes after it does not wait, though it may be refused")
		}
		s.says("@label=1;msgid=R1;draft/relaymsg=alice :Jul_Ia/xmpp!relay@srv PRIVMSG #room :hello")
		if err := first.err(); err != nil || !slices.Equal(first.parts(), []transports.MessageID{"R1"}) {
			t.Errorf("sent as %q, %v", first.parts(), err)
		}
		second := s.do(as("Romeo", "hi"))
		s.expect("@label=2 RELAYMSG #room Romeo/xmpp :hi")
		if !second.hasReturned() {
			t.Error("what comes after it waits, though it was never refused")
		}
		s.says("@label=2 :irc.srv ACK", "@msgid=R2;draft/relaymsg=alice :Romeo/xmpp!relay@srv PRIVMSG #room :hi") // some send it to us as to all others
		if err := second.err(); err != nil {
			t.Error(err)
		}
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
		waves := as("Romeo", "waves")
		waves.Style = transports.Does
		s.do(waves)
		s.expect("@label=3 RELAYMSG #room Romeo/xmpp :\x01ACTION waves\x01")
		s.says("@msgid=R4;draft/relaymsg=otherbot :ida/slack!relay@srv PRIVMSG #room :from elsewhere")
		if m := one[transports.Message](s); m.From.ID != "ida/slack" || m.Own {
			t.Errorf("told %+v", m)
		}
	})
}

func TestWhereOtherNamesAreRefusedTheAccountSaysWhoSpeaks(t *testing.T) {
	for name, refusal := range map[string]string{
		"no operator":        "@label=1 :irc.srv 482 alice #room :You must be a channel operator",
		"standard replies":   "@label=1 :irc.srv FAIL RELAYMSG PRIVS_NEEDED :Only channel operators can relay",
		"without labels":     ":irc.srv 573 alice Romeo/xmpp :Cannot send",
		"an unknown command": ":irc.srv 421 alice RELAYMSG :Unknown command",
	} {
		t.Run(name, func(t *testing.T) {
			play(t, Network{}, func(s *script) {
				caps, label := relayCaps, "@label=1 "
				if refusal[0] != '@' {
					caps, label = "draft/relaymsg=/", ""
				}
				s.rich(caps)
				sent := s.do(as("Romeo", "one\ntwo"))
				lines := s.hears()
				if want := label + "RELAYMSG #room Romeo/xmpp :one"; len(lines) == 0 || lines[0] != want {
					t.Fatalf("the server hears %q, want first %q", lines, want)
				}
				s.says(refusal)
				lines = slices.DeleteFunc(s.hears(), func(line string) bool { return len(line) > 5 && line[:5] == "PING " })
				if len(lines) != 2 || !hasSuffixes(lines, "PRIVMSG #room :<Romeo> one", "PRIVMSG #room :<Romeo> two") {
					t.Errorf("then it hears %q", lines)
				}
				sent.pending()
				next := s.do(as("Romeo", "three"))
				if lines := s.hears(); !hasSuffixes(lines[:1], "PRIVMSG #room :<Romeo> three") {
					t.Errorf("the next message is sent as %q", lines)
				}
				next.pending()
			})
		})
	}
}

func hasSuffixes(lines []string, ends ...string) bool {
	for i, end := range ends {
		if len(lines) <= i || len(lines[i]) < len(end) || lines[i][len(lines[i])-len(end):] != end {
			return false
		}
	}
	return true
}

func TestANewStandingMayAllowOtherNames(t *testing.T) {
	play(t, Network{}, func(s *script) {
		s.rich(relayCaps)
		s.do(as("Romeo", "one"))
		s.expect("@label=1 RELAYMSG #room Romeo/xmpp :one")
		s.says("@label=1 :irc.srv 482 alice #room :You must be a channel operator")
		s.expect("@label=2 PRIVMSG #room :<Romeo> one")
		s.says("@label=2;msgid=A1 :alice!a@h PRIVMSG #room :<Romeo> one", ":bob!b@h MODE #room +o alice")
		s.told()
		s.do(as("Romeo", "two"))
		s.expect("@label=3 RELAYMSG #room Romeo/xmpp :two")
	})
}
