package relay

import (
	"context"
	"fmt"
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

func TestWhoSpeaksOnANetworkHasAPuppetAndIsHeardEverywhereOnce(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.got(w.one)
		w.got(w.two, "ida: hello")
		w.muc.says("alice", "a1", body("hello, ida"))
		w.got(w.one, "alice: hello, ida")
		w.got(w.two, "alice: hello, ida")
		w.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: "one1", Own: true, Text: text.Plain("hello, ida")} // its echo
		w.hears()
		w.got(w.two)
	})
}

func TestChangesReachAMessageOnAllSides(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "helo")
		w.hears("ida [one] enters", "ida [one]: helo")
		w.got(w.two, "ida: helo")
		place := transports.InRoom("#go")
		ida := transports.User{ID: "ida", Name: "ida"}
		w.one.events <- transports.Edited{Place: place, ID: "m1", From: ida, Text: text.Plain("hello")}
		w.hears("ida [one]: (corrected) hello")
		w.got(w.two, "edit two1: hello")
		w.muc.says("alice", "r1", xep.Reactions("s1", []string{"👍"}))
		w.got(w.one, "react m1 👍")
		w.got(w.two, "react two1 👍")
		time.Sleep(pace)
		w.two.events <- transports.Message{Place: place, ID: "t1", From: transports.User{ID: "carl", Name: "carl"}, Text: text.Plain("yes"), ReplyTo: &transports.Reference{ID: "two1"}}
		w.hears("carl [two] enters", "carl [two]: > hello\nyes (answers s1)")
		w.got(w.one, "carl: yes (answers m1)")
		w.muc.says("alice", "a1", body("> hello\nme too"), xep.Reply("s1", stanza.JID{}), xep.ReplyFallback(8))
		w.got(w.one, "alice: me too (answers m1)")
		w.muc.says("alice", "a2", body("me three"), xep.Correction("a1"))
		w.got(w.one, "edit one2: me three")
		w.muc.says("mallory", "x1", body("I never said so"), xep.Correction("a1")) // XEP-0308 §4: who is not the author has said something new
		w.got(w.one, "mallory: I never said so")
		w.muc.says("mallory", "x2", xep.Retraction(fmt.Sprint("s", 5))...)
		w.got(w.one)
		w.muc.says("alice", "a3", xep.Retraction("s5")...)
		w.got(w.one, "delete one2")
		w.one.events <- transports.Deleted{Place: place, ID: "m1", By: ida}
		w.hears("ida [one]: retracts s1")
	})
}

func TestAPuppetsNickIsNobodyElses(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.says("Ida [one]", "i1", body("I was here before"))
		w.settle()
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] (2) enters", "ida [one] (2): hello")
	})
}

func TestWherePuppetsAreRefusedTheRelaySaysSoOnceAndSpeaksForThem(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.roles["ida [one]"], w.muc.roles["eve [one]"] = xmpp.RegistrationRequired, xmpp.RegistrationRequired
		w.one.say("ida", "m1", "hello")
		time.Sleep(time.Second)
		w.one.say("eve", "m2", "and I")
		time.Sleep(time.Second)
		w.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: "m3", From: transports.User{ID: "ida", Name: "ida"}, Style: transports.Does, Text: text.Plain("waves")}
		w.hears("bridge: <ida [one]> hello",
			"bridge: Some people of #go on one cannot be in this room themselves (only members may come in). Until that changes, I pass on what they say.", "bridge: <eve [one]> and I", "bridge: * ida [one] waves")
		w.got(w.two, "ida: hello", "eve: and I", "ida: waves")
	})
}

func TestWhomTheMUCHasBannedItDoesNotHear(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.roles["eve [one]"] = xmpp.Forbidden
		w.one.say("eve", "m1", "spam")
		w.one.say("eve", "m2", "spam")
		w.hears()
		w.got(w.one, "the relay: eve is banned from the chat room that this room is joined with. What they write here is not passed on.")
		w.got(w.two)
		time.Sleep(banAgain)
		w.one.say("eve", "m3", "spam")
		w.hears()
		w.got(w.one)
		delete(w.muc.roles, "eve [one]")
		time.Sleep(banAgain)
		w.one.say("eve", "m4", "sorry")
		w.hears("eve [one] enters", "eve [one]: sorry")
	})
}

func TestOverTheCapTheBotSpeaks(t *testing.T) {
	story(t, func(c *Config) { c.Puppets = 1 }, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.settle()
		w.two.say("carl", "m1", "hi")
		w.hears("ida [one] enters", "ida [one]: hello", "bridge: <carl [two]> hi")
	})
}

func TestANameThatIsUsedAgainIsAnothersPuppet(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.one.events <- transports.UserRenamed{Was: "ida", User: transports.User{ID: "ada", Name: "ada"}}
		w.hears("ida [one] is called ada [one]")
		w.one.say("ida", "m2", "I am another") // while the first has the address
		w.hears("bridge: <ida [one]> I am another")
		w.one.events <- left("ada")
		w.hears("ada [one] leaves")
		w.one.say("ida", "m3", "now I am here")
		time.Sleep(time.Second)
		w.hears("ida [one] enters", "ida [one]: now I am here")
		w.one.say("ada", "m4", "and I am back")
		time.Sleep(time.Second)
		w.hears("ada [one] enters", "ada [one]: and I am back")
	})
}

func TestAPuppetLeavesWithItsPersonOrAfterALongSilence(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.one.events <- transports.UserRenamed{Was: "ida", User: transports.User{ID: "ada", Name: "ada"}}
		w.hears("ida [one] is called ada [one]")
		w.one.events <- transports.MemberLeft{Room: "#go", User: transports.User{ID: "ada", Name: "ada"}}
		w.hears("ada [one] leaves")
		w.two.say("carl", "t1", "hi")
		time.Sleep(time.Second)
		w.hears("carl [two] enters", "carl [two]: hi")
		time.Sleep(idle + time.Minute)
		w.hears("carl [two] leaves")
	})
}

func TestAKickIsToldToTheModeratorWhereTheRelayHasNoPower(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.says("alice", "a1", body("hello"))
		w.one.say("eve", "m1", "spam")
		w.hears("eve [one] enters", "eve [one]: spam")
		w.one.taken()
		w.muc.putsOut("eve [one]", xep.StatusKicked)
		w.hears("bridge to alice: eve could not be put out of #go on one: You are no operator there. It has no effect there; when they write again, they come back.")
		w.got(w.one, "kick eve")
	})
}

func TestAfterARestartOfTheMUCAllComeBackAndNothingIsDoubled(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.muc.mu.Lock()
		clear(w.muc.occupants)
		w.muc.mu.Unlock()
		w.one.say("ida", "m2", "anyone?") // is refused, for the MUC does not know her any more
		time.Sleep(time.Minute)
		w.hears("ida [one] enters", "ida [one]: anyone?", "bridge enters") // the bot looks why it does not hear her
		w.got(w.two, "ida: hello", "ida: anyone?")
	})
}

func TestWhatTheMUCDoesNotReflectIsLookedForBeforeItIsSaidAgain(t *testing.T) {
	for name, lost := range map[string]bool{"it had come": false, "it was lost": true} {
		t.Run(name, func(t *testing.T) {
			story(t, nil, func(w *world) {
				w.one.say("ida", "m1", "hello")
				w.hears("ida [one] enters", "ida [one]: hello")
				w.muc.mu.Lock()
				w.muc.deaf, w.muc.loses = true, lost
				w.muc.mu.Unlock()
				w.one.say("ida", "m2", "once")
				w.settle()
				w.muc.mu.Lock()
				w.muc.deaf, w.muc.loses = false, false
				w.muc.mu.Unlock()
				time.Sleep(time.Minute)
				if lost {
					w.hears("bridge enters", "ida [one]: once")
				} else {
					w.hears("ida [one]: once", "bridge enters")
				}
				w.got(w.two, "ida: hello", "ida: once")
			})
		})
	}
}

func TestWhatWasSaidInTheMUCDuringAnOutageComesOver(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.says("alice", "a1", body("before"))
		w.got(w.one, "alice: before")
		w.muc.putsOut("bridge", 332)
		w.muc.says("alice", "a2", body("meanwhile"))
		time.Sleep(time.Minute)
		w.got(w.one, "alice: meanwhile")
		w.relay.Resync() // as when the streams of two components come back
		w.relay.Resync()
		w.muc.says("alice", "a3", body("mean time"), xep.Correction("a2"))
		w.settle()
		w.relay.Resync()
		w.got(w.one, "edit one2: mean time")
	})
}

func TestWhatWasSaidBeforeTheRelayCameIsNoneOfItsBusiness(t *testing.T) {
	story(t, nil, func(w *world) {
		old := (&stanza.Stanza{Kind: stanza.Message, Type: "groupchat", ID: "o1", From: w.muc.relay.MUC.WithResource("alice")}).Add(body("long ago"), xep.StanzaID(w.muc.relay.MUC, "old"))
		w.muc.mu.Lock()
		w.muc.history, w.muc.times = append(w.muc.history, old), append(w.muc.times, time.Now().Add(-skew/2))
		w.muc.mu.Unlock()
		time.Sleep(time.Second)
		w.relay.Resync() // the streams of further components come up
		w.settle()
		w.got(w.one)
	})
}

func TestWhatAnUnreachableNetworkMissesWaitsForIt(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.cut <- &transports.Fault{Kind: transports.Offline, Text: "The wire was cut."}
		w.hears("bridge: There is no connection to #go on one now: The wire was cut. What is said here is passed on when it is back.")
		w.muc.says("alice", "a1", body("hello"))
		w.got(w.two, "alice: hello")
		time.Sleep(time.Minute)
		w.got(w.one, "alice: hello")
		w.hears("bridge: Connected to #go on one again.")
	})
}

func TestWhoseMessageANetworkRefusesIsTold(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.fault = &transports.Fault{Kind: transports.Forbidden, Text: "The room is moderated."}
		w.muc.says("alice", "a1", body("hello"))
		w.hears("bridge to alice: Your message did not reach #go on one: The room is moderated.")
		w.got(w.two, "alice: hello")
	})
}

func TestACorrectionWaitsUntilTheMUCHasReflectedItsMessage(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hi")
		w.hears("ida [one] enters", "ida [one]: hi")
		w.muc.mu.Lock()
		w.muc.deaf = true
		w.muc.mu.Unlock()
		w.one.say("ida", "m2", "helo")
		w.one.events <- transports.Edited{Place: transports.InRoom("#go"), ID: "m2", From: transports.User{ID: "ida", Name: "ida"}, Text: text.Plain("hello")}
		w.hears("ida [one]: helo")
		w.muc.mu.Lock()
		w.muc.deaf = false
		w.muc.mu.Unlock()
		time.Sleep(time.Minute)
		w.hears("bridge enters", "ida [one]: (corrected) hello")
		w.got(w.two, "ida: hi", "ida: hello")
	})
}

func TestWhatIsEncryptedIsNeverPassedOn(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.says("alice", "a1", body("This is OMEMO."), stanza.New("urn:xmpp:eme:0", "encryption", "namespace", "urn:xmpp:omemo:2"))
		w.hears("bridge to alice: What you write is encrypted, so it stays in this room: nobody on #go on one and #go on two could read it. Switch encryption off for this room to be read there.")
		w.got(w.one)
	})
}

func TestTopicsGoAllWaysOnce(t *testing.T) {
	story(t, nil, func(w *world) {
		w.muc.says("alice", "t1", stanza.Text("", "subject", "News"))
		w.got(w.one, "topic News")
		w.got(w.two, "topic News")
		w.one.events <- transports.TopicChanged{Room: "#go", Topic: transports.Topic{Text: "News"}} // its echo
		w.hears()
		w.one.events <- transports.TopicChanged{Room: "#go", Topic: transports.Topic{Text: "Old"}}
		w.hears("bridge: topic: Old")
		w.got(w.two, "topic Old")
		w.got(w.one)
	})
}

func TestFilesGoAlongWithTheirMessage(t *testing.T) {
	story(t, func(c *Config) {
		c.Rooms[1].Fetch = func(context.Context, xep.File, int64) (transports.Upload, func(), error) {
			return transports.Upload{Name: "cat.png"}, func() {}, nil
		}
	}, func(w *world) {
		w.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: "m1", From: transports.User{ID: "ida", Name: "ida"}, Text: text.Plain("look"), Files: []transports.File{{Name: "cat.png"}}}
		w.hears("ida [one] enters", "ida [one]: look", "ida [one]: https://files.example/1")
		w.got(w.two, "ida: look", "ida:  with cat.png")
		w.muc.says("alice", "a1", body("https://files.example/2"), xep.OutOfBand("https://files.example/2"))
		w.got(w.one, "alice: https://files.example/2")
		w.got(w.two, "alice:  with cat.png")
		w.one.events <- transports.Deleted{Place: transports.InRoom("#go"), ID: "m1", By: transports.User{ID: "ida", Name: "ida"}}
		w.hears("ida [one]: retracts s1", "ida [one]: retracts s2")
		w.got(w.two, "delete two1", "delete two2")
	})
}

func TestWhoIsAnsweredIsNamedWhereThereAreNoReplies(t *testing.T) {
	story(t, func(c *Config) {
		c.Rooms[0].Session.(*network).can = transports.Capabilities{SingleLine: true}
	}, func(w *world) {
		w.one.say("ida", "", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.muc.says("alice", "a1", body("> hello\nwelcome\nhome"), xep.Reply("s1", stanza.JID{}), xep.ReplyFallback(8))
		w.got(w.one, "alice: ida: welcome", "alice: home")
		w.muc.says("alice", "a2", body("ida [one]: are you there?"))
		w.got(w.one, "alice: ida: are you there?")
	})
}

func TestAPuppetOfAnEarlierRunLeaves(t *testing.T) {
	story(t, nil, func(w *world) {
		ghost := jid(t, "eve@one.example/relay")
		w.muc.mu.Lock()
		w.muc.occupants[ghost] = "eve [one]"
		w.muc.mu.Unlock()
		w.muc.says("alice", "a1", body("hello"))
		w.hears("eve [one] leaves")
	})
}

func TestTheEndIsSeenByAll(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.end()
		w.hears("ida [one] leaves", "bridge leaves")
	})
}

func TestAMentionIsOnlyTextOnOtherNetworks(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.events <- transports.Message{Place: transports.InRoom("#go"), ID: "m1", From: user("ida"), Text: text.Text{{Spans: []text.Span{
			{Text: "@channel", Ref: text.Ref{Kind: text.MentionEveryone}}, {Text: " and "}, {Text: "@carl", Ref: text.Ref{Kind: text.MentionUser, ID: "U1"}}}}}}
		w.hears("ida [one] enters", "ida [one]: @channel and @carl")
		w.settle()
		w.two.mu.Lock()
		defer w.two.mu.Unlock()
		for _, span := range w.two.sent[0][0].Spans {
			if span.Ref.Kind != text.NoRef && span.Ref.Kind != text.MentionEveryone { // which is text on every network
				t.Errorf("the other network is sent %+v", span)
			}
		}
	})
}

func TestTheLastWordsOfWhoLeavesDoNotComeBack(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "m1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.two.taken()
		w.muc.mu.Lock() // what the MUC reflects comes after she has left
		w.muc.slow = true
		w.muc.mu.Unlock()
		w.one.say("ida", "m2", "bye")
		w.one.events <- left("ida")
		time.Sleep(2 * time.Second)
		w.hears("ida [one]: bye", "ida [one] leaves")
		w.got(w.one)
		w.got(w.two, "ida: bye")
	})
}

func TestWhoFallsOutOfTheMUCForATechnicalReasonIsNotPutOutOfTheNetwork(t *testing.T) {
	story(t, nil, func(w *world) {
		w.one.say("ida", "1", "hello")
		w.hears("ida [one] enters", "ida [one]: hello")
		w.muc.putsOut("ida [one]", 307, 333)
		w.settle()
		if got := w.one.taken(); len(got) > 0 {
			t.Errorf("the network was asked for %q", got)
		}
		w.muc.taken()
		time.Sleep(pace)
		w.one.say("ida", "2", "again")
		w.hears("ida [one] enters", "ida [one]: again")
		w.muc.putsOut("bridge", 307, 333)
		time.Sleep(time.Minute)
		w.muc.taken()
		w.one.say("ida", "3", "back soon")
		w.hears("ida [one] enters", "ida [one]: back soon")
	})
}
