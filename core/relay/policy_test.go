package relay

import (
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

func user(name string) transports.User {
	return transports.User{ID: transports.UserID(name), Name: name}
}

func members(names ...string) (all []transports.Member) {
	for _, name := range names {
		all = append(all, transports.Member{User: user(name)})
	}
	return all
}

func came(name string) transports.Event {
	return transports.MemberChanged{Room: "#go", Member: transports.Member{User: user(name)}}
}

func left(name string) transports.Event {
	return transports.MemberLeft{Room: "#go", User: user(name)}
}

func TestAllMayBeInTheMUCUpToTheCapAndWhoSpeaksGoesFirst(t *testing.T) {
	story(t, func(c *Config) { c.Presence = All }, func(w *world) {
		for _, name := range []string{"ida", "carl", "eve", "dora"} {
			w.one.events <- came(name)
		}
		time.Sleep(time.Second)
		w.hears("ida [one] enters", "carl [one] enters", "eve [one] enters") // three are the most
		time.Sleep(48 * time.Hour)
		w.hears()
		w.one.say("dora", "m1", "hello")
		time.Sleep(time.Second)
		seen := w.muc.taken()
		if len(seen) != 3 || seen[1] != "dora [one] enters" || seen[2] != "dora [one]: hello" {
			t.Errorf("in the MUC was %q", seen)
		}
		w.one.events <- left("dora")
		w.hears("dora [one] leaves")
	})
}

func TestActiveOnesComeWithWhateverTheyDo(t *testing.T) {
	story(t, func(c *Config) { c.Presence = Active }, func(w *world) {
		w.one.events <- came("ida")
		w.hears()
		w.one.events <- transports.Typing{Place: transports.InRoom("#go"), From: user("ida"), On: true}
		w.hears("ida [one] enters")
		time.Sleep(2 * time.Hour)
		w.hears()
		time.Sleep(24 * time.Hour)
		w.hears("ida [one] leaves")
	})
}

func TestWhoLeftTheNetworkDuringAnOutageLeavesTheMUC(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.events <- came("ida")
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.one.here = members("carl")
		w.one.cut <- &transports.Fault{Kind: transports.Offline, Text: "The wire was cut."}
		time.Sleep(time.Minute)
		w.hears("bridge: There is no connection to #go on one now: The wire was cut. What is said here is passed on when it is back.", "ida [one] leaves", "bridge: Connected to #go on one again.")
	})
}

func TestNobodyOfANetworkThatIsAwayForLongStaysInTheMUC(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.one.refuse = &transports.Fault{Kind: transports.Offline, Text: "It is down."}
		w.one.cut <- &transports.Fault{Kind: transports.Offline, Text: "The wire was cut."}
		w.hears("bridge: There is no connection to #go on one now: The wire was cut. What is said here is passed on when it is back.")
		time.Sleep(answerTime)
		w.hears("ida [one] leaves")
	})
}

func TestComingsAndGoingsAreToldTogether(t *testing.T) {
	story(t, func(c *Config) { c.Joins = true }, func(w *world) {
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
			w.one.events <- came(name)
		}
		w.one.events <- left("j")
		w.one.events <- came("k")
		time.Sleep(gather)
		w.hears("bridge: a, b, c, d, e, f, g, h and 2 others came into #go on one.")
		w.one.events <- transports.UserLeft{User: user("a"), Cause: transports.Removed}
		w.one.events <- transports.UserLeft{User: user("b"), Cause: transports.Removed}
		time.Sleep(gather)
		w.hears("bridge: a and b left #go on one.")
		w.one.say("c", "m1", "I am seen")
		w.hears("c [one] enters", "c [one]: I am seen")
		w.got(w.two, "c: I am seen")
		w.one.events <- left("c")
		time.Sleep(gather)
		w.hears("c [one] leaves")
		w.muc.says("alice", "a1", body("hello"))
		time.Sleep(gather)
		w.got(w.one, "alice: hello", "the relay: alice came into the chat room that this room is joined with.")
		w.muc.leaves("alice")
		time.Sleep(gather)
		w.got(w.one, "the relay: alice left the chat room that this room is joined with.")
	})
}

func TestTypingGoesBothWaysAndEnds(t *testing.T) {
	story(t, nil, func(w *world) {
		place := transports.InRoom("#go")
		w.one.events <- transports.Typing{Place: place, From: user("ida"), On: true} // she has no puppet
		w.hears()
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.two.taken()
		for range 3 { // networks tell it again and again
			w.one.events <- transports.Typing{Place: place, From: user("ida"), On: true}
		}
		w.one.events <- transports.Typing{Place: place, From: user("ida"), On: false}
		w.hears("ida [one]: (composing)", "ida [one]: (paused)")
		w.muc.says("alice", "c1", xep.ChatState(true))
		w.muc.says("bob", "c2", xep.ChatState(true))
		w.got(w.two, "typing true", "typing true")
		w.muc.says("alice", "c3", xep.ChatState(false)) // bob still writes
		w.got(w.two, "typing true")
		time.Sleep(typingEnds)
		w.got(w.two, "typing false")
	})
}

func TestTypingStaysWhereItIsNotWanted(t *testing.T) {
	story(t, func(c *Config) { c.TypingToMUC, c.TypingFromMUC = false, false }, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.two.taken()
		w.one.events <- transports.Typing{Place: transports.InRoom("#go"), From: user("ida"), On: true}
		w.hears()
		w.muc.says("alice", "c1", xep.ChatState(true))
		w.got(w.two)
	})
}

// plainNetwork has neither ids nor anything that needs them.
func plainNetwork(c *Config) {
	c.Rooms[1].Session.(*network).can = transports.Capabilities{SingleLine: true}
}

func TestWhatANetworkHasNoFormForItIsToldInWords(t *testing.T) {
	story(t, plainNetwork, func(w *world) {
		w.one.say("ida", "m1", "this is a rather long message that nobody wants to read twice")
		w.hears("ida [one] enters", "ida [one]: this is a rather long message that nobody wants to read twice")
		w.got(w.two, "ida: this is a rather long message that nobody wants to read twice")
		w.muc.says("alice", "r1", xep.Reactions("s1", []string{"👍"}))
		w.got(w.two, "the relay: alice reacts with 👍 to ida's “this is a rather long message that…”.")
		w.muc.says("alice", "r2", xep.Reactions("s1", []string{"👍", "🎉"}))
		w.got(w.two, "the relay: alice reacts with 🎉 to ida's “this is a rather long message that…”.")
		w.muc.says("alice", "r3", xep.Reactions("s1", nil))
		w.got(w.two)
		for _, words := range []string{"t", "tw", "two"} { // as programs do that write slowly
			w.one.events <- transports.Edited{Place: transports.InRoom("#go"), ID: "m1", From: user("ida"), Text: text.Plain(words)}
			w.settle()
		}
		w.got(w.two)
		time.Sleep(settled)
		w.got(w.two, "ida: two (corrected)")
		at := time.Now().UTC().Format("15:04")
		w.one.events <- transports.Deleted{Place: transports.InRoom("#go"), ID: "m1", By: user("ida")}
		w.got(w.two, "the relay: ida has deleted a message of theirs that was said at "+at+" UTC.")
	})
}

func TestNoticesCanBeSwitchedOff(t *testing.T) {
	story(t, func(c *Config) { plainNetwork(c); c.Notices = false }, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.got(w.two, "ida: hello")
		w.muc.says("alice", "r1", xep.Reactions("s1", []string{"👍"}))
		w.one.events <- transports.Edited{Place: transports.InRoom("#go"), ID: "m1", From: user("ida"), Text: text.Plain("hi")}
		time.Sleep(settled)
		w.one.events <- transports.Deleted{Place: transports.InRoom("#go"), ID: "m1", By: user("ida")}
		w.got(w.two)
	})
}

func TestThreadsGoAcross(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.says("alice", "a1", body("a question"), stanza.Text("", "thread", "T"))
		w.got(w.one, "alice: a question")
		w.got(w.two, "alice: a question")
		w.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: "m1", From: user("ida"), Text: text.Plain("an answer"), Thread: "one1"}
		w.hears("ida [one] enters", "ida [one]: an answer (thread T)")
		w.got(w.two, "ida: an answer (thread two1)")
		w.muc.says("alice", "a2", body("thanks"), stanza.Text("", "thread", "T"))
		w.got(w.one, "alice: thanks (thread one1)")
		w.got(w.two, "alice: thanks (thread two1)")
		w.one.say("ida", "m2", "another question")
		w.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: "m3", From: user("ida"), Text: text.Plain("and its answer"), Thread: "m2"}
		w.hears("ida [one]: another question", "ida [one]: and its answer (thread s4)")
		w.two.taken()
		w.muc.says("alice", "a3", body("I see"), stanza.Text("", "thread", "s4"))
		w.got(w.two, "alice: I see (thread two4)")
	})
}

func TestWhatANetworkTellsOfBeforeTheRelayCameStaysThere(t *testing.T) {
	story(t, nil, func(w *world) {
		old := transports.Message{Place: transports.InRoom("#go"), ID: "o1", From: user("ida"), Text: text.Plain("long ago"), At: time.Now().Add(-time.Hour), Replayed: true}
		w.one.events <- old
		w.hears()
		time.Sleep(time.Minute)
		old.ID, old.At = "o2", time.Now().Add(-time.Second) // as after an outage
		w.one.events <- old
		w.hears("ida [one] enters", "ida [one]: long ago")
	})
}

func TestWhatARoomLacksOfItsNetworkIsToldInWordsToo(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.two.taken()
		w.two.events <- transports.RoomChanged{Room: "#go", Lacks: transports.Reactions}
		w.settle()
		w.muc.says("alice", "r1", xep.Reactions("s1", []string{"👍"}))
		w.got(w.two, "the relay: alice reacts with 👍 to ida's “hello”.")
		w.two.events <- transports.RoomChanged{Room: "#go"}
		w.settle()
		w.muc.says("alice", "r2", xep.Reactions("s1", []string{"🎉"}))
		w.got(w.two, "react two1 🎉")
	})
}
