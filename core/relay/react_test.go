package relay

import (
	"testing"
	"time"

	"isthmus/core/xep"
	"isthmus/transports"
)

func TestADoubleReactsItselfAndTheRelayForAllOthers(t *testing.T) {
	doubledStory(t, 5, func(d *doubled) {
		d.one.say("ida", "m1", "tea?")
		d.hears("ida [one] enters", "ida [one]: tea?")
		d.muc.says("alice", "a1", xep.Reactions("s1", []string{"👍"})) // she is not on the network yet
		d.muc.says("bob", "b1", xep.Reactions("s1", []string{"🎉"}))
		d.got(d.one, "react m1 👍", "react m1 🎉 👍")
		d.muc.says("alice", "a2", body("yes"))
		d.gotBy("alice|x", "(alice|x): yes")
		d.muc.says("alice", "a3", xep.Reactions("s1", []string{"👍", "🍵"}))
		d.got(d.one, "react m1 🎉")
		d.gotBy("alice|x", "react m1 🍵 👍")
		d.one.events <- transports.Reacted{Place: transports.InRoom("#go"), ID: "m1", From: user("alice|x"), Emoji: []string{"🍵", "👍"}} // the relay's own account hears it
		d.muc.says("alice", "a4", xep.Reactions("s1", nil))
		d.gotBy("alice|x", "react m1 ")
		d.got(d.one)
		d.hears()
		d.muc.leaves("alice")
		d.muc.says("bob", "b2", xep.Reactions("s1", nil))
		d.got(d.one, "react m1 ")
	})
}

func TestWhoHasAnAccountOfTheirOwnReactsThroughIt(t *testing.T) {
	ownStory(t, func(w *world, alices *network) {
		reacts := func(emoji ...string) {
			w.one.events <- transports.Reacted{Place: transports.InRoom("#go"), ID: "m1", From: transports.User{ID: "UA", Name: "Alice"}, Emoji: emoji}
		}
		w.one.say("ida", "m1", "tea?")
		w.hears("ida [one] enters", "ida [one]: tea?")
		w.muc.says("alice", "a1", xep.Reactions("s1", []string{"👍"}))
		w.got(alices, "react m1 👍")
		reacts("👍")
		w.muc.says("alice", "a2", body("yes")) // which she says there, and not here
		w.got(alices, "(Alice): yes")
		w.hears()
		time.Sleep(pace)
		w.one.hearsAlice("U1", "I am on the network now")
		w.hears("Alice [one] enters", "Alice [one]: I am on the network now")
		reacts("👍", "🍵") // one more, there
		w.hears("Alice [one]: reacts to s1")
		w.muc.says("alice", "a3", xep.Reactions("s1", nil))
		w.got(alices, "react m1 🍵") // which stays
		reacts("🍵")
		w.hears()
		w.got(w.one)
	})
}
