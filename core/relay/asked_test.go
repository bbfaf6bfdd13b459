package relay

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// owner has an occupant come who owns the MUC, or does not; shown is their address, zero where the MUC hides it.
func (m *muc) owner(nick, affiliation string, shown stanza.JID) {
	item := xep.OccupantItem{Affiliation: affiliation, Role: "participant", JID: shown}
	s := &stanza.Stanza{Kind: stanza.Presence, From: m.relay.MUC.WithResource(nick), To: m.relay.JID}
	m.handle(s.Add(item.Element()))
}

func TestTheBotHearsItsNameAndWhoOwnsTheRoom(t *testing.T) {
	var asked []Asked
	story(t, func(c *Config) {
		c.Asked = func(a Asked) bool {
			asked = append(asked, a)
			return a.Words != "nothing it knows"
		}
	}, func(w *world) {
		alice := jid(t, "alice@example.org/phone")
		w.muc.owner("alice", "owner", alice)
		w.muc.people = append(w.muc.people, "alice")
		w.muc.says("alice", "1", body("Bridge: pause #go"))
		w.muc.says("alice", "2", body("bridge, nothing it knows"))
		w.muc.says("alice", "3", body("bridges are nice"))
		w.muc.says("alice", "4", body("agree 123456"))
		w.muc.handle((&stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: "5", From: w.relay.MUC.WithResource("alice"), To: w.relay.JID}).Add(body("bridges")))
		w.settle()
		w.got(w.one, "alice: bridge, nothing it knows", "alice: bridges are nice")
		words := []string{"pause #go", "nothing it knows", "agree 123456", "bridges"}
		if len(asked) != len(words) {
			t.Fatalf("the bot was asked %+v", asked)
		}
		for i, a := range asked {
			if a.Words != words[i] || !a.Rules || a.Nick != "alice" || a.Person != alice.Bare() || a.Chat.From.Resource != "alice" || a.Aloud == (i == 3) {
				t.Errorf("number %d is %+v", i, a)
			}
		}
	})
}

func TestHowAPersonStandsInTheMUCIsKnownWhereItShowsThem(t *testing.T) {
	story(t, nil, func(w *world) {
		alice, bob, carol := jid(t, "alice@example.org"), jid(t, "bob@example.org"), jid(t, "carol@example.org")
		w.muc.owner("alice", "admin", alice)
		w.muc.owner("bob", "member", bob)
		w.muc.owner("somebody", "owner", stanza.JID{})
		w.settle()
		for who, want := range map[stanza.JID]Rule{alice: Rules, bob: RulesNot, carol: Unknown} {
			if rule, why := w.relay.Rules(w.t.Context(), who); rule != want || why != "" {
				t.Errorf("%s: %v %q", who, rule, why)
			}
		}
		for _, c := range []struct {
			nick string
			who  stanza.JID
			want Rule
		}{{"somebody", stanza.JID{}, Rules}, {"somebody", alice, Unknown}, {"alice", alice, Rules}, {"alice", bob, Unknown}, {"bob", bob, RulesNot}, {"bob", stanza.JID{}, RulesNot}, {"nobody", stanza.JID{}, Unknown}} {
			if rule := w.relay.RulesAs(w.t.Context(), c.nick, c.who); rule != c.want {
				t.Errorf("%s, who was %s: %v", c.nick, c.who, rule)
			}
		}
	})
}

func TestWhyTheBotCannotComeInIsTold(t *testing.T) {
	story(t, func(c *Config) { c.Nick = "hidden" }, func(w *world) {
		w.muc.putsOut("hidden", 301)
		w.muc.roles["hidden"] = "registration-required"
		w.settle()
		if _, why := w.relay.Rules(w.t.Context(), jid(t, "alice@example.org")); why != "only members may come in" {
			t.Errorf("it says %q", why)
		}
	})
}

func TestAVisitWaitsForWordsOfWhoRunsTheRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork("one")
		here := make(chan transports.RoomID, 1)
		outcome := make(chan error, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		go func() {
			room, err := Visit(ctx, n, "#go", "agree 1", "You may not.", func(id transports.RoomID) { here <- id })
			if err == nil && room != "#go" {
				t.Errorf("it was in %s", room)
			}
			outcome <- err
		}()
		<-here
		n.events <- transports.MemberChanged{Room: "#go", Member: transports.Member{User: transports.User{ID: "op"}, Affiliation: transports.Admin}}
		n.events <- transports.MemberChanged{Room: "#other", Member: transports.Member{User: transports.User{ID: "guest"}, Affiliation: transports.Owner}}
		n.say("op", "1", "agree 2")
		n.say("guest", "2", "agree 1")
		synctest.Wait()
		if seen := n.taken(); len(seen) != 1 || seen[0] != "the relay: You may not." {
			t.Errorf("it said %q", seen)
		}
		n.events <- transports.UserRenamed{Was: "op", User: transports.User{ID: "boss"}}
		n.say("op", "3", "agree 1") // who has the name now is another
		n.say("boss", "4", "bridge: Agree 1")
		if err := <-outcome; err != nil {
			t.Errorf("it ended with %v", err)
		}
	})
}

func TestAVisitTakesNobodyForWhoRanTheRoomBeforeAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork("one")
		here := make(chan transports.RoomID, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		outcome := make(chan error, 1)
		go func() {
			_, err := Visit(ctx, n, "#go", "agree 1", "You may not.", func(id transports.RoomID) { here <- id })
			outcome <- err
		}()
		<-here
		n.events <- transports.MemberChanged{Room: "#go", Member: transports.Member{User: transports.User{ID: "op"}, Affiliation: transports.Admin}}
		n.events <- transports.Room{Room: "#go"} // entered again
		n.say("op", "1", "agree 1")
		if err := <-outcome; err == nil {
			t.Error("who has the name now has agreed")
		}
	})
}

func TestAVisitEndsWhenNobodyAgrees(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork("one")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := Visit(ctx, n, "#go", "agree 1", "", nil)
		if transports.AsFault(err).Text != "Nobody who may has agreed in time." {
			t.Errorf("it ended with %v", err)
		}
	})
}

func TestHowARelayIsIsToldWithTheReason(t *testing.T) {
	story(t, nil, func(w *world) {
		is := func(want string) {
			t.Helper()
			w.settle()
			if got := w.relay.State(w.t.Context(), "one.example", "#go"); got != want {
				t.Errorf("it is %q, want %q", got, want)
			}
		}
		is("at work")
		w.one.bars(&transports.Fault{Kind: transports.Forbidden, Text: "The room is for those who are invited."})
		w.one.events <- transports.MemberLeft{Room: "#go", User: w.one.self, By: "ida", Reason: "noise"}
		is("not in the network's room: I was put out by ida (noise)")
		time.Sleep(time.Minute)
		is("not in the network's room: The room is for those who are invited")
		w.one.bars(nil)
		time.Sleep(time.Hour)
		is("at work")
		w.one.cut <- &transports.Fault{Kind: transports.Offline, Text: "The wire was cut."}
		is("not in the network's room: The wire was cut")
		w.muc.putsOut("bridge", 307)
		is("not in the chat room: it was put out")
	})
}
