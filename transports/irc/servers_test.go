package irc_test

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/servers"
	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/irc"
)

func TestTheLawsHoldOnInspIRCd(t *testing.T) {
	t.Parallel()
	lawsOn(t, true, func(s servers.Starter) *servers.Server { return s.InspIRCd(servers.Options{}) })
}

func TestTheLawsHoldOnNgircd(t *testing.T) {
	t.Parallel()
	lawsOn(t, false, func(s servers.Starter) *servers.Server { return s.Ngircd(servers.Options{}) })
}

// both runs a story on both servers.
func both(t *testing.T, story func(*testing.T, *servers.Server)) {
	if testing.Short() {
		t.Skip("a real server takes seconds")
	}
	t.Run("InspIRCd", func(t *testing.T) {
		t.Parallel()
		story(t, servers.ForTest(t).InspIRCd(servers.Options{}))
	})
	t.Run("ngircd", func(t *testing.T) {
		t.Parallel()
		story(t, servers.ForTest(t).Ngircd(servers.Options{}))
	})
}

// guest is an account on a real server.
type guest struct {
	t       *testing.T
	session transports.Session
	events  chan transports.Event
	online  transports.Online // of who was made by as
	ended   chan error
}

func newGuest(t *testing.T, n irc.Network) *guest {
	t.Helper()
	return newGuestWith(t, n, nil)
}

func newGuestWith(t *testing.T, n irc.Network, options transports.Options) *guest {
	t.Helper()
	driver, err := irc.New(irc.Config{Networks: []irc.Network{n}})
	if err != nil {
		t.Fatal(err)
	}
	session, err := driver.Open(transports.Account{Scope: transports.Scope(n.Host), Person: "juliet", Name: "Juliet", Options: options}, transports.Env{Log: slog.New(slog.DiscardHandler), Dial: new(net.Dialer).DialContext})
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{t: t, session: session, events: make(chan transports.Event, 1<<12), ended: make(chan error, 1)}
	ctx, stop := context.WithCancel(context.Background())
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		g.ended <- session.Run(ctx, func(e transports.Event) { g.events <- e })
	}()
	t.Cleanup(func() { stop(); <-finished })
	return g
}

// event awaits an event that fits.
func event[E transports.Event](g *guest, fits func(E) bool) E {
	g.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e := <-g.events:
			if wanted, is := e.(E); is && fits(wanted) {
				return wanted
			}
		case err := <-g.ended:
			g.t.Fatalf("Run ended with %v", err)
		case <-deadline:
			g.t.Fatalf("no %T came that fits", *new(E))
		}
	}
}

func anything[E any](E) bool { return true }

func (g *guest) do(command transports.Command) error {
	g.t.Helper()
	done := make(chan error, 1)
	g.session.Do(context.Background(), command, func(_ transports.Result, err error) { done <- err })
	select {
	case err := <-done:
		return err
	case <-time.After(patience):
		g.t.Fatalf("%T was never done", command)
		return nil
	}
}

func (g *guest) must(command transports.Command) {
	g.t.Helper()
	if err := g.do(command); err != nil {
		g.t.Fatalf("%T: %v", command, err)
	}
}

func plainNetwork(server *servers.Server) irc.Network {
	return irc.Network{Host: "localhost", Address: server.Plain, Plain: true, Burst: 100, Rate: 100}
}

func dialPeer(t *testing.T, server *servers.Server, nick string) *peer {
	t.Helper()
	socket, err := net.Dial("tcp", server.Plain)
	if err != nil {
		t.Fatal(err)
	}
	return newPeer(t, socket, nick)
}

func TestARealServerCutsNothingOfALongText(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		p := dialPeer(t, server, "romeo")
		p.does("JOIN #balcony")
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		g.must(transports.Join{Room: "#balcony"})
		words := strings.TrimSpace(strings.Repeat("wherefore art thou, Roméo? ", 100))
		g.must(transports.Send{Place: transports.InRoom("#balcony"), Text: text.Plain(words)})
		var heard []string
		p.await(func(line []string) bool {
			if line[1] == "PRIVMSG" {
				heard = append(heard, strings.TrimPrefix(strings.Join(line[3:], " "), ":"))
			}
			return strings.Join(heard, " ") == words
		})
	})
}

func TestStandingsOnARealServer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		g.must(transports.Join{Room: "#balcony"})
		p := dialPeer(t, server, "romeo")
		p.does("JOIN #balcony")
		came := event(g, func(e transports.MemberChanged) bool { return e.Member.User.ID == "romeo" })
		if came.Member.Affiliation != transports.NoAffiliation || !strings.HasPrefix(came.Member.User.Identity, "mask:romeo!") {
			t.Errorf("romeo came as %+v", came.Member)
		}
		for _, affiliation := range []transports.Affiliation{transports.AffiliatedMember, transports.Admin, transports.NoAffiliation} {
			g.must(transports.SetAffiliation{Room: "#balcony", User: "romeo", Affiliation: affiliation})
			event(g, func(e transports.MemberChanged) bool {
				return e.Member.User.ID == "romeo" && e.Member.Affiliation == affiliation && e.By == "Juliet"
			})
		}
		g.must(transports.SetAffiliation{Room: "#balcony", User: "romeo", Affiliation: transports.Outcast, Reason: "thumb biting"})
		if e := event(g, anything[transports.MemberLeft]); e.Cause != transports.Banned || e.User.ID != "romeo" || e.Reason != "thumb biting" {
			t.Errorf("romeo left as %+v", e)
		}
		p.write("JOIN #balcony")
		p.await(func(line []string) bool { return line[1] == "474" })
		g.must(transports.SetAffiliation{Room: "#balcony", User: "romeo", Affiliation: transports.NoAffiliation})
		p.does("JOIN #balcony")
		event(g, func(e transports.MemberChanged) bool { return e.Member.User.ID == "romeo" })
	})
}

func TestRefusalsOfARealServer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		p := dialPeer(t, server, "romeo")
		p.does("JOIN #closed,#key,#quiet,#ops", "MODE #closed +i", "MODE #key +k secret", "MODE #quiet +mt")
		g := newGuest(t, plainNetwork(server))
		event(g, anything[transports.Online])
		for _, c := range []struct {
			command transports.Command
			kind    transports.FaultKind
		}{
			{transports.Join{Room: "#closed"}, transports.Forbidden},
			{transports.Join{Room: "#key"}, transports.PasswordNeeded},
			{transports.Join{Room: "#key", Password: "wrong"}, transports.PasswordNeeded},
			{transports.Send{Place: transports.TalkWith("nobody"), Text: text.Plain("x")}, transports.NotFound},
			{transports.SetName{Name: "Romeo"}, transports.Conflict},
		} {
			if err := g.do(c.command); err == nil || transports.AsFault(err).Kind != c.kind {
				t.Errorf("%+v gave %v, want kind %d", c.command, err, c.kind)
			}
		}
		g.must(transports.Join{Room: "#key", Password: "secret"})
		g.must(transports.Join{Room: "#quiet"})
		// Nobody tells on the way in that a room is moderated; the driver asks.
		room := event(g, func(e transports.Room) bool { return e.Moderated })
		for _, m := range room.Members {
			if m.User.ID == "juliet" && m.Role != transports.Visitor {
				t.Errorf("in a moderated room the account is %+v", m)
			}
		}
		for _, c := range []transports.Command{
			transports.Send{Place: transports.InRoom("#quiet"), Text: text.Plain("x")},
			transports.SetTopic{Room: "#quiet", Text: "x"},
			transports.SetRole{Room: "#quiet", User: "romeo", Role: transports.NoRole},
			transports.SetAffiliation{Room: "#quiet", User: "juliet", Affiliation: transports.Admin},
		} {
			if err := g.do(c); err == nil || transports.AsFault(err).Kind != transports.Forbidden {
				t.Errorf("%+v gave %v, want Forbidden", c, err)
			}
		}
		second := newGuest(t, plainNetwork(server))
		select {
		case err := <-second.ended:
			if err == nil || transports.AsFault(err).Kind != transports.Conflict {
				t.Errorf("a second %s got %v", "Juliet", err)
			}
		case <-time.After(patience):
			t.Error("a nick in use gave no answer")
		}
	})
}

func TestTheCertificateOfARealServer(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, server *servers.Server) {
		g := newGuest(t, irc.Network{Host: "localhost", Address: server.TLS})
		err := <-g.ended
		if err == nil {
			t.Fatal("a self-signed certificate was accepted")
		}
		fault := transports.AsFault(err)
		said := strings.ToLower(strings.ReplaceAll(fault.Text, ":", ""))
		if fault.Kind != transports.Untrusted || !strings.Contains(said, strings.ToLower(server.Fingerprint)) || !strings.Contains(said, "self-signed") {
			t.Errorf("got kind %d: %s", fault.Kind, fault.Text)
		}
	})
}
