package account

import (
	"testing"
	"time"

	"isthmus/transports"
)

const unreachable = `<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`

func TestOneLeavesAndTheOthersStay(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(join("laptop", "alice"))
		w.forget()
		w.sends(leave("phone"))
		w.expect("phone: alice is gone 110")
		w.expectCommands()
		w.emits(hears("bob", "hi"))
		w.expect("laptop: <bob> hi")
		w.sends(leave("phone")) // once more
		w.expect()
	})
}

func TestLeavingTheLastRoomClosesTheSession(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(`<presence type='unavailable'` + from("phone") + `to='#go%irc.net@gw.example/alice'><status>bye</status></presence>`)
		w.expect("phone: alice is gone 110")
		w.expectCommands("leave #go (bye)", "goodbye")
		w.settle()
		select {
		case <-w.account.Done():
		default:
			t.Fatal("the account lives on with nothing to do")
		}
		if got := w.occupants(); len(got) != 0 {
			t.Errorf("stored as joined: %q", got)
		}
		w.sends(join("phone", "alice")) // the hub makes another account
		w.expectCommands("connect")
	})
}

func TestARoomIsLeftHoweverMuchIsWaiting(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(`<presence` + from("phone") + `to='#rust%irc.net@gw.example/alice'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
		w.emits(stateOf("#rust", "alice"))
		w.forget()
		w.network.slow = make(chan struct{})
		for range maxCommands {
			w.sends(groupchat("phone", "m", "more"))
		}
		w.sends(leave("phone"))
		close(w.network.slow)
		w.settle()
		asked := w.network.taken()
		if len(asked) != maxCommands+1 || asked[maxCommands] != "leave #go" {
			t.Errorf("the network was asked for %d things, the last is %q", len(asked), asked[len(asked)-1])
		}
	})
}

func TestLeavingOneOfTwoRoomsKeepsTheSession(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(`<presence` + from("phone") + `to='#rust%irc.net@gw.example/alice'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
		w.emits(stateOf("#rust", "alice"))
		w.forget()
		w.sends(leave("phone"))
		w.expectCommands("leave #go")
	})
}

func TestLeavingWhileTheNetworkIsAskedLeavesNoGhost(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.holds()
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.sends(leave("phone"))
		w.expectCommands("connect", "join #go", "leave #go")
		w.emits(state("alice", "bob"))
		w.expect()
		w.decides(nil)
		w.decides(nil)
		w.expectCommands("goodbye")
		if got := w.occupants(); len(got) != 0 {
			t.Errorf("stored as joined: %q", got)
		}
	})
}

func TestALateAnswerDoesNotConcernOneWhoHasJoinedAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.holds()
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.sends(leave("phone"))
		w.sends(join("phone", "alice"))
		w.expectCommands("connect", "join #go", "leave #go", "join #go")
		w.decides(&transports.Fault{Kind: transports.Forbidden, Text: "Too late."})
		w.decides(nil)
		w.expect()
		w.emits(state("alice"))
		w.expect("phone: alice is here 100 170 110", `phone: subject ""`)
		w.decides(nil)
		w.expectCommands()
	})
}

func TestLeavingBeforeTheConnectionIsThereStopsIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.sends(leave("phone"))
		w.expectCommands("connect", "goodbye")
		w.expect()
	})
}

func TestJoiningWhileTheSessionClosesOpensItAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.network.parting = make(chan struct{})
		w.sends(leave("phone"))
		w.sends(join("phone", "alicia"))
		w.sends(join("laptop", "alice"))
		w.sends(leave("laptop"))
		w.expect("phone: alice is gone 110")
		w.expectCommands("leave #go")
		close(w.network.parting)
		w.expectCommands("goodbye", "connect")
		if a := w.network.accounts[1]; a.Name != "alicia" {
			t.Errorf("opened as %+v", a)
		}
		w.online("alicia")
		w.emits(state("alicia"))
		w.expect("phone: alicia is here 100 170 110", `phone: subject ""`)
	})
}

func TestJoiningRightAfterLeavingEntersAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.holds() // the leaving has not ended when the person comes back
		w.sends(leave("phone"))
		w.sends(join("phone", "alice"))
		w.expect("phone: alice is gone 110")
		w.expectCommands("leave #go", "join #go")
		w.emits(transports.MemberLeft{Room: "#go", User: user("alice")}, state("alice"))
		w.decides(nil)
		w.decides(nil)
		w.expect("phone: alice is here 100 170 110", `phone: subject ""`)
		w.expectCommands()
	})
}

func TestLeavingWhileTheHistoryIsReadLeavesNoGhost(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(hears("bob", "earlier"))
		w.forget()
		// Both are taken in one go, so that the entering of the first is still reading when the second comes and goes.
		w.account.mail.put(func() {
			for _, text := range []string{join("laptop", "alice"), join("tablet", "alice"), leave("tablet"), leave("laptop")} {
				s := parse(t, text)
				to, _ := w.shared.Addresses.Parse(s.To.Local)
				w.account.handle(s, to)
			}
		})
		w.expect("laptop: bob is here", "laptop: alice is here 100 170 110", "laptop: <bob> earlier (earlier)", `laptop: subject ""`,
			"tablet: bob is here", "tablet: alice is here 100 170 110", "tablet: <bob> earlier (earlier)", `tablet: subject ""`,
			"tablet: alice is gone 110", "laptop: alice is gone 110")
		w.emits(hears("bob", "later"))
		w.expect("phone: <bob> later")
		if got := w.occupants(); len(got) != 1 {
			t.Errorf("stored as joined: %q", got)
		}
	})
}

func TestAKickPutsAllResourcesOutAndIsNotForgottenByTheStore(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(join("laptop", "alice"))
		w.sends(join("tablet", "alice"))
		w.forget()
		w.emits(transports.MemberLeft{Room: "#go", User: user("alice"), Cause: transports.Kicked, By: "bob", Reason: "spam"})
		w.expect("phone: alice is gone 307 110 (spam)", "laptop: alice is gone 307 110 (spam)", "tablet: alice is gone 307 110 (spam)")
		w.expectCommands("goodbye") // it was the only room
		if got := w.occupants(); len(got) != 0 {
			t.Errorf("stored as joined: %q", got)
		}
	})
}

func TestAnErrorStanzaAloneEvictsAGhost(t *testing.T) {
	for _, kind := range []string{"message", "presence"} {
		t.Run(kind, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.inside("bob")
				w.sends(join("laptop", "alice"))
				w.forget()
				bounce := func(resource, error string) string {
					return `<` + kind + ` type='error'` + from(resource) + `to='#go%irc.net@gw.example/bob'>` + error + `</` + kind + `>`
				}
				w.sends(bounce("phone", `<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`))
				w.expect()
				w.sends(bounce("phone", unreachable))
				w.expect("phone: alice is gone 333 110")
				w.sends(bounce("phone", unreachable)) // of the next stanza that was on its way
				w.expect()
				w.emits(hears("bob", "hi"))
				w.expect("laptop: <bob> hi")
				w.sends(bounce("laptop", unreachable))
				w.expectCommands("leave #go", "goodbye")
			})
		})
	}
}

func TestAnAccountWithoutAnythingToDoEnds(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(iq("phone", "get", "irc.net@gw.example", `<ping xmlns='urn:xmpp:ping'/>`))
		w.expect("phone: q result ")
		select {
		case <-w.account.Done():
		case <-time.After(time.Second):
			t.Fatal("it lives on")
		}
		if taken, ended := w.offer(join("phone", "alice")); taken || !ended {
			t.Fatal("an account that has ended takes stanzas")
		}
		w.account.Resync() // does no harm
	})
}
