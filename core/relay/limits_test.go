package relay

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

func TestWhatAPersonFloodsIsCutAndCountedOnce(t *testing.T) {
	story(t, func(c *Config) { c.Limits.PerPerson = 3 }, func(w *world) {
		for i := range 10 {
			w.one.say("eve", fmt.Sprint("m", i), fmt.Sprint("spam ", i))
		}
		w.hears("eve [one] enters", "eve [one]: spam 0", "eve [one]: spam 1", "eve [one]: spam 2")
		w.one.say("ida", "i1", "what is going on?") // is another
		time.Sleep(time.Second)
		w.hears("ida [one] enters", "ida [one]: what is going on?")
		time.Sleep(2 * floodOver)
		w.hears("bridge: 7 messages of eve [one] were not passed on: too many at once.")
		w.got(w.one, "the relay: 7 messages of eve were not passed on to the chat room that this room is joined with: too many at once.")
		time.Sleep(time.Minute)
		w.hears()
		w.one.say("eve", "m99", "sorry")
		w.hears("eve [one]: sorry")
		for i := range 4 {
			w.muc.says("alice", fmt.Sprint("a", i), body(fmt.Sprint("hello ", i)))
		}
		w.got(w.one, "alice: hello 0", "alice: hello 1", "alice: hello 2")
		time.Sleep(floodOver)
		w.hears("bridge to alice: A message of yours was not passed on to #go on one and #go on two: too many at once.")
	})
}

func TestWhatAllTogetherFloodIsCutToo(t *testing.T) {
	story(t, func(c *Config) { c.Limits.PerRelay = 2 }, func(w *world) {
		for i := range 5 {
			w.one.say(fmt.Sprint("eve", i), fmt.Sprint("m", i), "spam")
		}
		time.Sleep(2 * floodOver)
		w.hears("eve0 [one] enters", "eve0 [one]: spam", "eve1 [one] enters", "eve1 [one]: spam", "bridge: 3 messages were not passed on, for all together came too fast.")
	})
}

func TestTheOperatorLeavesOutPeopleAndTexts(t *testing.T) {
	story(t, func(c *Config) {
		c.Limits.IgnoreNicks, c.Limits.IgnoreTexts = regexp.MustCompile(`(?i)^logbot`), regexp.MustCompile(`buy .* now`)
		c.Presence = All
	}, func(w *world) {
		w.one.events <- came("LogBot2")
		w.one.say("LogBot2", "m1", "a log")
		w.one.say("ida", "m2", "buy pills now")
		w.muc.says("logbot", "l1", body("another log"))
		w.muc.says("alice", "a1", body("buy more now"))
		w.hears()
		w.got(w.one)
		w.one.say("ida", "m3", "I buy nothing")
		w.hears("ida [one] enters", "ida [one]: I buy nothing")
		w.one.events <- transports.Edited{Place: transports.InRoom("#go"), ID: "m3", From: user("ida"), Text: text.Plain("buy it now")}
		w.hears()
	})
}

func TestOverTheBoundOfAQueueTheRoomIsToldOnceHowManyWereLeftOut(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.cut <- &transports.Fault{Kind: transports.Offline, Text: "The wire was cut."}
		w.settle()
		w.muc.taken()
		for i := range maxTasks + 20 {
			w.muc.says("alice", fmt.Sprint("a", i), body(fmt.Sprint(i)))
			w.settle()
		}
		time.Sleep(time.Minute)
		w.hears("bridge: Connected to #go on one again.", "bridge: 20 messages were too many for #go on one and were not passed on.")
	})
}
