package dialog

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// sends sends a request to a command, and returns the id of the session in the answer.
func (w *world) sends(node, id, action, form string) {
	w.t.Helper()
	c := stanza.New(xep.NSCommands, "command", "node", node, "sessionid", id, "action", action)
	s := parse(w.t, `<iq type='set' id='q'>`+string(c.Append(nil))+`</iq>`)
	if form != "" {
		s.Payload[0].Add(parse(w.t, `<iq><x xmlns='jabber:x:data' type='submit'>`+form+`</x></iq>`).Payload[0])
	}
	s.From = w.who.Person
	if !w.faces.Command(s, w.menu, w.who) {
		w.t.Fatal("it was not taken for a command")
	}
}

// runs sends a request and returns its one answer with the id of the session.
func (w *world) runs(node, id, action, form string) (*stanza.Stanza, string) {
	w.t.Helper()
	w.sends(node, id, action, form)
	s := w.only()
	if s.ID != "q" || s.Kind != stanza.IQ {
		w.t.Errorf("the answer is %s %q", s.Kind, s.ID)
	}
	return s, s.Child(xep.NSCommands, "command").Attr("sessionid")
}

const (
	isCommand = `<command xmlns='http://jabber.org/protocol/commands' node=`
	nickField = `<field type='text-single' var='nick' label='Nick'><required/>`
	passField = `<field type='text-private' var='pass' label='Password'><required/></field>`
	nickForm  = isCommand + `'setup' status='executing'><actions execute='next'><next/></actions><x xmlns='jabber:x:data' type='form'><title>Who are you?</title>`
	sureForm  = isCommand + `'setup' status='executing'><actions execute='complete'><prev/><complete/></actions><note type='info'>Nearly there.</note>` +
		`<x xmlns='jabber:x:data' type='form'><field type='boolean' var='sure' label='Are you sure'><required/><value>false</value></field></x></command>`
	nickAnswers = `<field var='nick'><value>al</value></field><field var='pass'><value>hunter2</value></field>`
)

func refusedWith(kind, condition, say, detail string) string {
	const ns = " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"
	if detail != "" {
		detail = "<" + detail + " xmlns='http://jabber.org/protocol/commands'/>"
	}
	return "<error type='" + kind + "'><" + condition + ns + "/><text" + ns + ">" + say + "</text>" + detail + "</error>"
}

func TestACommandWithoutQuestionsCompletesAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		s, id := w.runs("list", "", "", "")
		w.expect(s, "result", isCommand+`'list' status='completed'><note type='warn'>One is not joined.</note><x xmlns='jabber:x:data' type='result'><title>Rooms of alice@example.org</title>`+
			`<reported><field var='room' label='Room' type='text-single'/><field var='in' type='boolean'/></reported>`+
			`<item><field var='room'><value>#go</value></field><field var='in'><value>true</value></field></item>`+
			`<item><field var='room'><value>#c</value></field><field var='in'><value>false</value></field></item></x></command>`)
		if id == "" {
			t.Error("a session has an id even then")
		}
		s, _ = w.runs("list", id, "execute", "")
		w.expect(s, "error", refusedWith("cancel", "not-allowed", "This session has ended. Start the command again.", "session-expired"))
	})
}

func TestACommandAsksInStepsBackAndForth(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		s, id := w.runs("setup", "", "execute", "")
		w.expect(s, "result", nickForm+nickField+`</field>`+passField+`</x></command>`)
		s, again := w.runs("setup", id, "next", nickAnswers)
		w.expect(s, "result", sureForm)
		if again != id {
			t.Error("the session has another id")
		}
		s, _ = w.runs("setup", id, "prev", "") // what was answered is there, but for the secret
		w.expect(s, "result", nickForm+nickField+`<value>al</value></field>`+passField+`</x></command>`)
		s, _ = w.runs("setup", id, "prev", "")
		w.expect(s, "error", refusedWith("modify", "bad-request", "This is the first form of the command.", "bad-action"))
		s, _ = w.runs("setup", id, "", strings.Replace(nickAnswers, ">al<", ">bo<", 1))
		w.expect(s, "result", sureForm)
		s, _ = w.runs("setup", id, "complete", `<field var='sure'><value>1</value></field>`)
		w.expect(s, "result", isCommand+`'setup' status='completed'><note type='info'>bo is sure: true</note></command>`)
		s, _ = w.runs("setup", id, "complete", "")
		w.expect(s, "error", refusedWith("cancel", "not-allowed", "This session has ended. Start the command again.", "session-expired"))
	})
}

func TestAnAnswerThatDoesNotFitMayBeGivenAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, id := w.runs("setup", "", "", "")
		s, _ := w.runs("setup", id, "next", `<field var='nick'><value>al</value></field>`)
		w.expect(s, "error", refusedWith("modify", "bad-request", "Password is missing.", "bad-payload"))
		s, _ = w.runs("setup", id, "next", "")
		w.expect(s, "error", refusedWith("modify", "bad-request", "Nick is missing.", "bad-payload"))
		s, _ = w.runs("setup", id, "next", strings.Replace(nickAnswers, ">al<", ">root<", 1)) // the command itself asks again
		w.expect(s, "result", strings.Replace(nickForm, `<x `, `<note type='error'>The nick root is taken.</note><x `, 1)+nickField+`<value>root</value></field>`+passField+`</x></command>`)
		s, _ = w.runs("setup", id, "next", nickAnswers)
		w.expect(s, "result", sureForm)
	})
}

func TestAScriptMayAnswerAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		s, _ := w.runs("join", "", "execute", `<field var='room'><value>#go</value></field><field var='network'><value>b.net</value></field>`)
		w.expect(s, "result", isCommand+`'join' status='completed'><note type='info'>Joined #go on b.net with .</note></command>`)
		s, _ = w.runs("join", "", "execute", `<field var='room'><value>#go</value></field>`)
		w.expect(s, "error", refusedWith("modify", "bad-request", "Network is missing.", "bad-payload"))
		s, _ = w.runs("join", "", "execute", `<field/>`)
		w.expect(s, "error", refusedWith("modify", "bad-request", "A field of the form has no name.", "bad-payload"))
		s, _ = w.runs("setup", "", "execute", nickAnswers) // and goes on where there is more to ask
		w.expect(s, "result", sureForm)
		if sessions := w.faces.people[w.who.Person.Bare()].sessions; len(sessions) != 1 {
			t.Errorf("%d sessions are left", len(sessions))
		}
	})
}

func TestACommandIsCancelled(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, id := w.runs("setup", "", "", "")
		s, _ := w.runs("setup", id, "cancel", "")
		w.expect(s, "result", isCommand+`'setup' status='canceled'/>`)
		s, _ = w.runs("setup", id, "cancel", "")
		w.expect(s, "error", refusedWith("cancel", "not-allowed", "This session has ended. Start the command again.", "session-expired"))
	})
}

func TestRequestsThatCannotBe(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, id := w.runs("setup", "", "", "")
		for name, c := range map[string]struct{ node, id, action, want string }{
			"unknown node":       {"dance", "", "", refusedWith("cancel", "item-not-found", "There is no such command here.", "")},
			"no node":            {"", "", "", refusedWith("cancel", "item-not-found", "There is no such command here.", "")},
			"for operators":      {"reload", "", "", refusedWith("cancel", "forbidden", "This command is for the operators of the gateway.", "")},
			"unknown action":     {"setup", id, "dance", refusedWith("modify", "bad-request", "There is no such action.", "malformed-action")},
			"not started":        {"setup", "", "next", refusedWith("modify", "bad-request", "The command has not been started. Execute it first.", "bad-action")},
			"cancelled unbegun":  {"setup", "", "cancel", refusedWith("modify", "bad-request", "The command has not been started. Execute it first.", "bad-action")},
			"invented session":   {"setup", "mine", "", refusedWith("modify", "bad-request", "This session was not given to you for this command.", "bad-sessionid")},
			"of another command": {"join", id, "", refusedWith("modify", "bad-request", "This session was not given to you for this command.", "bad-sessionid")},
			"refused at once":    {"never", "", "", refusedWith("cancel", "not-allowed", "Never.", "")},
		} {
			t.Log(name)
			s, _ := w.runs(c.node, c.id, c.action, "")
			w.expect(s, "error", c.want)
		}
	})
}

func TestNobodyTakesOverTheSessionOfAnother(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, id := w.runs("setup", "", "", "")
		for _, other := range []Asker{{Person: jid(t, "alice@example.org/laptop"), Place: "gateway"}, {Person: jid(t, "mallory@example.org/phone"), Place: "gateway"},
			{Person: jid(t, phone), Place: "irc.example"}} {
			own := w.who
			w.who = other
			s, _ := w.runs("setup", id, "cancel", "")
			if got, want := text(s), refusedWith("modify", "bad-request", "This session was not given to you for this command.", "bad-sessionid"); got != want {
				t.Errorf("%+v: %s", other, got)
			}
			w.who = own
		}
		s, _ := w.runs("setup", id, "next", nickAnswers)
		w.expect(s, "result", sureForm)
	})
}

func TestWhoIsNoOperatorAnyMoreCannotGoOn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.menu[2].Operator, w.who.Operator = true, true
		_, id := w.runs("setup", "", "", "")
		w.who.Operator = false
		s, _ := w.runs("setup", id, "next", nickAnswers)
		w.expect(s, "error", refusedWith("cancel", "forbidden", "This command is for the operators of the gateway.", ""))
	})
}

func TestAForgottenSessionExpires(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		_, id := w.runs("setup", "", "", "")
		time.Sleep(idleTime - time.Second)
		s, _ := w.runs("setup", id, "next", nickAnswers) // which keeps it
		w.expect(s, "result", sureForm)
		time.Sleep(idleTime + time.Second)
		s, _ = w.runs("setup", id, "complete", "")
		w.expect(s, "error", refusedWith("cancel", "not-allowed", "This session has ended. Start the command again.", "session-expired"))
		time.Sleep(idleTime)
		synctest.Wait()
		if len(w.faces.people) != 0 {
			t.Error("it is still in memory")
		}
	})
}

func TestTheOldestOfTooManySessionsGivesWay(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		var ids []string
		for range maxSessions + 1 {
			_, id := w.runs("setup", "", "", "")
			ids = append(ids, id)
		}
		s, _ := w.runs("setup", ids[0], "next", nickAnswers)
		w.expect(s, "error", refusedWith("cancel", "not-allowed", "This session has ended. Start the command again.", "session-expired"))
		s, _ = w.runs("setup", ids[1], "next", nickAnswers)
		w.expect(s, "result", sureForm)
	})
}

func TestOnePersonCannotRunWithoutBound(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for range maxSteps {
			w.sends("slow", "", "", "")
		}
		if got := w.answers(); len(got) != 0 {
			t.Fatal("they ended at once")
		}
		for _, node := range []string{"slow", "setup"} {
			s, _ := w.runs(node, "", "", "")
			w.expect(s, "error", refusedWith("wait", "resource-constraint", "Too many of your commands are still being worked on. Wait a moment, then try again.", ""))
		}
		close(w.release)
		if got := w.answers(); len(got) != maxSteps {
			t.Errorf("%d answers", len(got))
		}
		s, _ := w.runs("list", "", "", "")
		if s.Type != "result" {
			t.Error("it is still refused")
		}
	})
}

func TestAStepDoesNotHoldUpOthersAndHasItsTime(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends("slow", "", "", "")
		if s, _ := w.runs("list", "", "", ""); s.Type != "result" {
			t.Error(text(s))
		}
		time.Sleep(stepTime)
		w.expect(w.only(), "error", refusedWith("wait", "remote-server-timeout", "It took too long.", ""))
	})
}

// stepsSlowly starts the second step of a session, which lasts.
func (w *world) stepsSlowly(node string) (id string) {
	w.t.Helper()
	slow := w.menu[4].Start
	if node == "deaf" {
		slow = w.menu[5].Start
	}
	w.menu = append(w.menu, Command{Node: "asks", Start: askThen(slow)})
	_, id = w.runs("asks", "", "", "")
	w.sends("asks", id, "complete", "")
	if got := w.answers(); len(got) != 0 {
		w.t.Fatal("it ended at once")
	}
	return id
}

func TestAStepThatRunsIsCancelledAndBothRequestsAreAnswered(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		id := w.stepsSlowly("slow")
		s, _ := w.runs("asks", id, "next", "")
		w.expect(s, "error", refusedWith("modify", "bad-request", "The last form is still being worked on.", "bad-action"))
		w.sends("asks", id, "cancel", "")
		got := w.answers()
		if len(got) != 2 || w.saw == nil {
			t.Fatalf("%d answers, the step saw %v", len(got), w.saw)
		}
		for _, s := range got {
			w.expect(s, "result", isCommand+`'asks' status='canceled'/>`)
		}
	})
}

func TestACancelThatComesTooLateSaysSo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		id := w.stepsSlowly("deaf")
		w.sends("asks", id, "cancel", "")
		s, _ := w.runs("asks", id, "cancel", "")
		w.expect(s, "error", refusedWith("modify", "bad-request", "The last form is still being worked on.", "bad-action"))
		close(w.release)
		got := w.answers()
		if len(got) != 2 {
			t.Fatalf("%d answers", len(got))
		}
		w.expect(got[0], "result", isCommand+`'asks' status='completed'><note type='info'>Done all the same.</note></command>`)
		w.expect(got[1], "error", refusedWith("cancel", "not-allowed", "This session has ended. Start the command again.", "session-expired"))
	})
}

func TestWhoWaitsAtTheEndIsAnswered(t *testing.T) {
	const want = "The gateway is shutting down. Try again in a moment."
	story(t, func(t *testing.T, w *world) {
		id := w.stepsSlowly("deaf")
		w.sends("asks", id, "cancel", "")
		w.end()
		synctest.Wait()
		close(w.release)
		got := w.answers()
		if len(got) != 2 {
			t.Fatalf("%d answers", len(got))
		}
		for _, s := range got {
			w.expect(s, "error", refusedWith("wait", "service-unavailable", want, ""))
		}
		s, _ := w.runs("list", "", "", "") // and later ones too
		w.expect(s, "error", refusedWith("wait", "service-unavailable", want, ""))
	})
}

func TestTheIdsOfSessionsCannotBeGuessed(t *testing.T) {
	f, seen := New(nil), map[string]bool{}
	who := Asker{Person: jid(t, phone), Place: "p"}
	for range 100 {
		id := f.issue(who, "n")
		if seen[id] || !f.issued(id, who, "n") {
			t.Fatal(id)
		}
		seen[id] = true
	}
	id := f.issue(who, "n")
	for _, other := range []string{"", "x", id[1:], id + "x", strings.ToUpper(id), "A" + id[1:], "B" + id[1:]} {
		if other != id && f.issued(other, who, "n") {
			t.Errorf("%q is taken for one of ours", other)
		}
	}
	if f.issued(id, Asker{Person: who.Person}, "pn") || New(nil).issued(id, who, "n") {
		t.Error("it is good elsewhere")
	}
}

func TestWhatIsNoCommandIsLeftToOthers(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		for _, text := range []string{`<iq type='get'><command xmlns='http://jabber.org/protocol/commands' node='list'/></iq>`, `<iq type='set'><query xmlns='urn:x'/></iq>`} {
			if w.faces.Command(parse(t, text), w.menu, w.who) || w.faces.Register(parse(t, text), Registration{}, w.who) {
				t.Errorf("%s was taken", text)
			}
		}
		if got := w.answers(); len(got) != 0 {
			t.Error("it was answered")
		}
	})
}

func TestCommandsAreFoundByDiscovery(t *testing.T) {
	const info, items = `<query xmlns='http://jabber.org/protocol/disco#info'`, `<query xmlns='http://jabber.org/protocol/disco#items'`
	story(t, func(t *testing.T, w *world) {
		list := items + ` node='http://jabber.org/protocol/commands'>`
		for _, c := range w.menu {
			if c.Node != "reload" {
				list += fmt.Sprintf(`<item jid='gw.example' node='%s' name='%s'/>`, c.Node, c.Name)
			}
		}
		for ask, want := range map[string]string{
			items + ` node='http://jabber.org/protocol/commands'/>`: list + `</query>`,
			items + ` node='join'/>`:                                items + ` node='join'/>`,
			info + ` node='join'/>`: info + ` node='join'><identity category='automation' type='command-node' name='Join'/><feature var='http://jabber.org/protocol/commands'/>` +
				`<feature var='http://jabber.org/protocol/disco#info'/><feature var='jabber:x:data'/></query>`,
			info + ` node='reload'/>`:  refusedWith("cancel", "forbidden", "This command is for the operators of the gateway.", ""),
			items + ` node='reload'/>`: refusedWith("cancel", "forbidden", "This command is for the operators of the gateway.", ""),
			info + `/>`:                "", items + `/>`: "", info + ` node='x'/>`: "", items + ` node='x'/>`: "", `<query xmlns='urn:x'/>`: "",
		} {
			s := w.menu.Disco(parse(t, `<iq type='get' id='q'>`+ask+`</iq>`), "Commands", false)
			if s == nil {
				if want != "" {
					t.Errorf("%s is not answered", ask)
				}
				continue
			}
			if got := text(s); got != want {
				t.Errorf("%s: %s", ask, got)
			}
		}
		s := w.menu.Disco(parse(t, `<iq type='get'>`+info+` node='http://jabber.org/protocol/commands'/></iq>`), "Commands", false)
		if !strings.Contains(text(s), `<identity category='automation' type='command-list' name='Commands'/>`) {
			t.Error(text(s))
		}
		if s := w.menu.Disco(parse(t, `<iq type='get'>`+items+` node='http://jabber.org/protocol/commands'/></iq>`), "", true); !strings.Contains(text(s), "reload") {
			t.Error("an operator does not see the command")
		}
	})
}
