package irc_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/servers"
	"isthmus/transports"
)

func TestOrdersOnARealServer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		g.must(transports.Join{Room: "#balcony"})
		p := dialPeer(t, server, "romeo")
		p.does("JOIN #balcony")
		g.must(transports.Instruct{Line: "WHOIS romeo"})
		event(g, func(e transports.Announced) bool { return e.Room == "" && strings.Contains(e.Text.String(), "a peer") })
		g.must(transports.Instruct{Place: transports.InRoom("#balcony"), Line: "topic Wherefore"})
		event(g, func(e transports.TopicChanged) bool { return e.Topic.Text == "Wherefore" })
		g.must(transports.Instruct{Place: transports.InRoom("#balcony"), Line: "mode +v romeo"})
		event(g, func(e transports.MemberChanged) bool { return e.Member.Affiliation == transports.AffiliatedMember })
		if err := g.do(transports.Instruct{Line: "FOO bar"}); err == nil || transports.AsFault(err).Kind != transports.Invalid {
			t.Errorf("an unknown command gave %v", err)
		}
	})
}

func TestInvitationsOnARealServer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		p := dialPeer(t, server, "romeo")
		p.does("JOIN #Balcony", "MODE #Balcony +i")
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		p.does("INVITE Juliet #Balcony")
		if e := event(g, anything[transports.Invited]); e.Room != "#balcony" || e.By.ID != "romeo" {
			t.Errorf("invited as %+v", e)
		}
		g.must(transports.Join{Room: "#balcony"})
		p.does("PART #Balcony", "MODE romeo -x")
		g.must(transports.Join{Room: "#own"})
		g.must(transports.Invite{Room: "#own", User: "romeo"})
		p.await(func(line []string) bool { return line[1] == "INVITE" && line[2] == "romeo" })
		if err := g.do(transports.Invite{Room: "#own", User: "nobody"}); err == nil || transports.AsFault(err).Kind != transports.NotFound {
			t.Errorf("an invitation to nobody gave %v", err)
		}
	})
}

func TestQuestionsOnARealServer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		p := dialPeer(t, server, "romeo")
		p.register()
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		talk := transports.TalkWith("romeo")
		p.does("PRIVMSG Juliet :\x01VERSION\x01")
		asked := event(g, anything[transports.Asked])
		g.must(transports.Answer{Place: talk, ID: asked.ID, Text: "a balcony"})
		p.await(func(line []string) bool {
			return line[1] == "NOTICE" && strings.HasSuffix(strings.Join(line, " "), "\x01VERSION a balcony\x01")
		})
		answer := make(chan transports.Result, 1)
		go g.session.Do(t.Context(), transports.Ask{Place: talk, Question: transports.AboutVersion}, func(r transports.Result, err error) {
			if err != nil {
				t.Errorf("the question gave %v", err)
			}
			answer <- r
		})
		p.await(func(line []string) bool { return line[1] == "PRIVMSG" && strings.Contains(line[3], "\x01VERSION\x01") })
		p.write("NOTICE Juliet :\x01VERSION a ladder\x01")
		if r := <-answer; r.Text != "a ladder" {
			t.Errorf("the answer is %q", r.Text)
		}
	})
}

func TestTheDirectoryOfARealServer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		p := dialPeer(t, server, "romeo")
		p.does("JOIN #Balcony", "TOPIC #Balcony :Wherefore", "JOIN #street", "MODE #Balcony +b *!*@evil.example", "MODE #Balcony +b x!*@*")
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		rooms := map[transports.RoomID]transports.Listing{}
		err := g.session.(transports.Directory).Rooms(t.Context(), func(l transports.Listing) bool {
			rooms[l.Room] = l
			return true
		})
		if l := rooms["#balcony"]; err != nil || l.Name != "#Balcony" || l.Users != 1 || l.Topic != "Wherefore" || rooms["#street"].Name == "" {
			t.Errorf("the directory is %+v, %v", rooms, err)
		}
		g.must(transports.Join{Room: "#balcony"})
		p.does("MODE #Balcony +o Juliet")
		event(g, func(e transports.MemberChanged) bool { return e.Member.Affiliation == transports.Admin })
		banned, err := g.session.(transports.Registry).Affiliated(t.Context(), "#balcony", transports.Outcast)
		if got := strings.Join(banned, " "); err != nil || !strings.Contains(got, "*!*@evil.example") || !strings.Contains(got, "x!*@*") {
			t.Errorf("banned are %q, %v", banned, err)
		}
	})
}
