package store

import (
	"context"
	"database/sql"
)

// RelayLine is a message that a relay has passed on. At is when it was said, in unix milliseconds; Data is what is known of it, opaque here.
type RelayLine struct {
	MUC  string
	Seq  int64
	At   int64
	Data []byte
}

// PutRelayLine stores it, in place of the one with the same Seq.
type PutRelayLine struct{ RelayLine }

// DropRelayLines removes those of a MUC up to a Seq.
type DropRelayLines struct {
	MUC  string
	Upto int64
}

// RelayMark is the network's id of the last message of a room that a relay has passed on.
type RelayMark struct{ MUC, Room, Message string }

// PutRelayMark moves it.
type PutRelayMark struct{ RelayMark }

// DropRelayMark forgets it: what is said meanwhile is not passed on later.
type DropRelayMark struct{ MUC, Room string }

// ForgetRelay removes all that is known of what a relay has passed on.
type ForgetRelay struct{ MUC string }

type relayLineKey struct {
	muc string
	seq int64
}

type relayMarkKey struct{ muc, room string }

var (
	putRelayLine    = insert("relay_lines", "muc, seq, at, data", "(muc, seq) DO UPDATE SET at = excluded.at, data = excluded.data")
	dropRelayLines  = oneRow("DELETE FROM relay_lines WHERE muc = ? AND seq <= ?")
	putRelayMark    = insert("relay_marks", "muc, room, message", "(muc, room) DO UPDATE SET message = excluded.message")
	dropRelayMark   = oneRow("DELETE FROM relay_marks WHERE muc = ? AND room = ?")
	forgetRelayMark = oneRow("DELETE FROM relay_marks WHERE muc = ?")
	forgetRelayLine = oneRow("DELETE FROM relay_lines WHERE muc = ?")
)

func (c PutRelayLine) plan(p *plan) {
	p.add(putRelayLine, relayLineKey{c.MUC, c.Seq}, c.MUC, c.Seq, c.At, blob(c.Data))
}
func (c DropRelayLines) plan(p *plan) { p.add(dropRelayLines, nil, c.MUC, c.Upto) }
func (c PutRelayMark) plan(p *plan) {
	p.add(putRelayMark, relayMarkKey{c.MUC, c.Room}, c.MUC, c.Room, c.Message)
}

func (c DropRelayMark) plan(p *plan) {
	p.add(dropRelayMark, relayMarkKey{c.MUC, c.Room}, c.MUC, c.Room)
}

func (c ForgetRelay) plan(p *plan) {
	p.barrier()
	p.add(forgetRelayLine, nil, c.MUC)
	p.add(forgetRelayMark, nil, c.MUC)
	p.barrier()
}

func (c PutRelayLine) size() int   { return overhead + len(c.MUC) + len(c.Data) }
func (c DropRelayLines) size() int { return overhead + len(c.MUC) }
func (c PutRelayMark) size() int   { return overhead + len(c.MUC) + len(c.Room) + len(c.Message) }
func (c DropRelayMark) size() int  { return overhead + len(c.MUC) + len(c.Room) }
func (c ForgetRelay) size() int    { return overhead + len(c.MUC) }

// RelayLines reads what a relay has passed on, in order.
func (s *Store) RelayLines(ctx context.Context, muc string) ([]RelayLine, error) {
	return rows(ctx, s.reads, "SELECT muc, seq, at, data FROM relay_lines WHERE muc = $1 ORDER BY seq", []any{muc},
		func(r *sql.Rows) (l RelayLine, err error) { return l, r.Scan(&l.MUC, &l.Seq, &l.At, &l.Data) })
}

// RememberedRelays are the MUCs of which something is known.
func (s *Store) RememberedRelays(ctx context.Context) ([]string, error) {
	return rows(ctx, s.reads, "SELECT muc FROM relay_marks UNION SELECT muc FROM relay_lines", nil, func(r *sql.Rows) (muc string, err error) { return muc, r.Scan(&muc) })
}

// RelayMarks reads up to where a relay has heard the rooms of networks.
func (s *Store) RelayMarks(ctx context.Context, muc string) ([]RelayMark, error) {
	return rows(ctx, s.reads, "SELECT muc, room, message FROM relay_marks WHERE muc = $1 ORDER BY room", []any{muc},
		func(r *sql.Rows) (m RelayMark, err error) { return m, r.Scan(&m.MUC, &m.Room, &m.Message) })
}
