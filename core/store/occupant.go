package store

import (
	"context"
	"database/sql"
)

// Occupant says who is joined to a room: Person is a bare JID, Room the localpart of the gateway's JID of the room.
type Occupant struct{ Transport, Person, Resource, Room, Nick string }

// Enter stores an occupant, in place of one that differs in Nick only.
type Enter struct{ Occupant }

// Exit removes an occupant, whatever its Nick.
type Exit struct{ Occupant }

type occupantKey struct{ transport, person, resource, room string }

var (
	enter = insert("occupants", "transport, person, resource, room, nick",
		"(transport, person, resource, room) DO UPDATE SET nick = excluded.nick")
	exit = manyRows("DELETE FROM occupants WHERE ", "(transport = ? AND person = ? AND resource = ? AND room = ?)", " OR ", "")
)

func (o Occupant) key() occupantKey { return occupantKey{o.Transport, o.Person, o.Resource, o.Room} }
func (o Occupant) size() int {
	return overhead + len(o.Transport) + len(o.Person) + len(o.Resource) + len(o.Room) + len(o.Nick)
}

func (c Enter) plan(p *plan) {
	p.add(enter, c.key(), c.Transport, c.Person, c.Resource, c.Room, c.Nick)
}

func (c Exit) plan(p *plan) { p.add(exit, c.key(), c.Transport, c.Person, c.Resource, c.Room) }

// Occupants reads who is joined to the rooms of a transport.
func (s *Store) Occupants(ctx context.Context, transport string) ([]Occupant, error) {
	return rows(ctx, s.reads, `SELECT transport, person, resource, room, nick FROM occupants
		WHERE transport = $1 ORDER BY person, resource, room`, []any{transport},
		func(r *sql.Rows) (o Occupant, err error) {
			return o, r.Scan(&o.Transport, &o.Person, &o.Resource, &o.Room, &o.Nick)
		})
}
