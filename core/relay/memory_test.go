package relay

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// shelf is a memory. Frozen, it keeps nothing more, as one whose process was killed.
type shelf struct {
	mu     sync.Mutex
	lines  map[int64][]byte
	marks  map[string]string
	frozen bool
}

func newShelf() *shelf { return &shelf{lines: map[int64][]byte{}, marks: map[string]string{}} }

func (s *shelf) Load(context.Context) (lines []Kept, marks map[string]string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, seq := range slices.Sorted(maps.Keys(s.lines)) {
		lines = append(lines, Kept{Seq: seq, Data: s.lines[seq]})
	}
	return lines, maps.Clone(s.marks), nil
}

func (s *shelf) Keep(lines []Kept, marks map[string]string, forget int64, done func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.frozen {
		return
	}
	for _, l := range lines {
		s.lines[l.Seq] = l.Data
	}
	maps.Copy(s.marks, marks)
	maps.DeleteFunc(s.lines, func(seq int64, _ []byte) bool { return seq <= forget })
	if done != nil {
		done(nil)
	}
}

// historian is a network that knows what was said before.
type historian struct {
	*network
	past []transports.Event
	// fails is why nothing of it can be read; nil while it can.
	fails error
}

func (h *historian) After(_ context.Context, _ transports.Place, id transports.MessageID, limit int) (events []transports.Event, more bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fails != nil {
		return nil, false, h.fails
	}
	from := 0
	for i, e := range h.past {
		if m, ok := e.(transports.Message); ok && m.ID == id && id != "" {
			from = i + 1
		}
	}
	if id == "" {
		from = max(0, len(h.past)-limit)
	}
	all := h.past[from:]
	return all[:min(limit, len(all))], len(all) > limit, nil
}

func message(user, id, words string, at time.Time) transports.Message {
	return transports.Message{Place: transports.InRoom("#go"), ID: transports.MessageID(id), From: transports.User{ID: transports.UserID(user), Name: user}, Text: text.Plain(words), At: at}
}

// says has a user say something that the network keeps.
func (h *historian) says(user, id, words string) {
	m := message(user, id, words, time.Now())
	h.mu.Lock()
	h.past = append(h.past, m)
	h.mu.Unlock()
	h.events <- m
}

// longStory is a story of a relay that is stopped and started again, whose first network has a history.
func longStory(t *testing.T, tell func(w *world, one *historian, kept *shelf), changes ...func(*Config)) {
	var one *historian
	kept := newShelf()
	story(t, func(c *Config) {
		c.Memory, c.Secret = kept, []byte("secret")
		one = &historian{network: c.Rooms[0].Session.(*network)}
		c.Rooms[0].Session = one
		for i := range c.Rooms {
			c.Rooms[i].Key = c.Rooms[i].Domain
		}
		for _, change := range changes {
			change(c)
		}
	}, func(w *world) {
		w.muc.archive = true
		w.relay.bot.can.Archive = true
		tell(w, one, kept)
	})
}

// stop ends the relay, in order or not.
func (w *world) stop(kept *shelf, killed bool) {
	w.settle()
	if killed {
		kept.mu.Lock()
		kept.frozen = true
		kept.mu.Unlock()
		w.muc.mu.Lock()
		w.muc.up = false
		w.muc.mu.Unlock()
	}
	w.end()
	w.end = func() {}
	w.muc.mu.Lock()
	clear(w.muc.occupants)
	w.muc.up, kept.frozen = true, false
	w.muc.mu.Unlock()
	w.settle()
	w.muc.taken()
}

func TestWhatRefersToAMessageFromBeforeARestartFindsIt(t *testing.T) {
	for _, killed := range []bool{false, true} {
		longStory(t, func(w *world, one *historian, kept *shelf) {
			one.says("ida", "m1", "hello")
			w.hears("ida [one] enters", "ida [one]: hello")
			w.muc.says("bob", "b1", body("good day"))
			w.got(w.two, "ida: hello", "bob: good day")
			w.got(one.network, "bob: good day")
			time.Sleep(time.Second)
			w.stop(kept, killed)
			w.begin()
			w.hears("bridge enters")

			one.events <- transports.Edited{Place: transports.InRoom("#go"), ID: "m1", From: transports.User{ID: "ida", Name: "ida"}, Text: text.Plain("hello all")}
			w.hears("ida [one] enters", "ida [one]: (corrected) hello all")
			w.got(w.two, "edit two1: hello all")
			w.muc.says("bob", "b2", stanza.New("urn:xmpp:reactions:0", "reactions", "id", "s1").Add(stanza.Text("", "reaction", "👍")))
			w.got(one.network, "react m1 👍")
			w.got(w.two, "react two1 👍")
			w.muc.says("bob", "b3", body("welcome"), xep.Reply("s1", w.relay.MUC.WithResource("ida [one]")))
			w.got(one.network, "bob: welcome (answers m1)")
			w.got(w.two, "bob: welcome (answers two1)")
			one.events <- transports.Deleted{Place: transports.InRoom("#go"), ID: "m1", By: transports.User{ID: "ida", Name: "ida"}}
			w.hears("ida [one]: retracts s1")
			w.got(w.two, "delete two1")
		})
	}
}

func TestWhatWasSaidWhileTheGatewayWasStoppedComesOverOnceInOrderWithItsTime(t *testing.T) {
	for _, killed := range []bool{false, true} {
		longStory(t, func(w *world, one *historian, kept *shelf) {
			one.says("ida", "m1", "before")
			w.muc.says("bob", "b1", body("before too"))
			time.Sleep(time.Second)
			w.settle()
			w.stop(kept, killed)
			w.muc.taken()
			one.taken()
			w.two.taken()
			for i, words := range []string{"one", "two", "three"} {
				one.past = append(one.past, message("ida", "n"+words, words, time.Now()))
				w.muc.mu.Lock()
				w.muc.serial++
				w.muc.history = append(w.muc.history, (&stanza.Stanza{Kind: stanza.Message, Type: "groupchat", ID: "away" + words, From: w.relay.MUC.WithResource("bob")}).Add(body("from bob "+words)))
				w.muc.times = append(w.muc.times, time.Now().Add(time.Duration(i)*time.Second))
				w.muc.mu.Unlock()
			}
			time.Sleep(time.Hour)
			w.begin()
			w.hears("bridge enters", "ida [one] enters", "ida [one]: one", "ida [one]: two", "ida [one]: three")
			w.got(one.network, "bob: [00:00 UTC] from bob one", "bob: [00:00 UTC] from bob two", "bob: [00:00 UTC] from bob three")
			got := w.two.taken()
			for _, words := range []string{"bob: [00:00 UTC] from bob one", "ida: [00:00 UTC] one", "bob: [00:00 UTC] from bob three", "ida: [00:00 UTC] three"} {
				if !slices.Contains(got, words) {
					t.Errorf("two was asked for %q, and not for %q", got, words)
				}
			}
			if len(got) != 6 {
				t.Errorf("two was asked for %q", got)
			}
			last := w.muc.history[len(w.muc.history)-1]
			if at := xep.DelayedSince(last); at.IsZero() || time.Since(at) < 59*time.Minute {
				t.Errorf("the MUC hears that it was said at %v", at)
			}
			time.Sleep(time.Second)
			w.stop(kept, true) // again: nothing is doubled
			time.Sleep(time.Minute)
			w.begin()
			w.hears("bridge enters")
			w.got(one.network)
			w.got(w.two)
		})
	}
}

func TestWhatWasSaidInTheMUCBeforeItWasKeptIsNotSaidAgain(t *testing.T) {
	longStory(t, func(w *world, one *historian, kept *shelf) {
		one.says("ida", "m1", "first")
		time.Sleep(time.Second)
		w.settle()
		kept.mu.Lock()
		kept.frozen = true // nothing of what comes now is kept
		kept.mu.Unlock()
		one.says("ida", "m2", "second")
		w.hears("ida [one] enters", "ida [one]: first", "ida [one]: second")
		w.got(w.two, "ida: first")
		w.stop(kept, true)
		w.begin()
		w.hears("bridge enters")
		w.got(w.two, "ida: second")
	})
}

func TestTheRoomIsToldWhereWhatWasMissedCannotBeRead(t *testing.T) {
	longStory(t, func(w *world, one *historian, kept *shelf) {
		one.says("ida", "m1", "first")
		w.settle()
		w.stop(kept, false)
		w.muc.taken()
		one.fails = &transports.Fault{Kind: transports.Internal, Text: "The history is broken."}
		w.begin()
		w.settle()
		if got := w.muc.taken(); !slices.Contains(got, "bridge: What was said in #go on one meanwhile could not be read. Some of it may be missing here.") {
			t.Errorf("in the MUC was %q", got)
		}
	})
}

func TestWhatANetworkWasAskedForWhenTheGatewayWasKilledIsLookedFor(t *testing.T) {
	for _, there := range []bool{false, true} {
		longStory(t, func(w *world, one *historian, kept *shelf) {
			one.says("ida", "m1", "first")
			w.settle()
			one.lag = time.Hour // it answers nothing more
			w.two.lag = time.Hour
			w.muc.says("bob", "b1", body("did it arrive?"))
			time.Sleep(time.Second)
			w.stop(kept, true)
			one.taken()
			w.two.taken()
			one.lag, w.two.lag = 0, 0
			if there {
				own := message("webhook", "w1", "did it arrive?", time.Now())
				own.Own = true
				one.past = append(one.past, own)
			}
			w.begin()
			w.settle()
			if there {
				w.got(one.network)
			} else {
				w.got(one.network, "bob: did it arrive?")
			}
			w.got(w.two) // which keeps nothing, so it is never said again
			if got := w.muc.taken(); !slices.Contains(got, "bridge to bob: Before the gateway stopped you wrote “did it arrive?”. It may be that this did not reach #go on two: It could not be found out. Look there before you write it again.") {
				t.Errorf("in the MUC was %q", got)
			}
			if there {
				w.muc.says("bob", "b2", body("it did"), xep.Correction("b1"))
				w.got(one.network, "edit w1: it did")
			}
		})
	}
}

func TestWithoutIDsOfTheMUCItsHistoryIsTakenByTheIDsOfClients(t *testing.T) {
	longStory(t, func(w *world, one *historian, kept *shelf) {
		w.muc.nameless, w.muc.archive = true, false
		w.stop(kept, false)
		w.begin()
		w.muc.says("bob", "b1", body("heard"))
		time.Sleep(time.Second)
		w.settle()
		one.taken()
		w.stop(kept, true)
		w.muc.mu.Lock()
		for _, id := range []string{"b2", ""} {
			w.muc.history = append(w.muc.history, (&stanza.Stanza{Kind: stanza.Message, Type: "groupchat", ID: id, From: w.relay.MUC.WithResource("bob")}).Add(body("missed "+id)))
			w.muc.times = append(w.muc.times, time.Now())
		}
		w.muc.mu.Unlock()
		w.begin()
		w.got(one.network, "bob: missed b2")
	})
}

// has tells whether words are kept anywhere.
func (s *shelf) has(words string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, data := range s.lines {
		if strings.Contains(string(data), words) {
			return true
		}
	}
	return false
}

func TestWordsThatAreNotToBeKeptAreNot(t *testing.T) {
	longStory(t, func(w *world, one *historian, kept *shelf) {
		one.slow = make(chan bool)
		w.muc.says("bob", "b1", body("the plan is this"), xep.NotStored())
		w.settle()
		if !kept.has("the plan") {
			t.Error("nobody could be told after a crash that it may not have arrived")
		}
		one.slow <- true
		one.slow = nil
		w.muc.says("bob", "b2", body("for all to know"))
		w.muc.says("bob", "b3", body("a slip"))
		w.muc.says("bob", "b4", xep.Retraction("s3")...)
		time.Sleep(time.Second)
		if kept.has("the plan") || kept.has("a slip") || !kept.has("for all") {
			t.Errorf("this is kept: %q", slices.Collect(maps.Values(kept.lines)))
		}
		w.stop(kept, true)
		w.two.taken()
		w.begin()
		w.muc.says("bob", "b5", xep.Retraction("s1")...) // what it was called is known
		w.got(w.two, "delete two1")
		one.says("ida", "m1", "which one?")
		w.settle()
		one.taken()
		one.slow = make(chan bool)
		w.muc.says("bob", "b6", body("another plan"), xep.NotStored())
		w.got(one.network, "bob: another plan")
		w.stop(kept, true)
		one.slow <- true
		one.slow = nil
		w.begin()
		w.got(one.network, "bob: another plan") // the network's history has it not
		time.Sleep(time.Second)
		if kept.has("another plan") {
			t.Error("after a crash it is kept")
		}
	})
}
