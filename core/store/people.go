package store

import (
	"context"
	"database/sql"
)

// Seen notes that a person (a bare JID) was on a transport at a time in unix milliseconds.
type Seen struct {
	Transport, Person string
	At                int64
}

type seenKey struct{ transport, person string }

var putSeen = insert("people", "transport, person, seen", "(transport, person) DO UPDATE SET seen = excluded.seen")

func (c Seen) plan(p *plan) {
	p.add(putSeen, seenKey{c.Transport, c.Person}, c.Transport, c.Person, c.At)
}
func (c Seen) size() int { return overhead + len(c.Transport) + len(c.Person) }

// People tells when each person of a transport was last there, by bare JID.
func (s *Store) People(ctx context.Context, transport string) (map[string]int64, error) {
	all, err := rows(ctx, s.reads, "SELECT person, seen FROM people WHERE transport = $1", []any{transport},
		func(r *sql.Rows) (c Seen, err error) { return c, r.Scan(&c.Person, &c.At) })
	if err != nil {
		return nil, err
	}
	people := make(map[string]int64, len(all))
	for _, c := range all {
		people[c.Person] = c.At
	}
	return people, nil
}
