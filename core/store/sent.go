package store

import (
	"context"
	"database/sql"
)

// Sent is a message, or a part of one, that a person's client sent: the id that the client gave it, and the network's.
type Sent struct {
	Account int64
	Place   string
	Stanza  string // the id attribute
	Part    int64  // from 0
	Message string // the network's id
	Thread  string // the client's, or ""
	Sender  string // bare JID
	At      int64  // unix milliseconds
}

// PutSent keeps the ids of what was sent. Ids that a client used before get the new meaning.
type PutSent struct{ Sent }

type sentKey struct {
	account       int64
	place, stanza string
	part          int64
}

const sentColumns = "account, place, stanza, part, message, thread, sender, at"

var putSent = insert("sent", sentColumns, `(account, place, stanza, part) DO UPDATE SET
	message = excluded.message, thread = excluded.thread, sender = excluded.sender, at = excluded.at`)

func (c PutSent) plan(p *plan) {
	p.add(putSent, sentKey{c.Account, c.Place, c.Stanza, c.Part}, c.Account, c.Place, c.Stanza, c.Part, c.Message, c.Thread, c.Sender, c.At)
}

func (c PutSent) size() int {
	return overhead + len(c.Place) + len(c.Stanza) + len(c.Message) + len(c.Thread) + len(c.Sender)
}

// SentAs reads the parts of the message to which a client gave the id, in order; none where it is not known.
func (s *Store) SentAs(ctx context.Context, account int64, place, stanza string) ([]Sent, error) {
	return s.sent(ctx, "stanza = $3 ORDER BY part", account, place, stanza)
}

// SentOf reads all parts of the message of which one has the network's id, in order; none where no client sent it.
func (s *Store) SentOf(ctx context.Context, account int64, place, message string) ([]Sent, error) {
	return s.sent(ctx, "stanza IN (SELECT stanza FROM sent WHERE account = $1 AND place = $2 AND message = $3) ORDER BY part", account, place, message)
}

// SentIn reads the first part of the oldest message that a client sent in a thread of its own; none where it is not known.
func (s *Store) SentIn(ctx context.Context, account int64, place, thread string) ([]Sent, error) {
	return s.sent(ctx, "thread = $3 AND thread <> '' AND part = 0 ORDER BY at, stanza LIMIT 1", account, place, thread)
}

func (s *Store) sent(ctx context.Context, condition string, account int64, place, id string) ([]Sent, error) {
	return rows(ctx, s.reads, "SELECT "+sentColumns+" FROM sent WHERE account = $1 AND place = $2 AND "+condition, []any{account, place, id},
		func(r *sql.Rows) (m Sent, err error) {
			return m, r.Scan(&m.Account, &m.Place, &m.Stanza, &m.Part, &m.Message, &m.Thread, &m.Sender, &m.At)
		})
}
