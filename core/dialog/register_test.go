package dialog

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"isthmus/core/stanza"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// registration registers a nick, which needs a second form for the nick "long"; its removal acts at once, or asks for the nick.
func (w *world) registration(removalAsks bool) Registration {
	form := &xep.Form{Instructions: "Who are you?", Fields: []xep.Field{{Name: "nick", Label: "Nick", Required: true}, {Name: "password", Kind: xep.Secret}}}
	remove := func() Outcome { w.done, w.registered = append(w.done, "removed"), false; return Outcome{Note: "Gone."} }
	return Registration{
		Registered: func(context.Context, Asker) bool { return w.registered },
		Register: Command{Name: "Register", Words: []string{"register"}, Start: func(context.Context, Asker) Outcome {
			asked := form
			if w.registered {
				asked = form.Filled(xep.Answers{"nick": {"al"}, "password": {"hunter2"}})
			}
			return Outcome{Ask: asked, Then: func(_ context.Context, a xep.Answers) Outcome {
				switch a.Get("nick") {
				case "root":
					return Outcome{Ask: asked, Problem: &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.Conflict, Text: "The nick is taken."}}
				case "long":
					return Outcome{Ask: &xep.Form{}}
				}
				w.done, w.registered = append(w.done, a.Get("nick")+"/"+a.Get("password")), true
				return Outcome{Note: "Welcome."}
			}}
		}},
		Remove: Command{Start: func(context.Context, Asker) Outcome {
			if !removalAsks {
				return remove()
			}
			return Outcome{Ask: &xep.Form{Fields: []xep.Field{{Name: "nick", Label: "Nick", Required: true}}}, Then: func(context.Context, xep.Answers) Outcome { return remove() }}
		}},
	}
}

// asks sends a request about the registration and returns its one answer.
func (w *world) asks(g Registration, kind, content string) *stanza.Stanza {
	w.t.Helper()
	s := parse(w.t, `<iq type='`+kind+`' id='q'><query xmlns='jabber:iq:register'>`+content+`</query></iq>`)
	if !w.faces.Register(s, g, w.who) {
		w.t.Fatal("it was not taken for a request about a registration")
	}
	return w.only()
}

const registerForm = `<x xmlns='jabber:x:data' type='form'><instructions>Who are you?</instructions><field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>`

func submits(fields string) string {
	return `<x xmlns='jabber:x:data' type='submit'>` + fields + `</x>`
}

func TestAPersonRegistersChangesAndLeaves(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		g := w.registration(false)
		w.expect(w.asks(g, "get", ""), "result", `<query xmlns='jabber:iq:register'><instructions>Who are you?</instructions><nick/><password/>`+registerForm+
			`<field type='text-single' var='nick' label='Nick'><required/></field><field type='text-private' var='password'/></x></query>`)
		w.expect(w.asks(g, "set", submits(`<field var='FORM_TYPE'><value>jabber:iq:register</value></field><field var='nick'><value>al</value></field>`)), "result", "")
		w.expect(w.asks(g, "get", ""), "result", `<query xmlns='jabber:iq:register'><registered/><instructions>Who are you?</instructions><nick>al</nick><password/>`+registerForm+
			`<field type='text-single' var='nick' label='Nick'><required/><value>al</value></field><field type='text-private' var='password'/></x></query>`)
		w.expect(w.asks(g, "set", `<nick>bo</nick><password>x</password>`), "result", "") // an old client
		w.expect(w.asks(g, "set", `<nick>bo</nick><password/>`), "result", "")
		w.expect(w.asks(g, "set", `<remove/>`), "result", "")
		w.expect(w.asks(g, "set", `<remove/>`), "error", refusedWith("auth", "registration-required", "You are not registered here.", ""))
		if got := strings.Join(w.done, " "); got != "al/ bo/x bo/ removed" {
			t.Error(got)
		}
	})
}

func TestRegistrationsThatAreRefused(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		g := w.registration(false)
		for content, want := range map[string]string{
			submits(``):                    refusedWith("modify", "not-acceptable", "Nick is missing.", ""),
			`<nick/>`:                      refusedWith("modify", "not-acceptable", "Nick is missing.", ""),
			`<nick>a</nick><nick>b</nick>`: refusedWith("modify", "not-acceptable", "Nick takes one value only.", ""),
			`<x xmlns='jabber:x:data'/>`:   refusedWith("modify", "bad-request", "The form is not of the type submit.", ""),
			`<nick>root</nick>`:            refusedWith("cancel", "conflict", "The nick is taken.", ""),
			`<remove/><nick>a</nick>`:      refusedWith("modify", "bad-request", "A request to remove the registration must ask for nothing else.", ""),
			`<nick>long</nick>`: refusedWith("modify", "not-acceptable", "More than one form is needed for this. Use the command “Register” in the list of commands of the gateway (ad-hoc commands) instead. "+
				"Or write “register” to its bot.", ""),
		} {
			w.expect(w.asks(g, "set", content), "error", want)
		}
		w.expect(w.asks(g, "get", `<remove/>`), "error", refusedWith("modify", "bad-request", "A request to remove the registration must ask for nothing else.", ""))
		g.Register.Operator = true
		w.expect(w.asks(g, "get", ""), "error", refusedWith("cancel", "forbidden", "This command is for the operators of the gateway.", ""))
		g.Register = w.menu[7]
		w.expect(w.asks(g, "get", ""), "error", refusedWith("cancel", "not-allowed", "Never.", ""))
		if len(w.done) != 0 {
			t.Error(w.done)
		}
	})
}

func TestACancelledFormDoesNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.expect(w.asks(w.registration(false), "set", `<x xmlns='jabber:x:data' type='cancel'><field var='nick'><value>al</value></field></x>`), "result", "")
		if len(w.done) != 0 {
			t.Error(w.done)
		}
	})
}

func TestARegistrationWithNothingToFillInSaysSo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		g := w.registration(false)
		g.Register = Command{Start: func(context.Context, Asker) Outcome { return Outcome{Note: "You need not register."} }}
		if got := text(w.asks(g, "get", "")); !strings.Contains(got, "<instructions>You need not register.") {
			t.Error(got)
		}
		w.expect(w.asks(g, "set", "<nick>a</nick>"), "result", "")
	})
}

func TestTheEndOfARegistrationMayAskForMore(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		g := w.registration(true)
		w.registered = true
		w.expect(w.asks(g, "set", `<remove/>`), "error", `<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='form'>`+
			`<field type='hidden' var='FORM_TYPE'><value>jabber:iq:register:cancel</value></field><field type='text-single' var='nick' label='Nick'><required/></field></x></query>`+
			refusedWith("cancel", "not-allowed", "More is needed to remove the registration. Fill in the form.", ""))
		const cancel = `<field var='FORM_TYPE'><value>jabber:iq:register:cancel</value></field>`
		w.expect(w.asks(g, "set", submits(cancel)), "error", refusedWith("modify", "not-acceptable", "Nick is missing.", ""))
		w.expect(w.asks(g, "set", submits(cancel+`<field var='nick'><value>al</value></field>`)), "result", "")
		if got := strings.Join(w.done, " "); got != "removed" {
			t.Error(got)
		}
	})
}

func TestARegistrationIsBoundedAndAnsweredAtTheEnd(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		g := w.registration(false)
		g.Register.Start = w.menu[5].Start // which heeds no end
		for range maxSteps {
			w.faces.Register(parse(t, `<iq type='get'><query xmlns='jabber:iq:register'/></iq>`), g, w.who)
		}
		w.expect(w.asks(g, "get", ""), "error", refusedWith("wait", "resource-constraint", "Too many of your commands are still being worked on. Wait a moment, then try again.", ""))
		w.end()
		synctest.Wait()
		close(w.release)
		if got := w.answers(); len(got) != maxSteps || got[0].Condition() != xmpp.ServiceUnavailable {
			t.Errorf("%d answers", len(got))
		}
	})
}
