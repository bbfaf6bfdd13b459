package store

import (
	"database/sql"
	"fmt"
	"testing"
)

func TestOfEachPersonTheNewestRowsAreKept(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		const kept = 700
		add := func(account int64, rows int) {
			var changes []Change
			for range rows {
				seq := NextID()
				changes = append(changes, Append{Row{Seq: seq, Account: account, Transport: "t", Scope: "s", Place: fmt.Sprint("p", seq%3), ID: fmt.Sprint(seq)}})
			}
			commit(t, s, changes...)
		}
		commit(t, s, PutAccount{Account{ID: 1, Transport: "t", Scope: "s", Owner: "alice"}}, PutAccount{Account{ID: 2, Transport: "t", Scope: "other", Owner: "alice"}},
			PutAccount{Account{ID: 3, Transport: "t", Scope: "s", Owner: "bob"}}, PutAccount{Account{ID: 4, Transport: "other", Scope: "s", Owner: "alice"}})
		add(1, 1100)
		add(2, 600) // the newer ones of alice's on this transport
		add(3, kept)
		add(4, kept)
		add(0, kept+1)
		counts := func() map[int64]int {
			all := map[int64]int{}
			for _, account := range accountsOfRows(t, s, 0) {
				all[account]++
			}
			return all
		}
		removed, err := s.Trim(t.Context(), kept, 0)
		same(t, "removed", int64(1000), read(t, removed, err))
		same(t, "kept", map[int64]int{0: kept + 1, 1: 100, 2: 600, 3: kept, 4: kept}, counts())

		before := NextID()
		add(3, 2)
		removed, err = s.Trim(t.Context(), 500, before) // alice is not looked at
		same(t, "removed", int64(202), read(t, removed, err))
		same(t, "kept", map[int64]int{0: kept + 1, 1: 100, 2: 600, 3: 500, 4: kept}, counts())
		same(t, "the newest are there", []int64{3, 3}, accountsOfRows(t, s, before))
	})
}

// accountsOfRows are the accounts of the archive's rows after a Seq.
func accountsOfRows(t *testing.T, s *Store, after int64) []int64 {
	t.Helper()
	all, err := rows(t.Context(), s.reads, "SELECT account FROM archive WHERE seq > $1", []any{after}, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
	return read(t, all, err)
}
