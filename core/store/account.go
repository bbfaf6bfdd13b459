package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// Account is a login on a foreign network. Data is opaque to the store.
type Account struct {
	ID                      int64 // from NextID; never 0
	Transport, Scope, Owner string
	Shared                  bool
	Data                    []byte
}

// Where is a text that only this account has: a secret that is sealed for it cannot be opened elsewhere.
func (a Account) Where() string {
	return strings.Join([]string{a.Transport, "account", strconv.FormatInt(a.ID, 10)}, "\x00")
}

// PutAccount stores an account, in place of one with the same ID.
type PutAccount struct{ Account }

// ReplaceAccount stores an account's data only where Was is still what it has, so that a change by someone else is not undone.
type ReplaceAccount struct {
	Account
	Was []byte
}

type accountKey int64

const accountColumns = "id, transport, scope, owner, shared, data"

var (
	putAccount = insert("accounts", accountColumns,
		`(id) DO UPDATE SET transport = excluded.transport, scope = excluded.scope, owner = excluded.owner,
			shared = excluded.shared, data = excluded.data`)
	newAccountData = oneRow("UPDATE accounts SET data = ? WHERE id = ? AND data = ?")
)

func (c PutAccount) plan(p *plan) {
	a := c.Account
	p.add(putAccount, accountKey(a.ID), a.ID, a.Transport, a.Scope, a.Owner, number01(a.Shared), blob(a.Data))
}

func (c ReplaceAccount) plan(p *plan) {
	p.add(newAccountData, accountKey(c.ID), blob(c.Data), c.ID, blob(c.Was))
}

func (c ReplaceAccount) size() int { return c.Account.size() + len(c.Was) }

func (c PutAccount) size() int { return c.Account.size() }

func (c Account) size() int {
	return overhead + len(c.Transport) + len(c.Scope) + len(c.Owner) + len(c.Data)
}

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
