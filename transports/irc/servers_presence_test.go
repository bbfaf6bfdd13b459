package irc_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/servers"
	"isthmus/transports"
)

func (g *guest) awaitPresence(id transports.UserID, show transports.Show, status string) {
	g.t.Helper()
	event(g, func(e transports.PresenceChanged) bool {
		return e.User.ID == id && e.Presence.Show == show && e.Presence.Status == status
	})
}

func TestPeopleAreWatchedOnARealServer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		// On ngircd the first question is the last for a minute: who is there must be there before it.
		romeo := dialPeer(t, server, "Romeo")
		romeo.register()
		g.must(transports.Subscribe{User: "romeo", On: true})
		event(g, func(e transports.SubscriptionAnswered) bool { return e.Granted && e.User.ID == "romeo" })
		g.must(transports.Subscribe{User: "nobody", On: true})
		shown := map[transports.UserID]transports.Show{}
		event(g, func(e transports.PresenceChanged) bool {
			shown[e.User.ID] = e.Presence.Show
			return len(shown) == 2
		})
		if shown["romeo"] != transports.Present || shown["nobody"] != transports.Absent {
			t.Errorf("shown are %v", shown)
		}
	})
	t.Run("as they come and go", func(t *testing.T) {
		onInspIRCd(t, func(t *testing.T, server *servers.Server) {
			g := newGuest(t, plainNetwork(server))
			event(g, anything[transports.Online])
			for _, nick := range []transports.UserID{"romeo", "tybalt"} {
				g.must(transports.Subscribe{User: nick, On: true})
				g.awaitPresence(nick, transports.Absent, "")
			}
			romeo := dialPeer(t, server, "Romeo")
			romeo.register()
			g.awaitPresence("romeo", transports.Present, "")
			romeo.does("AWAY :in exile")
			g.awaitPresence("romeo", transports.Away, "in exile")
			romeo.does("AWAY")
			g.awaitPresence("romeo", transports.Present, "")
			romeo.does("AWAY :again", "NICK tybalt")
			g.awaitPresence("romeo", transports.Absent, "")
			g.awaitPresence("tybalt", transports.Away, "")
			romeo.write("QUIT")
			g.awaitPresence("tybalt", transports.Absent, "")
		})
	})
}

func TestMembersOfARealServerGoAway(t *testing.T) {
	t.Parallel()
	onInspIRCd(t, func(t *testing.T, server *servers.Server) {
		romeo := dialPeer(t, server, "romeo")
		romeo.does("JOIN #balcony", "AWAY :at the Capulets'")
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		g.must(transports.Join{Room: "#balcony"})
		g.awaitPresence("romeo", transports.Away, "") // WHO does not give the text
		romeo.does("AWAY")
		g.awaitPresence("romeo", transports.Present, "")
		romeo.does("AWAY :in exile")
		g.awaitPresence("romeo", transports.Away, "in exile")
		romeo.does("SETNAME :Romeo Montague")
		event(g, func(e transports.ProfileChanged) bool { return e.User.ID == "romeo" })
	})
}

func TestHowThePersonIsIsToldARealServer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		romeo := dialPeer(t, server, "romeo")
		romeo.register()
		g.must(transports.SetPresence{Presence: transports.Presence{Show: transports.Busy, Status: "asleep"}})
		romeo.write("WHOIS Juliet")
		romeo.await(func(line []string) bool {
			return line[1] == "301" && strings.HasSuffix(strings.Join(line, " "), ":asleep")
		})
		g.must(transports.SetPresence{Presence: transports.Presence{Show: transports.Present}})
		romeo.write("PRIVMSG Juliet :wake", "WHOIS Juliet")
		romeo.await(func(line []string) bool {
			if line[1] == "301" {
				t.Error("she is away still")
			}
			return line[1] == "318"
		})
		for len(g.events) > 0 {
			if e, is := (<-g.events).(transports.Announced); is && strings.Contains(e.Text.String(), "away") {
				t.Errorf("announced %q", e.Text)
			}
		}
	})
}

func TestPeopleOfARealServerAreDescribedAndFound(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		romeo := dialPeer(t, server, "Romeo")
		romeo.does("JOIN #balcony")
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		profile, err := g.session.(transports.Profiles).Profile(t.Context(), "romeo")
		if err != nil || profile.FullName != "a peer" || profile.User.ID != "romeo" || profile.User.Name != "Romeo" || !strings.Contains(profile.Note, "#balcony") {
			t.Errorf("romeo is %+v, %v", profile, err)
		}
		if _, err := g.session.(transports.Profiles).Profile(t.Context(), "nobody"); err == nil || transports.AsFault(err).Kind != transports.NotFound {
			t.Errorf("nobody is described, %v", err)
		}
		users, err := g.session.(transports.Finder).Find(t.Context(), "rom", 10)
		if err != nil || len(users) != 1 || users[0].ID != "romeo" || users[0].Name != "Romeo" {
			t.Errorf("found %+v, %v", users, err)
		}
		for len(g.events) > 0 {
			if e, is := (<-g.events).(transports.Announced); is && strings.Contains(e.Text.String(), "omeo") {
				t.Errorf("announced %q", e.Text)
			}
		}
	})
}
