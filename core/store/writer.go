package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	queueBytes   = 16 << 20
	batchChanges = 1024 // of one transaction; a larger unit is not split
	patience     = 30 * time.Second
	// A transaction costs as much as many rows. After one of several units there are more to come, and some gather before the next.
	severalUnits = 4
	gatherTime   = time.Millisecond
	firstRetry   = 20 * time.Millisecond
	lastRetry    = 2 * time.Second
)

// writer is the one goroutine that writes to the database.
type writer struct {
	db        *sql.DB
	prepared  *prepared
	transient func(error) bool // may go away when it is tried again
	queue     *queue
	plan      plan // of the transaction under way
	log       *slog.Logger
	patience  time.Duration
	outage    time.Time // since when the database cannot be used; zero: it can
	finished  chan struct{}
}

func (w *writer) run() {
	defer close(w.finished)
	var batch []unit
	for {
		batch = w.queue.take(batch[:0], batchChanges)
		if len(batch) == 0 {
			return
		}
		w.settle(batch)
		if n := len(batch); n >= severalUnits && n < batchChanges/2 {
			time.Sleep(gatherTime)
		}
		clear(batch)
	}
}

// settle commits the units and tells each how it ended, in order. When the database refuses the whole, it is halved until
// those units that are at fault stand alone.
func (w *writer) settle(units []unit) {
	err := w.persist(units)
	if err != nil && len(units) > 1 && !w.transient(err) {
		half := len(units) / 2
		w.settle(units[:half])
		w.settle(units[half:])
		return
	}
	if err != nil {
		w.log.Error("store: changes are lost", "changes", kinds(units), "error", err)
	}
	for _, u := range units {
		if u.done != nil {
			u.done(err)
		}
	}
}

// persist commits the units in one transaction, and tries again while the database cannot be used, until it was away for
// longer than the patience. To commit the same units twice does no harm: every change is idempotent, so a commit whose
// answer was lost is simply repeated.
func (w *writer) persist(units []unit) error {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		err := w.commit(units)
		if err == nil || !w.transient(err) {
			if !w.outage.IsZero() {
				w.log.Info("store: the database can be used again", "after", time.Since(w.outage))
				w.outage = time.Time{}
			}
			return err
		}
		if w.outage.IsZero() {
			w.outage = time.Now()
			w.log.Warn("store: the database cannot be used; trying again", "for", w.patience, "error", err)
		}
		if time.Since(w.outage) >= w.patience {
			return err
		}
		time.Sleep(wait)
	}
}

func (w *writer) commit(units []unit) error {
	ctx := context.Background() // handed over is handed over: no caller can call it back
	p := &w.plan
	defer p.reset()
	for _, u := range units {
		for _, c := range u.changes {
			c.plan(p)
		}
	}
	type call struct {
		statement *sql.Stmt
		args      []any
	}
	var calls []call // prepared before the transaction begins, which holds the only connection
	for _, r := range p.runs {
		err := r.split(func(text string, args []any) error {
			s, err := w.prepared.get(ctx, text)
			calls = append(calls, call{s, args})
			return err
		})
		if err != nil {
			return err
		}
	}
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, c := range calls {
		if _, err := tx.StmtContext(ctx, c.statement).ExecContext(ctx, c.args...); err != nil {
			tx.Rollback() // the first error is the one that tells
			return err
		}
	}
	return tx.Commit()
}

// kinds counts the changes by type, for the log: it must not show what they hold.
func kinds(units []unit) string {
	count := map[string]int{}
	for _, u := range units {
		for _, c := range u.changes {
			count[strings.TrimPrefix(fmt.Sprintf("%T", c), "store.")]++
		}
	}
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		fmt.Fprintf(&b, " %s:%d", kind, count[kind])
	}
	return strings.TrimSpace(b.String())
}
