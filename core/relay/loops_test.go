package relay

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// isAnotherRelay has another gateway's relay come into the MUC, which joins it with these rooms.
func (m *muc) isAnotherRelay(nick string, rooms ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.people = append(m.people, nick)
	joins := stanza.New(nsRelayed, "joins")
	for _, r := range rooms {
		joins.Add(stanza.Text("", "room", r))
	}
	m.others = append(m.others, joins)
	m.handle((&stanza.Stanza{Kind: stanza.Presence, From: m.relay.MUC.WithResource(nick), To: m.relay.JID}).Add(joins, (xep.OccupantItem{Role: "participant"}).Element()))
}

func TestWhatAnotherGatewayTookFromARoomDoesNotGoBackThere(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		if !slices.Equal(w.muc.marks, []string{"one #go"}) {
			t.Errorf("it is marked as from %q", w.muc.marks)
		}
		w.two.taken()
		w.muc.says("eve [two]", "e1", body("hi"), mark("two #go"))
		w.got(w.one, "eve [two]: hi")
		w.got(w.two)
		w.muc.says("eve [two]", "e2", body("hey"), xep.Correction("e1"))
		w.got(w.one, "edit one1: hey")
		w.muc.says("alice", "r1", xep.Reactions("s2", []string{"👍"}))
		w.got(w.one, "react one1 👍")
		w.got(w.two)
		w.muc.says("otherbridge", "o1", body("There is no connection to #elsewhere."), mark(""))
		w.got(w.one)
		w.got(w.two)
	})
}

func TestOfTwoRelaysOfOneRoomTheSecondLeavesItToTheFirst(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.isAnotherRelay("other", "one #go") // comes later, and so leaves it to us
		w.muc.moderates("other", true)
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.two.taken()
		w.muc.putsOut("bridge", 332)
		time.Sleep(time.Minute)
		w.hears("ida [one] leaves", "bridge enters", "bridge: I leave #go on one to other, who joins it with this room already.")
		w.one.say("ida", "m2", "anyone?")
		w.muc.says("alice", "a1", body("I hear you"))
		w.hears()
		w.got(w.one)
		w.got(w.two, "alice: I hear you")
		w.muc.moderates("other", false)
		w.hears("bridge: other is no moderator any more, so I join #go on one with this room from now on.")
		w.muc.moderates("other", true)
		w.hears("bridge: I leave #go on one to other, who joins it with this room already.")
		w.two.taken()
		w.muc.leaves("other")
		w.hears("bridge: other has left, so I join #go on one with this room from now on.")
		w.one.say("ida", "m3", "and now?")
		time.Sleep(time.Second)
		w.hears("ida [one] enters", "ida [one]: and now?")
	})
}

func TestNobodyButAModeratorPutsARelayOutByCallingThemselvesOne(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.says("alice", "a1", body("hi"))
		w.muc.moderates("alice", true)
		w.got(w.one, "alice: hi")
		w.muc.isAnotherRelay("other", "one #go")
		w.muc.putsOut("bridge", 332)
		time.Sleep(time.Minute)
		w.hears("bridge enters", "bridge to alice: other says that it joins this room with #go on one as I do. If that is so, all is heard twice: make it a moderator, and I leave that to it, or end one of the two with “unbridge”. If it is not so, put it out.")
		w.one.say("ida", "m1", "still heard?")
		w.hears("ida [one] enters", "ida [one]: still heard?")
		w.got(w.two, "alice: hi", "ida: still heard?")
		w.muc.says("ida [one] (2)", "o1", body("still heard?"), mark("one #go")) // as another relay has it from there too
		w.got(w.two)
		w.muc.says("alice", "a2", body("yes"))
		w.got(w.one, "alice: yes")
		w.one.say("otherbot", "m2", "<alice> yes") // what the other one says there
		w.hears()
	})
}

func TestABridgeOfAnotherMakeIsNoLoop(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello there")
		w.hears("ida [one] enters", "ida [one]: hello there")
		w.two.taken()
		w.muc.says("otherbridge", "o1", body("<ida> hello there")) // as it hears her on the network
		w.got(w.one)
		w.got(w.two)
		w.two.say("otherbot", "t1", "[ida] hello there")
		w.two.say("ida[x]", "t2", "hello there")
		w.hears()
		w.muc.says("alice", "a1", body("welcome"))
		w.got(w.one, "alice: welcome")
		w.one.say("otherbridge", "m2", "**alice** welcome")
		w.hears()
		w.muc.says("bob", "b1", body("welcome")) // says the same
		w.got(w.one, "bob: welcome")
		w.muc.says("alice", "a2", body("ida said hello there"))
		w.got(w.one, "alice: ida said hello there")
	})
}

func TestPeopleOfOneNameMaySayTheSameAtTheSameTime(t *testing.T) {
	story(t, nil, func(w *world) {
		for i, words := range []string{"good morning", "it rains", "who has the plan?"} {
			w.one.say("bob", fmt.Sprint("m", i), words)
			w.settle()
		}
		w.hears("bob [one] enters", "bob [one]: good morning", "bob [one]: it rains", "bob [one]: who has the plan?")
		w.two.taken()
		w.two.say("bob", "x1", "I have it")
		time.Sleep(pace)
		w.hears("bob [two] enters", "bob [two]: I have it")
		w.one.say("bob", "m4", "I have it") // another bob, as far as the networks tell
		w.hears("bob [one]: I have it")
		w.two.say("bob", "x2", "me too")
		w.settle()
		w.one.say("bob", "m5", "me too") // twice in a row is no coincidence
		w.hears("bob [two]: me too")
	})
}
