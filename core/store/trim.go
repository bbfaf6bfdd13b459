package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// Trim removes the oldest rows of those people of whom there are more than most on a transport, in all accounts together. It looks
// only at whom something was archived for since a Seq, so that it costs little to call often; 0 looks at all. Rows of scopes are
// nobody's and stay. It returns how many rows it removed, and works in small units through the writer's queue, so that others pass.
func (s *Store) Trim(ctx context.Context, most int, since int64) (removed int64, err error) {
	people, err := rows(ctx, s.reads, `SELECT DISTINCT transport, owner FROM accounts WHERE EXISTS
		(SELECT 1 FROM archive WHERE archive.account = accounts.id AND archive.account <> 0 AND archive.seq > $1)`, []any{since},
		func(r *sql.Rows) (a Account, err error) { return a, r.Scan(&a.Transport, &a.Owner) })
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		n, err := s.trimPerson(ctx, p.Transport, p.Owner, int64(most))
		removed += n
		if err != nil {
			return removed, fmt.Errorf("store: trim: %w", err)
		}
	}
	return removed, nil
}

func (s *Store) trimPerson(ctx context.Context, transport, person string, most int64) (removed int64, err error) {
	accounts, err := s.accountsOf(ctx, transport, person)
	if err != nil {
		return 0, err
	}
	excess := -most
	for _, a := range accounts {
		n, err := rows(ctx, s.reads, "SELECT count(*) FROM archive WHERE account = $1 AND account <> 0", []any{a.ID},
			func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
		if err != nil {
			return 0, err
		}
		excess += n[0]
	}
	for removed < excess {
		old, err := s.oldest(ctx, accounts, min(excess-removed, pruneRows))
		if err != nil || len(old) == 0 {
			return removed, err
		}
		last := map[int64]int64{}
		for _, r := range old {
			last[r.Account] = r.Seq
		}
		var changes []Change
		for account, seq := range last {
			changes = append(changes, trim{account, seq})
		}
		if err := s.write(ctx, changes...); err != nil {
			return removed, err
		}
		removed += int64(len(old))
	}
	return removed, nil
}

// oldest are the first n rows of the accounts together, in order.
func (s *Store) oldest(ctx context.Context, accounts []Account, n int64) ([]Row, error) {
	var all []Row
	for _, a := range accounts {
		part, err := rows(ctx, s.reads, "SELECT seq FROM archive WHERE account = $1 AND account <> 0 ORDER BY seq LIMIT $2", []any{a.ID, n},
			func(r *sql.Rows) (row Row, err error) { row.Account = a.ID; return row, r.Scan(&row.Seq) })
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	slices.SortFunc(all, func(x, y Row) int { return cmp.Compare(x.Seq, y.Seq) })
	return all[:min(len(all), int(n))], nil
}

// trim removes the rows of an account up to a Seq.
type trim struct{ account, last int64 }

var deleteOldest = oneRow("DELETE FROM archive WHERE account = ? AND account <> 0 AND seq <= ?")

func (c trim) plan(p *plan) { p.add(deleteOldest, nil, c.account, c.last) }
func (c trim) size() int    { return overhead }
