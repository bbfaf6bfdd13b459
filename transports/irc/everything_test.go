package irc_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"isthmus/integration_test/ircserver"
	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/irc"
	"isthmus/transports/transporttest"
)

// The tests of this file are on a server of ours that has what no server at hand has.

func TestTheLawsHoldOnAServerThatHasEverything(t *testing.T) {
	server := ircserver.Start(t, ircserver.Options{})
	var dialer net.Dialer
	transporttest.Run(t, func(t *testing.T) transporttest.Harness {
		h, p := harnessWith(t, irc.Network{Host: "irc.test", Address: server.Address, Plain: true},
			func(ctx context.Context) (net.Conn, error) { return dialer.DialContext(ctx, "tcp", server.Address) },
			func() (net.Conn, error) { return dialer.Dial("tcp", server.Address) }, server.Cut)
		h.Peer = p.today(h.Peer)
		return h
	})
}

func onEverything(t *testing.T, options ircserver.Options) (*ircserver.Server, irc.Network) {
	t.Helper()
	server := ircserver.Start(t, options)
	return server, irc.Network{Host: "irc.test", Address: server.Address, Plain: true, Burst: 100, Rate: 100}
}

// as is a guest with a nick.
func as(t *testing.T, n irc.Network, nick string, options transports.Options) *guest {
	t.Helper()
	all := transports.Options{"nick": {nick}}
	for name, values := range options {
		all[name] = values
	}
	g := newGuestWith(t, n, all)
	g.online = event(g, anything[transports.Online])
	return g
}

func (g *guest) send(command transports.Send) []transports.MessageID {
	g.t.Helper()
	done := make(chan transports.Result, 1)
	g.session.Do(g.t.Context(), command, func(r transports.Result, err error) {
		if err != nil {
			g.t.Errorf("sending gave %v", err)
		}
		done <- r
	})
	return (<-done).Parts
}

func (g *guest) heard(words string) transports.Message {
	g.t.Helper()
	return event(g, func(m transports.Message) bool { return m.Text.String() == words })
}

var balcony = transports.InRoom("#balcony")

func TestOneMessageIsOneForTwoGatewayPeople(t *testing.T) {
	_, n := onEverything(t, ircserver.Options{})
	juliet, romeo := as(t, n, "Juliet", nil), as(t, n, "Romeo", nil)
	if juliet.online.Can.SingleLine || !juliet.online.Can.Allows(transports.Delete{}) || !juliet.online.Can.Allows(transports.MarkRead{}) {
		t.Errorf("the capabilities are %+v", juliet.online.Can)
	}
	juliet.must(transports.Join{Room: "#balcony"})
	romeo.must(transports.Join{Room: "#balcony"})

	words := "O Romeo, Romeo!\n\nWherefore art thou Romeo?\n" + strings.TrimSpace(strings.Repeat("Deny thy father and refuse thy name. ", 30))
	ids := juliet.send(transports.Send{Place: balcony, Text: text.Plain(words)})
	m := romeo.heard(words)
	if len(ids) != 1 || m.ID != ids[0] || m.From.ID != "juliet" {
		t.Fatalf("sent as %v, heard as %+v", ids, m)
	}
	answer := romeo.send(transports.Send{Place: balcony, Text: text.Plain("Shall I hear more?"), ReplyTo: &transports.Reference{ID: m.ID, From: m.From}})
	if m := juliet.heard("Juliet: Shall I hear more?"); m.ReplyTo == nil || m.ReplyTo.ID != ids[0] || m.ID != answer[0] {
		t.Errorf("heard %+v", m)
	}
	romeo.must(transports.React{Place: balcony, ID: m.ID, Emoji: []string{"❤"}})
	event(juliet, func(r transports.Reacted) bool {
		return r.ID == ids[0] && slices.Equal(r.Emoji, []string{"❤"}) && r.From.ID == "romeo"
	})
	romeo.must(transports.React{Place: balcony, ID: m.ID})
	event(juliet, func(r transports.Reacted) bool { return r.ID == ids[0] && len(r.Emoji) == 0 })
	juliet.must(transports.SetTyping{Place: balcony, On: true})
	event(romeo, func(e transports.Typing) bool { return e.On && e.From.ID == "juliet" })

	// In private, too.
	talk := juliet.send(transports.Send{Place: transports.TalkWith("romeo"), Text: text.Plain("one\ntwo")})
	if m := romeo.heard("one\ntwo"); m.ID != talk[0] || m.Place != transports.TalkWith("juliet") {
		t.Errorf("heard %+v", m)
	}
	// What is too large for one message of the server's becomes several.
	long := strings.TrimSpace(strings.Repeat("Parting is such sweet sorrow. ", 200))
	if ids := juliet.send(transports.Send{Place: balcony, Text: text.Plain(long)}); len(ids) != 2 {
		t.Errorf("%d bytes are sent as %v", len(long), ids)
	}
	got := ""
	event(romeo, func(m transports.Message) bool { got += m.Text.String(); return len(got) == len(long) })
	if got != long {
		t.Errorf("heard %q", got)
	}
}

func TestMessagesAreTakenBackOnlyByWhoMay(t *testing.T) {
	_, n := onEverything(t, ircserver.Options{})
	juliet, romeo := as(t, n, "Juliet", nil), as(t, n, "Romeo", nil)
	juliet.must(transports.Join{Room: "#balcony"}) // as its operator
	romeo.must(transports.Join{Room: "#balcony"})
	mine := juliet.send(transports.Send{Place: balcony, Text: text.Plain("mine")})
	his := romeo.send(transports.Send{Place: balcony, Text: text.Plain("his")})
	if err := romeo.do(transports.Delete{Place: balcony, ID: mine[0]}); err == nil || transports.AsFault(err).Kind != transports.Forbidden {
		t.Errorf("to take back another's message gave %v", err)
	}
	romeo.must(transports.Delete{Place: balcony, ID: his[0], Reason: "too bold"})
	if d := event(juliet, anything[transports.Deleted]); d.ID != his[0] || d.By.ID != "romeo" || d.Reason != "too bold" || d.Place != balcony {
		t.Errorf("deleted as %+v", d)
	}
	again := romeo.send(transports.Send{Place: balcony, Text: text.Plain("again")})
	juliet.must(transports.Delete{Place: balcony, ID: again[0]})
	if d := event(romeo, anything[transports.Deleted]); d.ID != again[0] || d.By.ID != "juliet" {
		t.Errorf("deleted as %+v", d)
	}
	if err := romeo.do(transports.Delete{Place: balcony, ID: his[0]}); err == nil || transports.AsFault(err).Kind != transports.NotFound {
		t.Errorf("to take it back again gave %v", err)
	}
}

// past are the events of history, as words.
func (g *guest) past(place transports.Place, id transports.MessageID, limit int) (string, bool) {
	g.t.Helper()
	events, more, err := g.session.(transports.History).After(g.t.Context(), place, id, limit)
	if err != nil {
		g.t.Fatal(err)
	}
	var all []string
	for _, e := range events {
		switch e := e.(type) {
		case transports.Message:
			all = append(all, e.Text.String())
			if e.ID == "" || e.At.IsZero() || e.Place != place {
				g.t.Errorf("history has %+v", e)
			}
		case transports.Reacted:
			all = append(all, fmt.Sprint(e.Emoji))
		case transports.Deleted:
			all = append(all, "deleted "+string(e.ID))
		}
	}
	return strings.Join(all, ","), more
}

func TestWhatWasSaidWhileAwayIsReadFromTheServer(t *testing.T) {
	_, n := onEverything(t, ircserver.Options{History: 4})
	juliet, romeo := as(t, n, "Juliet", nil), as(t, n, "Romeo", nil)
	juliet.must(transports.Join{Room: "#balcony"})
	romeo.must(transports.Join{Room: "#balcony"})
	var ids []transports.MessageID
	for _, words := range []string{"one", "two", "three", "four", "five\nand a half"} {
		ids = append(ids, juliet.send(transports.Send{Place: balcony, Text: text.Plain(words)})[0])
	}
	romeo.must(transports.React{Place: balcony, ID: ids[2], Emoji: []string{"❤"}})
	juliet.must(transports.Delete{Place: balcony, ID: ids[3]})
	nurse := as(t, n, "Nurse", nil)
	nurse.must(transports.Join{Room: "#balcony"})
	if got, more := nurse.past(balcony, ids[0], 2); got != "two,three" || !more {
		t.Errorf("after one: %s, %v", got, more)
	}
	if got, more := nurse.past(balcony, ids[1], 100); got != "three,five\nand a half,[❤],deleted "+string(ids[3]) || !more {
		t.Errorf("after two: %s, %v", got, more)
	}
	if got, more := nurse.past(balcony, ids[4], 100); got != "[❤],deleted "+string(ids[3]) || more {
		t.Errorf("after five: %s, %v", got, more)
	}
	six := juliet.send(transports.Send{Place: balcony, Text: text.Plain("six")})
	if got, _ := nurse.past(balcony, "", 1); got != "six" {
		t.Errorf("the last is %s", got)
	}
	if got, _ := nurse.past(balcony, "forgotten", 1); got != "six" {
		t.Errorf("after a message that the server has forgotten: %s", got)
	}
	if _, _, err := nurse.session.(transports.History).After(t.Context(), transports.InRoom("#elsewhere"), "", 1); err == nil {
		t.Error("history of a room that the account is not in")
	}
	// A page of nothing but coming and going is passed over.
	for range 4 {
		romeo.must(transports.Leave{Room: "#balcony"})
		romeo.must(transports.Join{Room: "#balcony"})
	}
	juliet.send(transports.Send{Place: balcony, Text: text.Plain("seven")})
	if got, more := nurse.past(balcony, six[0], 4); got != "seven" || more {
		t.Errorf("after six: %s, %v", got, more)
	}
	romeo.send(transports.Send{Place: transports.TalkWith("juliet"), Text: text.Plain("psst")})
	juliet.heard("psst")
	if got, _ := juliet.past(transports.TalkWith("romeo"), "", 4); got != "psst" {
		t.Errorf("in private: %s", got)
	}
}

func TestTheLoginDoesNotShowThePassword(t *testing.T) {
	_, n := onEverything(t, ircserver.Options{Accounts: map[string]string{"Juliet": "wherefore, art=thou"}})
	juliet := as(t, n, "Juliet", transports.Options{"sasl_password": {"wherefore, art=thou"}})
	if juliet.online.Self.Identity != "account:juliet" {
		t.Errorf("online as %+v", juliet.online.Self)
	}
	g := newGuestWith(t, n, transports.Options{"nick": {"Tybalt"}, "sasl_account": {"Juliet"}, "sasl_password": {"wrong"}})
	if err := <-g.ended; err == nil || transports.AsFault(err).Kind != transports.BadCredentials {
		t.Errorf("a wrong password gave %v", err)
	}
}

func TestWhatIsReadInOneClientIsReadInAnother(t *testing.T) {
	_, n := onEverything(t, ircserver.Options{Accounts: map[string]string{"Juliet": "wherefore"}})
	login := transports.Options{"sasl_account": {"Juliet"}, "sasl_password": {"wherefore"}}
	desk, phone, romeo := as(t, n, "Juliet", login), as(t, n, "JulietPhone", login), as(t, n, "Romeo", nil)
	for _, g := range []*guest{desk, phone, romeo} {
		g.must(transports.Join{Room: "#balcony"})
	}
	id := romeo.send(transports.Send{Place: balcony, Text: text.Plain("But soft")})[0]
	desk.heard("But soft")
	phone.heard("But soft")
	desk.must(transports.MarkRead{Place: balcony, Upto: id})
	if r := event(phone, anything[transports.Read]); r.Upto != id || r.Place != balcony || r.By.ID != "julietphone" {
		t.Errorf("read as %+v", r)
	}
}

func TestWhatAServerCanDoMayChange(t *testing.T) {
	server, n := onEverything(t, ircserver.Options{Without: []string{"draft/multiline"}})
	juliet := as(t, n, "Juliet", nil)
	if !juliet.online.Can.SingleLine {
		t.Error("a message has several lines")
	}
	server.Offer("draft/multiline", "max-bytes=4000,max-lines=20")
	event(juliet, func(e transports.Online) bool { return !e.Can.SingleLine })
	server.Withdraw("draft/message-redaction")
	event(juliet, func(e transports.Online) bool { return !e.Can.Allows(transports.Delete{}) })
}

func TestWhoIsAwayIsSoBeforeTheyAreSeen(t *testing.T) {
	_, n := onEverything(t, ircserver.Options{Watched: 2})
	romeo := as(t, n, "Romeo", nil)
	for _, nick := range []transports.UserID{"juliet", "nurse", "tybalt"} { // one more than the server watches
		romeo.must(transports.Subscribe{User: nick, On: true})
	}
	shown := map[transports.UserID]bool{}
	event(romeo, func(e transports.PresenceChanged) bool {
		shown[e.User.ID] = true
		return e.Presence.Show == transports.Absent && len(shown) == 3
	})
	juliet := as(t, n, "Juliet", nil)
	romeo.awaitPresence("juliet", transports.Present, "")
	juliet.must(transports.SetPresence{Presence: transports.Presence{Show: transports.Away, Status: "asleep"}})
	romeo.awaitPresence("juliet", transports.Away, "asleep")
	juliet.must(transports.SetPresence{Presence: transports.Presence{Show: transports.Absent}})
	romeo.awaitPresence("juliet", transports.Away, "")
	if p, err := romeo.session.(transports.Profiles).Profile(t.Context(), "juliet"); err != nil || p.User.Name != "Juliet" {
		t.Errorf("juliet is %+v, %v", p, err)
	}
}

func TestWhoSharesAnAccountIsHeardUnderTheirOwnNameWhereTheAccountMay(t *testing.T) {
	_, n := onEverything(t, ircserver.Options{})
	operator, guest, romeo := as(t, n, "Operator", nil), as(t, n, "Guest", nil), as(t, n, "Romeo", nil)
	for _, g := range []interface{ must(transports.Command) }{operator, guest, romeo} { // who comes first is operator of the channel
		g.must(transports.Join{Room: "#balcony"})
	}
	say := transports.Send{Place: balcony, Text: text.Plain("O Romeo, Romeo!"), As: &transports.Persona{Name: "Juliet", Home: "xmpp"}}
	ids := operator.send(say)
	if m := romeo.heard("O Romeo, Romeo!"); m.From.Name != "Juliet/xmpp" || len(ids) != 1 || m.ID != ids[0] {
		t.Errorf("sent as %v, heard as %+v", ids, m)
	}
	ids = guest.send(say)
	if m := romeo.heard("<Juliet> O Romeo, Romeo!"); m.From.Name != "Guest" || len(ids) != 1 || m.ID != ids[0] {
		t.Errorf("sent as %v, heard as %+v", ids, m)
	}
	romeo.send(transports.Send{Place: balcony, Text: text.Plain("the end")})
	if m := event(operator, func(m transports.Message) bool { return true }); m.Text.String() != "<Juliet> O Romeo, Romeo!" { // it has not heard itself
		t.Errorf("the operator heard %+v", m)
	}
}
