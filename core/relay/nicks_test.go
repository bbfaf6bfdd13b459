package relay

import (
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

func TestAPuppetCannotBeTakenForSomebodyOfTheMUC(t *testing.T) {
	story(t, func(c *Config) { c.Rooms[0].Suffix = "" }, func(w *world) {
		w.muc.says("alice", "a1", body("I am here"))
		w.settle()
		w.one.say("аlice", "m1", "I am alice") // with a Cyrillic а
		w.hears("аlice (2) enters", "аlice (2): I am alice")
		w.muc.leaves("alice")
		w.one.say("ALICE", "m2", "now I am")
		time.Sleep(time.Second)
		w.hears("ALICE (3) enters", "ALICE (3): now I am") // for she may come back
	})
}

func TestWhoComesBackDoesNotGetTheNickThatSomebodyHasTakenMeanwhile(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.one.events <- left("ida")
		w.hears("ida [one] leaves")
		w.muc.says("Ida [one]", "a1", body("I am new here"))
		w.settle()
		w.one.say("ida", "m2", "and I am back")
		time.Sleep(time.Second)
		w.hears("ida [one] (2) enters", "ida [one] (2): and I am back")
		w.one.events <- transports.UserRenamed{Was: "ida", User: transports.User{ID: "ada", Name: "ada"}}
		w.hears("ida [one] (2) is called ada [one]")
		w.one.events <- transports.UserRenamed{Was: "ada", User: transports.User{ID: "ada", Name: "ada"}} // another account, and the same name
		w.hears()
	})
}

func TestThePlaceWhereAPuppetIsFromCannotBeFeigned(t *testing.T) {
	story(t, nil, func(w *world) {
		long := strings.Repeat("x", 2000)
		for i, name := range []string{"ida [two]", "eve\u202e]owt[", long} {
			w.one.events <- transports.Message{Place: transports.InRoom("#go"), From: transports.User{ID: transports.UserID(rune('a' + i)), Name: name}, Text: plain("hello")}
			time.Sleep(time.Second)
		}
		w.hears("ida [one] enters", "ida [one]: hello", "eve]owt[ [one] enters", "eve]owt[ [one]: hello",
			long[:maxNick]+" [one] enters", long[:maxNick]+" [one]: hello")
	})
}

func TestWhereTheRelaySpeaksForSomebodyItSaysWhereTheyAreFrom(t *testing.T) {
	story(t, func(c *Config) { c.Puppets = 0 }, func(w *world) {
		w.one.say("eve> no <alice", "m1", "hello")
		w.hears("bridge: <eve no alice [one]> hello")
	})
}

func TestAPuppetThatAKilledRunLeftBehindGetsItsNameBack(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.mu.Lock()
		for _, nick := range []string{"ida [one]", "carl [one]"} { // the bot cannot tell whose they are
			w.muc.people = append(w.muc.people, nick)
			w.muc.tell(w.relay.JID, nick, "", jid(t, "x@y.example"))
		}
		w.muc.mu.Unlock()
		w.muc.leaves("ida [one]")
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.one.say("carl", "m2", "hello") // whose name somebody has
		time.Sleep(time.Second)
		w.hears("carl [one] (2) enters", "carl [one] (2): hello")
	})
}
