package account

import (
	"slices"
	"testing"
	"time"

	"isthmus/transports"
)

func TestALostConnectionIsToldOnceAndTriedAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob", "carol")
		w.breaks(transports.Offline, "Reset by peer.")
		w.expect("phone: <#go> The connection to irc.net is lost: Reset by peer. Trying again.")
		w.sends(groupchat("phone", "m1", "hi"))
		w.expect("phone: m1 refused: remote-server-timeout: There is no connection to irc.net now. It is being tried again; send this later.")

		w.waits(5 * time.Second)
		w.expectCommands("connect")
		w.breaks(transports.Offline, "Refused.")
		w.expect() // they know
		w.waits(10 * time.Second)
		w.expectCommands("connect")
		w.online("alice")
		w.expectCommands("join #go")
		w.expect("phone: <#go> Connected to irc.net again.")
		w.emits(state("alice", "carol", "dave"))
		w.expect("phone: bob is gone", "phone: dave is here")
		w.sends(groupchat("phone", "m2", "hi"))
		w.expect("phone: <alice> hi")
	})
}

func TestWaitsGrowWithinABoundAndAreSpread(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		var waits []time.Duration
		for range 14 {
			w.breaks(transports.Offline, "No route.")
			start := time.Now()
			for w.network.taken() == nil {
				w.waits(100 * time.Millisecond)
			}
			waits = append(waits, time.Since(start))
		}
		full := firstWait
		for i, got := range waits {
			if got < full/2 || got > full*3/2+100*time.Millisecond {
				t.Errorf("wait %d was %v, out of half to one and a half of %v", i, got, full)
			}
			full = min(2*full, maxWait)
		}
		if slices.Equal(waits[10:12], waits[12:14]) {
			t.Errorf("the waits are not spread: %v", waits)
		}
	})
}

func TestAConnectionThatHeldIsTriedAgainSoon(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		for range 8 {
			w.breaks(transports.Offline, "Reset.")
			w.waits(20 * time.Minute)
		}
		w.online("alice")
		w.waits(2 * holds)
		w.forget()
		w.breaks(transports.Offline, "Reset.")
		w.waits(2 * firstWait)
		w.expectCommands("connect")
	})
}

func TestTheNetworksOwnWaitIsKept(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.network.current(t).ended <- &transports.Fault{Kind: transports.RateLimited, Text: "Slow down.", Wait: time.Hour}
		w.waits(time.Hour - time.Second)
		w.expectCommands()
		w.waits(2 * time.Second)
		w.expectCommands("connect")
	})
}

func TestFaultsThatNothingCanMendPutPeopleOut(t *testing.T) {
	for _, kind := range []transports.FaultKind{transports.BadCredentials, transports.Forbidden, transports.NotFound,
		transports.Gone, transports.Untrusted, transports.Invalid} {
		story(t, func(t *testing.T, w *world) {
			w.inside("bob")
			w.breaks(kind, "You are banned.")
			w.expect("phone: alice is gone 333 110 (You are banned.)")
			w.waits(time.Hour)
			w.expectCommands()
			if got := w.occupants(); len(got) != 0 {
				t.Errorf("stored as joined: %q", got)
			}
			select {
			case <-w.account.Done():
			default:
				t.Error("the account lives on")
			}
		})
	}
}

func TestAnEndWithoutAReasonIsALossToo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.network.current(t).ended <- nil
		w.expect("phone: <#go> The connection to irc.net is lost: The network closed the connection. Trying again.")
		w.expectCommands()
		w.waits(2 * firstWait)
		w.expectCommands("connect")
	})
}

func TestAFailedConnectionAnswersEveryoneWhoWaits(t *testing.T) {
	for _, c := range []struct {
		kind transports.FaultKind
		want string
	}{
		{transports.Offline, "remote-server-timeout"}, {transports.Conflict, "conflict"}, {transports.BadCredentials, "not-authorized"},
		{transports.Untrusted, "remote-server-not-found"}, {transports.Internal, "internal-server-error"},
	} {
		story(t, func(t *testing.T, w *world) {
			w.sends(join("phone", "alice"))
			w.sends(join("laptop", "alice"))
			w.sends(`<presence` + from("phone") + `to='#rust%irc.net@gw.example/alice'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
			w.breaks(c.kind, "No.")
			got := w.stream.taken()
			slices.Sort(got)
			refused := " refused: " + c.want + ": No."
			if !slices.Equal(got, []string{"laptop: presence" + refused, "phone: presence" + refused, "phone: presence" + refused}) {
				t.Errorf("answers: %q", got)
			}
			w.waits(time.Hour)
			w.expectCommands("connect")
		})
	}
}

func TestASessionThatCannotBeMadeAnswersToo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.network.refuse = &transports.Fault{Kind: transports.Forbidden, Text: "The operator does not allow it."}
		w.sends(join("phone", "alice"))
		w.expect("phone: presence refused: forbidden: The operator does not allow it.")
	})
}

func TestANickInUseAfterAReconnectIsNoReasonToGiveUp(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.breaks(transports.Offline, "Reset.")
		w.waits(2 * firstWait)
		w.breaks(transports.Conflict, "Your ghost is still there.")
		w.waits(4 * firstWait)
		w.expectCommands("connect", "connect")
	})
}

func TestAnotherNickAfterAReconnectIsSeenAsARename(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.breaks(transports.Offline, "Reset.")
		w.waits(2 * firstWait)
		w.online("alice_")
		w.forget()
		w.emits(state("alice", "alice_", "bob")) // the ghost of the old connection is still there
		w.expect("phone: alice is gone 303 110", "phone: alice_ is here 110", "phone: alice is here")
		if got := w.occupants(); !slices.Equal(got, []string{"phone in #go%irc.net as alice_"}) {
			t.Errorf("stored as joined: %q", got)
		}
	})
}

func TestARoomThatCannotBeEnteredAgainPutsItsPeopleOut(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.breaks(transports.Offline, "Reset.")
		w.waits(2 * firstWait)
		w.forget()
		w.denies(transports.Forbidden, "You are banned.")
		w.online("alice")
		w.expect("phone: <#go> Connected to irc.net again.", "phone: alice is gone 333 110 (The room cannot be entered again: You are banned.)")
		w.expectCommands("join #go", "goodbye")
	})
}

func TestOneWhoJoinsDuringTheWaitIsTriedForAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.breaks(transports.Offline, "Reset.")
		w.forget()
		w.sends(join("laptop", "alice"))
		w.expectCommands("connect")
		w.waits(time.Hour)
		w.expectCommands() // the timer of the wait does not connect twice
		w.breaks(transports.Offline, "No route.")
		w.expect("laptop: presence refused: remote-server-timeout: No route.")
		w.waits(time.Minute)
		w.online("alice")
		w.emits(state("alice", "bob"))
		w.expect("phone: <#go> Connected to irc.net again.")
	})
}

func TestOneWhoIsInsideAndIsRefusedIsOutside(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.breaks(transports.Offline, "Reset.")
		w.forget()
		w.sends(join("phone", "alice")) // the client was restarted
		w.breaks(transports.Offline, "No route.")
		w.expect("phone: presence refused: remote-server-timeout: No route.")
		w.expectCommands("connect")
		if got := w.occupants(); len(got) != 0 {
			t.Errorf("stored as joined: %q", got)
		}
		w.waits(time.Hour)
		w.expectCommands() // nobody is there to connect for
	})
}

func TestLeavingDuringTheWaitEndsTheTries(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.breaks(transports.Offline, "Reset.")
		w.forget()
		w.sends(leave("phone"))
		w.expect("phone: alice is gone 110")
		w.waits(time.Hour)
		w.expectCommands()
	})
}

func TestTheAccountIsStoredWhenItIsFirstOnline(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		kept := 0
		w.account.Stop("Another one is used.")
		<-w.account.Done()
		w.keep = func() { kept++ }
		w.open()
		w.sends(join("phone", "alice"))
		if kept != 0 {
			t.Error("stored before the network has accepted it")
		}
		w.online("alice")
		w.online("alice")
		if kept != 1 {
			t.Errorf("stored %d times", kept)
		}
	})
}
