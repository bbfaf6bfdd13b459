package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Reader is the Person of spans that are of one account of a person's alone (a bare JID): several of them may be in a place, and leave it
// at different times.
func Reader(person string, account int64) string {
	return person + "/" + strconv.FormatInt(account, 36)
}

// OpenSpan lets a person read the scope's rows of a place whose Seq is at least From. While a span is open, to open
// another changes nothing.
type OpenSpan struct {
	Person, Transport, Scope, Place string
	From                            int64
}

// CloseSpan ends the open span of a person in a place: To is the last Seq that they may read.
type CloseSpan struct {
	Person, Transport, Scope, Place string
	To                              int64
}

type spanKey struct{ person, transport, scope, place string }

var (
	openSpan  = insert("spans", "person, transport, scope, place, since, until", "DO NOTHING")
	closeSpan = oneRow("UPDATE spans SET until = ? WHERE person = ? AND transport = ? AND scope = ? AND place = ? AND until = 0")
)

func (c OpenSpan) plan(p *plan) {
	p.add(openSpan, spanKey{c.Person, c.Transport, c.Scope, c.Place}, c.Person, c.Transport, c.Scope, c.Place, c.From, int64(0))
}

func (c CloseSpan) plan(p *plan) {
	p.add(closeSpan, spanKey{c.Person, c.Transport, c.Scope, c.Place}, c.To, c.Person, c.Transport, c.Scope, c.Place)
}

func (c OpenSpan) size() int {
	return overhead + len(c.Person) + len(c.Transport) + len(c.Scope) + len(c.Place)
}

func (c CloseSpan) size() int {
	return overhead + len(c.Person) + len(c.Transport) + len(c.Scope) + len(c.Place)
}

// extent is a range of Seq, both ends included. Lists of extents are ordered and do not touch.
type extent struct{ first, last int64 }

// readable reads what a person, or a Reader, may read of a place.
func (s *Store) readable(ctx context.Context, q Query) ([]extent, error) {
	return s.extents(ctx, "person = $4", q, q.Person)
}

// readableByAny reads what all accounts of a person may read of a place together.
func (s *Store) readableByAny(ctx context.Context, q Query) ([]extent, error) {
	return s.extents(ctx, anyReader(4), q, readers(q.Person)...)
}

// anyReader is the condition on spans that they are of a person or of an account of theirs, with the first of readers' parameters as number n.
func anyReader(n int) string {
	return fmt.Sprintf("(person = $%d OR substr(person, 1, $%d) = $%d)", n, n+1, n+2)
}

func readers(person string) []any { return []any{person, characters(person + "/"), person + "/"} }

func (s *Store) extents(ctx context.Context, whose string, q Query, person ...any) ([]extent, error) {
	spans, err := rows(ctx, s.reads, "SELECT since, until FROM spans WHERE transport = $1 AND scope = $2 AND place = $3 AND "+whose+" ORDER BY since",
		append([]any{q.Transport, q.Scope, q.Place}, person...),
		func(r *sql.Rows) (e extent, err error) {
			err = r.Scan(&e.first, &e.last)
			if e.last == 0 {
				e.last = math.MaxInt64
			}
			return e, err
		})
	return merge(spans), err
}

// merge makes a list of extents of what is ordered by its first ends alone.
func merge(spans []extent) []extent {
	var list []extent
	for _, s := range spans {
		switch end := len(list) - 1; {
		case s.last < s.first:
		case end >= 0 && s.first <= list[end].last:
			list[end].last = max(list[end].last, s.last)
		default:
			list = append(list, s)
		}
	}
	return list
}

// clip cuts a list of extents to what lies between first and last.
func clip(list []extent, first, last int64) []extent {
	var cut []extent
	for _, e := range list {
		if e := (extent{max(e.first, first), min(e.last, last)}); e.first <= e.last {
			cut = append(cut, e)
		}
	}
	return cut
}

func contains(list []extent, seq int64) bool {
	return slices.ContainsFunc(list, func(e extent) bool { return e.first <= seq && seq <= e.last })
}
