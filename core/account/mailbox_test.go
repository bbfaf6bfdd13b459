package account

import (
	"slices"
	"testing"
	"testing/synctest"

	"isthmus/transports"
)

func TestAFullMailboxRefusesAndNeverBlocks(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		full := make(chan struct{})
		w.stream.full = full
		w.emits(hears("bob", "nobody takes this")) // the account waits for the server
		taken := 0
		for range bound + 10 {
			ok, ended := w.offer(leave("laptop"))
			if ended {
				t.Fatal("the account has ended")
			}
			if ok {
				taken++
			}
		}
		if taken != bound {
			t.Errorf("took %d stanzas, the bound is %d", taken, bound)
		}
		w.account.Resync() // nor does what must not be lost
		close(full)
		w.settle()
		if ok, _ := w.offer(leave("laptop")); !ok {
			t.Error("it is still full")
		}
	})
}

func TestAServerThatDoesNotKeepUpMakesTheNetworkWait(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		full := make(chan struct{})
		w.stream.full = full
		emitted := 0
		go func() {
			for range 4 * bound {
				w.network.current(t).emit(hears("bob", "x"))
				emitted++
			}
		}()
		w.settle()
		if emitted > 2*plenty+2 { // those in the mailbox, and those that the account has taken out of it
			t.Errorf("%d messages wait in memory, the bound is %d", emitted, plenty)
		}
		close(full)
		w.settle()
		if got := len(w.stream.taken()); got != 4*bound || emitted != 4*bound {
			t.Errorf("%d messages were shown", got)
		}
	})
}

func TestTooManyCommandsAreRefusedAndNotLost(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		release := make(chan struct{})
		w.network.answer = func(transports.Command) (transports.Result, error, bool) {
			<-release
			return transports.Result{}, nil, false
		}
		const extra = 5
		for i := range maxCommands + extra {
			if i%100 == 0 {
				w.settle()
			}
			w.offer(groupchat("phone", "m", "x"))
		}
		w.settle()
		refused := w.stream.taken()
		if len(refused) != extra || refused[0] != "phone: m refused: resource-constraint: Too much is waiting to be sent. Wait a moment, then send it again." {
			t.Errorf("%d refused: %q", len(refused), refused[:min(1, len(refused))])
		}
		close(release)
		w.settle()
		if got := len(w.stream.taken()); got != maxCommands {
			t.Errorf("%d were reflected", got)
		}
		if n := w.journal(); n != 0 {
			t.Errorf("%d commands left in the journal", n)
		}
	})
}

func TestAMailboxClosesOnlyWhenItIsEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := new(mailbox)
		m.open(nil)
		did := 0
		m.put(func() { did++ })
		if m.closeIfEmpty(func() {}) {
			t.Fatal("closed with work in it")
		}
		for _, work := range m.take(nil) {
			work()
		}
		if !m.closeIfEmpty(func() {}) {
			t.Fatal("not closed")
		}
		if taken, ended := m.offer(func() { did++ }); taken || !ended {
			t.Fatal("took work after its end")
		}
		m.put(func() { did++ })
		m.push(func() { did++ })
		for _, work := range m.take(nil) {
			work()
		}
		if did != 1 {
			t.Fatalf("did %d pieces of work", did)
		}
	})
}

func TestWhatWaitsForTheDiskHoldsUpWhatComesAfterIt(t *testing.T) {
	var o order
	var got []int
	show := func(n int) func() { return func() { got = append(got, n) } }
	o.add(show(1))
	second, fourth := o.wait(), o.wait()
	o.add(show(5))
	fourth(show(4))
	if !slices.Equal(got, []int{1}) {
		t.Fatalf("shown: %v", got)
	}
	second(func() {
		show(2)()
		o.add(show(6)) // what is added while it is shown comes last
	})
	third := o.wait()
	o.add(show(7))
	third(nil)
	if !slices.Equal(got, []int{1, 2, 4, 5, 6, 7}) {
		t.Fatalf("shown: %v", got)
	}
}
