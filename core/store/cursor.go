package store

import (
	"context"
	"database/sql"
)

// Cursor is the network's id of the last message of a place that was taken, and when (unix milliseconds).
type Cursor struct {
	Account        int64
	Place, Message string
	At             int64
	// Begun is what the place began with, where no message of it was taken yet; opaque to the store.
	Begun string
}

// PutCursor moves a place's cursor. What it began with is of no use any more.
type PutCursor struct{ Cursor }

type cursorKey struct {
	account int64
	place   string
}

var putCursor = insert("cursors", "account, place, message, at", "(account, place) DO UPDATE SET message = excluded.message, at = excluded.at, begun = ''")

func (c PutCursor) plan(p *plan) {
	p.add(putCursor, cursorKey{c.Account, c.Place}, c.Account, c.Place, c.Message, c.At)
}
func (c PutCursor) size() int { return overhead + len(c.Place) + len(c.Message) }

// BeginCursor keeps what a place began with (Cursor.Begun), until a message of it was taken. Where one was already, it changes nothing.
type BeginCursor struct{ Cursor }

var beginCursor = insert("cursors", "account, place, message, at, begun",
	"(account, place) DO UPDATE SET begun = CASE WHEN cursors.message = '' AND cursors.begun = '' THEN excluded.begun ELSE cursors.begun END")

func (c BeginCursor) plan(p *plan) {
	p.add(beginCursor, cursorKey{c.Account, c.Place}, c.Account, c.Place, "", c.At, c.Begun)
}
func (c BeginCursor) size() int { return overhead + len(c.Place) + len(c.Begun) }

// Cursors reads the cursors of an account, those that moved last first, at most limit.
func (s *Store) Cursors(ctx context.Context, account int64, limit int) ([]Cursor, error) {
	return s.cursors(ctx, "account = $1 ORDER BY at DESC, place LIMIT $2", account, int64(limit))
}

// Cursor reads the network's id of the last message of a place that was taken, "" where none was.
func (s *Store) Cursor(ctx context.Context, account int64, place string) (string, error) {
	found, err := s.cursors(ctx, "account = $1 AND place = $2", account, place)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].Message, nil
}

func (s *Store) cursors(ctx context.Context, condition string, args ...any) ([]Cursor, error) {
	return rows(ctx, s.reads, "SELECT account, place, message, at, begun FROM cursors WHERE "+condition, args,
		func(r *sql.Rows) (c Cursor, err error) {
			return c, r.Scan(&c.Account, &c.Place, &c.Message, &c.At, &c.Begun)
		})
}

// PutChanged keeps that a change of a message in a place was taken, by the network's time (unix milliseconds); an earlier one changes nothing.
type PutChanged struct {
	Account int64
	Place   string
	At      int64
}

var putChanged = insert("cursors", "account, place, message, at, changed",
	"(account, place) DO UPDATE SET changed = CASE WHEN excluded.changed > cursors.changed THEN excluded.changed ELSE cursors.changed END")

func (c PutChanged) plan(p *plan) {
	p.add(putChanged, cursorKey{c.Account, c.Place}, c.Account, c.Place, "", int64(0), c.At)
}
func (c PutChanged) size() int { return overhead + len(c.Place) }

// Changed reads the network's time of the last change of a message in a place that was taken, 0 where none was.
func (s *Store) Changed(ctx context.Context, account int64, place string) (int64, error) {
	found, err := rows(ctx, s.reads, "SELECT changed FROM cursors WHERE account = $1 AND place = $2", []any{account, place},
		func(r *sql.Rows) (at int64, err error) { return at, r.Scan(&at) })
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0], nil
}
