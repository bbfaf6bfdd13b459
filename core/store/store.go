// Package store keeps what must outlive the process: accounts, people's options, who is joined where, the journal of outgoing
// commands, the archive and a few settings. It knows rows only: nothing of XMPP, of people's rights, or of any network.
//
// One goroutine writes. Write hands it units of changes; it commits many units in one transaction and then calls the done
// function of each, in order. Reads run beside it, and see what is committed.
//
// The same SQL text serves SQLite and PostgreSQL; what differs between them is in sqlite.go and postgres.go.
package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"
)

// ErrNotFound is returned by Page when a stanza-id that the query names is not in what may be read.
var ErrNotFound = errors.New("store: no such row")

// ErrClosed is what done gets when Write is called after Close.
var ErrClosed = errors.New("store: closed")

// Change is one thing to commit: PutAccount, Enter, Exit, Begin, End, Append, Retract, PutSent, PutReaction, PutCursor, OpenSpan, CloseSpan,
// PutOptions, ReplaceOptions, PutRelay, ReplaceRelay, DropRelay,
// PutRelayLine, DropRelayLines, PutRelayMark, DropRelayMark or ForgetRelay.
// Every change is idempotent. To carry out one twice is the same as once.
type Change interface {
	plan(*plan)
	size() int // bytes it holds while it waits, approximately
}

// Store is an open database. Its methods may be called from any goroutine.
type Store struct {
	writer  *writer
	readers *sql.DB
	reads   *prepared
}

// Open connects to the database that url names, "sqlite:/path/file.db" or "postgres://user:password@host:port/name?options",
// creates an SQLite file that is missing, and brings the tables to the version of this program.
// Its errors name the place, never with the password, and say what to do.
func Open(ctx context.Context, url string, log *slog.Logger) (*Store, error) {
	return open(ctx, url, log, patience)
}

func open(ctx context.Context, url string, log *slog.Logger, patience time.Duration) (*Store, error) {
	e, err := engineOf(url)
	if err != nil {
		return nil, err
	}
	if err := e.create(); err != nil {
		return nil, e.problem(err)
	}
	db := e.connect(1, true)
	if err := migrate(ctx, e, db, program); err != nil {
		db.Close()
		return nil, e.problem(err)
	}
	if err := raiseIDs(ctx, db); err != nil {
		db.Close()
		return nil, e.problem(err)
	}
	readers := e.connect(4, false)
	s := &Store{
		readers: readers,
		reads:   newPrepared(readers, e.spell),
		writer: &writer{
			db: db, prepared: newPrepared(db, e.spell), transient: e.transient, queue: newQueue(queueBytes), plan: plan{next: map[any]int{}},
			log: log, patience: patience, finished: make(chan struct{}),
		},
	}
	go s.writer.run()
	return s, nil
}

// Close commits all that was handed over, then closes the database. When the database cannot be reached, it gives up after
// 30 seconds, and the done functions are told.
func (s *Store) Close() error {
	s.writer.queue.close()
	<-s.writer.finished
	return errors.Join(s.readers.Close(), s.writer.db.Close())
}

// Write hands over one unit: its changes are committed together or not at all, and units in the order of hand-over.
// It returns at once, and blocks only while the queue is full (16 MiB). Neither the changes nor the bytes that they hold may
// be altered afterwards.
//
// done, which may be nil, is called with the outcome on the writer's goroutine, in the order of hand-over; it must not block,
// so it must not call Write. A unit that the database refuses fails alone. While the database cannot be reached it is
// tried again, for 30 seconds from the first failure. After Close, done gets ErrClosed on the caller's own goroutine.
func (s *Store) Write(done func(error), changes ...Change) {
	u := unit{changes: changes, done: done}
	for _, c := range changes {
		u.size += c.size()
	}
	if !s.writer.queue.put(u) && done != nil {
		done(ErrClosed)
	}
}

// Waiting is how much waits to be written, in bytes, approximately.
func (s *Store) Waiting() int {
	s.writer.queue.mutex.Lock()
	defer s.writer.queue.mutex.Unlock()
	return s.writer.queue.size
}

// write hands over one unit and waits for its outcome, or for the end of ctx, which leaves it open.
func (s *Store) write(ctx context.Context, changes ...Change) error {
	outcome := make(chan error, 1)
	s.Write(func(err error) { outcome <- err }, changes...)
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// raiseIDs makes NextID go on above the highest id in the database.
func raiseIDs(ctx context.Context, db *sql.DB) error {
	var highest int64
	err := db.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM (
		SELECT max(seq) AS id FROM archive UNION ALL
		SELECT max(id) FROM accounts UNION ALL
		SELECT max(id) FROM commands UNION ALL
		SELECT max(id) FROM files UNION ALL
		SELECT max(since) FROM spans UNION ALL
		SELECT max(until) FROM spans) AS highest`).Scan(&highest)
	ids.raise(highest)
	return err
}
