package core

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
)

// attendance notes on which days people are here, once a day for each. The hub's goroutine owns it.
type attendance struct {
	domain string
	store  *store.Store
	day    int64
	here   map[stanza.JID]bool
}

const dayMillis = 24 * 60 * 60 * 1000

func newAttendance(domain string, s *store.Store) *attendance {
	return &attendance{domain: domain, store: s, here: map[stanza.JID]bool{}}
}

// note is called for everything that a client sends.
func (a *attendance) note(who stanza.JID) {
	day := time.Now().UnixMilli() / dayMillis
	if day != a.day {
		a.day = day
		clear(a.here)
	}
	who = who.Bare()
	if a.here[who] {
		return
	}
	a.here[who] = true
	seen := store.Seen{Transport: a.domain, Person: who.String(), At: day * dayMillis}
	go a.store.Write(nil, seen) // it may wait for the disk, and the hub must not
}

// absent is someone of whom something is kept, and when they were last here.
type absent struct {
	person string
	last   time.Time
	// before tells that they were not here since last, but that it is not known when they were.
	before bool
}

// day says when, for people.
func (a absent) day() string {
	if a.before {
		return "before " + a.last.Format(time.DateOnly)
	}
	return a.last.Format(time.DateOnly)
}

// countingSince is from when on the store knows who was here.
func countingSince(ctx context.Context, s *store.Store) (time.Time, error) {
	text, err := s.Setting(ctx, "people-seen-since", func() []byte { return strconv.AppendInt(nil, time.Now().UnixMilli(), 10) })
	if err != nil {
		return time.Time{}, fmt.Errorf("reading since when it is known who was here: %w", err)
	}
	since, err := strconv.ParseInt(string(text), 10, 64)
	return time.UnixMilli(since).UTC(), err
}

// everybody are all of whom something is kept, those who were away the longest first.
func (d *dialogues) everybody(ctx context.Context) ([]absent, error) {
	seen, err := d.store.People(ctx, d.domain)
	if err != nil {
		return nil, err
	}
	since, err := countingSince(ctx, d.store)
	if err != nil {
		return nil, err
	}
	people := maps.Clone(seen)
	for _, p := range slices.Concat(d.options.People(), d.known.owners(d.domain)) {
		if _, ok := people[p]; !ok {
			people[p] = 0
		}
	}
	var all []absent
	for p, at := range people {
		if at == 0 {
			all = append(all, absent{p, since, true})
			continue
		}
		all = append(all, absent{p, time.UnixMilli(at).UTC(), false})
	}
	slices.SortFunc(all, func(x, y absent) int {
		if c := x.last.Compare(y.last); c != 0 {
			return c
		}
		return strings.Compare(x.person, y.person)
	})
	return all, nil
}
