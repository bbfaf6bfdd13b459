package irc

import (
	"strings"
	"testing"

	"isthmus/transports"
)

func TestAMessageIsTakenBack(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		mayDo(t, s.rich(richCaps+" "+redactionCap), transports.Replies|transports.Reactions|transports.TypingShown|transports.Deletions)
		s.says("@msgid=D1;time=2020-01-02T03:04:05.678Z :bob!b@h REDACT #room A1 :by mistake")
		if d := one[transports.Deleted](s); d.ID != "A1" || d.Place != transports.InRoom("#room") || d.By.ID != "bob" || d.Reason != "by mistake" || d.At.Year() != 2020 {
			t.Errorf("deleted as %+v", d)
		}
		s.says(":bob!b@h REDACT alice A2")
		if d := one[transports.Deleted](s); d.ID != "A2" || d.Place != transports.TalkWith("bob") || d.Reason != "" {
			t.Errorf("deleted as %+v", d)
		}
		// To take back the message that was a reaction is to take back the reaction.
		s.says("@msgid=R1;+draft/react=👍;+draft/reply=A1 :bob!b@h TAGMSG #room", "@msgid=R2;+draft/react=🎉;+draft/reply=A1 :bob!b@h TAGMSG #room", ":bob!b@h REDACT #room R1")
		events := s.told()
		if r, is := events[len(events)-1].(transports.Reacted); !is || r.ID != "A1" || strings.Join(r.Emoji, "") != "🎉" || r.From.ID != "bob" {
			t.Errorf("told %+v", events)
		}
		done := s.do(transports.Delete{Place: transports.InRoom("#room"), ID: "P1", Reason: "sorry"})
		s.expect("@label=1 REDACT #room P1 :sorry")
		s.says("@label=1;msgid=D2 :alice!a@h REDACT #room P1 :sorry")
		late := s.do(transports.Delete{Place: transports.InRoom("#room"), ID: "P2"})
		s.expect("@label=2 REDACT #room P2")
		s.says("@label=2 :irc.srv FAIL REDACT REDACT_WINDOW_EXPIRED #room P2 60 :You can no longer delete this message")
		unknown := s.do(transports.Delete{Place: transports.InRoom("#room"), ID: "P3"})
		s.says("@label=3 :irc.srv FAIL REDACT UNKNOWN_MSGID #room P3 :This message does not exist")
		if err := done.err(); err != nil {
			t.Error(err)
		}
		wantFault(t, late.err(), transports.Forbidden, "no longer")
		wantFault(t, unknown.err(), transports.NotFound)
		wantFault(t, s.do(transports.Delete{Place: transports.InRoom("#room"), ID: "a b"}).err(), transports.NotFound)
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
	})
}

func TestWhatIsReadIsReadInEveryClient(t *testing.T) {
	play(t, Network{Burst: 100}, func(s *script) {
		mayDo(t, s.rich(richCaps+" "+readMarkerCap), transports.Replies|transports.Reactions|transports.TypingShown|transports.Reading)
		s.says("@msgid=A1;time=2020-01-02T03:04:05.678Z :bob!b@h PRIVMSG #room :one", "@msgid=A2;time=2020-01-02T03:04:06.678Z :bob!b@h PRIVMSG #room :two",
			"@msgid=A3;time=2020-01-02T03:04:07.678Z :bob!b@h PRIVMSG #room :three", "@msgid=T1;time=2020-01-02T03:04:07.678Z :bob!b@h PRIVMSG alice :psst")
		s.told()
		s.says(":irc.srv MARKREAD #room *", ":irc.srv MARKREAD #room timestamp=2019-01-02T03:04:07.000Z")
		if events := s.told(); len(events) != 0 {
			t.Errorf("told %+v", events)
		}
		s.says(":irc.srv MARKREAD #Room timestamp=2020-01-02T03:04:07.000Z")
		if r := one[transports.Read](s); r.Upto != "A2" || r.Place != transports.InRoom("#room") || r.By.ID != "alice" {
			t.Errorf("read as %+v", r)
		}
		mark := func(place transports.Place, id transports.MessageID) *outcome {
			return s.do(transports.MarkRead{Place: place, Upto: id})
		}
		if err := mark(transports.InRoom("#room"), "A1").err(); err != nil { // further back than it is
			t.Error(err)
		}
		s.expect()
		further := mark(transports.InRoom("#room"), "A3")
		s.expect("@label=1 MARKREAD #room timestamp=2020-01-02T03:04:07.678Z")
		s.says("@label=1 :irc.srv MARKREAD #room timestamp=2020-01-02T03:04:07.678Z")
		talk := mark(transports.TalkWith("bob"), "T1")
		s.expect("@label=2 MARKREAD bob timestamp=2020-01-02T03:04:07.678Z")
		s.says("@label=2 :irc.srv FAIL MARKREAD INTERNAL_ERROR bob :The read timestamp could not be set")
		if err := further.err(); err != nil {
			t.Error(err)
		}
		wantFault(t, talk.err(), transports.Forbidden, "could not be set")
		wantFault(t, mark(transports.InRoom("#room"), "unknown").err(), transports.NotFound)
		// An own message is one too.
		s.do(inRoom1("mine"))
		s.says("@label=3;msgid=P1;time=2020-01-02T03:04:09.000Z :alice!a@h PRIVMSG #room :mine", ":irc.srv MARKREAD #room timestamp=2020-01-02T03:04:09.000Z")
		if r := one[transports.Read](s); r.Upto != "P1" {
			t.Errorf("read as %+v", r)
		}
	})
}
