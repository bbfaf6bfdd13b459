package relay

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"isthmus/transports"
)

// orderStory is a story in which ida runs the first network's room, and eve does not.
func orderStory(t *testing.T, paused bool, tell func(w *world, heard func() []string)) {
	var ordered []string
	story(t, func(c *Config) {
		ida := transports.User{ID: "ida", Name: "ida"}
		c.Rooms[0].Session.(*network).here = []transports.Member{{User: ida, Affiliation: transports.Owner}, {User: transports.User{ID: "eve", Name: "eve"}}}
		c.Rooms[0].Ordered = func(o Order, by string) { ordered = append(ordered, fmt.Sprint(by, " wants ", o)) }
		c.Rooms[0].Paused, c.Rooms[0].Key = paused, "one"
	}, func(w *world) {
		tell(w, func() []string {
			w.settle()
			was := ordered
			ordered = nil
			return was
		})
	})
}

func TestWhoRunsARoomOfANetworkGivesTheRelayOrdersThere(t *testing.T) {
	orderStory(t, false, func(w *world, heard func() []string) {
		w.one.say("ida", "m1", "bridge: pause")
		w.one.say("ida", "m2", "@Bridge  resume #GO ")
		w.one.say("ida", "m3", "bridge, unbridge")
		if got := heard(); !slices.Equal(got, []string{"ida wants pause", "ida wants resume", "ida wants unbridge"}) {
			t.Errorf("it heard %q", got)
		}
		w.hears()
		w.one.say("eve", "m4", "bridge: pause")
		w.got(w.one, "the relay: Only who runs this room may tell me that.")
		for i, words := range []string{"bridge: pause #elsewhere", "bridge pauses", "bridge", "bridgehead: pause", "bridge: pause for a moment", "pause"} {
			w.one.say("ida", fmt.Sprint("n", i), words)
		}
		w.settle()
		if got := heard(); len(got) != 0 || len(w.muc.taken()) != 7 {
			t.Errorf("it heard %q", got)
		}
		w.one.events <- transports.MemberChanged{Room: "#go", Member: transports.Member{User: transports.User{ID: "ida", Name: "ida"}, Affiliation: transports.NoAffiliation}}
		w.one.events <- transports.UserRenamed{Was: "ida", User: transports.User{ID: "ina", Name: "ina"}}
		time.Sleep(time.Minute)
		w.one.say("ina", "m5", "bridge: unbridge")
		w.got(w.one, "the relay: Only who runs this room may tell me that.")
		if got := heard(); len(got) != 0 {
			t.Errorf("it heard %q of who runs it no more", got)
		}
	})
}

func TestARelayHearsOrdersAndNothingElseInARoomThatIsPaused(t *testing.T) {
	orderStory(t, true, func(w *world, heard func() []string) {
		w.one.say("ida", "m1", "hello")
		w.muc.says("alice", "a1", body("hi"))
		w.hears()
		w.got(w.two, "alice: hi")
		w.one.say("ida", "m2", "bridge: resume")
		if got := heard(); !slices.Equal(got, []string{"ida wants resume"}) {
			t.Errorf("it heard %q", got)
		}
		w.relay.TellThere(w.t.Context(), "one", "It is paused.")
		w.got(w.one, "the relay: It is paused.")
		w.one.cut <- &transports.Fault{Kind: transports.Offline, Text: "The wire was cut."}
		time.Sleep(time.Minute)
		w.one.say("ida", "m3", "bridge: bridges")
		if got := heard(); !slices.Equal(got, []string{"ida wants bridges"}) {
			t.Errorf("after an outage it heard %q", got)
		}
		w.hears()
	})
}
