package dialog

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// writes sends a text to the bot.
func (w *world) writes(text string) {
	w.t.Helper()
	s := parse(w.t, `<message type='chat' id='m'><thread>t</thread></message>`)
	w.faces.Chat(s.Add(stanza.Text("", "body", text)), w.menu, w.who)
}

// talk sends a text to the bot and fails unless it answers so, in one message for each text.
func (w *world) talk(text string, want ...string) {
	w.t.Helper()
	w.writes(text)
	got := w.answers()
	if len(got) != len(want) {
		w.t.Errorf("%q has %d answers, not %d", text, len(got), len(want))
	}
	for i, s := range got {
		if s.Kind != stanza.Message || s.Type != "chat" || s.ID == "" || s.ChildText("", "thread") != "t" || s.To.String() != phone || s.From.String() != "gw.example" ||
			s.Child("urn:xmpp:styling:0", "unstyled") == nil {
			w.t.Errorf("it came as %s", s.Append(nil))
		}
		if body := s.ChildText("", "body"); i < len(want) && body != want[i] {
			w.t.Errorf("%q is answered\n  %s\nwant\n  %s", text, strings.ReplaceAll(body, "\n", "\n  "), strings.ReplaceAll(want[i], "\n", "\n  "))
		}
	}
}

const (
	helpText = "What I can do:\njoin room network – Joins a room.\nlist – Lists your rooms.\nsetup nick – Sets you up.\noptions – Changes options.\nslow – Takes its time.\nnever – Is refused.\n" +
		"I ask for what you leave out. Write “help” and a word to learn more, “cancel” to stop what you have begun."
	askRoom    = "Room? With its sign, such as #go."
	askNetwork = "Network?\n1. Anet\n2. b.net"
	stops      = "(“cancel” stops this.)"
	exposed    = "Be careful: what you write here stays in the history of this chat. To avoid that, use the command “Join” in the list of commands of your client."
	askPass    = "Password?\nBe careful: what you write here stays in the history of this chat. To avoid that, use the command “Set up” in the list of commands of your client."
	sheetEnd   = "\nTo change something, write its name, = and the new value, such as: realname=…\nWrite “ok” when it is right, or “cancel”."
)

func TestTheBotHelps(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.talk("help", helpText)
		w.talk(" HELP ", helpText)
		w.talk("", helpText)
		w.talk("help join", "Join. Joins a room.\nThe room stays until you leave it.\nWrite: join room network\nPut quotes around what has spaces in it. I ask for what you leave out.")
		w.talk("help list", "List. Lists your rooms.\nWrite: list")
		w.talk("help jion", "I do not know that word. Did you mean “join”? Write “help” to see what I can do.")
		w.talk("help reload", "I do not know that word. Write “help” to see what I can do.")
		w.talk("cancel", "There is nothing to cancel.")
		w.who.Operator = true
		w.talk("help reload", "Reload. Reads the configuration again.\nWrite: reload")
	})
}

func TestTheBotTakesACommandWithAllItNeeds(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.talk("join #go b.net", "Joined #go on b.net with .")
		w.talk(`JOIN "my room" anet`, "Joined my room on a.net with .")
		w.talk("join “my room” a.net", "Joined my room on a.net with .")
		w.talk("join network=b.net #go", "Joined #go on b.net with .")
		w.talk("join #go b.net key=x y", "Network must be one of the options.\nJoin a room\n"+askNetwork+"\n"+stops)
		w.talk("cancel", "Cancelled.")
		w.talk("join room=#go network=2", "Joined #go on b.net with .")
		w.talk("join #go a.net key=hunter2", exposed, "Joined #go on a.net with hunter2.")
		w.talk("reload", "I do not know that word. Write “help” to see what I can do.")
		w.who.Operator = true
		w.talk("reload", "Done.")
	})
}

func TestTheBotAsksForWhatIsMissing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.talk("join", "Join a room\n"+askRoom+"\n"+stops)
		w.talk("#go", askNetwork)
		w.talk("3", "Network must be one of the options.\n"+askNetwork)
		w.talk("1", "Joined #go on a.net with .")
	})
}

func TestInFrontOfOthersACommandIsNeverTakenForAnAnswer(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		aloud := func(text, want string) {
			t.Helper()
			w.faces.ChatAloud(parse(t, `<message type='chat' id='m'><thread>t</thread></message>`).Add(stanza.Text("", "body", text)), w.menu, w.who)
			if body := w.only().ChildText("", "body"); body != want {
				t.Errorf("%q is answered\n%s\nwant\n%s", text, body, want)
			}
		}
		aloud("join", "Join a room\n"+askRoom+"\n"+stops)
		aloud("join #go a.net", "Joined #go on a.net with .")
		aloud("join", "Join a room\n"+askRoom+"\n"+stops)
		aloud("#go", askNetwork)
		aloud("1", "Joined #go on a.net with .")
	})
}

func TestTheBotShowsResults(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.talk("list", "One is not joined.\nRooms of alice@example.org\nRoom | in\n#go | yes\n#c | no")
		w.talk("list all", "That is too much. Write: list")
		w.talk("never", "Never.")
	})
}

func TestTheBotNeverRepeatsASecret(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.talk("setup al", "Who are you?\n"+askPass+"\n"+stops)
		w.talk("hunter2\nhunter2", "Password must be a single line.\n"+askPass)
		w.talk("hunter2", "Nearly there.\nAre you sure (yes or no)?\n"+stops)
		w.talk("perhaps", "Are you sure must be yes or no.\nAre you sure (yes or no)?")
		w.talk("YES", "al is sure: true")
		w.talk("hunter2", "I do not know that word. Write “help” to see what I can do.") // it came too late
		w.talk(`"hunter2`, "A quote is not closed. Put one at the end too, or write a backslash before it.")
	})
}

func TestTheBotAsksAgainAfterAProblem(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.talk("setup root", "Who are you?\n"+askPass+"\n"+stops)
		w.talk("hunter2", "The nick root is taken.\nWho are you?\nNick?\nNow: root. Write . to keep it.\n"+stops)
		w.talk("bo", askPass)
		w.talk("hunter2", "Nearly there.\nAre you sure (yes or no)?\n"+stops)
		w.talk("cancel", "Cancelled.")
	})
}

func TestTheBotShowsAFormThatMayStayAsItIs(t *testing.T) {
	const head = "Options\nrealname = Alice – Real name\nkeep = no\npass (not shown)\nafter = "
	story(t, func(t *testing.T, w *world) {
		w.talk("options", head+sheetEnd)
		w.talk("what?", "I do not understand that.\nrealname = Alice – Real name\nkeep = no\npass (not shown)\nafter = "+sheetEnd)
		w.talk("keep=maybe", "keep must be yes or no.\nrealname = Alice – Real name\nkeep = no\npass (not shown)\nafter = "+sheetEnd)
		w.talk("Real name = \"bad\"\nkeep=yes\npass=hunter2", "realname = bad – Real name\nkeep = yes\npass (not shown)\nafter = "+sheetEnd)
		w.talk("ok", "Not that name.\nOptions\nrealname = bad – Real name\nkeep = yes\npass (not shown)\nafter = "+sheetEnd)
		w.talk("realname=", "realname =  – Real name\nkeep = yes\npass (not shown)\nafter = "+sheetEnd)
		w.talk("OK", "Kept: realname= keep=true pass=hunter2")
		w.talk("options keep=on", "Kept: keep=true")
		w.talk("options kept=on", "That is too much. Write: options\n"+head+sheetEnd)
	})
}

func TestTheLastArgumentTakesTheRestOfTheLine(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.menu = Menu{{Words: []string{"raw", "server", "line"}, Start: func(context.Context, Asker) Outcome {
			return Outcome{Ask: &xep.Form{Fields: []xep.Field{{Name: "server"}, {Name: "line", Required: true}}}, Then: func(_ context.Context, a xep.Answers) Outcome {
				return Outcome{Note: a.Get("server") + ": " + a.Get("line")}
			}}
		}}}
		w.talk(`raw a.net PRIVMSG bob :he  said "hi" server=x`, `a.net: PRIVMSG bob :he  said "hi" server=x`)
		w.talk(`raw a.net "QUIT :bye bye"`, `a.net: QUIT :bye bye`)
		w.talk(`raw server=a.net QUIT`, "a.net: QUIT")
		w.talk(`raw a.net`, "line?\n"+stops)
		w.talk("a=b \"c\"", "a.net: a=b \"c\"")
	})
}

func TestAMultipleChoiceIsMadeWithCommas(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		form := &xep.Form{Fields: []xep.Field{{Name: "days", Kind: xep.Choices, Required: true, Options: []xep.Option{{Value: "mo", Label: "Monday"}, {Value: "tu"}}},
			{Name: "size", Kind: xep.Choice, Required: true, Options: []xep.Option{{Value: "2", Label: "two"}, {Value: "1", Label: "one"}}},
			{Name: "who", Kind: xep.JIDs, Required: true}, {Kind: xep.Fixed, Values: []string{"Read this."}}}}
		w.menu = Menu{{Words: []string{"pick"}, Start: func(context.Context, Asker) Outcome {
			return Outcome{Ask: form, Then: func(_ context.Context, a xep.Answers) Outcome {
				return Outcome{Note: strings.Join(a["days"], "+") + " " + a.Get("size") + " " + strings.Join(a["who"], "+")}
			}}
		}}}
		w.talk("pick", "Read this.\ndays?\n1. Monday\n2. tu\nYou may name several, with commas between them.\n"+stops)
		w.talk("2, monday", "size?\n2: two\n1: one")
		w.talk("1", "who?")
		w.talk("a@x.org, b@x.org\nA@x.org", "tu+mo 1 a@x.org+b@x.org")
	})
}

func TestWhatIsNoLongerOfferedMustBeChosenAnew(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		var pick func(problem *stanza.Error, offered ...xep.Option) Outcome
		pick = func(problem *stanza.Error, offered ...xep.Option) Outcome {
			return Outcome{Problem: problem, Ask: &xep.Form{Fields: []xep.Field{{Name: "colour", Kind: xep.Choice, Options: offered}}}, Then: func(_ context.Context, a xep.Answers) Outcome {
				if a.Get("colour") == "r" {
					return pick(notRead, xep.Option{Value: "g", Label: "Green"})
				}
				return Outcome{Note: a.Get("colour")}
			}}
		}
		w.menu = Menu{{Words: []string{"pick"}, Start: func(context.Context, Asker) Outcome {
			return pick(nil, xep.Option{Value: "r", Label: "Red"}, xep.Option{Value: "g", Label: "Green"})
		}}}
		const end = "\nTo change something, write its name, = and the new value, such as: colour=…\nWrite “ok” when it is right, or “cancel”."
		w.talk("pick", "colour =  (Red, Green)"+end)
		w.talk("colour=red", "colour = Red (Red, Green)"+end)
		w.talk("ok", notRead.Text+"\ncolour = r (Green)"+end)
		w.talk("ok", "colour must be one of the options.\ncolour = r (Green)"+end)
		w.talk("colour = Green", "colour = Green (Green)"+end)
		w.talk("ok", "g")
	})
}

func TestAConfirmationNeedsAWord(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.menu = Menu{{Words: []string{"sure"}, Start: askThen(func(context.Context, Asker) Outcome { return Outcome{} })}}
		w.talk("sure", "Write “ok” to go on, or “cancel”.")
		w.talk("hm", "I do not understand that.\nWrite “ok” to go on, or “cancel”.")
		w.talk("ok", "Done.")
	})
}

func TestAWordMayMeanSomethingAlone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		done := func(note string) func(context.Context, Asker) Outcome {
			return func(context.Context, Asker) Outcome { return Outcome{Note: note} }
		}
		w.menu = append(w.menu, Command{Words: []string{"rooms", "network"}, Alone: done("Yours."), Start: func(context.Context, Asker) Outcome {
			return Outcome{Ask: &xep.Form{Fields: []xep.Field{{Name: "network"}}}, Then: func(_ context.Context, a xep.Answers) Outcome { return Outcome{Note: a.Get("network")} }}
		}})
		w.talk("rooms", "Yours.")
		w.talk("rooms b.net", "b.net")
	})
}

func TestWhatTakesLongDoesNotHoldUpTheBot(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.talk("slow")
		w.talk("list", busy)
		w.talk("cancel", "Cancelled.")
		w.talk("slow")
		close(w.release)
		if got := w.only(); got.ChildText("", "body") != "At last." {
			t.Error(text(got))
		}
		w.talk("help list", "List. Lists your rooms.\nWrite: list")
	})
}

func TestTheBotSaysWhenTooMuchIsGoingOn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for range maxSteps {
			w.sends("slow", "", "", "")
		}
		w.talk("list", tooMuch.Text)
		close(w.release)
		w.answers()
		w.talk("reload", "I do not know that word. Write “help” to see what I can do.")
	})
}

func TestAConversationIsForgottenAfterAWhile(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.talk("setup al", "Who are you?\n"+askPass+"\n"+stops)
		time.Sleep(idleTime + time.Second)
		w.talk("hunter2", "I do not know that word. Write “help” to see what I can do.")
		w.talk("setup al", "Who are you?\n"+askPass+"\n"+stops)
		time.Sleep(2 * idleTime)
		synctest.Wait()
		if len(w.faces.people) != 0 {
			t.Error("it is still in memory")
		}
	})
}

func TestAConversationOfAnOperatorEndsWithTheRight(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.menu[2].Operator, w.who.Operator = true, true
		w.talk("setup al", "Who are you?\n"+askPass+"\n"+stops)
		w.who.Operator = false
		w.talk("hunter2", forbidden.Text)
		w.talk("cancel", "There is nothing to cancel.")
	})
}

func TestEachPersonHasAConversationOnAllDevices(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.talk("join", "Join a room\n"+askRoom+"\n"+stops)
		laptop := parse(t, `<message><body>#go</body></message>`)
		laptop.From = jid(t, "alice@example.org/laptop")
		w.faces.Chat(laptop, w.menu, Asker{Person: laptop.From})
		if s := w.only(); s.To != laptop.From || s.Type != "" || s.ChildText("", "body") != askNetwork {
			t.Errorf("%s", s.Append(nil))
		}
		other := parse(t, `<message><body>1</body></message>`)
		other.From = jid(t, "bob@example.org/x")
		w.faces.Chat(other, w.menu, Asker{Person: other.From})
		if s := w.only(); !strings.HasPrefix(s.ChildText("", "body"), "I do not know that word.") {
			t.Errorf("%s", s.Append(nil))
		}
	})
}

func TestWhatTheBotDoesNotRead(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for text, want := range map[string]string{
			`<message type='error'><body>help</body></message>`:                                         "",
			`<message type='headline'><body>help</body></message>`:                                      "",
			`<message type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`: "",
			`<presence/>`: "",
			`<message type='groupchat'><body>help</body></message>`:                                                         notRead.Text,
			`<message><subject>help</subject></message>`:                                                                    notRead.Text,
			`<message><body>I sent you an OMEMO message</body><encryption xmlns='urn:xmpp:eme:0' namespace='x'/></message>`: encrypted.Text,
		} {
			w.faces.Chat(parse(t, text), w.menu, w.who)
			got := w.answers()
			if want == "" && len(got) != 0 || want != "" && (len(got) != 1 || got[0].Type != "error" || got[0].Child("", "error").Child("urn:ietf:params:xml:ns:xmpp-stanzas", "text").Text() != want) {
				t.Errorf("%s has %d answers", text, len(got))
			}
		}
		w.faces.Chat(parse(t, `<message id='m'><body>list</body><request xmlns='urn:xmpp:receipts'/></message>`), w.menu, w.who)
		got := w.answers()
		if len(got) != 2 || text(got[0]) != `<received xmlns='urn:xmpp:receipts' id='m'/>` {
			t.Errorf("%d answers", len(got))
		}
	})
}

func TestWhoTalksToTheBotAtTheEndIsAnswered(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.menu = append(w.menu, Command{Words: []string{"deaf"}, Start: w.menu[5].Start})
		w.talk("deaf")
		w.end()
		synctest.Wait()
		close(w.release)
		w.writes("list")
		if got := w.answers(); len(got) != 2 || got[0].Type != "error" || got[1].Type != "error" {
			t.Errorf("%d answers", len(got))
		}
	})
}

// FuzzChat: whatever is written to the bot, line by line, each line is answered, and at once.
func FuzzChat(f *testing.F) {
	for _, lines := range []string{"join\n#go\n1", "setup root\nx\n.\ny\nno", "options\nrealname=bad\nok\ncancel", "help\nhelp x\nhelp join", "options keep=1\njoin a=b c",
		"join #go 1 key=x", "setup\ncancel\ncancel", "options\nok", "reload\nlist x=y\nnever"} {
		f.Add(lines)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		w := &world{t: t, who: Asker{Person: jid(t, phone), Operator: true}}
		menu := w.commands()
		menu = append(menu[:4], menu[6:]...) // without those that last
		answers := make(chan string, 100)
		w.faces = New(func(s *stanza.Stanza) { answers <- s.ChildText("", "body") })
		next := func() string {
			select {
			case text := <-answers:
				return text
			case <-time.After(10 * time.Second):
				t.Fatal("a line is not answered")
				return ""
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go w.faces.Run(ctx)
		for line := range strings.SplitSeq(lines, "\n") {
			s := (&stanza.Stanza{Kind: stanza.Message, From: w.who.Person}).Add(stanza.Text("", "body", line))
			w.faces.Chat(s, menu, w.who)
			text := next()
			for text == exposed {
				text = next()
			}
			if text == "" || len(text) > maxText+200 {
				t.Fatalf("%q is answered with %d bytes", line, len(text))
			}
		}
		select {
		case text := <-answers:
			t.Fatalf("one more answer: %q", text)
		default:
		}
	})
}
