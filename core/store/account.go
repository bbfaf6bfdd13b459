package store

import (
	"context"
	"database/sql"
)

// Account is a login on a foreign network. Data is opaque to the store.
type Account struct {
	ID                      int64 // from NextID; never 0
	Transport, Scope, Owner string
	Shared                  bool
	Data                    []byte
}

// PutAccount stores an account, in place of one with the same ID.
type PutAccount struct{ Account }

// DropAccount removes an account and leaves all else that is about it.
type DropAccount struct{ ID int64 }

// Forget removes an account, its rows of the archive and its journal.
type Forget struct{ Account int64 }

type accountKey int64

const accountColumns = "id, transport, scope, owner, shared, data"

var (
	putAccount = insert("accounts", accountColumns,
		`(id) DO UPDATE SET transport = excluded.transport, scope = excluded.scope, owner = excluded.owner,
			shared = excluded.shared, data = excluded.data`)
	dropAccount    = manyRows("DELETE FROM accounts WHERE id IN (", "?", ", ", ")")
	forgetArchive  = oneRow("DELETE FROM archive WHERE account = ? AND account <> 0")
	forgetCommands = oneRow("DELETE FROM commands WHERE account = ?")
)

func (c PutAccount) plan(p *plan) {
	a := c.Account
	p.add(putAccount, accountKey(a.ID), a.ID, a.Transport, a.Scope, a.Owner, number01(a.Shared), blob(a.Data))
}

func (c DropAccount) plan(p *plan) { p.add(dropAccount, accountKey(c.ID), c.ID) }

func (c Forget) plan(p *plan) {
	p.barrier() // it reaches over tables whose keys do not name the account
	p.add(forgetArchive, nil, c.Account)
	p.add(forgetCommands, nil, c.Account)
	p.add(dropAccount, nil, c.Account)
	p.barrier()
}

func (c PutAccount) size() int {
	return overhead + len(c.Transport) + len(c.Scope) + len(c.Owner) + len(c.Data)
}
func (c DropAccount) size() int { return overhead }
func (c Forget) size() int      { return overhead }

// overhead is roughly what a change weighs in memory besides its texts.
const overhead = 256

// Accounts reads all accounts, the oldest first.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	return rows(ctx, s.reads, "SELECT "+accountColumns+" FROM accounts ORDER BY id", nil, scanAccount)
}

func scanAccount(r *sql.Rows) (a Account, err error) {
	return a, r.Scan(&a.ID, &a.Transport, &a.Scope, &a.Owner, &a.Shared, &a.Data)
}

func number01(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// blob keeps nil from becoming NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
