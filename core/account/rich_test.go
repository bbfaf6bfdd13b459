package account

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// everything is all that can be done with messages.
const everything = transports.Edits | transports.Deletions | transports.Reactions | transports.Replies | transports.Threads |
	transports.TypingShown | transports.Reading | transports.Mentions

// rich is a network that can do everything with messages, and gives each that it is sent an id: n1, n2, …
func (w *world) rich(can transports.Capabilities) {
	w.shared.About.StableIDs = true
	can.Features |= everything
	w.sends(join("phone", "alice"))
	w.emits(transports.Online{Self: user("alice"), Can: can})
	w.emits(state("alice", "bob"))
	given := 0
	w.network.answer = func(c transports.Command) (r transports.Result, _ error, _ bool) {
		if _, ok := c.(transports.Send); ok {
			given++
			r.Parts = []transports.MessageID{transports.MessageID(fmt.Sprint("n", given))}
		}
		return r, nil, false
	}
	w.settle()
	w.forget()
}

func richStory(t *testing.T, can transports.Capabilities, tell func(t *testing.T, w *world)) {
	story(t, func(t *testing.T, w *world) {
		w.rich(can)
		tell(t, w)
	})
}

var inGo = transports.InRoom("#go")

// said is a message in #go with an id.
func said(id transports.MessageID, name, body string) transports.Message {
	return transports.Message{Place: inGo, ID: id, From: user(name), Text: plain(body)}
}

// about is a stanza of alice's phone to #go with a payload.
func about(id, payload string) string {
	return `<message type='groupchat' id='` + id + `'` + from("phone") + `to='#go%irc.net@gw.example'>` + payload + `</message>`
}

// with is a stanza of alice's phone to bob alone.
func with(id, payload string) string {
	return `<message type='chat' id='` + id + `'` + from("phone") + `to='bob%irc.net@gw.example'>` + payload + `</message>`
}

const (
	replaceM1 = `<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>`
	retractM1 = `<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>`
)

func TestACorrectionReachesTheNetworkAndEveryoneSeesIt(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.sends(about("m1", `<body>helo</body>`))
		w.sends(about("m2", `<body>hello</body>`+replaceM1))
		w.expectCommands("send #go helo", "edit n1 in #go: hello")
		w.expect("phone: <alice> helo", "phone: <alice> hello (corrects m1)")
		w.emits(transports.Edited{Place: inGo, ID: "n1", From: user("alice"), Text: plain("hello")}) // the network's echo
		w.expect()
		got := w.asks("", "")
		if len(got.bodies) != 2 || got.bodies[1] != "alice hello" {
			t.Errorf("the archive has %q", got.bodies)
		}
	})
}

func TestACorrectionMadeOnTheNetworkIsShownAsOne(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.sends(about("m1", `<body>helo</body>`))
		w.emits(said("b1", "bob", "hey"))
		w.forget()
		edit := transports.Edited{Place: inGo, ID: "b1", From: user("bob"), Text: plain("hey *you*")}
		w.emits(edit, edit)                                                                          // delivered twice
		w.emits(transports.Edited{Place: inGo, ID: "n1", From: user("alice"), Text: plain("hello")}) // in another client of the network
		w.expect("phone: <bob> hey *you* (corrects b1)", "phone: <alice> hello (corrects m1)")
		w.emits(transports.Message{Place: transports.TalkWith("bob"), ID: "b2", From: user("bob"), Text: plain("psst")},
			transports.Edited{Place: transports.TalkWith("bob"), ID: "b2", From: user("bob"), Text: plain("psst!")})
		w.expect("alice@example.org: chat from bob%irc.net@gw.example: psst", "alice@example.org: chat from bob%irc.net@gw.example: psst! (corrects b2)")
	})
}

func TestALongMessageIsSeveralThereAndStillOneHere(t *testing.T) {
	richStory(t, transports.Capabilities{MaxText: 10}, func(t *testing.T, w *world) {
		w.sends(about("m1", `<body>one two three four</body>`))
		w.expectCommands("send #go one two", "send #go three four")
		w.expect("phone: <alice> one two three four")
		w.sends(about("m2", `<body>one two three four five six</body>`+replaceM1))
		w.expectCommands("edit n1 in #go: one two", "edit n2 in #go: three four", "send #go five six")
		w.expect("phone: <alice> one two three four five six (corrects m1)")
		w.sends(about("m3", `<body>one</body>`+replaceM1))
		w.expectCommands("edit n1 in #go: one", "delete n2 in #go", "delete n3 in #go")
		w.forget()
		w.sends(about("m4", `<reactions xmlns='urn:xmpp:reactions:0' id='n2'><reaction>👍</reaction></reactions>`))
		w.expectCommands("react to n1 in #go: 👍")
	})
}

func TestWhatIsTakenBackIsGoneOnBothSidesAndInTheArchive(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.sends(about("m1", `<body>my secret</body>`))
		w.emits(said("b1", "bob", "his secret"), said("b2", "bob", "an insult"))
		w.forget()
		w.sends(about("m2", retractM1))
		w.expectCommands("delete n1 in #go")
		const fallback = "A message was deleted, but your client cannot show it."
		w.expect("phone: <alice> " + fallback + " (retracts n1)")
		w.emits(transports.Deleted{Place: inGo, ID: "b1", By: user("bob")}, transports.Deleted{Place: inGo, ID: "n1", By: user("alice")})
		w.expect("phone: <bob> " + fallback + " (retracts b1)")
		w.emits(transports.Deleted{Place: inGo, ID: "b2", By: user("op")})
		w.expect("phone: <#go> A message was deleted by a moderator, but your client cannot show it. (retracts b2) (moderated by op)")
		page := w.asks("", "")
		if archive := strings.Join(page.bodies, "|"); strings.Contains(archive, "secret") || strings.Contains(archive, "insult") || len(page.bodies) != 6 {
			t.Errorf("the archive has %q", page.bodies)
		}
	})
}

func TestTheArchiveHasALongMessageInThePiecesThatOthersSee(t *testing.T) {
	richStory(t, transports.Capabilities{MaxText: 10}, func(t *testing.T, w *world) {
		w.sends(about("m1", `<body>one two three four</body>`))
		w.expectCommands("send #go one two", "send #go three four")
		w.expect("phone: <alice> one two three four")
		archive := func(want ...string) {
			t.Helper()
			w.settle()
			w.forget()
			if page := w.asks("", ""); !slices.Equal(page.bodies, want) {
				t.Errorf("the archive has %q, want %q", page.bodies, want)
			}
		}
		archive("alice one two", "alice three four")
		w.sends(about("m2", `<body>five six seven</body>`+replaceM1))
		archive("alice one two", "alice three four", "alice five six", "alice seven")
		w.sends(about("m3", retractM1))
		w.settle()
		w.forget()
		for _, body := range w.asks("", "").bodies {
			if strings.Contains(body, "one") || strings.Contains(body, "three") {
				t.Errorf("the archive still has %q", body)
			}
		}
	})
}

func TestACorrectionThatIsRefusedTakesNothingAway(t *testing.T) {
	richStory(t, transports.Capabilities{MaxText: 10}, func(t *testing.T, w *world) {
		w.sends(about("m1", `<body>one two three four</body>`))
		w.expectCommands("send #go one two", "send #go three four")
		w.forget()
		w.denies(transports.Forbidden, "It is too old.")
		w.sends(about("m2", `<body>one</body>`+replaceM1))
		w.expectCommands("edit n1 in #go: one")
		w.expect("phone: m2 refused: forbidden: It is too old.")
		if n := w.journal(); n != 0 {
			t.Errorf("%d commands are in the journal", n)
		}
	})
}

func TestChangesAreInTheJournalUntilTheyEnd(t *testing.T) {
	for name, change := range map[string]string{"a correction": `<body>two</body>` + replaceM1, "a retraction": retractM1,
		"a reaction": `<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction></reactions>`} {
		t.Run(name, func(t *testing.T) {
			richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
				w.sends(about("m1", `<body>one</body>`))
				w.settle()
				w.holds()
				w.sends(about("m2", change))
				if n := w.journal(); n != 1 {
					t.Errorf("%d entries while it is on its way", n)
				}
				w.decides(nil)
				if n := w.journal(); n != 0 {
					t.Errorf("%d entries when it has ended", n)
				}
			})
		})
	}
}

func TestWhatCanBeDoneInARoomMayChange(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.sends(about("m1", `<body>helo</body>`))
		w.forget()
		offers := func() bool {
			w.sends(iq("phone", "get", "#go%irc.net@gw.example", `<query xmlns='http://jabber.org/protocol/disco#info'/>`))
			return strings.Contains(payload(w.stream.raw()[0]), `<feature var='urn:xmpp:message-correct:0'/>`)
		}
		if !offers() {
			t.Error("corrections are not offered")
		}
		w.emits(transports.RoomChanged{Room: "#go", Lacks: transports.Edits | transports.Uploads})
		w.expect("phone: <#go> 104 ")
		w.emits(transports.RoomChanged{Room: "#go", Lacks: transports.Edits}) // files become links otherwise
		w.expect()
		if offers() {
			t.Error("corrections are offered where there are none")
		}
		w.sends(about("m2", `<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction></reactions>`))
		w.sends(about("m3", `<body>hello</body>`+replaceM1)) // it is another message then
		w.expectCommands("react to n1 in #go: 👍", "send #go hello")
		w.forget()

		w.emits(transports.RoomChanged{Room: "#go"})
		w.expect("phone: <#go> 104 ")
		few := transports.Capabilities{Features: transports.Edits | transports.Reactions, Emoji: []string{"👍"}}
		w.emits(transports.Online{Self: user("alice"), Can: few})
		w.expect("phone: <#go> 104 ")
		w.emits(transports.Online{Self: user("alice"), Can: few})
		w.expect()
		w.sends(about("m4", retractM1))
		w.sends(about("m5", `<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>🎉</reaction></reactions>`))
		w.expectCommands()
		w.expect("phone: m4 refused: feature-not-implemented: What was said there cannot be taken back.",
			"phone: m5 refused: feature-not-implemented: The only reactions there are 👍.")

		w.breaks(transports.Offline, "Reset.")
		w.waits(10 * time.Second)
		w.emits(transports.Online{Self: user("alice"), Can: few})
		again := state("alice", "bob")
		again.Lacks = transports.Edits
		w.forget()
		w.emits(again)
		w.expect("phone: <#go> 104 ")
	})
}

func TestARoomSaysWhatItLetsPass(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", `<query xmlns='http://jabber.org/protocol/disco#info' node='http://jabber.org/protocol/muc#traffic'/>`))
		w.settle()
		answer := string(w.stream.raw()[0].Append(nil))
		for _, feature := range []string{"urn:xmpp:delay", "jabber:x:oob", "urn:xmpp:sfs:0", "urn:xmpp:reactions:0", "urn:xmpp:reply:0", "urn:xmpp:message-moderate:1"} {
			if !strings.Contains(answer, "<feature var='"+feature+"'/>") {
				t.Errorf("%s is missing in %s", feature, answer)
			}
		}
	})
}

func TestAModeratorTakesAMessageAway(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.emits(said("b1", "bob", "an insult"))
		w.forget()
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", `<moderate id='b1' xmlns='urn:xmpp:message-moderate:1'><retract xmlns='urn:xmpp:message-retract:1'/><reason>rude</reason></moderate>`))
		w.expectCommands("delete b1 in #go (rude)")
		w.expect("phone: q result ", "phone: <#go> A message was deleted by a moderator, but your client cannot show it. (retracts b1) (moderated by alice)")
		w.denies(transports.Forbidden, "You may not delete this.")
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", `<moderate id='b9' xmlns='urn:xmpp:message-moderate:1'><retract xmlns='urn:xmpp:message-retract:1'/></moderate>`))
		w.expect("phone: q refused: forbidden: You may not delete this.")
	})
}

func TestReactionsGoBothWays(t *testing.T) {
	richStory(t, transports.Capabilities{MaxReactions: 2, Emoji: []string{"👍", "🎉", "❤"}}, func(t *testing.T, w *world) {
		w.emits(said("b1", "bob", "we won"))
		w.forget()
		react := func(emoji ...string) string {
			payload := `<reactions xmlns='urn:xmpp:reactions:0' id='b1'>`
			for _, e := range emoji {
				payload += `<reaction>` + e + `</reaction>`
			}
			return about("r1", payload+`</reactions>`)
		}
		w.sends(react("🎉", "👍"))
		w.expectCommands("react to b1 in #go: 🎉 👍")
		w.expect("phone: <alice>  (reacts to b1: 🎉 👍)")
		w.sends(react())
		w.expectCommands("react to b1 in #go: ")
		w.expect("phone: <alice>  (reacts to b1:)")
		w.sends(react("🎉", "👍", "❤"))
		w.sends(react("💩"))
		w.expect("phone: r1 refused: feature-not-implemented: You cannot have so many reactions on one message there.",
			"phone: r1 refused: feature-not-implemented: The only reactions there are 👍 🎉 ❤.")
		w.emits(transports.Reacted{Place: inGo, ID: "b1", From: user("zoe"), Emoji: []string{"❤"}})
		w.expect("phone: <zoe> > we won\n❤ (reacts to b1: ❤)")
		w.expectCommands()
		w.emits(transports.Reacted{Place: inGo, ID: "b1", From: user("zoe")})
		w.expect("phone: <zoe>  (reacts to b1:)")
	})
}

func TestInATalkClientsNameMessagesByTheirOwnIds(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		talk := transports.TalkWith("bob")
		w.sends(with("m1", `<body>helo</body>`))
		w.sends(with("m2", `<body>hello</body><request xmlns='urn:xmpp:receipts'/>`+replaceM1))
		w.expectCommands("send bob helo", "edit n1 in bob: hello")
		w.expect("phone: chat from bob%irc.net@gw.example: receipt of m2")
		w.emits(transports.Reacted{Place: talk, ID: "n1", From: user("bob"), Emoji: []string{"👍"}})
		w.expect("alice@example.org: chat from bob%irc.net@gw.example: 👍 (reacts to m1: 👍)")
		w.emits(transports.Typing{Place: talk, From: user("bob"), On: true}, transports.Read{Place: talk, By: user("bob"), Upto: "n1"})
		w.expect("alice@example.org: chat from bob%irc.net@gw.example: (composing)", "alice@example.org: chat from bob%irc.net@gw.example: (has read m1)")
		w.sends(with("m3", retractM1))
		w.expectCommands("delete n1 in bob")
		w.sends(with("m4", `<retract xmlns='urn:xmpp:message-retract:1' id='#unknown'/>`))
		w.expect("phone: m4 refused: item-not-found: The gateway does not know the message that this is about.")
	})
}

func TestRepliesShowWhatTheyAnswer(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.emits(said("b1", "bob", "who comes?"))
		w.forget()
		w.sends(about("m1", `<body>&gt; who comes?
I do</body><reply xmlns='urn:xmpp:reply:0' id='b1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='13'/></fallback>`))
		w.expectCommands("send #go I do (answers b1 of bob: who comes?)")
		w.expect("phone: <alice> > who comes?\nI do (answers b1 of )")
		reply := said("b2", "bob", "great")
		reply.ReplyTo = &transports.Reference{ID: "n1"}
		w.emits(reply, said("b3", "bob", "later")) // what comes after it waits for it
		w.expect("phone: <bob> > I do\ngreat (answers n1 of alice)", "phone: <bob> later")
		reply = said("b4", "zoe", "me too")
		reply.ReplyTo = &transports.Reference{ID: "unknown", From: user("bob"), Text: plain("told by the network")}
		w.emits(reply)
		w.expect("phone: <zoe> > told by the network\nme too (answers unknown of bob)")
	})
}

func TestThreadsKeepTheirNames(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.emits(said("b1", "bob", "a question"))
		answer := said("b2", "zoe", "an answer")
		answer.Thread = "b1"
		w.emits(answer)
		w.expect("phone: <bob> a question", "phone: <zoe> an answer (in thread:b1) (answers b1 of )")
		w.sends(about("m1", `<body>another</body><thread>thread:b1</thread>`))
		w.expectCommands("send #go another (in the thread of b1)")
		w.sends(about("m2", `<body>new thread</body><thread>mine</thread>`))
		w.sends(about("m3", `<body>and on</body><thread>mine</thread>`))
		w.expectCommands("send #go new thread", "send #go and on (in the thread of n2)")
		w.forget()
		answer = said("b3", "zoe", "in yours")
		answer.Thread = "n2"
		w.emits(answer)
		w.expect("phone: <zoe> in yours (in mine) (answers n2 of )")
		answer = said("b4", "zoe", "in one that began with no message")
		answer.Thread = "t9"
		w.emits(answer)
		w.expect("phone: <zoe> in one that began with no message (in thread:t9)")
		w.sends(with("m4", `<body>no thread</body><thread>a window</thread>`))
		w.sends(with("m5", `<body>nor here</body><thread>a window</thread>`))
		w.expectCommands("send bob no thread", "send bob nor here")
	})
}

func TestTypingAndReadingGoBothWays(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.emits(said("b1", "bob", "hi"))
		w.forget()
		w.sends(about("", `<composing xmlns='http://jabber.org/protocol/chatstates'/>`))
		w.sends(about("", `<paused xmlns='http://jabber.org/protocol/chatstates'/>`))
		w.sends(about("", `<displayed xmlns='urn:xmpp:chat-markers:0' id='b1'/>`))
		w.expectCommands("typing in #go: true", "typing in #go: false", "read b1 in #go")
		w.emits(transports.Typing{Place: inGo, From: user("bob"), On: true}, transports.Typing{Place: inGo, From: user("alice"), On: true},
			transports.Read{Place: inGo, By: user("bob"), Upto: "b1"})
		w.expect("phone: <bob> (composing)", "phone: <bob> (has read b1)")
	})
}

func TestWhatWasMissedIsThereBeforeWhatIsLive(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.network.past = map[transports.Place][]transports.Event{}
		w.rich(transports.Capabilities{})
		w.emits(said("b1", "bob", "before"))
		w.sends(about("m1", `<body>mine</body>`))
		w.forget()
		w.breaks(transports.Offline, "gone")
		w.waits(5 * time.Second)
		earlier := func(e transports.Message) transports.Message { e.At = time.Now().Add(-time.Minute); return e }
		own := earlier(said("n1", "alice", "mine"))
		own.Own = true
		w.network.past[inGo] = []transports.Event{earlier(said("b1", "bob", "before")), own, earlier(said("b2", "bob", "missed")),
			transports.Edited{Place: inGo, ID: "b2", From: user("bob"), Text: plain("missed!")}, earlier(said("b3", "zoe", "missed too"))}
		w.network.recalls = make(chan struct{})
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.Edits}})
		w.emits(state("alice", "bob"))
		w.emits(said("b3", "zoe", "missed too"), said("b4", "bob", "live")) // one of them is in the history as well
		w.forget()
		close(w.network.recalls)
		w.expect("phone: <bob> missed (earlier)", "phone: <bob> missed! (corrects b2)", "phone: <zoe> missed too (earlier)", "phone: <bob> live")
	})
}

func TestWhatWasMissedInATalkComesWhenTheNetworkIsBack(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.network.past = map[transports.Place][]transports.Event{}
		w.rich(transports.Capabilities{})
		w.emits(transports.Message{Place: transports.TalkWith("bob"), ID: "b1", From: user("bob"), Text: plain("hi")})
		w.breaks(transports.Offline, "gone")
		w.waits(5 * time.Second)
		w.forget()
		w.network.past[transports.TalkWith("bob")] = []transports.Event{
			transports.Message{Place: transports.TalkWith("bob"), ID: "b1", From: user("bob"), Text: plain("hi")},
			transports.Message{Place: transports.TalkWith("bob"), ID: "b2", From: user("bob"), Text: plain("are you there?")}}
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: everything}})
		w.expect("phone: <#go> Connected to irc.net again.", "alice@example.org: chat from bob%irc.net@gw.example: are you there?")
	})
}

func TestWhoJoinsForTheFirstTimeSeesTheLastThatWasSaid(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.network.past = map[transports.Place][]transports.Event{inGo: {said("b1", "bob", "first"), said("b2", "bob", "second")}}
		w.shared.About.StableIDs = true
		w.sends(join("phone", "alice"))
		w.emits(transports.Online{Self: user("alice")})
		w.emits(state("alice", "bob"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", "phone: <bob> first (earlier)", "phone: <bob> second (earlier)", `phone: subject ""`)
		w.emits(said("b3", "bob", "third"))
		w.expect("phone: <bob> third")
		w.expectPage(w.asks("", ""), true, 3, 0, "bob first", "bob second", "bob third")
	})
}

func TestAFailedChangeIsToldAndMayBeTriedAgain(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.emits(said("b1", "bob", "hi"))
		w.forget()
		confirms := w.network.answer
		w.denies(transports.Forbidden, "Not there.")
		const react = `<reactions xmlns='urn:xmpp:reactions:0' id='b1'><reaction>👍</reaction></reactions>`
		w.sends(about("r1", react))
		w.expect("phone: r1 refused: forbidden: Not there.")
		if n := w.journal(); n != 0 {
			t.Errorf("%d entries are in the journal", n)
		}
		w.network.answer = confirms
		w.sends(about("r2", react))
		w.expect("phone: <alice>  (reacts to b1: 👍)")
	})
}

func TestWhoIsNamedIsTold(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		ida := transports.User{ID: "u7", Name: "Ida Lovelace"}
		w.emits(transports.MemberChanged{Room: "#go", Member: transports.Member{User: ida, Role: transports.Participant}})
		w.forget()
		var sent []string
		w.network.answer = func(c transports.Command) (transports.Result, error, bool) {
			line := ""
			for _, span := range c.(transports.Send).Text[0].Spans {
				if span.Ref.ID != "" {
					line += "<" + span.Ref.ID + "|" + span.Text + ">"
					continue
				}
				line += span.Text
			}
			sent = append(sent, line)
			return transports.Result{}, nil, false
		}
		for _, body := range []string{"bob: hi", "@Ida Lovelace, and @bob!", "mail me at x@bob", "bobby: no", "`@bob`", "hello bob", "Ida Lovelace: you", "@nobody"} {
			w.sends(about("m", `<body>`+body+`</body>`))
		}
		w.sends(about("m", `<body>hello bob and bobby</body><reference xmlns='urn:xmpp:reference:0' type='mention' begin='6' end='9' uri='xmpp:%23go%25irc.net@gw.example/bob'/>`))
		want := []string{"<bob|bob>: hi", "<u7|@Ida Lovelace>, and <bob|@bob>!", "mail me at x@bob", "bobby: no", "@bob", "hello bob", "<u7|Ida Lovelace>: you", "@nobody",
			"hello <bob|bob> and bobby"}
		if strings.Join(sent, "\n") != strings.Join(want, "\n") {
			t.Errorf("sent\n  %s\nwant\n  %s", strings.Join(sent, "\n  "), strings.Join(want, "\n  "))
		}
	})
}

func TestWhomTheNetworkNamesIsMarked(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		m := said("b1", "bob", "")
		m.Text = text.Text{{Spans: []text.Span{{Text: "größer, "}, {Text: "@alice", Ref: text.Ref{Kind: text.MentionUser, ID: "alice"}}, {Text: "!"}}}}
		w.emits(m)
		w.settle()
		for _, s := range w.stream.raw() {
			var all string
			for _, e := range children(s.Rendered) {
				if e.Name == "reference" {
					all += e.Attr("begin") + "-" + e.Attr("end") + " " + e.Attr("uri")
				}
			}
			if all != "8-14 xmpp:%23go%25irc.net@gw.example/alice" {
				t.Errorf("%q in %s", all, s.Rendered)
			}
		}
	})
}

func TestAHiddenMessageIsHiddenOnBothSides(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.emits(transports.Message{Place: inGo, ID: "b1", From: user("bob"), Text: plain("the end").Hide()})
		w.settle()
		for _, s := range w.stream.raw() {
			if body := string(s.Rendered); !strings.Contains(body, "<body>the end</body>") || !strings.Contains(body, "urn:xmpp:spoiler:0") {
				t.Errorf("shown as %s", body)
			}
		}
		w.sends(about("m1", `<body>no, this</body><spoiler xmlns='urn:xmpp:spoiler:0'/>`))
		w.expectCommands("send #go ||no, this||")
	})
}

func TestACorrectionFindsWhatArrivesWhileItIsLookedUp(t *testing.T) {
	for range 20 { // neither side is always faster
		richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
			w.network.answer = func(c transports.Command) (transports.Result, error, bool) {
				_, held := c.(transports.Send)
				return transports.Result{}, nil, held
			}
			w.sends(about("m1", "<body>helo</body>"))
			w.forget()
			w.offer(about("m2", "<body>hello</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"))
			w.network.mu.Lock()
			done := w.network.held[0]
			w.network.mu.Unlock()
			go done(transports.Result{Parts: []transports.MessageID{"n1"}}, nil)
			w.expectCommands("edit n1 in #go: hello")
		})
	}
}

func TestACorrectionOfWhatIsStillOnItsWayWaitsForIt(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		answer := w.network.answer
		w.holds()
		w.sends(about("m1", `<body>helo</body>`))
		w.sends(about("m2", `<body>hello</body>`+replaceM1))
		w.expectCommands("send #go helo")
		w.expect()
		w.network.answer = answer
		w.network.held[0](transports.Result{Parts: []transports.MessageID{"n1"}}, nil)
		w.network.held = nil
		w.expectCommands("edit n1 in #go: hello")
		w.expect("phone: <alice> helo", "phone: <alice> hello (corrects m1)")
	})
}

func TestWhoComesInSeesWhatWasCorrectedMeanwhile(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.shared.About.StableIDs = true
		edited := transports.Edited{Place: inGo, ID: "b1", From: user("bob"), At: time.Now(), Text: plain("the text")}
		w.network.past = map[transports.Place][]transports.Event{inGo: {said("b1", "bob", "a draft"), edited, said("b2", "bob", "after")}}
		w.sends(join("phone", "alice"))
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.Edits}})
		w.emits(edited) // the network tells it also while nobody is inside
		w.forget()
		w.emits(state("alice", "bob"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", "phone: <bob> a draft (earlier)",
			"phone: <bob> the text (corrects b1) (earlier)", "phone: <bob> after (earlier)", `phone: subject ""`)
	})
}

func TestAChangeIsShownOnceHoweverOftenTheHistoryTellsIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		talk := transports.TalkWith("bob")
		w.network.past = map[transports.Place][]transports.Event{}
		w.rich(transports.Capabilities{})
		w.emits(transports.Message{Place: talk, ID: "b1", From: user("bob"), Text: plain("helo")})
		edit := transports.Edited{Place: talk, ID: "b1", From: user("bob"), At: time.Now(), Text: plain("hello")}
		w.emits(edit)
		w.settle()
		w.account.Stop("The gateway is restarted.")
		<-w.account.Done()
		later := edit
		later.At, later.Text = edit.At.Add(time.Second), plain("hello!")
		w.network.past[talk] = []transports.Event{edit, later}
		w.open()
		w.waits(time.Minute)
		w.forget()
		w.sends(join("phone", "alice"))
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.Edits}})
		w.expect("alice@example.org: chat from bob%irc.net@gw.example: hello! (corrects b1) (earlier)")
	})
}

func TestWhatARoomLacksIsRefusedThereAndNowhereElse(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		room := state("alice", "bob")
		room.Lacks = transports.Reactions | transports.Replies
		w.emits(room)
		w.emits(said("b1", "bob", "hi"))
		w.forget()
		const react = `<reactions xmlns='urn:xmpp:reactions:0' id='b1'><reaction>👍</reaction></reactions>`
		w.sends(about("r1", react))
		w.expect("phone: r1 refused: feature-not-implemented: There are no reactions there: say it in words.")
		w.sends(with("r2", react))
		w.expectCommands("react to b1 in bob: 👍")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", `<query xmlns='http://jabber.org/protocol/disco#info'/>`))
		if answer := strings.Join(w.stream.taken(), ""); strings.Contains(answer, "urn:xmpp:reactions:0") || !strings.Contains(answer, "urn:xmpp:message-correct:0") {
			t.Errorf("the room announces %s", answer)
		}
		w.emits(transports.RoomChanged{Room: "#go"})
		w.sends(about("r3", react))
		w.expectCommands("react to b1 in #go: 👍")
	})
}
