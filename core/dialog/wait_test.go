package dialog

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/xep"
)

// elsewhere asks for a name, then shows a code that is confirmed elsewhere, when w.release is closed.
func (w *world) elsewhere() {
	abandon := func() { w.done = append(w.done, "abandoned") }
	finish := Outcome{Note: "You are in."}
	var show func(note string) Outcome
	show = func(note string) Outcome {
		return Outcome{Note: note, Ask: &xep.Form{Title: "Scan this", Fields: []xep.Field{{Kind: xep.Fixed, Values: []string{"Code: 1234"}}}}, More: true, Abandon: abandon,
			Then: func(context.Context, xep.Answers) Outcome {
				select {
				case <-w.release:
					return finish
				default:
					return show("Not done yet.")
				}
			},
			Wait: func(ctx context.Context) Outcome {
				select {
				case <-w.release:
					return finish
				case <-ctx.Done():
					abandon()
					return Outcome{Warning: "It took too long."}
				}
			}}
	}
	w.menu = Menu{{Node: "enter", Name: "Enter", Words: []string{"enter", "name"}, Help: "Lets you in.", Start: func(context.Context, Asker) Outcome {
		return Outcome{More: true, Abandon: abandon, Ask: &xep.Form{Title: "Who?", Fields: []xep.Field{{Name: "name", Label: "Name", Required: true}}},
			Then: func(context.Context, xep.Answers) Outcome { return show("") }}
	}}}
}

const (
	nameAnswer = `<field var='name'><value>al</value></field>`
	scanForm   = `<x xmlns='jabber:x:data' type='form'><title>Scan this</title><field type='fixed'><value>Code: 1234</value></field></x></command>`
	scanNext   = isCommand + `'enter' status='executing'><actions execute='next'><next/></actions>`
)

func TestAClientAsksWhetherSomethingElsewhereIsDone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.elsewhere()
		_, id := w.runs("enter", "", "", "")
		s, _ := w.runs("enter", id, "next", nameAnswer)
		w.expect(s, "result", scanNext+scanForm)
		s, _ = w.runs("enter", id, "prev", "") // from a form that somebody waits behind there is no way back
		w.expect(s, "error", refusedWith("modify", "bad-request", "This is the first form of the command.", "bad-action"))
		s, _ = w.runs("enter", id, "next", "")
		w.expect(s, "result", scanNext+`<note type='info'>Not done yet.</note>`+scanForm)
		close(w.release)
		s, _ = w.runs("enter", id, "next", "")
		w.expect(s, "result", isCommand+`'enter' status='completed'><note type='info'>You are in.</note></command>`)
		if w.done != nil {
			t.Errorf("a dialogue that was led to its end was %v", w.done)
		}
	})
}

func TestTheBotTellsByItselfWhenSomethingElsewhereIsDone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.elsewhere()
		w.talk("enter al", "Scan this\nCode: 1234\n"+stopsThis)
		w.talk("and now?", busy)
		time.Sleep(10 * time.Minute)
		close(w.release)
		if body := w.only().ChildText("", "body"); body != "You are in." {
			t.Errorf("the bot says %q", body)
		}
		w.talk("cancel", "There is nothing to cancel.")
	})
}

func TestWhatIsAbandonedIsLetGoOnce(t *testing.T) {
	for how, leave := range map[string]func(*world, string){
		"cancelled":       func(w *world, id string) { w.runs("enter", id, "cancel", "") },
		"forgotten":       func(w *world, _ string) { time.Sleep(2 * idleTime) },
		"given way":       func(w *world, _ string) { crowd(w) },
		"the end of all":  func(w *world, _ string) { w.end() },
		"cancelled later": func(w *world, id string) { w.runs("enter", id, "next", nameAnswer); w.runs("enter", id, "cancel", "") },
	} {
		t.Run(how, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.elsewhere()
				_, id := w.runs("enter", "", "", "")
				leave(w, id)
				synctest.Wait()
				if got := strings.Join(w.done, " "); got != "abandoned" {
					t.Errorf("the dialogue was %q", got)
				}
			})
		})
	}
}

// crowd begins so many sessions that the first has to give way.
func crowd(w *world) {
	w.menu = append(w.menu, w.commands()...)
	for range maxSessions {
		w.runs("setup", "", "", "")
	}
}

func TestAConversationThatIsAbandonedIsLetGoOnce(t *testing.T) {
	for how, leave := range map[string]func(*world){
		"cancelled":      func(w *world) { w.talk("enter", whoForm); w.talk("cancel", cancelled) },
		"forgotten":      func(w *world) { w.talk("enter", whoForm); time.Sleep(2 * idleTime) },
		"the end of all": func(w *world) { w.talk("enter", whoForm); w.end() },
		"cancelled while it waits": func(w *world) {
			w.talk("enter al", "Scan this\nCode: 1234\n"+stopsThis)
			w.talk("cancel", "It took too long.")
		},
		"never done elsewhere": func(w *world) {
			w.talk("enter al", "Scan this\nCode: 1234\n"+stopsThis)
			time.Sleep(waitTime)
			w.only()
		},
	} {
		t.Run(how, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.elsewhere()
				leave(w)
				synctest.Wait()
				if got := strings.Join(w.done, " "); got != "abandoned" {
					t.Errorf("the dialogue was %q", got)
				}
			})
		})
	}
}

const whoForm = "Who?\nName?\n" + stopsThis

func TestARegistrationThatOnlyAsksIsLetGo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.elsewhere()
		g := Registration{Register: w.menu[0], Registered: func(context.Context, Asker) bool { return false }}
		w.asks(g, "get", "")
		w.asks(g, "set", submits(nameAnswer)) // a second form has no place in the band
		if got := strings.Join(w.done, " "); got != "abandoned abandoned" {
			t.Errorf("the dialogues were %q", got)
		}
	})
}
