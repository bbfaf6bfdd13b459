package account

import (
	"sync/atomic"
	"testing"
	"time"

	"isthmus/transports"
)

// hurried is a network that takes no more for a while, so many times.
func (w *world) hurried(times int32, wait time.Duration) {
	var asked atomic.Int32
	w.network.answer = func(c transports.Command) (transports.Result, error, bool) {
		if asked.Add(1) <= times {
			return transports.Result{}, &transports.Fault{Kind: transports.RateLimited, Text: "Slow down.", Wait: wait}, false
		}
		return transports.Result{}, nil, false
	}
}

func TestWhoIsTooFastForTheNetworkWaitsAndKeepsTheirOrder(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.hurried(1, 3*time.Second)
		w.sends(groupchat("phone", "m1", "first"))
		w.sends(groupchat("phone", "m2", "second"))
		w.sends(chat("phone", "m3", "bob%irc.net@gw.example", "nobody else waits"))
		w.expectCommands("send #go first", "send bob nobody else waits")
		w.waits(3 * time.Second)
		w.expectCommands("send #go first", "send #go second")
		w.expect("phone: <alice> first", "phone: <alice> second")
	})
}

func TestWhoWouldWaitTooLongIsTold(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.hurried(1, time.Hour)
		w.sends(groupchat("phone", "m1", "first"))
		w.expect("phone: m1 refused: resource-constraint: Slow down.")
		w.hurried(100, 9*time.Second)
		w.sends(groupchat("phone", "m2", "second"))
		w.waits(time.Minute)
		w.expect("phone: m2 refused: resource-constraint: Slow down.")
		if n := w.journal(); n != 0 {
			t.Errorf("%d entries are in the journal", n)
		}
	})
}

func TestALostConnectionEndsTheWaiting(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.hurried(100, 9*time.Second)
		w.sends(chat("phone", "m1", "bob%irc.net@gw.example", "first"))
		w.breaks(transports.Offline, "gone")
		got := w.stream.taken()
		if want := "phone: m1 refused: remote-server-timeout: The connection was lost before this could be sent."; len(got) == 0 || got[len(got)-1] != want {
			t.Errorf("to the server went %q, want %q at the end", got, want)
		}
	})
}
