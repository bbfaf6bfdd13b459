package relay

import (
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// ledger is what one side has been told, in its order.
type ledger struct {
	mu    sync.Mutex
	words []string
}

func (l *ledger) add(words string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.words = append(l.words, words)
}

func (l *ledger) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.words)
}

// TestAnHourOfTalkLosesDoublesAndReordersNothing has ten people on three sides talk for an hour, while connections are lost, the MUC forgets everyone or keeps
// silent, results come late, and the relay's own account hears what people have said through connections or accounts of their own before these know that they have.
func TestAnHourOfTalkLosesDoublesAndReordersNothing(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { soak(t, rand.New(rand.NewPCG(seed, 1)), seed%2 == 1) })
	}
}

// soak has them talk. With gaps, some of what the MUC reflects is lost on its way: that is found in its history half a minute later, and so comes out of its order.
func soak(t *testing.T, random *rand.Rand, gaps bool) {
	heard := map[string]*ledger{"one": {}, "two": {}}
	var w *world
	lags := func(n *network, side string, echo func(words string)) {
		n.lag = time.Duration(1+crc32.ChecksumIEEE([]byte(n.name))%300) * time.Millisecond
		n.arrived = func(words string) {
			heard[side].add(words)
			echo(words)
			time.Sleep(time.Duration(len(words)%7) * 10 * time.Millisecond) // the result comes after the echo
		}
	}
	story(t, func(c *Config) {
		c.Puppets = 5
		c.Rooms[0].Doubles = Doubles{Most: 3, Suffix: "|x", Open: func(_ Speaker, name string) (transports.Session, error) {
			n := newNetwork(name)
			n.self = transports.User{ID: transports.UserID(name), Name: name}
			lags(n, "one", func(words string) {
				w.one.events <- transports.Message{Place: transports.InRoom("#go"), From: n.self, Text: text.Plain(words)}
			})
			return n, nil
		}}
		own := newNetwork("own")
		own.self = transports.User{ID: "U0", Name: "Muc Zero"}
		lags(own, "two", func(words string) {
			w.two.events <- transports.Message{Place: transports.InRoom("#go"), From: own.self, Text: text.Plain(words)}
		})
		c.Rooms[1].Own = func(who Speaker) (Own, bool) { return Own{User: "U0", Do: own.Do}, who.Nick == "muc0" }
		for i, side := range []string{"one", "two"} {
			n := c.Rooms[i].Session.(*network)
			lags(n, side, func(words string) {
				n.events <- transports.Message{Place: transports.InRoom("#go"), From: n.self, Own: true, Text: text.Plain(words)}
			})
		}
	}, func(now *world) {
		w = now
		var said []string
		var trouble sync.WaitGroup
		for at := time.Duration(0); at < time.Hour; {
			wait := time.Duration(random.IntN(2000)) * time.Millisecond
			time.Sleep(wait)
			at += wait
			who := random.IntN(10)
			words := fmt.Sprintf("%d by %d %sx", len(said), who, strings.Repeat("x", random.IntN(20)))
			switch {
			case who < 4:
				w.muc.says(fmt.Sprint("muc", who), fmt.Sprint("c", len(said)), body(words))
			case who < 7:
				w.one.say(fmt.Sprint("one", who), "", words)
			default:
				w.two.say(fmt.Sprint("two", who), fmt.Sprint("t", len(said)), words)
			}
			said = append(said, words)
			if random.IntN(120) > 0 {
				continue
			}
			troubles := 4
			if gaps {
				troubles = 5
			}
			switch random.IntN(troubles) {
			case 0:
				w.one.cut <- &transports.Fault{Kind: transports.Offline, Text: "The wire was cut."}
			case 1:
				w.two.cut <- &transports.Fault{Kind: transports.Offline, Text: "The wire was cut."}
			case 2:
				w.muc.putsOut("bridge", 332)
			case 3:
				w.muc.mu.Lock()
				clear(w.muc.occupants)
				w.muc.mu.Unlock()
			case 4:
				w.muc.mu.Lock()
				w.muc.deaf, w.muc.loses = true, random.IntN(2) == 0
				w.muc.mu.Unlock()
				trouble.Go(func() {
					time.Sleep(20 * time.Second)
					w.muc.mu.Lock()
					w.muc.deaf, w.muc.loses = false, false
					w.muc.mu.Unlock()
				})
			}
		}
		trouble.Wait()
		time.Sleep(10 * time.Minute)
		w.settle()
		w.compare(said, heard, !gaps)
	})
}

// compare fails unless the MUC has everything once, and each network all that is not its own, in the MUC's order.
func (w *world) compare(said []string, heard map[string]*ledger, ordered bool) {
	w.t.Helper()
	w.muc.mu.Lock()
	var order []string
	by := map[string]string{} // the nick of who said it
	for _, m := range w.muc.history {
		words, who := m.ChildText("", "body"), m.From.Resource
		if before, after, relayed := strings.Cut(words, "> "); relayed { // the bot speaks
			words, who = after, before
		}
		if slices.Contains(said, words) {
			order = append(order, words)
			by[words] = who
		}
	}
	w.muc.mu.Unlock()
	w.once("the MUC", order, said)
	for side, ledger := range heard {
		var want, got []string
		for _, words := range order {
			if !strings.Contains(by[words], "["+side+"]") {
				want = append(want, words)
			}
		}
		for _, words := range ledger.all() {
			if slices.Contains(said, words) {
				got = append(got, words)
			}
		}
		w.once(side, got, want)
		if ordered {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					w.t.Errorf("on %s, number %d is %q and not %q", side, i, got[i], want[i])
					break
				}
			}
		}
	}
	w.t.Logf("%d messages", len(said))
}

func (w *world) once(side string, got, want []string) {
	w.t.Helper()
	times := map[string]int{}
	for _, words := range got {
		times[words]++
	}
	for _, words := range want {
		if n := times[words]; n != 1 {
			w.t.Errorf("%s has %q %d times", side, words, n)
		}
	}
	if len(got) > len(want) {
		w.t.Errorf("%s has %d messages, and %d were said", side, len(got), len(want))
	}
}
