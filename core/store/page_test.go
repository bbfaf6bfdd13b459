package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// archive is the oracle: the whole of what Page promises, told in the most naive way.
type archive struct {
	rows  []Row
	spans []span
}

type span struct {
	person, scope, place string
	from, to             int64
}

func (a *archive) append(r Row) {
	for _, there := range a.rows {
		sameOwner := there.Account == r.Account && (r.Account != 0 || there.Transport == r.Transport && there.Scope == r.Scope)
		if sameOwner && there.Place == r.Place && there.ID == r.ID {
			return
		}
	}
	a.rows = append(a.rows, r)
}

func (a *archive) readable(q Query) (rows []Row) {
	for _, r := range a.rows {
		if r.Place != q.Place || r.Account != q.Account {
			continue
		}
		within := func(s span) bool {
			return s.person == q.Person && s.scope == q.Scope && s.place == q.Place && s.from <= r.Seq && r.Seq <= s.to
		}
		if q.Account != 0 || r.Transport == q.Transport && r.Scope == q.Scope && slices.ContainsFunc(a.spans, within) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(x, y Row) int { return int(x.Seq - y.Seq) })
	return rows
}

func (a *archive) page(q Query) (Page, error) {
	rows := a.readable(q)
	for _, id := range append([]string{q.After, q.Before, q.Above, q.Below}, q.IDs...) {
		if id != "" && !slices.ContainsFunc(rows, func(r Row) bool { return r.ID == id }) {
			return Page{}, ErrNotFound
		}
	}
	var matching, window []Row
	afterSeen, beforeSeen := q.After == "", false
	aboveSeen, belowSeen := q.Above == "", false
	for _, r := range rows {
		beforeSeen = beforeSeen || q.Before != "" && r.ID == q.Before
		belowSeen = belowSeen || q.Below != "" && r.ID == q.Below
		arrived := r.Seq >> clockBits
		if (q.Since == 0 || r.At >= q.Since && arrived >= q.Since-86_400_000) && (q.Until == 0 || r.At <= q.Until) &&
			(len(q.IDs) == 0 || slices.Contains(q.IDs, r.ID)) && aboveSeen && !belowSeen &&
			(q.Author == "" || r.Author == q.Author) && (q.Nick == "" || r.Nick == q.Nick) {
			matching = append(matching, r)
			if afterSeen && !beforeSeen {
				window = append(window, r)
			}
		}
		afterSeen = afterSeen || r.ID == q.After
		aboveSeen = aboveSeen || r.ID == q.Above
	}
	n := min(q.Max, len(window))
	page := Page{Rows: window[:n], Complete: n == len(window), Count: len(matching)}
	if q.Last {
		page.Rows = window[len(window)-n:]
	}
	if n > 0 {
		page.Index = slices.IndexFunc(matching, func(r Row) bool { return r.Seq == page.Rows[0].Seq })
	}
	return page, nil
}

func TestPagesAreThoseOfTheNaiveArchive(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++ // each round has a transport and accounts of its own
			world := newWorld(rt, fmt.Sprint("transport", round), int64(10*round))
			if err := s.write(t.Context(), world.changes...); err != nil {
				rt.Fatal(err)
			}
			for range 12 {
				q := world.query(rt)
				want, failure := world.page(q)
				got, err := s.Page(t.Context(), q)
				if !errors.Is(err, failure) || (err == nil) != (failure == nil) {
					rt.Fatalf("%+v: got %v, want %v", q, err, failure)
				}
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					rt.Fatalf("%+v (-want +got):\n%s", q, diff)
				}
			}
		})
	})
}

// world is a random history: what was handed to the store, and the oracle of it.
type world struct {
	archive
	changes   []Change
	transport string
	account   int64
	start     int64 // the time of the first row
	length    int64 // the time over which they arrived
}

func newWorld(t *rapid.T, transport string, account int64) *world {
	w := &world{transport: transport, account: account, start: 1_767_225_600_000}
	day := int64(86_400_000)
	w.length = rapid.SampledFrom([]int64{10, day, 5 * day}).Draw(t, "length")
	steps := rapid.IntRange(0, 40).Draw(t, "steps")
	open := map[span]int64{}
	for n := range steps {
		now := w.start + w.length*int64(n)/int64(steps)
		seq := Arrival(now) + int64(n) // in the order of the steps, even within one millisecond
		key := span{person: w.person(t), scope: w.scope(t), place: w.place(t)}
		switch rapid.SampledFrom([]string{"row", "row", "row", "row", "open", "close"}).Draw(t, "step") {
		case "row":
			r := Row{Seq: seq, Transport: w.transport, Scope: key.scope, Place: key.place, ID: w.id(t), At: w.time(t),
				Author: w.person(t), Nick: w.person(t), Stanza: "stanza", Content: []byte(fmt.Sprint("text ", n))}
			r.Account = w.owner(t)
			w.append(r)
			w.changes = append(w.changes, Append{r})
		case "open":
			if _, already := open[key]; !already {
				open[key] = seq
			}
			w.changes = append(w.changes, OpenSpan{key.person, w.transport, key.scope, key.place, seq})
		case "close":
			if from, is := open[key]; is {
				w.spans = append(w.spans, span{key.person, key.scope, key.place, from, seq})
				delete(open, key)
			}
			w.changes = append(w.changes, CloseSpan{key.person, w.transport, key.scope, key.place, seq})
		}
	}
	for key, from := range open {
		w.spans = append(w.spans, span{key.person, key.scope, key.place, from, 1<<63 - 1})
	}
	return w
}

func (w *world) person(t *rapid.T) string {
	return rapid.SampledFrom([]string{"alice", "bob"}).Draw(t, "person")
}
func (w *world) scope(t *rapid.T) string {
	return rapid.SampledFrom([]string{"s", "s", "other"}).Draw(t, "scope")
}
func (w *world) place(t *rapid.T) string {
	return rapid.SampledFrom([]string{"p", "p", "other"}).Draw(t, "place")
}
func (w *world) owner(t *rapid.T) int64 {
	return rapid.SampledFrom([]int64{0, 0, w.account, w.account + 1}).Draw(t, "owner")
}
func (w *world) id(t *rapid.T) string { return fmt.Sprint("m", rapid.IntRange(0, 20).Draw(t, "id")) }
func (w *world) time(t *rapid.T) int64 {
	return w.start + rapid.Int64Range(-w.length/2, w.length).Draw(t, "time")
}

func (w *world) query(t *rapid.T) Query {
	q := Query{Account: w.owner(t), Place: w.place(t), Max: rapid.IntRange(0, 12).Draw(t, "max"), Last: rapid.Bool().Draw(t, "last")}
	if q.Account == 0 {
		q.Transport, q.Scope, q.Person = w.transport, w.scope(t), w.person(t)
	}
	readable := w.readable(q)
	id := func() string { // most often one that is there
		if len(readable) == 0 || rapid.IntRange(0, 9).Draw(t, "any") == 0 {
			return w.id(t)
		}
		return rapid.SampledFrom(readable).Draw(t, "edge").ID
	}
	maybe := func(what string) bool { return rapid.IntRange(0, 2).Draw(t, what) == 0 }
	if maybe("has since") {
		q.Since = w.time(t)
	}
	if maybe("has until") {
		q.Until = w.time(t)
	}
	if maybe("has after") {
		q.After = id()
	}
	if maybe("has before") {
		q.Before = id()
	}
	if maybe("has above") {
		q.Above = id()
	}
	if maybe("has below") {
		q.Below = id()
	}
	if maybe("has author") {
		q.Author = w.person(t)
	}
	if maybe("has nick") {
		q.Nick = w.person(t)
	}
	if maybe("has ids") {
		for range rapid.IntRange(1, 4).Draw(t, "ids") {
			q.IDs = append(q.IDs, id())
		}
	}
	return q
}
