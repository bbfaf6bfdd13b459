package account

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/core/store"
	"isthmus/transports"
)

var told = transports.Capabilities{Nonces: true}

// interrupted is a network with a history, where the gateway is killed with commands of alice's under way: what she has said and done gets no answer.
func interrupted(t *testing.T, can transports.Capabilities, says func(w *world), then func(w *world, owed []store.Command)) {
	t.Helper()
	story(t, func(t *testing.T, w *world) {
		w.network.past = map[transports.Place][]transports.Event{}
		w.rich(can)
		w.emits(said("b1", "bob", "hello"))
		w.holds()
		says(w)
		w.settle()
		owed, err := w.store.Commands(t.Context(), "gw.example")
		if err != nil || len(owed) == 0 {
			t.Fatalf("the journal has %v, %v", owed, err)
		}
		for len(w.network.held) > 0 {
			w.decides(&transports.Fault{Kind: transports.Offline, Text: "over"})
		}
		w.stops()
		for _, c := range owed {
			w.store.Write(nil, store.Begin{Command: c})
		}
		w.network.answer = nil
		w.forget()
		then(w, owed)
	})
}

// back starts the gateway again, and has alice come into the room.
func (w *world) back(can transports.Capabilities, owed []store.Command) {
	w.account = New(w.shared, Identity{ID: 7, Owed: owed}, jid("alice@example.org"), "irc.net", "irc.net", 1000)
	w.account.Run(func() {})
	w.network.answer = func(c transports.Command) (r transports.Result, _ error, _ bool) {
		if _, ok := c.(transports.Send); ok {
			r.Parts = []transports.MessageID{"n9"}
		}
		return r, nil, false
	}
	w.sends(join("phone", "alice"))
	can.Features = transports.Edits | transports.Deletions | transports.Reactions | transports.Replies
	w.emits(transports.Online{Self: user("alice"), Can: can})
	w.emits(state("alice", "bob"))
	w.waits(settles)
}

// hears are the messages to alice's clients.
func (w *world) hears(want ...string) {
	w.t.Helper()
	w.settle()
	var got []string
	for _, line := range w.stream.taken() {
		if strings.Contains(line, "m1") || strings.Contains(line, "m2") || strings.Contains(line, "<") || strings.Contains(line, "chat from") {
			got = append(got, line)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		w.t.Errorf("alice hears\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// refused fails unless one of the stanzas to alice's clients is this.
func (w *world) refused(want string) {
	w.t.Helper()
	w.settle()
	if got := w.stream.taken(); !slices.Contains(got, want) {
		w.t.Errorf("to the server went\n  %s\nwithout\n  %s", strings.Join(got, "\n  "), want)
	}
}

// refuses fails unless these are the errors to alice's clients.
func (w *world) refuses(want ...string) {
	w.t.Helper()
	w.settle()
	got := slices.DeleteFunc(w.stream.taken(), func(line string) bool { return !strings.Contains(line, "refused") })
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		w.t.Errorf("alice is told\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// does fails unless the network was asked for exactly this but for connecting, entering and reading.
func (w *world) does(want ...string) {
	w.t.Helper()
	w.settle()
	var got []string
	for _, what := range w.network.taken() {
		if !strings.HasPrefix(what, "connect") && !strings.HasPrefix(what, "join") && !strings.HasPrefix(what, "history") {
			got = append(got, what)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		w.t.Errorf("the network was asked for\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	if left := w.journal(); left != 0 {
		w.t.Errorf("the journal has %d entries", left)
	}
}

func mine(id transports.MessageID, nonce int64, words string) transports.Message {
	m := said(id, "alice", words)
	m.Own, m.Nonce, m.At = true, nonce, time.Now()
	return m
}

func TestAfterACrashAMessageThatTheNetworkHasIsConfirmed(t *testing.T) {
	interrupted(t, told, func(w *world) { w.sends(about("m1", `<body>did you get it?</body>`)) }, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), said("b2", "bob", "a moment before"), mine("n1", owed[0].ID, "did you get it?"),
			said("b3", "bob", "yes")}
		w.back(told, owed)
		w.hears("phone: <bob> hello (earlier)", "phone: <alice> did you get it? (earlier)", "phone: <bob> a moment before (earlier)", "phone: <bob> yes (earlier)")
		w.does()
		w.sends(about("m2", `<body>did you get that?</body>`+replaceM1))
		w.does("edit n1 in #go: did you get that?")
	})
}

func TestAfterACrashAMessageThatTheNetworkHasNotIsSentAgain(t *testing.T) {
	interrupted(t, told, func(w *world) { w.sends(about("m1", `<body>hello?</body>`)) }, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), said("b2", "bob", "are you there?")}
		w.back(told, owed)
		w.does("send #go hello?")
		w.hears("phone: <bob> hello (earlier)", "phone: <bob> are you there? (earlier)", "phone: <alice> hello?")
	})
}

func TestLongAfterACrashNothingIsSentAgain(t *testing.T) {
	interrupted(t, told, func(w *world) { w.sends(about("m1", `<body>hello?</body>`)) }, func(w *world, owed []store.Command) {
		w.waits(time.Hour)
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello")}
		w.back(told, owed)
		w.does()
		w.hears("phone: m1 refused: remote-server-timeout: "+notDelivered.Text, "phone: <bob> hello (earlier)")
	})
}

func TestAMessageThatCannotBeLookedForIsNotSentTwice(t *testing.T) {
	interrupted(t, told, func(w *world) { w.sends(about("m1", `<body>hello?</body>`)) }, func(w *world, owed []store.Command) {
		for i := range maxMissed + 2 { // more than is read
			w.network.past[inGo] = append(w.network.past[inGo], said(transports.MessageID(fmt.Sprint("b", i+1)), "bob", "chatter"))
		}
		w.back(told, owed)
		w.does()
		w.refused("phone: m1 refused: undefined-condition: " + Unknown)
	})
}

func TestAnActionIsNotSentTwice(t *testing.T) {
	interrupted(t, told, func(w *world) { w.sends(about("m1", `<body>/me waves</body>`)) }, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello")}
		w.back(told, owed)
		w.does()
		w.refused("phone: m1 refused: undefined-condition: " + Unknown)
	})
}

func TestWhatTakesANonceOnceIsSentAgain(t *testing.T) {
	once := transports.Capabilities{Idempotent: time.Minute}
	interrupted(t, once, func(w *world) {
		w.sends(about("m1", `<body>one</body>`))
		w.sends(about("m2", `<body>two *three*</body>`))
	}, func(w *world, owed []store.Command) {
		two := mine("n2", 0, "two three!")
		two.At = time.Now()
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), two}
		w.back(once, owed)
		w.does("send #go one")
		w.hears("phone: <bob> hello (earlier)", "phone: <alice> two *three* (earlier)", "phone: <alice> one")
	})
	interrupted(t, once, func(w *world) { w.sends(about("m1", `<body>one</body>`)) }, func(w *world, owed []store.Command) {
		w.waits(time.Minute)
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n1", 0, "one, as the network has put it")}
		w.back(once, owed)
		w.does()
		w.refused("phone: m1 refused: undefined-condition: " + Unknown)
	})
}

func TestWhatIsSurelyNotThereIsSentAgainWithoutANonce(t *testing.T) {
	recalled := transports.Capabilities{Recalled: true}
	says := func(w *world) { w.sends(about("m1", `<body>one</body>`)) }
	interrupted(t, recalled, says, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), said("b2", "bob", "one")}
		w.back(recalled, owed)
		w.does("send #go one")
		w.hears("phone: <bob> hello (earlier)", "phone: <bob> one (earlier)", "phone: <alice> one")
	})
	interrupted(t, recalled, says, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n1", 0, "said otherwise, or by somebody else")}
		w.back(recalled, owed)
		w.does()
		w.refused("phone: m1 refused: undefined-condition: " + Unknown)
	})
	interrupted(t, recalled, says, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello")}
		w.waits(resumeWithin)
		w.back(recalled, owed)
		w.does()
		w.refused("phone: m1 refused: remote-server-timeout: " + notDelivered.Text)
	})
}

func TestAfterACrashTheRestOfALongMessageIsSent(t *testing.T) {
	short := transports.Capabilities{Nonces: true, MaxText: 10}
	interrupted(t, short, func(w *world) { w.sends(about("m1", `<body>one two three four five six</body>`)) }, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n1", owed[0].ID, "one two"), mine("n2", owed[1].ID, "three four")}
		w.back(short, owed)
		w.does("send #go five six")
		w.sends(about("m2", `<body>one</body>`+replaceM1))
		w.does("edit n1 in #go: one", "delete n2 in #go", "delete n9 in #go")
	})
}

func TestAfterACrashOnlyTheLinesThatWereUnderWayGoOn(t *testing.T) {
	lines := transports.Capabilities{Nonces: true, SingleLine: true}
	interrupted(t, lines, func(w *world) {
		w.sends(about("m1", "<body>one\ntwo\nthree</body>"))
		w.decides(nil)
	}, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n1", 0, "one"), mine("n2", owed[0].ID, "two")}
		w.back(lines, owed)
		w.does("send #go three")
		w.refuses()
	})
	interrupted(t, lines, func(w *world) { w.sends(about("m1", "<body>/me waves\n/me bows\n/me leaves</body>")) }, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello")}
		w.back(lines, owed)
		w.does()
		w.refuses("phone: m1 refused: undefined-condition: " + Unknown)
	})
	interrupted(t, lines, func(w *world) { w.sends(about("m1", "<body>one\ntwo</body>")) }, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n1", owed[0].ID, "one")}
		w.back(told, owed)
		w.does()
		w.refuses("phone: m1 refused: undefined-condition: " + Unknown)
	})
}

func TestAfterACrashNobodyComesAndTheSenderIsTold(t *testing.T) {
	interrupted(t, told, func(w *world) { w.sends(about("m1", `<body>hello?</body>`)) }, func(w *world, owed []store.Command) {
		w.account = New(w.shared, Identity{ID: 7, Owed: owed, Login: &Login{Name: "work"}}, jid("alice@example.org"), "irc.net", "irc.net", 1000)
		w.account.Run(func() {})
		w.waits(patience)
		w.hears("phone: m1 refused: undefined-condition: " + Unknown)
		w.does()
	})
}

func TestAfterACrashAQuestionBeforeSheComesEndsNothing(t *testing.T) {
	interrupted(t, told, func(w *world) { w.sends(about("m1", `<body>hello?</body>`)) }, func(w *world, owed []store.Command) {
		var left []store.Command
		w.account = New(w.shared, Identity{ID: 7, Owed: owed, Disown: func(c []store.Command) { left = c }}, jid("alice@example.org"), "irc.net", "irc.net", 1000)
		w.account.Run(func() {})
		w.sends(`<iq type='get' id='i1'` + from("phone") + `to='#go%irc.net@gw.example/alice'><ping xmlns='urn:xmpp:ping'/></iq>`) // is she in the room still? (XEP-0410)
		w.hears()
		select {
		case <-w.account.Done(): // it takes nobody's place
		default:
			t.Error("the account lives on with nothing to do")
		}
		w.back(told, left)
		w.does("send #go hello?")
	})
}

func TestHowLongAnAccountWaitsForItsTurnCountsNot(t *testing.T) {
	interrupted(t, told, func(w *world) { w.sends(about("m1", `<body>hello?</body>`)) }, func(w *world, owed []store.Command) {
		w.account = New(w.shared, Identity{ID: 7, Owed: owed, Login: &Login{Name: "work", Keep: func([]byte) {}}}, jid("alice@example.org"), "irc.net", "irc.net", 1000)
		w.account.Run(func() {})
		w.account.Start(patience * 5 / 2)
		w.waits(patience * 5 / 2)
		w.hears()
		w.emits(transports.Online{Self: user("alice"), Can: told})
		w.waits(patience - time.Second)
		w.hears()
		w.waits(time.Second)
		w.hears("phone: m1 refused: undefined-condition: " + Unknown)
		w.does()
	})
}

func TestAMessageThatCameBeforeOneThatIsKnownIsFound(t *testing.T) {
	interrupted(t, told, func(w *world) {
		w.sends(about("m1", `<body>first</body>`))
		w.emits(said("b2", "bob", "second"))
		w.forget()
	}, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n1", owed[0].ID, "first"), said("b2", "bob", "second")}
		w.back(told, owed)
		w.does()
		w.hears("phone: <bob> hello (earlier)", "phone: <bob> second (earlier)", "phone: <alice> first (earlier)")
	})
}

func TestAfterACrashATalkGoesOn(t *testing.T) {
	const receipt = `<request xmlns='urn:xmpp:receipts'/>`
	talk := transports.TalkWith("bob")
	interrupted(t, told, func(w *world) {
		w.sends(with("m1", `<body>one</body>`+receipt))
		w.sends(with("m2", `<body>two</body>`+receipt))
	}, func(w *world, owed []store.Command) {
		one := mine("n1", owed[0].ID, "one")
		one.Place = talk
		w.network.past[talk] = []transports.Event{one}
		w.back(told, owed)
		w.does("send bob two")
		w.hears("phone: <bob> hello (earlier)", "phone: chat from bob%irc.net@gw.example: receipt of m1", "phone: chat from bob%irc.net@gw.example: receipt of m2")
	})
}

// hasSaid has alice said something that the network calls n1.
func (w *world) hasSaid() {
	w.network.answer = func(transports.Command) (transports.Result, error, bool) {
		return transports.Result{Parts: []transports.MessageID{"n1"}}, nil, false
	}
	w.sends(about("m1", `<body>helo</body>`))
	w.holds()
	w.forget()
}

func TestAfterACrashAChangeIsMadeAgain(t *testing.T) {
	for payload, does := range map[string]string{
		`<body>hello</body>` + replaceM1: "edit n1 in #go: hello",
		retractM1:                        "delete n1 in #go",
		`<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction></reactions>`: "react to n1 in #go: 👍",
	} {
		interrupted(t, told, func(w *world) { w.hasSaid(); w.sends(about("m2", payload)) }, func(w *world, owed []store.Command) {
			w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n1", 0, "helo")}
			w.back(told, owed)
			w.does(does)
		})
	}
}

func TestAfterACrashAChangeThatTheNetworkTellsIsNotMadeAgain(t *testing.T) {
	interrupted(t, told, func(w *world) {
		w.hasSaid()
		w.sends(about("m2", `<body>hello</body>`+replaceM1))
		w.sends(about("m3", `<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction></reactions>`))
	}, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n1", 0, "helo"),
			transports.Edited{Place: inGo, ID: "n1", From: user("alice"), Text: plain("hello"), At: time.Now()},
			transports.Reacted{Place: inGo, ID: "n1", From: user("alice"), Emoji: []string{"👍"}, At: time.Now()}}
		w.back(told, owed)
		w.does()
		w.forget()
		if got := w.asks("", "").bodies; len(got) != 4 || got[1] != "alice helo" || got[2] != "alice hello" {
			t.Errorf("the archive has %q", got)
		}
	})
}

func TestAChangeOfAMessageUnderWayIsMadeAfterACrash(t *testing.T) {
	interrupted(t, told, func(w *world) {
		w.sends(about("m1", `<body>helo</body>`))
		w.sends(about("m2", `<body>hello</body>`+replaceM1))
	}, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n1", owed[0].ID, "helo")}
		w.back(told, owed)
		w.does("edit n1 in #go: hello")
	})
}

func TestAMessageThatIsGoneAlreadyIsTakenBack(t *testing.T) {
	interrupted(t, told, func(w *world) { w.hasSaid(); w.sends(about("m2", retractM1)) }, func(w *world, owed []store.Command) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello")}
		w.back(told, nil)
		w.network.answer = func(transports.Command) (transports.Result, error, bool) {
			return transports.Result{}, &transports.Fault{Kind: transports.NotFound, Text: "There is no such message."}, false
		}
		w.forget()
		w.account.mail.put(func() {
			w.account.identity.Owed = owed
			w.account.takeOver()
			w.account.resume("#go", w.account.looks("#go"))
		})
		w.does("delete n1 in #go")
		w.hears("phone: <alice> A message was deleted, but your client cannot show it. (retracts n1)")
	})
}

// unsaid is a network that takes what it is sent, or not, and does not say which.
func unsaid(t *testing.T, tell func(t *testing.T, w *world)) {
	t.Helper()
	story(t, func(t *testing.T, w *world) {
		w.network.past = map[transports.Place][]transports.Event{}
		w.rich(told)
		w.emits(said("b1", "bob", "hello"))
		w.forget()
		answered := w.network.answer
		w.network.answer = func(transports.Command) (transports.Result, error, bool) {
			w.network.answer = answered
			return transports.Result{}, &transports.Fault{Kind: transports.UnknownOutcome, Text: "Nobody knows whether it arrived."}, false
		}
		tell(t, w)
	})
}

func TestAMessageWhoseAnswerIsLostIsFoundOrSentAgain(t *testing.T) {
	unsaid(t, func(t *testing.T, w *world) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello")}
		w.sends(about("m1", `<body>hi</body>`))
		w.sends(about("m2", `<body>how are you?</body>`))
		w.waits(settles)
		w.does("send #go hi", "send #go how are you?", "send #go hi")
		w.hears("phone: <alice> how are you?", "phone: <alice> hi")
	})
	unsaid(t, func(t *testing.T, w *world) {
		w.sends(about("m1", `<body>hi</body>`))
		journal, err := w.store.Commands(t.Context(), "gw.example")
		if err != nil || len(journal) != 1 {
			t.Fatal(journal, err)
		}
		mine := mine("n7", journal[0].ID, "hi")
		w.emits(mine)       // the echo comes first
		w.network.mu.Lock() // the look is under way
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine}
		w.network.mu.Unlock()
		w.waits(settles)
		w.does("send #go hi")
		w.hears("phone: <alice> hi")
		w.sends(about("m2", `<body>ho</body>`+replaceM1))
		w.does("edit n7 in #go: ho")
	})
}

func TestAMessageThroughASharedAccountIsFoundWhenItsConnectionIsBack(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.network.past = map[transports.Place][]transports.Event{}
		w.account.Stop("")
		<-w.account.Done()
		w.account = New(w.shared, Identity{ID: 7, Session: func(name string) (transports.Session, error) {
			return w.network.Open(transports.Account{Name: name}, transports.Env{})
		}}, jid("alice@example.org"), "irc.net", "irc.net", 1000)
		w.account.Run(func() {})
		shared := transports.Capabilities{Recalled: true}
		w.rich(shared)
		w.emits(said("b1", "bob", "hello"))
		w.holds()
		w.sends(about("m1", `<body>hi</body>`))
		w.breaks(transports.Offline, "Reset.")
		w.forget()
		w.decides(&transports.Fault{Kind: transports.UnknownOutcome, Text: "Nobody knows whether it arrived."})
		mine := mine("n7", 0, "hi")
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine}
		w.waits(10 * time.Second)
		w.network.answer = nil
		shared.Features = everything
		w.emits(transports.Online{Self: user("alice"), Can: shared}, state("alice", "bob"))
		w.waits(settles)
		w.hears("phone: <#go> Connected to irc.net again.", "phone: <alice> hi")
	})
}

func TestTheLastLineWhoseAnswerIsLostIsSentAgainAlone(t *testing.T) {
	unsaid(t, func(t *testing.T, w *world) {
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello")}
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: everything, Nonces: true, SingleLine: true}})
		lost := w.network.answer
		w.network.answer = func(c transports.Command) (transports.Result, error, bool) {
			w.network.answer = lost
			return transports.Result{Parts: []transports.MessageID{"n1"}}, nil, false
		}
		w.forget()
		w.sends(about("m1", "<body>one\ntwo</body>"))
		w.waits(settles)
		w.does("send #go one", "send #go two", "send #go two")
		w.refuses()
	})
}

func TestAMessageThatWasUnderWayWhenTheConnectionBrokeIsFoundWhenItIsBack(t *testing.T) {
	unsaid(t, func(t *testing.T, w *world) {
		w.holds()
		w.sends(about("m1", `<body>hi</body>`))
		journal, err := w.store.Commands(t.Context(), "gw.example")
		if err != nil || len(journal) != 1 {
			t.Fatal(journal, err)
		}
		w.breaks(transports.Offline, "Reset.")
		w.decides(&transports.Fault{Kind: transports.UnknownOutcome, Text: "Nobody knows whether it arrived."})
		w.waits(10 * time.Second)
		w.network.answer = nil
		w.forget()
		w.network.past[inGo] = []transports.Event{said("b1", "bob", "hello"), mine("n7", journal[0].ID, "hi"), said("b2", "bob", "how are you?")}
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: everything, Nonces: true}}, state("alice", "bob"))
		w.waits(settles)
		w.does()
		w.hears("phone: <#go> Connected to irc.net again.", "phone: <alice> hi", "phone: <bob> how are you?")
	})
}

func TestWhatIsNeverFoundOutIsTold(t *testing.T) {
	unsaid(t, func(t *testing.T, w *world) {
		w.holds()
		w.sends(about("m1", `<body>hi</body>`))
		w.breaks(transports.Offline, "Reset.")
		w.decides(&transports.Fault{Kind: transports.UnknownOutcome, Text: "Nobody knows whether it arrived."})
		w.forget()
		w.waits(patience)
		w.refused("phone: m1 refused: undefined-condition: Nobody knows whether it arrived.")
		if n := w.journal(); n != 0 {
			t.Errorf("the journal has %d entries", n)
		}
	})
}

func TestWhatRefersToAMessageThatIsNeverFoundOutIsToldToo(t *testing.T) {
	unsaid(t, func(t *testing.T, w *world) {
		w.holds()
		w.sends(about("m1", `<body>helo</body>`))
		w.sends(about("m2", `<body>hello</body>`+replaceM1))
		w.breaks(transports.Offline, "Reset.")
		w.decides(&transports.Fault{Kind: transports.UnknownOutcome, Text: "Nobody knows whether it arrived."})
		w.forget()
		w.sends(leave("phone"))
		w.waits(patience)
		w.refuses("phone: m1 refused: undefined-condition: Nobody knows whether it arrived.",
			"phone: m2 refused: remote-server-timeout: You are not connected to irc.net. Join one of its rooms first.")
		select {
		case <-w.account.Done():
		default:
			t.Error("the account lives on with nothing to do")
		}
		if n := w.journal(); n != 0 {
			t.Errorf("the journal has %d entries", n)
		}
	})
}

func TestWhoMayNotUseTheAccountAnyMoreIsToldWhatIsNotFoundOut(t *testing.T) {
	unsaid(t, func(t *testing.T, w *world) {
		w.holds()
		w.sends(about("m1", `<body>hi</body>`))
		w.breaks(transports.Offline, "Reset.")
		w.decides(&transports.Fault{Kind: transports.UnknownOutcome, Text: "Nobody knows whether it arrived."})
		w.forget()
		w.account.Dismiss("You may not use it any more.")
		w.refuses("phone: m1 refused: undefined-condition: Nobody knows whether it arrived.")
		if n := w.journal(); n != 0 {
			t.Errorf("the journal has %d entries", n)
		}
	})
}
