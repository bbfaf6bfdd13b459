package store

import (
	"context"
	"database/sql"
	"fmt"
)

const pruneRows = 500 // in one unit, so that other units do not wait long

// Prune removes the rows of the archive whose true time is earlier than before (unix milliseconds), the ids of what was sent, the reactions of those who share accounts, the lines of talks and what relays have passed on before
// then, and the spans that ended before then. It returns how many rows it removed. It works in small units through the writer's queue, so that others pass.
func (s *Store) Prune(ctx context.Context, before int64) (int64, error) {
	if err := s.write(ctx, pruneSpans{Arrival(before)}, pruneSent{before}); err != nil {
		return 0, fmt.Errorf("store: prune: %w", err)
	}
	var removed, last int64
	for {
		old, err := rows(ctx, s.reads, "SELECT seq FROM archive WHERE seq > $1 AND at < $2 ORDER BY seq LIMIT $3",
			[]any{last, before, int64(pruneRows)},
			func(r *sql.Rows) (seq int64, err error) { return seq, r.Scan(&seq) })
		if err != nil || len(old) == 0 {
			return removed, err
		}
		last = old[len(old)-1]
		if err := s.write(ctx, prune{old[0], last, before}); err != nil {
			return removed, fmt.Errorf("store: prune: %w", err)
		}
		removed += int64(len(old))
	}
}

// prune removes the rows from first to last that are older than before.
type prune struct{ first, last, before int64 }

// pruneSpans removes the spans that were closed before a Seq.
type pruneSpans struct{ before int64 }

// pruneSent removes the ids of what was sent before a time, and the reactions and what relays have passed on of then.
type pruneSent struct{ before int64 }

var (
	deleteOldSent      = oneRow("DELETE FROM sent WHERE at < ?")
	deleteOldTalkLines = oneRow("DELETE FROM talk_lines WHERE at < ?")
	deleteOldReactions = oneRow("DELETE FROM reactions WHERE at < ?")
	deleteOldLines     = oneRow("DELETE FROM relay_lines WHERE at < ?")
	deleteRows         = oneRow("DELETE FROM archive WHERE seq BETWEEN ? AND ? AND at < ?")
	deleteSpans        = oneRow("DELETE FROM spans WHERE until <> 0 AND until < ?")
)

func (c prune) plan(p *plan)      { p.add(deleteRows, nil, c.first, c.last, c.before) }
func (c prune) size() int         { return overhead }
func (c pruneSpans) plan(p *plan) { p.add(deleteSpans, nil, c.before) }
func (c pruneSpans) size() int    { return overhead }
func (c pruneSent) plan(p *plan) {
	p.add(deleteOldSent, nil, c.before)
	p.add(deleteOldReactions, nil, c.before)
	p.add(deleteOldTalkLines, nil, c.before)
	p.add(deleteOldLines, nil, c.before)
}
func (c pruneSent) size() int { return overhead }
