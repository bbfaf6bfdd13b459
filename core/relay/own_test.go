package relay

import (
	"strings"
	"testing"
	"time"

	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// ownStory is a story in which alice has an account of her own on the first network.
func ownStory(t *testing.T, tell func(w *world, alices *network)) {
	alices, has := alicesAccount()
	story(t, has, func(w *world) { tell(w, alices) })
}

// alicesAccount is that account, and has gives it to her.
func alicesAccount() (alices *network, has func(*Config)) {
	alices = newNetwork("alices")
	alices.self = transports.User{ID: "UA", Name: "Alice"}
	return alices, func(c *Config) {
		c.Rooms[0].Own = func(who Speaker) (Own, bool) { return Own{User: "UA", Do: alices.Do}, who.Nick == "alice" }
	}
}

// hearsAlice is what the relay's account hears of something that alice's has said.
func (n *network) hearsAlice(id, words string) {
	n.events <- transports.Message{Place: transports.InRoom("#go"), ID: transports.MessageID(id), From: transports.User{ID: "UA", Name: "Alice"}, Text: text.Plain(words)}
}

func TestWhoHasAnAccountOfTheirOwnSpeaksThroughIt(t *testing.T) {
	ownStory(t, func(w *world, alices *network) {
		w.muc.says("alice", "a1", body("helo"))
		w.got(alices, "(Alice): helo")
		w.one.hearsAlice("alices1", "helo")
		w.muc.says("alice", "a2", body("hello"), xep.Correction("a1"))
		w.got(alices, "edit alices1: hello")
		w.muc.says("alice", "a3", xep.Retraction("s1")...)
		w.got(alices, "delete alices1")
		w.got(w.one)
		w.hears()
		w.muc.says("bob", "b1", body("and I"))
		w.got(w.one, "bob: and I")
	})
}

func TestAnOwnPostThatComesBeforeItsResultIsKnownAgain(t *testing.T) {
	ownStory(t, func(w *world, alices *network) {
		alices.slow = make(chan bool)
		w.muc.says("alice", "a1", body("hello"))
		w.settle()
		w.one.hearsAlice("alices1", "hello")       // the relay's account hears it first
		w.one.hearsAlice("U2", "this is me there") // and something that she has written on the network
		w.hears()
		alices.slow <- true
		w.hears("Alice [one] enters", "Alice [one]: this is me there")
		w.one.hearsAlice("U3", "hello") // the same words, written there
		w.hears("Alice [one]: hello")
	})
}

func TestAnOwnPostWithoutANameOrWithoutAnOutcomeIsKnownByItsWords(t *testing.T) {
	ownStory(t, func(w *world, alices *network) {
		alices.fault = &transports.Fault{Kind: transports.UnknownOutcome, Text: "The connection ended."}
		w.muc.says("alice", "a1", body("hello"))
		w.hears("bridge to alice: Your message did not reach #go on one: The connection ended.")
		w.one.hearsAlice("X1", "hello") // it had arrived
		w.hears()
		time.Sleep(unnamedFor)
		w.one.hearsAlice("X2", "hello")
		w.hears("Alice [one] enters", "Alice [one]: hello")
	})
}

func TestWhatOnesOwnAccountCannotSayTheRelaySays(t *testing.T) {
	ownStory(t, func(w *world, alices *network) {
		alices.fault = &transports.Fault{Kind: transports.NotFound, Text: "You are not in this channel."}
		w.muc.says("alice", "a1", body("hello"))
		w.got(alices)
		w.got(w.one, "alice: hello")
		w.hears()
	})
}

func TestWhoHasTheNickOfSomebodyWhoLeftUnseenDoesNotSpeakThroughTheirAccount(t *testing.T) {
	alices := newNetwork("alices")
	alices.self = transports.User{ID: "UA", Name: "Alice"}
	alice := jid(t, "alice@example.org")
	story(t, func(c *Config) {
		c.Rooms[0].Own = func(who Speaker) (Own, bool) { return Own{User: "UA", Do: alices.Do}, who.JID == alice }
	}, func(w *world) {
		w.muc.owner("alice", "none", alice)
		w.muc.people = append(w.muc.people, "alice")
		w.muc.says("alice", "a1", body("hello"))
		w.got(alices, "(Alice): hello")
		w.relay.Resync() // the MUC tells anew who is there, and does not show who alice is
		w.settle()
		w.muc.says("alice", "a2", body("it is me"))
		w.got(alices)
		w.got(w.one, "alice: it is me")
	})
}

func TestWhatWasSaidUnseenGoesThroughNobodysAccount(t *testing.T) {
	ownStory(t, func(w *world, alices *network) {
		w.muc.says("alice", "a1", body("hello"))
		w.got(alices, "(Alice): hello")
		w.muc.putsOut("bridge", 332)
		w.muc.says("alice", "a2", body("somebody said under that nick"))
		time.Sleep(time.Minute)
		w.got(alices)
		if got := w.one.taken(); len(got) != 1 || !strings.Contains(got[0], "somebody said under that nick") {
			t.Errorf("the network heard %q", got)
		}
	})
}

func TestAFileThatHasWaitedForAnOwnPostComesAlsoWhenTheConnectionIsGone(t *testing.T) {
	ownStory(t, func(w *world, alices *network) {
		alices.slow = make(chan bool)
		w.muc.says("alice", "a1", body("hello"))
		w.settle()
		w.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: "U1", From: transports.User{ID: "UA", Name: "Alice"}, Files: []transports.File{{Name: "cake.png"}}}
		w.settle()
		w.one.cut <- &transports.Fault{Kind: transports.Offline, Text: "The wire is cut."}
		w.settle()
		alices.slow <- true
		w.hears("bridge: There is no connection to #go on one now: The wire is cut. What is said here is passed on when it is back.",
			"Alice [one] enters", "Alice [one]: https://files.example/1")
	})
}

func TestWordsThatNeverCameBackAreForgotten(t *testing.T) {
	ownStory(t, func(w *world, alices *network) {
		for range 10 {
			alices.fault = &transports.Fault{Kind: transports.UnknownOutcome, Text: "The connection ended."}
			w.muc.says("alice", "a1", body("hello"))
			time.Sleep(2 * unnamedFor)
			w.settle()
		}
		if n := len(w.relay.rooms[0].owns["UA"].said); n > 1 {
			t.Errorf("%d are remembered", n)
		}
	})
}

func TestAnAccountThatBehavesLikeARoomSaysOfNobodyWhoTheyAre(t *testing.T) {
	alices := newNetwork("alices")
	alice := jid(t, "alice@example.org")
	var asked []Asked
	story(t, func(c *Config) {
		c.Rooms[0].Own = func(who Speaker) (Own, bool) { return Own{User: "UA", Do: alices.Do}, who.JID == alice }
		c.Asked = func(a Asked) bool { asked = append(asked, a); return true }
	}, func(w *world) {
		w.muc.account = true
		w.relay.Resync()
		w.settle()
		w.muc.owner("alice", "owner", alice)
		w.muc.people = append(w.muc.people, "alice")
		w.muc.says("alice", "a1", body("hello"))
		w.got(alices)
		w.got(w.one, "alice: hello")
		w.muc.says("alice", "a2", body("bridge: bridges"))
		w.settle()
		if len(asked) != 1 || !asked[0].Person.IsZero() {
			t.Errorf("the bot was asked %+v", asked)
		}
		if rule, _ := w.relay.Rules(w.t.Context(), alice); rule != Unknown {
			t.Errorf("alice rules: %v", rule)
		}
	})
}

func TestWhatWaitsForAnOwnPostSurvivesACrash(t *testing.T) {
	alices, has := alicesAccount()
	longStory(t, func(w *world, one *historian, kept *shelf) {
		one.says("ida", "m1", "good morning")
		w.hears("ida [one] enters", "ida [one]: good morning")
		time.Sleep(time.Second)
		alices.slow = make(chan bool)
		w.muc.says("alice", "a1", body("hello"))
		w.got(alices, "(Alice): hello")
		for _, m := range []transports.Message{message("UA", "alices1", "hello", time.Now()), message("UA", "U2", "this is me there", time.Now())} {
			m.From.Name = "Alice"
			one.past = append(one.past, m)
			one.events <- m
		}
		one.says("ida", "m2", "hello Alice")
		w.hears("ida [one]: hello Alice")
		time.Sleep(time.Second)
		w.stop(kept, true)
		alices.slow <- true
		alices.slow = nil
		w.begin()
		w.hears("bridge enters", "Alice [one] enters", "Alice [one]: this is me there")
		w.got(alices)
		w.got(one.network)
	}, has)
}

func TestACorrectionAfterARestartGoesThroughTheAccountThatSaidIt(t *testing.T) {
	alices, has := alicesAccount()
	longStory(t, func(w *world, one *historian, kept *shelf) {
		w.muc.says("alice", "a1", body("helo"))
		w.got(alices, "(Alice): helo")
		time.Sleep(time.Second)
		w.stop(kept, true)
		w.begin()
		w.muc.taken()
		w.muc.says("alice", "a2", body("hello"), xep.Correction("a1"))
		w.got(alices, "edit alices1: hello")
		time.Sleep(time.Second)
		w.stop(kept, true)
		w.c.Rooms[0].Own = nil // she has logged out
		w.begin()
		w.muc.taken()
		w.muc.says("alice", "a3", body("hello!"), xep.Correction("a1"))
		w.hears("bridge to alice: Your correction did not reach #go on one: It was said through an account of your own, which I cannot use now. Change it on the network itself.")
		w.got(alices)
		w.got(one.network)
	}, has)
}
