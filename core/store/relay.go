package store

import (
	"context"
	"database/sql"
)

// Relay is a room of a network that somebody has joined with a MUC.
type Relay struct {
	MUC, Transport, Network, Room string
	// Data is what else belongs to it; opaque here.
	Data []byte
}

// Where says in which place the data is kept, for who seals it.
func (r Relay) Where() string {
	return "relay of " + r.MUC + " with " + r.Room + " of " + r.Network + " on " + r.Transport
}

// PutRelay stores it, in place of the one of the same rooms.
type PutRelay struct{ Relay }

// ReplaceRelay stores it only where Was is still its Data, so that a change by someone else is not undone.
type ReplaceRelay struct {
	Relay
	Was []byte
}

// DropRelay removes it.
type DropRelay struct{ Relay }

type relayKey struct{ muc, transport, network, room string }

const relayColumns = "muc, transport, network, room, data"

var (
	putRelay  = insert("relays", relayColumns, "(muc, transport, network, room) DO UPDATE SET data = excluded.data")
	newRelay  = oneRow("UPDATE relays SET data = ? WHERE muc = ? AND transport = ? AND network = ? AND room = ? AND data = ?")
	dropRelay = manyRows("DELETE FROM relays WHERE ", "(muc = ? AND transport = ? AND network = ? AND room = ?)", " OR ", "")
)

func (r Relay) key() relayKey { return relayKey{r.MUC, r.Transport, r.Network, r.Room} }

func (c PutRelay) plan(p *plan) {
	p.add(putRelay, c.key(), c.MUC, c.Transport, c.Network, c.Room, blob(c.Data))
}

func (c ReplaceRelay) plan(p *plan) {
	p.add(newRelay, c.key(), blob(c.Data), c.MUC, c.Transport, c.Network, c.Room, blob(c.Was))
}

func (c DropRelay) plan(p *plan) {
	p.add(dropRelay, c.key(), c.MUC, c.Transport, c.Network, c.Room)
}

func (r Relay) size() int {
	return overhead + len(r.MUC) + len(r.Transport) + len(r.Network) + len(r.Room) + len(r.Data)
}

// Relays reads them all, in order.
func (s *Store) Relays(ctx context.Context) ([]Relay, error) {
	return rows(ctx, s.reads, "SELECT "+relayColumns+" FROM relays ORDER BY muc, transport, network, room", nil,
		func(r *sql.Rows) (one Relay, err error) {
			return one, r.Scan(&one.MUC, &one.Transport, &one.Network, &one.Room, &one.Data)
		})
}
