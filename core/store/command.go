package store

import (
	"context"
	"database/sql"
)

// Command is an outgoing command that is not yet known to have ended. Data is opaque to the store.
type Command struct {
	ID, Account int64 // ID from NextID; never 0
	Transport   string
	From, To    string // full JIDs
	Stanza      string // the id attribute of the client's stanza
	Data        []byte
}

// Begin enters a command in the journal.
type Begin struct{ Command }

// End strikes a command out of the journal.
type End struct{ ID int64 }

type commandKey int64

// Answer keeps the answer to a command that has ended in place of its Data, until it is struck out.
type Answer struct {
	ID   int64
	Data []byte
}

var (
	answer = oneRow("UPDATE commands SET data = ? WHERE id = ?")
	begin  = insert("commands", "id, account, transport, sender, recipient, stanza, data", "(id) DO NOTHING")
	end    = manyRows("DELETE FROM commands WHERE id IN (", "?", ", ", ")")
)

func (c Begin) plan(p *plan) {
	p.add(begin, commandKey(c.ID), c.ID, c.Account, c.Transport, c.From, c.To, c.Stanza, blob(c.Data))
}

func (c Answer) plan(p *plan) { p.add(answer, commandKey(c.ID), blob(c.Data), c.ID) }
func (c End) plan(p *plan)    { p.add(end, commandKey(c.ID), c.ID) }

func (c Begin) size() int {
	return overhead + len(c.Transport) + len(c.From) + len(c.To) + len(c.Stanza) + len(c.Data)
}
func (c Answer) size() int { return overhead + len(c.Data) }
func (c End) size() int    { return overhead }

// Commands reads the journal of a transport, in the order of the IDs.
func (s *Store) Commands(ctx context.Context, transport string) ([]Command, error) {
	return rows(ctx, s.reads, `SELECT id, account, transport, sender, recipient, stanza, data FROM commands
		WHERE transport = $1 ORDER BY id`, []any{transport},
		func(r *sql.Rows) (c Command, err error) {
			return c, r.Scan(&c.ID, &c.Account, &c.Transport, &c.From, &c.To, &c.Stanza, &c.Data)
		})
}
