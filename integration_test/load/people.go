package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

const (
	mb = 1 << 20
	kb = 1 << 10
)

// start is how long a person waits who enters a room while the gateway is started, and what that takes of memory.
func start(program string) ([]figure, error) {
	w, err := newWorld(program, served{})
	if err != nil {
		return nil, err
	}
	defer w.close()
	rss, err := w.settled()
	if err != nil {
		return nil, err
	}
	if err := w.gateway.Stop(); err != nil {
		return nil, err
	}
	// Again, with a store that is there. Whoever is asked for the log to say that it is ready would be late.
	began := time.Now()
	if err := w.run(program); err != nil {
		return nil, err
	}
	if err := w.enter(0, 1, func(int) string { return room("#a", ircHost) }); err != nil {
		return nil, err
	}
	return []figure{{time.Since(began).Seconds(), "s", "to the first join"}, {float64(rss) / mb, "MB", "RSS"}}, nil
}

// connected is what each further person takes who is in a small channel of their own.
func connected(people int, host string) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		w, err := newWorld(program, served{})
		if err != nil {
			return nil, err
		}
		defer w.close()
		w.irc.silent = 5
		own := func(n int) string { return room(fmt.Sprintf("#own%d", n), host) }
		const first = 100 // after whom the pools and buffers that all share have their size
		if err := w.enter(0, first, own); err != nil {
			return nil, err
		}
		if err := w.stored(); err != nil {
			return nil, err
		}
		before, err := w.footprint()
		if err != nil {
			return nil, err
		}
		if err := w.enter(first, first+people, own); err != nil {
			return nil, err
		}
		if err := w.stored(); err != nil {
			return nil, err
		}
		after, err := w.footprint()
		w.keepHeap(program)
		each := func(after, before float64) float64 { return (after - before) / float64(people) / kb }
		return []figure{{each(after.rss, before.rss), "kB", "of RSS each"}, {each(after.heap, before.heap), "kB", "heap"},
			{each(after.stacks, before.stacks), "kB", "stacks"}}, err
	}
}

// crowd is a channel that many people enter one after another, each of whom sees the others.
func crowd(people int) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		w, err := newWorld(program, served{})
		if err != nil {
			return nil, err
		}
		defer w.close()
		// Of n people each sees all others and bob once, whoever came first.
		c := countdown(people * (people + 1))
		w.xmpp.watch(func(s []byte) {
			if bytes.HasPrefix(s, []byte("<presence ")) && attr(string(s), "type") == "" {
				c.count()
			}
		})
		u, err := w.spending(func() error {
			var all strings.Builder
			for n := range people {
				all.WriteString(entry(n, room("#crowd", ircHost)))
			}
			w.xmpp.send(all.String())
			return w.wait(c, 2*patience)
		})
		if err != nil {
			return nil, err
		}
		peak, err := w.memory("VmHWM")
		if err != nil {
			return nil, err
		}
		after, err := w.settled()
		w.keepHeap(program)
		return []figure{{u.wall.Seconds(), "s", "to join"}, {u.cpu.Seconds(), "s", "of CPU"}, {float64(peak) / mb, "MB", "at most"}, {float64(after) / mb, "MB", "in the end"}}, err
	}
}

// joining is how long it takes that many people to enter channels of ten each, and how much longer the second half takes.
func joining(people int) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		w, err := newWorld(program, served{})
		if err != nil {
			return nil, err
		}
		defer w.close()
		w.irc.silent = 5
		shared := func(n int) string { return room(fmt.Sprintf("#shared%d", n/10), ircHost) }
		defer w.profiled(program)()
		began := time.Now()
		if err := w.enter(0, people/2, shared); err != nil {
			return nil, err
		}
		half := time.Since(began)
		if err := w.enter(people/2, people, shared); err != nil {
			return nil, err
		}
		all := time.Since(began)
		rss, err := w.memory("VmRSS")
		return []figure{{all.Seconds(), "s", ""}, {float64(all-half) / float64(half), "×", "for the second half"}, {float64(rss) / mb, "MB", "RSS"}}, err
	}
}

// idle is what people take who are there and do nothing, each with three accounts on a network in memory.
func idle(people int) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		w, err := newWorld(program, served{memory: true})
		if err != nil {
			return nil, err
		}
		defer w.close()
		scopes := []string{"one", "two", "three"}
		rooms, err := w.memoryRooms(scopes, people/10)
		if err != nil {
			return nil, err
		}
		before, err := w.settled()
		if err != nil {
			return nil, err
		}
		u, err := w.spending(func() error {
			for k := range scopes {
				if err := w.enter(0, people, func(n int) string { return rooms[k][n/10] }); err != nil {
					return err
				}
			}
			return w.stored()
		})
		if err != nil {
			return nil, err
		}
		after, err := w.settled()
		if err != nil {
			return nil, err
		}
		w.keepHeap(program)
		defer w.profiled(program)()
		rest, err := w.spending(func() error { time.Sleep(idleFor); return nil })
		accounts := float64(people * len(scopes))
		return []figure{{float64(after-before) / accounts / kb, "kB", "an account"}, {float64(after) / mb, "MB", "RSS"}, {u.wall.Seconds(), "s", "to join"},
			{100 * rest.cpu.Seconds() / rest.wall.Seconds(), "%", "of a processor at rest"}}, err
	}
}

// idleFor is how long a gateway at rest is watched.
const idleFor = 5 * time.Second

// contacts is what people's contacts take, each of whom has a hundred.
func contacts(people int) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		w, err := newWorld(program, served{})
		if err != nil {
			return nil, err
		}
		defer w.close()
		const friends = 100
		w.irc.silent = friends
		if err := w.enter(0, people, func(n int) string { return room(fmt.Sprintf("#own%d", n), ircHost) }); err != nil {
			return nil, err
		}
		before, err := w.settled()
		if err != nil {
			return nil, err
		}
		c := countdown(people * friends)
		w.xmpp.watch(func(s []byte) {
			if bytes.HasPrefix(s, []byte("<presence type='subscribed'")) {
				c.count()
			}
		})
		u, err := w.spending(func() error {
			for n := range people {
				var all strings.Builder
				for k := range friends {
					fmt.Fprintf(&all, "<presence type='subscribe' from='p%d@load' to='someone%d%%%s@%s'/>", n, k, ircHost, domain)
				}
				w.xmpp.send(all.String())
			}
			if err := w.wait(c, 2*patience); err != nil {
				return err
			}
			return w.stored()
		})
		if err != nil {
			return nil, err
		}
		after, err := w.settled()
		w.keepHeap(program)
		all := float64(people * friends)
		return []figure{{float64(after-before) / all, "B", "a contact"}, {float64(u.cpu.Microseconds()) / all, "µs", "of CPU to add one"}, {float64(after) / mb, "MB", "RSS"}}, err
	}
}
