package relay

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// doubled is a story in which people of the MUC are users of the first network themselves.
type doubled struct {
	*world
	// sessions are those of the doubles, by name; all write down what they are asked for in the first network.
	sessions map[string]*network
	opened   []string
	// refuse is why the network does not let somebody of a name in, and ban why its room does not.
	refuse, ban map[string]error
}

func doubledStory(t *testing.T, most int, tell func(d *doubled)) {
	d := &doubled{sessions: map[string]*network{}, refuse: map[string]error{}, ban: map[string]error{}}
	story(t, func(c *Config) {
		c.Rooms[0].Doubles = Doubles{Most: most, Suffix: "|x", Open: func(_ Speaker, name string) (transports.Session, error) {
			n := newNetwork(name)
			n.self = transports.User{ID: transports.UserID(name), Name: name}
			n.refuse, n.ban = d.refuse[name], d.ban[name]
			d.sessions[name], d.opened = n, append(d.opened, name)
			return n, nil
		}}
	}, func(w *world) {
		d.world = w
		tell(d)
	})
}

// gotBy fails unless a double was asked exactly for this since the last time.
func (d *doubled) gotBy(name string, want ...string) {
	d.t.Helper()
	d.settle()
	if d.sessions[name] == nil {
		d.t.Errorf("there was no %s; there were %q", name, d.opened)
		return
	}
	d.got(d.sessions[name], want...)
}

// echo has the relay's own account hear a double.
func (d *doubled) echo(name, words string) {
	d.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: transports.MessageID(name + words), From: transports.User{ID: transports.UserID(name), Name: name}, Text: text.Plain(words)}
}

func TestAPersonOfTheMUCMayBeAUserOfTheNetwork(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		d.muc.says("alice", "a1", body("hello"))
		d.gotBy("alice|x", "(alice|x): hello")
		d.got(d.one)
		d.echo("alice|x", "hello") // as the relay's own account hears her: she is no stranger
		d.hears()
		d.got(d.two, "alice: hello")
		d.muc.says("alice", "a2", body("there"))
		d.muc.says("bob", "b1", body("hi"))
		d.gotBy("alice|x", "(alice|x): there")
		d.gotBy("bob|x", "(bob|x): hi")
		d.one.say("ida", "m1", "bob|x: welcome")
		d.hears("ida [one] enters", "ida [one]: bob: welcome")
		d.got(d.two, "alice: there", "bob: hi", "ida: bob: welcome")
		time.Sleep(pace)
		d.two.say("carl", "t1", "and I") // he is of no MUC
		d.settle()
		d.got(d.one, "carl: and I")
	})
}

func TestADoubleChangesWhatItHasSaidItself(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		d.muc.says("alice", "a1", body("helo"))
		d.gotBy("alice|x", "(alice|x): helo")
		d.muc.says("alice", "a2", body("hello"), stanza.New("urn:xmpp:message-correct:0", "replace", "id", "a1"))
		d.gotBy("alice|x", "edit alice|x1: hello")
		d.muc.says("alice", "a3", stanza.New("urn:xmpp:message-retract:1", "retract", "id", "s1"))
		d.gotBy("alice|x", "delete alice|x1")
		d.got(d.one)
	})
}

func TestWhereNamesAreTakenOrTooLongAnotherIsTried(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		d.refuse["alice|x"] = &transports.Fault{Kind: transports.Conflict, Text: "It is in use."}
		d.refuse["Wolfgang Amadeus|x"] = &transports.Fault{Kind: transports.Invalid, Text: "It is too long."}
		d.muc.says("alice", "a1", body("hello"))
		d.gotBy("alice_|x", "(alice_|x): hello")
		d.muc.says("Wolfgang Amadeus", "w1", body("servus"))
		d.gotBy("Wolfgan|x", "(Wolfgan|x): servus")
	})
}

func TestWhereConnectionsAreRefusedTheRelaySaysSoOnceAndSpeaks(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		limit := &transports.Fault{Kind: transports.RateLimited, Text: "Too many connections."}
		d.refuse["alice|x"], d.refuse["bob|x"] = limit, limit
		d.muc.says("alice", "a1", body("hello"))
		d.muc.says("bob", "b1", body("hi"))
		d.muc.says("alice", "a2", body("there"))
		d.got(d.one, "alice: hello", "bob: hi", "alice: there")
		d.hears("bridge: Some people of this room cannot be in #go on one themselves (Too many connections.). Until that changes, I pass on what they say.")
		if len(d.opened) != 2 {
			t.Errorf("connections were tried: %q", d.opened)
		}
		delete(d.refuse, "alice|x")
		time.Sleep(longWait + time.Second)
		d.muc.says("alice", "a3", body("again"))
		d.gotBy("alice|x", "(alice|x): again")
	})
}

func TestOverTheLimitTheRelaySpeaksUntilSomebodyHasBeenSilent(t *testing.T) {
	doubledStory(t, 1, func(d *doubled) {
		d.muc.says("alice", "a1", body("hello"))
		d.gotBy("alice|x", "(alice|x): hello")
		d.muc.says("bob", "b1", body("hi"))
		d.got(d.one, "bob: hi")
		time.Sleep(evictable + time.Minute)
		d.muc.says("bob", "b2", body("me"))
		d.gotBy("bob|x", "(bob|x): me")
	})
}

func TestADoubleIsCalledAsItsPersonAndLeavesWithThem(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		d.muc.says("alice", "a1", body("hello"))
		d.gotBy("alice|x", "(alice|x): hello")
		session := d.sessions["alice|x"]
		d.muc.isCalled("alice", "ally")
		d.gotBy("alice|x", "name ally|x")
		session.events <- transports.UserRenamed{Was: "alice|x", User: transports.User{ID: "ally|x", Name: "ally|x"}}
		d.one.events <- transports.UserRenamed{Was: "alice|x", User: transports.User{ID: "ally|x", Name: "ally|x"}}
		d.muc.says("ally", "a2", body("still me"))
		d.gotBy("alice|x", "(alice|x): still me")
		d.echo("ally|x", "still me")
		d.hears()
		d.muc.leaves("ally")
		time.Sleep(linger + time.Second)
		d.settle()
		for _, double := range d.relay.rooms[0].doubles {
			if double.standing != outside {
				t.Error("she is still on the network")
			}
		}
		d.one.events <- transports.UserLeft{User: transports.User{ID: "ally|x"}}
		d.one.say("ally|x", "m9", "I am another who has that name now")
		d.hears("ally|x [one] enters", "ally|x [one]: I am another who has that name now")
	})
}

func TestWhoIsSilentForLongLeavesTheNetwork(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		d.muc.says("alice", "a1", body("hello"))
		d.gotBy("alice|x", "(alice|x): hello")
		time.Sleep(time.Hour + time.Minute)
		d.muc.says("alice", "a2", body("back"))
		d.gotBy("alice|x", "(alice|x): back")
		if len(d.opened) != 2 {
			t.Errorf("connections were made: %q", d.opened)
		}
	})
}

func TestWhomTheNetworksRoomPutsOutIsTold(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		d.muc.says("alice", "a1", body("hello"))
		d.gotBy("alice|x", "(alice|x): hello")
		out := transports.MemberLeft{Room: "#go", User: transports.User{ID: "alice|x"}, Cause: transports.Kicked, By: "op", Reason: "noise"}
		d.sessions["alice|x"].events <- out
		d.hears("bridge to alice: You were put out of #go on one by op (noise). When you write again, you come back.")
		d.muc.says("alice", "a2", body("sorry"))
		d.gotBy("alice|x", "(alice|x): sorry")
		out.Cause = transports.Banned
		d.sessions["alice|x"].events <- out
		d.hears("bridge to alice: You were put out of #go on one by op (noise), and you are banned there. What you write here is not passed on to it.")
		d.muc.says("alice", "a3", body("hello?"))
		d.hears("bridge to alice: Your message did not reach #go on one: You are banned there.")
		d.got(d.one) // the relay does not get round the ban
	})
}

func TestWhoIsBannedFromTheNetworksRoomIsNotHeardThere(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		d.ban["eve|x"] = &transports.Fault{Kind: transports.ShutOut, Text: "You are banned from the room."}
		d.muc.says("eve", "e1", body("spam"))
		d.hears("bridge to eve: Your message did not reach #go on one: You are banned from the room.")
		d.got(d.one)
		d.got(d.two, "eve: spam")
	})
}

func TestWhatIsSaidByManyKeepsItsOrder(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		var order, heard []string
		var mu sync.Mutex
		for i, nick := range []string{"alice", "bob", "carol"} {
			d.muc.says(nick, "first"+nick, body("hello"))
			d.settle()
			n := d.sessions[nick+"|x"]
			n.lag = time.Second / time.Duration(i+1) // alice's connection is the slowest
			n.arrived = func(words string) { mu.Lock(); heard = append(heard, words); mu.Unlock() }
		}
		for i := range 12 {
			nick := []string{"alice", "bob", "carol"}[i%3]
			order = append(order, fmt.Sprint(i))
			d.muc.says(nick, fmt.Sprint("m", i), body(fmt.Sprint(i)))
		}
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if !slices.Equal(heard, order) {
			t.Errorf("the network hears %q", heard)
		}
	})
}

func TestANetworkThatDoesNotAnswerKeepsNobodyWaiting(t *testing.T) {
	d := &doubled{}
	story(t, func(c *Config) {
		c.Rooms[0].Doubles = Doubles{Most: 5, Suffix: "|x", Open: func(_ Speaker, name string) (transports.Session, error) {
			return deaf{newNetwork(name)}, nil
		}}
	}, func(w *world) {
		d.world = w
		w.muc.says("alice", "a1", body("hello"))
		w.got(w.one)
		time.Sleep(doubleWait)
		synctest.Wait()
		w.got(w.one, "alice: hello")
	})
}
