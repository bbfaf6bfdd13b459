package account

import (
	"testing"
	"time"

	"isthmus/transports"
)

// stops fails unless the account ends without any time passing.
func (w *world) stops() {
	w.t.Helper()
	w.account.Stop("The gateway is shutting down.")
	w.settle()
	select {
	case <-w.account.Done():
	default:
		w.t.Fatal("the account has not ended")
	}
}

func TestAStopPutsEveryoneOutAndSaysGoodbye(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(join("laptop", "alice"))
		w.forget()
		w.stops()
		w.expect("phone: alice is gone 332 110 (The gateway is shutting down.)", "laptop: alice is gone 332 110 (The gateway is shutting down.)")
		w.expectCommands("goodbye")
		if got := w.occupants(); len(got) != 0 {
			t.Errorf("stored as joined: %q", got)
		}
	})
}

func TestAStopAnswersThoseWhoWait(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.stops()
		w.expect("phone: presence refused: remote-server-timeout: The gateway is shutting down.")
	})
}

func TestAStopDuringTheWaitForTheNextTryEndsAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.breaks(transports.Offline, "Reset.")
		w.forget()
		w.stops()
		w.expect("phone: alice is gone 332 110 (The gateway is shutting down.)")
		w.waits(time.Hour)
		w.expectCommands()
	})
}

func TestAStopOfAnAccountThatDoesNothing(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.stops()
		w.stops() // once more does no harm
		w.expect()
	})
}

func TestAStopDoesNotWaitForPingsOfSleepers(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.account.Resync()
		w.settle()
		w.stops()
		w.waits(pingDeadline)
	})
}

func TestWhatComesWhileAnAccountStopsIsRefused(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.network.parting = make(chan struct{})
		w.account.Stop("The gateway is shutting down.")
		w.forget()
		w.sends(groupchat("phone", "m1", "hi"))
		w.sends(join("phone", "alice"))
		w.sends(leave("phone"))
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", ping))
		w.expect("phone: m1 refused: service-unavailable: The gateway is shutting down. Try again in a moment.",
			"phone: presence refused: service-unavailable: The gateway is shutting down. Try again in a moment.",
			"phone: q refused: service-unavailable: The gateway is shutting down. Try again in a moment.")
		close(w.network.parting)
		<-w.account.Done()
	})
}

func TestAMessageOnItsWayIsAnsweredBeforeTheEnd(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.holds()
		w.sends(groupchat("phone", "m1", "hi"))
		w.account.Stop("The gateway is shutting down.")
		w.forget()
		w.decides(&transports.Fault{Kind: transports.UnknownOutcome, Text: "Nobody knows whether it was sent."})
		w.expect("phone: m1 refused: undefined-condition: Nobody knows whether it was sent.")
		<-w.account.Done()
		if n := w.journal(); n != 0 {
			t.Errorf("%d commands left in the journal", n)
		}
	})
}
