package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

// outcomes collects what done functions are told, in the order of the calls.
type outcomes struct {
	mutex sync.Mutex
	order []int
	errs  map[int]error
	all   sync.WaitGroup
}

func (o *outcomes) expect(n int) func(error) {
	o.all.Add(1)
	return func(err error) {
		o.mutex.Lock()
		defer o.mutex.Unlock()
		if o.errs == nil {
			o.errs = map[int]error{}
		}
		o.order = append(o.order, n)
		o.errs[n] = err
		o.all.Done()
	}
}

func message(n int) Append {
	return Append{Row{Seq: NextID(), Account: 1, Place: "p", ID: fmt.Sprint("m", n), At: 1}}
}

func stored(t testing.TB, s *Store) (ids []string) {
	t.Helper()
	page, err := s.Page(t.Context(), Query{Account: 1, Place: "p", Max: 1 << 20})
	for _, r := range read(t, page, err).Rows {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestDoneIsCalledInTheOrderOfHandOver(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		var o outcomes
		var want []int
		var ids []string
		for n := range 3000 {
			s.Write(o.expect(n), message(n))
			want, ids = append(want, n), append(ids, fmt.Sprint("m", n))
		}
		s.Write(nil, message(3000)) // nobody asks
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		o.all.Wait()
		same(t, "order", want, o.order)
		for n, err := range o.errs {
			if err != nil {
				t.Errorf("unit %d: %v", n, err)
			}
		}
		same(t, "rows after Close", append(ids, "m3000"), stored(t, opened(t, url)))
	})
}

func TestAPoisonedUnitFailsAlone(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		poison := Begin{Command{ID: 0}} // refused by a CHECK in both databases
		var o outcomes
		var want []int
		var ids []string
		for n := range 200 {
			if n%50 == 17 {
				s.Write(o.expect(n), message(n), poison, message(n+1000))
			} else {
				s.Write(o.expect(n), message(n), message(n+1000))
				ids = append(ids, fmt.Sprint("m", n), fmt.Sprint("m", n+1000))
			}
			want = append(want, n)
		}
		o.all.Wait()
		same(t, "order", want, o.order)
		for n, err := range o.errs {
			if poisoned := n%50 == 17; poisoned != (err != nil) {
				t.Errorf("unit %d: %v", n, err)
			}
		}
		same(t, "rows", ids, stored(t, s)) // of the poisoned units none, not even the first change
	})
}

func TestAReaderNeverSeesHalfAUnit(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		var o outcomes
		var group sync.WaitGroup
		for producer := range 4 {
			group.Go(func() {
				for n := range 100 {
					id := 1000*producer + 2*n
					s.Write(o.expect(id), message(id), message(id+1))
				}
			})
		}
		for range 2 {
			group.Go(func() {
				for count := 0; count < 800; {
					page, err := s.Page(t.Context(), Query{Account: 1, Place: "p"})
					if err != nil {
						t.Error(err)
						return
					}
					if page.Count%2 != 0 || page.Count < count {
						t.Errorf("a reader saw %d rows after %d", page.Count, count)
						return
					}
					count = page.Count
				}
			})
		}
		group.Wait()
		o.all.Wait()
		// The order of hand-over of one producer is kept.
		for producer := range 4 {
			mine := slices.DeleteFunc(slices.Clone(o.order), func(id int) bool { return id/1000 != producer })
			if !slices.IsSorted(mine) || len(mine) != 100 {
				t.Errorf("producer %d: %v", producer, mine)
			}
		}
	})
}

func TestAfterCloseNothingIsTakenInSilence(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		s.Close()
		var o outcomes
		s.Write(o.expect(1), message(1))
		o.all.Wait()
		if !errors.Is(o.errs[1], ErrClosed) {
			t.Errorf("got %v", o.errs[1])
		}
	})
}

func TestAUnitLargerThanABatchIsOneTransaction(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		var changes []Change
		for n := range 2*batchChanges + 77 {
			changes = append(changes, message(n))
		}
		if err := s.write(t.Context(), append(slices.Clone(changes), Begin{Command{ID: 0}})...); err == nil {
			t.Error("the poison was accepted")
		}
		same(t, "rows of the refused unit", 0, len(stored(t, s)))
		commit(t, s, changes...)
		same(t, "rows", len(changes), len(stored(t, s)))
	})
}

func TestUnnumbered(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT a FROM b WHERE c = $1 AND d = $2": "SELECT a FROM b WHERE c = ? AND d = ?",
		"SELECT a FROM b WHERE c = $1 OR d = $1":  "SELECT a FROM b WHERE c = $1 OR d = $1",
		"SELECT a FROM b WHERE c = $2 OR d = $1":  "SELECT a FROM b WHERE c = $2 OR d = $1",
		"SELECT 1":                                "SELECT 1",
	} {
		if got := unnumbered(text); got != want {
			t.Errorf("unnumbered(%q) = %q, want %q", text, got, want)
		}
	}
}
