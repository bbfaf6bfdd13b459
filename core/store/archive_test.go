package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestManyStanzaIDsCanBeAskedForAtOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		var changes []Change
		var ids, want []string
		for n := range 3*namedAtOnce + 7 {
			changes, ids, want = append(changes, message(n)), append(ids, fmt.Sprint("m", n)), append(want, fmt.Sprint("m", n))
		}
		commit(t, s, changes...)
		rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		page, err := s.Page(t.Context(), Query{Account: 1, Place: "p", IDs: ids, Max: len(ids)})
		var got []string
		for _, r := range read(t, page, err).Rows {
			got = append(got, r.ID)
		}
		same(t, "rows", want, got)
	})
}

func TestCountingStopsAtABound(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		const many = CountMax + 50
		var changes []Change
		for n := range many {
			changes = append(changes, message(n))
		}
		commit(t, s, changes...)
		for _, want := range []struct {
			query        Query
			count, index int
		}{
			{Query{Max: 10}, CountMax, 0},
			{Query{Max: 10, After: "m8999"}, CountMax, 9000},
			{Query{Max: 10, Last: true}, CountMax, CountMax},
		} {
			want.query.Account, want.query.Place = 1, "p"
			page, err := s.Page(t.Context(), want.query)
			page = read(t, page, err)
			same(t, fmt.Sprintf("rows, count, index of %+v", want.query), []int{10, want.count, want.index}, []int{len(page.Rows), page.Count, page.Index})
		}
	})
}

func TestARedeliveredMessageChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		first := Row{Seq: NextID(), Account: 1, Transport: "t", Scope: "s", Place: "p", ID: "m", At: 1, Content: []byte("first")}
		again := first
		again.Seq, again.Content = NextID(), []byte("again")
		elsewhere := again
		elsewhere.Place = "q"
		commit(t, s, Append{first}, Append{again}) // in one unit
		commit(t, s, Append{again}, Append{elsewhere})
		for place, want := range map[string]Row{"p": first, "q": elsewhere} {
			page, err := s.Page(t.Context(), Query{Account: 1, Place: place, Max: 9})
			same(t, "rows of "+place, Page{Rows: []Row{want}, Complete: true, Count: 1}, read(t, page, err))
		}
	})
}

func TestAPersonReadsWhatWasSaidWhileTheyWereThere(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		say := func(ids ...string) {
			for _, id := range ids {
				commit(t, s, Append{Row{Seq: NextID(), Transport: "t", Scope: "s", Place: "p", ID: id, At: time.Now().UnixMilli()}})
			}
		}
		reads := func(person string, q Query) (ids string) {
			q.Transport, q.Scope, q.Person, q.Place, q.Max = "t", "s", person, "p", 3
			page, err := s.Page(t.Context(), q)
			for _, r := range read(t, page, err).Rows {
				ids += r.ID
			}
			return fmt.Sprint(ids, " of ", page.Count)
		}
		say("a", "b")
		commit(t, s, OpenSpan{"alice", "t", "s", "p", NextID()})
		say("c", "d")
		commit(t, s, OpenSpan{"alice", "t", "s", "p", NextID()}) // is there already
		commit(t, s, CloseSpan{"alice", "t", "s", "p", NextID()})
		say("e")
		commit(t, s, CloseSpan{"alice", "t", "s", "p", NextID()}) // has left already
		commit(t, s, OpenSpan{"alice", "t", "s", "p", NextID()}, CloseSpan{"alice", "t", "s", "p", NextID()}, OpenSpan{"alice", "t", "s", "p", NextID()})
		say("f", "g", "h")
		same(t, "first page", "cdf of 5", reads("alice", Query{}))
		same(t, "next page", "gh of 5", reads("alice", Query{After: "f"}))
		same(t, "last page", "fgh of 5", reads("alice", Query{Last: true}))
		same(t, "page before", "cd of 5", reads("alice", Query{Last: true, Before: "f"}))
		same(t, "who never came", " of 0", reads("bob", Query{}))
		_, err := s.Page(t.Context(), Query{Transport: "t", Scope: "s", Person: "alice", Place: "p", After: "e", Max: 1})
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("a row that may not be read was found: %v", err)
		}
	})
}

func TestRetentionRemovesWhatIsOld(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		var changes []Change
		const old = 2*pruneRows + 33
		now := time.Now().UnixMilli()
		for n := range old {
			m := message(n)
			m.At = now - 1000 - int64(n)
			kept := message(n + old)
			kept.At = now
			changes = append(changes, m, kept)
		}
		ended, lasting := Arrival(now-2000), Arrival(now-500)
		commit(t, s, append(changes,
			OpenSpan{"alice", "t", "s", "p", 1}, CloseSpan{"alice", "t", "s", "p", ended},
			OpenSpan{"bob", "t", "s", "p", 1}, CloseSpan{"bob", "t", "s", "p", lasting},
			OpenSpan{"carol", "t", "s", "p", 1})...)
		stop := make(chan struct{})
		written := make(chan int)
		go func() { // others write meanwhile
			n := 0
			for ; ; n++ {
				select {
				case <-stop:
					written <- n
					return
				default:
					s.write(t.Context(), message(10*old+n))
				}
			}
		}()
		removed, err := s.Prune(t.Context(), now-999)
		close(stop)
		more := <-written
		// What the other wrote has At 1, so some of it may have been removed as well.
		if read(t, removed, err) < old || removed > old+int64(more) {
			t.Errorf("removed %d of %d to %d", removed, old, old+more)
		}
		again, err := s.Prune(t.Context(), now-999)
		same(t, "removed in all", int64(old+more), removed+read(t, again, err))
		same(t, "kept", old, len(stored(t, s)))
		for person, want := range map[string]int{"alice": 0, "bob": 1, "carol": 1} {
			spans, err := s.readable(t.Context(), Query{Person: person, Transport: "t", Scope: "s", Place: "p"})
			same(t, "spans of "+person, want, len(read(t, spans, err)))
		}
	})
}

func TestSpansThatOverlapShowNothingTwice(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		var seqs []int64
		for n := range 6 {
			seqs = append(seqs, NextID())
			commit(t, s, Append{Row{Seq: seqs[n], Transport: "t", Scope: "s", Place: "p", ID: fmt.Sprint(n)}})
		}
		for _, e := range [][2]int{{0, 3}, {2, 2}, {3, 4}, {5, 4}} { // the last one is empty
			commit(t, s, OpenSpan{"alice", "t", "s", "p", seqs[e[0]]}, CloseSpan{"alice", "t", "s", "p", seqs[e[1]]})
		}
		page, err := s.Page(t.Context(), Query{Transport: "t", Scope: "s", Person: "alice", Place: "p", Max: 9})
		page = read(t, page, err)
		same(t, "count", 5, page.Count)
		for n, r := range page.Rows {
			same(t, "row", fmt.Sprint(n), r.ID)
		}
	})
}
