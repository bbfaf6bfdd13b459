package core

import (
	"context"
	"log/slog"
	"time"

	"isthmus/core/store"
)

// Keep says what the archive keeps of the messages of rooms.
type Keep struct {
	// Age is how long, 0 for ever.
	Age time.Duration
	// Messages is how many of each person on a transport, the newest; 0 for all.
	Messages int
}

// retention removes from the archive what the operator does not keep. Its goroutine owns what that is.
type retention struct {
	store *store.Store
	log   *slog.Logger
	keep  Keep
	// trimmed is up to where the number of messages has been looked at.
	trimmed int64
	// changed holds the next Keep.
	changed chan Keep
}

// How often the archive is looked through: for what is too old all of it, for what is too much that of people whose archive has grown.
const (
	pruneEvery = 24 * time.Hour
	trimEvery  = time.Hour
)

// change has another Keep hold from the next round on, which comes at once. One goroutine alone may call it.
func (r *retention) change(k Keep) {
	select {
	case <-r.changed: // it did not come to hold
	default:
	}
	r.changed <- k
}

func (r *retention) run(ctx context.Context) {
	prune, trim := time.NewTicker(pruneEvery), time.NewTicker(trimEvery)
	defer prune.Stop()
	defer trim.Stop()
	r.prune(ctx)
	r.trim(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-prune.C:
			r.prune(ctx)
		case <-trim.C:
			r.trim(ctx)
		case k := <-r.changed:
			r.keep, r.trimmed = k, 0
			r.prune(ctx)
			r.trim(ctx)
		}
	}
}

// prune removes what is too old.
func (r *retention) prune(ctx context.Context) {
	if r.keep.Age == 0 {
		return
	}
	n, err := r.store.Prune(ctx, time.Now().Add(-r.keep.Age).UnixMilli())
	r.tell(ctx, "Old messages", n, err)
}

// trim removes what is too much of one person.
func (r *retention) trim(ctx context.Context) {
	if r.keep.Messages == 0 {
		return
	}
	next := store.NextID()
	n, err := r.store.Trim(ctx, r.keep.Messages, r.trimmed)
	if err == nil {
		r.trimmed = next
	}
	r.tell(ctx, "Messages over the bound for one person", n, err)
}

func (r *retention) tell(ctx context.Context, what string, n int64, err error) {
	if err != nil && ctx.Err() == nil {
		r.log.Error(what+" could not be removed from the archive.", "error", err)
	}
	if n > 0 {
		r.log.Info(what+" were removed from the archive.", "rows", n)
	}
}
