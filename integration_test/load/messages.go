package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const words = "hello, this is a typical line of a talk"

const groupchat = "<message type='groupchat'"

// usage is what an amount of work has taken.
type usage struct {
	cpu, wall time.Duration
}

// spending measures what the gateway takes for something.
func (w *world) spending(work func() error) (u usage, err error) {
	before, err := w.cpu()
	if err != nil {
		return u, err
	}
	start := time.Now()
	if err := work(); err != nil {
		return u, err
	}
	u.wall = time.Since(start)
	after, err := w.cpu()
	u.cpu = after - before
	return u, err
}

func each(u usage, n int) []figure {
	return []figure{{float64(u.cpu.Nanoseconds()) / float64(n) / 1e3, "µs", "of CPU a stanza"}, {float64(n) / u.wall.Seconds(), "/s", "stanzas"}}
}

// fromIRC floods a channel in which people are, and measures what each stanza that they get costs.
func fromIRC(people, lines int, archived bool) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		w, err := newWorld(program, served{})
		if err != nil {
			return nil, err
		}
		defer w.close()
		if !archived {
			if err := w.unarchived(people); err != nil {
				return nil, err
			}
		}
		if err := w.enter(0, people, func(int) string { return room("#a", ircHost) }); err != nil {
			return nil, err
		}
		line := func(i int) string { return words + " " + strconv.Itoa(i) }
		all := func(lines int) error {
			c := countdown(people * lines)
			w.xmpp.watch(func(s []byte) {
				if bytes.HasPrefix(s, []byte(groupchat)) {
					c.count()
				}
			})
			w.irc.flood("#a", lines, line)
			if err := w.wait(c, 5*patience); err != nil {
				return err
			}
			return w.stored()
		}
		if err := all(lines / 10); err != nil { // the first ones make buffers grow
			return nil, err
		}
		profile := w.profiled(program)
		u, err := w.spending(func() error { return all(lines) })
		profile()
		return each(u, people*lines), err
	}
}

// toIRC has one person say things, each when there are not more than a window of them without a reflection.
func toIRC(messages int, archived bool) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		w, err := newWorld(program, served{})
		if err != nil {
			return nil, err
		}
		defer w.close()
		if !archived {
			if err := w.unarchived(1); err != nil {
				return nil, err
			}
		}
		if err := w.enter(0, 1, func(int) string { return room("#a", ircHost) }); err != nil {
			return nil, err
		}
		all := func(messages int) error {
			const window = 400
			credit := make(chan struct{}, window)
			for range window {
				credit <- struct{}{}
			}
			said, shown := countdown(messages), countdown(messages)
			w.irc.mu.Lock()
			w.irc.heard = func(string, string, string) { said.count() }
			w.irc.mu.Unlock()
			w.xmpp.watch(func(s []byte) {
				if bytes.HasPrefix(s, []byte(groupchat)) {
					shown.count()
					credit <- struct{}{}
				}
			})
			var batch strings.Builder
			for i := range messages {
				select {
				case <-credit:
				default:
					w.xmpp.send(batch.String())
					batch.Reset()
					select {
					case <-credit:
					case <-time.After(patience):
						return w.failure("reflections are missing")
					}
				}
				fmt.Fprintf(&batch, "<message type='groupchat' id='m%d' from='%s' to='%s'><body>%s</body></message>", i, person(0), room("#a", ircHost), words)
			}
			w.xmpp.send(batch.String())
			if err := w.wait(shown, patience); err != nil {
				return err
			}
			if err := w.wait(said, patience); err != nil {
				return err
			}
			return w.stored()
		}
		if err := all(messages / 10); err != nil {
			return nil, err
		}
		profile := w.profiled(program)
		u, err := w.spending(func() error { return all(messages) })
		profile()
		return each(u, messages), err
	}
}

// latency is that of messages at an even pace.
func latency(rate, messages int) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		w, err := newWorld(program, served{})
		if err != nil {
			return nil, err
		}
		defer w.close()
		if err := w.enter(0, 1, func(int) string { return room("#a", ircHost) }); err != nil {
			return nil, err
		}
		all := make(chan time.Duration, messages)
		w.xmpp.watch(func(s []byte) {
			if _, text, ok := bytes.Cut(s, []byte("<body>at ")); ok {
				text, _, _ = bytes.Cut(text, []byte("<"))
				if at, err := strconv.ParseInt(string(text), 10, 64); err == nil {
					all <- time.Duration(time.Now().UnixNano() - at)
				}
			}
		})
		pace := time.NewTicker(time.Second / time.Duration(rate))
		defer pace.Stop()
		for range messages {
			<-pace.C
			w.irc.flood("#a", 1, func(int) string { return "at " + strconv.FormatInt(time.Now().UnixNano(), 10) })
		}
		var took []time.Duration
		for late := time.After(patience); len(took) < messages; {
			select {
			case d := <-all:
				took = append(took, d)
			case <-late:
				return nil, w.failure("%d messages have not come", messages-len(took))
			}
		}
		slices.Sort(took)
		at := func(share float64) float64 { return took[int(share*float64(messages-1))].Seconds() * 1e3 }
		return []figure{{at(0.5), "ms", "p50"}, {at(0.99), "ms", "p99"}}, nil
	}
}
