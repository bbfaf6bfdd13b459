package main

import (
	"bytes"
	"context"
	"database/sql"
	"path/filepath"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // to hold up the gateway's store
)

// flooded has a channel flood while something is wrong with the world. Every line must come, once and in its turn, and memory must stay
// bounded. During is called when the flood has begun.
func flooded(lines int, before func(*world) error, during func(*world)) func(string) ([]figure, error) {
	return func(program string) ([]figure, error) {
		w, err := newWorld(program, served{})
		if err != nil {
			return nil, err
		}
		defer w.close()
		if err := w.enter(0, 1, func(int) string { return room("#a", ircHost) }); err != nil {
			return nil, err
		}
		if err := before(w); err != nil {
			return nil, err
		}
		c, next := countdown(lines), 0
		wrong := make(chan string, 1)
		w.xmpp.watch(func(s []byte) {
			_, text, ok := bytes.Cut(s, []byte("<body>line "))
			if !ok {
				return
			}
			text, _, _ = bytes.Cut(text, []byte("<"))
			if n, err := strconv.Atoi(string(text)); err != nil || n != next {
				select {
				case wrong <- string(text):
				default:
				}
				return
			}
			next++
			c.count()
		})
		go during(w)
		u, err := w.spending(func() error {
			w.irc.flood("#a", lines, func(i int) string { return "line " + strconv.Itoa(i) })
			if err := w.wait(c, 5*patience); err != nil {
				return err
			}
			return w.stored()
		})
		if err != nil {
			return nil, err
		}
		select {
		case n := <-wrong:
			return nil, w.failure("line %s came out of turn", n)
		default:
		}
		peak, err := w.memory("VmHWM")
		return []figure{{float64(peak) / mb, "MB", "at most"}, {u.wall.Seconds(), "s", "until all was there"}}, err
	}
}

// slowServer reads so many bytes a second.
func slowServer(rate int64) func(*world) error {
	return func(w *world) error {
		w.xmpp.seconds.Store(rate)
		return nil
	}
}

func nothing(*world) error { return nil }

// deafServer reads nothing for a while.
func deafServer(pause time.Duration) func(*world) {
	return func(w *world) {
		w.xmpp.deaf.Store(true)
		time.Sleep(pause)
		w.xmpp.deaf.Store(false)
	}
}

// slowDisk holds the store up as a disk does that stalls: for most of the time of a stall and a gap nobody can write to it.
func slowDisk(stall, gap, during time.Duration) func(*world) {
	return func(w *world) {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "isthmus.db")+"?_txlock=immediate&_pragma=busy_timeout(5000)")
		if err != nil {
			return
		}
		defer db.Close()
		for until := time.Now().Add(during); time.Now().Before(until); time.Sleep(gap) {
			tx, err := db.BeginTx(context.Background(), nil)
			if err != nil {
				continue
			}
			time.Sleep(stall)
			_ = tx.Rollback()
		}
	}
}
