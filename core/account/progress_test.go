package account

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

var withBob = transports.TalkWith("bob")

// whisper is what bob says to alice alone, as a network with a history has it.
func whisper(id string) transports.Message {
	n, _ := strconv.Atoi(id)
	return transports.Message{Place: withBob, ID: transports.MessageID(id), From: user("bob"), At: time.Unix(int64(n), 0), Text: plain("whisper " + id)}
}

// talking is a network that remembers what bob said in the talk with alice before she came.
func talking(t *testing.T, before []transports.Event, tell func(t *testing.T, w *world)) {
	story(t, func(t *testing.T, w *world) {
		w.shared.About.StableIDs = true
		w.network.past = map[transports.Place][]transports.Event{withBob: before}
		w.inside("bob")
		tell(t, w)
	})
}

// says has bob say something in the talk with alice, which the network remembers.
func (w *world) whispers(ids ...string) {
	for _, id := range ids {
		w.network.mu.Lock()
		w.network.past[withBob] = append(w.network.past[withBob], whisper(id))
		w.network.mu.Unlock()
		w.emits(whisper(id))
	}
}

// crashes has the gateway killed, and started again when bob has said more.
func (w *world) crashes(meanwhile ...string) {
	w.t.Helper()
	w.account.Stop("Its goodbye does not count.")
	w.settle()
	w.stream.mu.Lock()
	w.stream.unconfirmed, w.stream.open = nil, false
	w.stream.mu.Unlock()
	w.forget()
	for _, id := range meanwhile {
		w.network.past[withBob] = append(w.network.past[withBob], whisper(id))
	}
	w.open()
	w.sends(join("phone", "alice"))
	w.online("alice")
}

// whispered are the whispers that came to alice's clients, by the ids that they came under.
func (w *world) whispered(want ...string) {
	w.t.Helper()
	w.settle()
	var got []string
	for _, s := range w.stream.raw() {
		if body := s.ChildText("", "body"); s.From == jid("bob%irc.net@gw.example") && body != "" {
			if body != "whisper "+s.ID {
				w.t.Errorf("%q came as %s", body, s.ID)
			}
			got = append(got, s.ID)
		}
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("bob whispered %q, want %q", got, want)
	}
}

func TestAfterACrashComesOnceMoreWhatTheServerHadNotConfirmed(t *testing.T) {
	talking(t, nil, func(t *testing.T, w *world) {
		w.whispers("1", "2")
		w.stream.leavesOpen(true)
		w.whispers("3")
		w.stream.confirms()
		w.whispers("4", "5")
		w.whispered("1", "2", "3", "4", "5")
		w.crashes("6")
		w.whispered("4", "5", "6")
		w.crashes("7")
		w.whispered("7")
	})
}

func TestNothingIsLostOfATalkThatHadJustBegunWhenTheGatewayWasKilled(t *testing.T) {
	talking(t, []transports.Event{whisper("1"), whisper("2")}, func(t *testing.T, w *world) {
		w.stream.leavesOpen(true)
		w.whispers("3", "4")
		w.whispered("3", "4")
		w.crashes("5")
		w.whispered("3", "4", "5")
	})
}

func TestWhatTheServerHasNotConfirmedIsNotReadAgainWithoutACrash(t *testing.T) {
	talking(t, nil, func(t *testing.T, w *world) {
		w.whispers("1")
		w.stream.leavesOpen(true)
		w.whispers("2", "3")
		again := whisper("3")
		again.Replayed = true
		w.emits(again)
		w.breaks(transports.Offline, "Reset.")
		w.network.past[withBob] = append(w.network.past[withBob], whisper("4"))
		w.waits(time.Minute)
		w.online("alice")
		w.whispered("1", "2", "3", "4")
	})
}

func TestATalksChangesComeOnceMoreThatTheServerHadNotConfirmed(t *testing.T) {
	talking(t, nil, func(t *testing.T, w *world) {
		edited := func(id, words string, at int64) transports.Edited {
			return transports.Edited{Place: withBob, ID: transports.MessageID(id), From: user("bob"), At: time.Unix(at, 0), Text: plain(words)}
		}
		w.whispers("1", "2")
		first, second := edited("1", "one", 11), edited("2", "two", 12)
		w.emits(first)
		w.stream.leavesOpen(true)
		w.emits(second)
		w.network.past[withBob] = append(w.network.past[withBob], first, second)
		w.crashes()
		w.expect("alice@example.org: chat from bob%irc.net@gw.example: two (corrects 2) (earlier)")
	})
}

func TestANetworkHearsThatATalkWasTakenWhenTheServerHasIt(t *testing.T) {
	talking(t, nil, func(t *testing.T, w *world) {
		var kept []string
		w.stream.leavesOpen(true)
		w.whispers("1")
		w.emits(keeps(withBob, "first", &kept))
		w.whispers("2")
		w.emits(keeps(withBob, "second", &kept))
		if len(kept) > 0 {
			t.Fatalf("the server has confirmed nothing, and %q is kept", kept)
		}
		w.stream.confirms()
		w.settle()
		w.stream.confirms()
		w.settle()
		if !slices.Equal(kept, []string{"first", "second"}) {
			t.Fatalf("kept is %q", kept)
		}
	})
}

func TestWhoWritesForTheFirstTimeWhileTheAccountIsAwayIsHeard(t *testing.T) {
	talking(t, nil, func(t *testing.T, w *world) {
		said := func(name, id string, before time.Duration) transports.Message {
			m := transports.Message{Place: transports.TalkWith(transports.UserID(name)), ID: transports.MessageID(id), From: user(name), At: time.Now().Add(-before), Text: plain("I am " + name)}
			w.network.past[m.Place] = append(w.network.past[m.Place], m)
			return m
		}
		said("carol", "c1", time.Minute)
		w.breaks(transports.Offline, "Reset.")
		w.waits(time.Hour)
		w.online("alice")
		w.forget() // what was said before she came is none of it
		w.emits(said("dora", "d1", 0))
		w.expect("alice@example.org: chat from dora%irc.net@gw.example: I am dora")
		w.waits(time.Hour)
		w.crashes()
		w.hears()
		w.emits(state("alice", "bob"))
		w.forget()
		w.breaks(transports.Offline, "Reset.")
		said("carol", "c2", 0)
		said("dora", "d2", 0)
		said("eve", "e1", 0)
		w.waits(time.Minute)
		w.online("alice")
		w.settle()
		got := w.stream.taken()
		for _, want := range []string{"carol", "dora", "eve"} {
			if n := len(slices.DeleteFunc(slices.Clone(got), func(line string) bool {
				return !strings.HasSuffix(strings.TrimSuffix(line, " (earlier)"), "I am "+want)
			})); n != 1 {
				t.Errorf("%s was heard %d times in %q", want, n, got)
			}
		}
	})
}

func TestHowFarATalkWasTakenIsWrittenInBatches(t *testing.T) {
	talking(t, nil, func(t *testing.T, w *world) {
		w.stream.leavesOpen(true)
		for i := range 100 {
			w.whispers(strconv.Itoa(i + 1))
		}
		if n := len(w.stream.unconfirmed); n != 1 {
			t.Errorf("%d confirmations are waited for", n)
		}
		for range 2 {
			w.stream.confirms()
			w.settle()
		}
		if last, err := w.store.Cursor(t.Context(), 7, PlaceKey(withBob)); last != "100" || err != nil {
			t.Errorf("the talk was taken up to %q, %v", last, err)
		}
	})
}
