package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// CountMax is how far Page counts: Count and Index are exact up to it, and stay at it beyond (XEP-0059 §2.6 and §2.7 let both
// be approximate), so that a page of a place with a million rows costs no more than one of a small place.
const CountMax = 10_000

// clockError is how far a foreign clock may be ahead of ours. A row that arrived longer than this before Since is taken to
// be older than Since: that is what keeps Page from looking at all rows of a place for those of today.
const clockError = 24 * time.Hour

// Query chooses rows of one place and a page of them. The order is that of Seq.
type Query struct {
	Account int64 // rows of this account; 0: rows of a scope, within the spans of Person

	Transport, Scope, Person string // only when Account is 0
	Place                    string

	Since, Until  int64    // true time, unix milliseconds, both included; 0: no limit
	IDs           []string // only these stanza-ids
	Above, Below  string   // only what came after, before the rows of these stanza-ids; "": no limit
	Author, Nick  string   // only rows of this author, under this nick; "": any
	After, Before string   // stanza-ids, excluded; "": no limit
	Max           int      // rows of the page; 0: only count
	Last          bool     // the newest rows of what is chosen, not the oldest; they are returned oldest first all the same
}

// Page is a part of what a query chooses.
type Page struct {
	Rows     []Row // oldest first
	Complete bool  // nothing lies beyond these rows in the direction of the query
	Count    int   // of all that match, whatever After, Before and Max; at most CountMax
	Index    int   // of the first of Rows within these; at most CountMax
}

// Page reads a page. It fails with ErrNotFound when After, Before or one of IDs is not among the rows that may be read.
func (s *Store) Page(ctx context.Context, q Query) (Page, error) {
	readable := []extent{{1, math.MaxInt64}}
	var err error
	if q.Account == 0 {
		if readable, err = s.readable(ctx, q); err != nil {
			return Page{}, err
		}
	}
	above, below, err := s.between(ctx, q, readable, q.Above, q.Below)
	if err != nil {
		return Page{}, err
	}
	after, before, err := s.between(ctx, q, readable, q.After, q.Before)
	if err != nil {
		return Page{}, err
	}
	matching := clip(readable, above+1, below-1)
	if q.Since != 0 {
		matching = clip(matching, Arrival(q.Since-clockError.Milliseconds()), math.MaxInt64)
	}
	window := clip(matching, after+1, before-1)
	if len(q.IDs) > 0 {
		return s.pageOfIDs(ctx, q, readable, matching, window)
	}
	var page Page
	if page.Rows, page.Complete, err = s.walk(ctx, q, window); err != nil {
		return Page{}, err
	}
	page.Count, page.Index, err = s.count(ctx, q, matching, page.Rows)
	return page, err
}

// walk reads the first or last rows of the window, and tells whether these are all.
func (s *Store) walk(ctx context.Context, q Query, window []extent) (found []Row, complete bool, err error) {
	wanted, order := max(q.Max, 0), "ASC"
	if q.Last {
		order = "DESC"
		window = slices.Clone(window)
		slices.Reverse(window)
	}
	for _, e := range window {
		text, args := q.chosen(e, "ORDER BY seq "+order+" LIMIT ?", int64(wanted)+1-int64(len(found))) // one more shows whether there is more
		part, err := rows(ctx, s.reads, "SELECT "+rowColumns+" FROM archive WHERE "+text, args, scanRow)
		if err != nil {
			return nil, false, err
		}
		if found = append(found, part...); len(found) > wanted {
			break
		}
	}
	complete = len(found) <= wanted
	found = found[:min(wanted, len(found))]
	if q.Last {
		slices.Reverse(found)
	}
	return found, complete, nil
}

// count counts the rows that match, and those of them before the first row of the page.
func (s *Store) count(ctx context.Context, q Query, matching []extent, page []Row) (count, index int, err error) {
	first := int64(0) // no row is before the first of an empty page
	if len(page) > 0 {
		first = page[0].Seq
	}
	for _, e := range matching {
		if count == CountMax {
			break
		}
		text, args := q.chosen(e, "ORDER BY seq LIMIT ?", int64(CountMax-count))
		args = append(args, first)
		text = fmt.Sprintf(`SELECT count(*), coalesce(sum(CASE WHEN seq < $%d THEN 1 ELSE 0 END), 0)
			FROM (SELECT seq FROM archive WHERE %s) AS matching`, len(args), text)
		part, err := rows(ctx, s.reads, text, args, func(r *sql.Rows) (part [2]int, err error) { return part, r.Scan(&part[0], &part[1]) })
		if err != nil {
			return 0, 0, err
		}
		count, index = count+part[0][0], index+part[0][1]
	}
	return count, index, nil
}

// pageOfIDs is page for a query that names its rows: they are few, so they are all read and chosen from here.
func (s *Store) pageOfIDs(ctx context.Context, q Query, readable, matching, window []extent) (Page, error) {
	found, err := s.named(ctx, q, readable, q.IDs)
	if err != nil {
		return Page{}, err
	}
	found = slices.DeleteFunc(found, func(r Row) bool {
		return !contains(matching, r.Seq) || r.At < q.since() || r.At > q.until() ||
			q.Author != "" && r.Author != q.Author || q.Nick != "" && r.Nick != q.Nick
	})
	inside := slices.DeleteFunc(slices.Clone(found), func(r Row) bool { return !contains(window, r.Seq) })
	n := min(max(q.Max, 0), len(inside))
	page := Page{Rows: inside[:n], Complete: n == len(inside), Count: min(len(found), CountMax)}
	if q.Last {
		page.Rows = inside[len(inside)-n:]
	}
	if n > 0 {
		page.Index = slices.IndexFunc(found, func(r Row) bool { return r.ID == page.Rows[0].ID })
	}
	return page, nil
}

// between returns the Seqs of two stanza-ids, and for those that are empty what lies outside all rows.
func (s *Store) between(ctx context.Context, q Query, readable []extent, after, before string) (first, last int64, err error) {
	last = math.MaxInt64
	if after != "" {
		if first, err = s.position(ctx, q, readable, after); err != nil {
			return 0, 0, err
		}
	}
	if before != "" {
		last, err = s.position(ctx, q, readable, before)
	}
	return first, last, err
}

// position returns the Seq of the row of a stanza-id.
func (s *Store) position(ctx context.Context, q Query, readable []extent, id string) (int64, error) {
	found, err := s.named(ctx, q, readable, []string{id})
	if err != nil {
		return 0, err
	}
	return found[0].Seq, nil
}

const namedAtOnce = 100

// named reads the rows of these stanza-ids in order; each of them must be there and readable.
func (s *Store) named(ctx context.Context, q Query, readable []extent, ids []string) ([]Row, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var found []Row
	for some := range slices.Chunk(ids, namedAtOnce) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		text, args := q.where("id IN (?"+strings.Repeat(", ?", len(some)-1)+")", args...)
		part, err := rows(ctx, s.reads, "SELECT "+rowColumns+" FROM archive WHERE "+text, args, scanRow)
		if err != nil {
			return nil, err
		}
		found = append(found, part...)
	}
	found = slices.DeleteFunc(found, func(r Row) bool { return !contains(readable, r.Seq) })
	if len(found) < len(ids) {
		return nil, ErrNotFound
	}
	slices.SortFunc(found, func(a, b Row) int { return cmp.Compare(a.Seq, b.Seq) })
	return found, nil
}

// chosen is the condition for the rows of an extent that the query chooses, with what follows it.
func (q Query) chosen(e extent, rest string, args ...any) (string, []any) {
	text, all := "seq BETWEEN ? AND ? AND at BETWEEN ? AND ? ", []any{e.first, e.last, q.since(), q.until()}
	if q.Author != "" {
		text, all = text+"AND author = ? ", append(all, q.Author)
	}
	if q.Nick != "" {
		text, all = text+"AND nick = ? ", append(all, q.Nick)
	}
	return q.where(text+rest, append(all, args...)...)
}

// where completes a condition, whose parameters are written ?, by the rows' owner and place.
// The constant conditions on account are those of the partial indices.
func (q Query) where(condition string, args ...any) (string, []any) {
	if q.Account != 0 {
		return "account = $1 AND account <> 0 AND place = $2 AND " + number(condition, 3),
			append([]any{q.Account, q.Place}, args...)
	}
	return "account = 0 AND transport = $1 AND scope = $2 AND place = $3 AND " + number(condition, 4),
		append([]any{q.Transport, q.Scope, q.Place}, args...)
}

func (q Query) since() int64 {
	if q.Since == 0 {
		return math.MinInt64
	}
	return q.Since
}

func (q Query) until() int64 {
	if q.Until == 0 {
		return math.MaxInt64
	}
	return q.Until
}
