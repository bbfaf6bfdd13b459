package store

import (
	"context"
	"database/sql"
	"fmt"
	"unicode/utf8"
)

// walkRows is how many rows are read or removed at a time, so that other units do not wait long.
const walkRows = 500

// ForgetPerson removes all that is kept of a person (a bare JID) on a transport: their accounts with the rows of the archive,
// their journal, what they may read of scopes, where they are joined, and their options. What they said in the archive of a
// scope stays, for it belongs to the scope.
//
// It works in small units through the writer's queue, so that others pass, and ends with one that removes the accounts: what
// fails half-way can be called again. The person's accounts must not be in use.
func (s *Store) ForgetPerson(ctx context.Context, transport, person string) error {
	if err := s.forgetPerson(ctx, transport, person); err != nil {
		return fmt.Errorf("store: forget a person: %w", err)
	}
	return nil
}

func (s *Store) forgetPerson(ctx context.Context, transport, person string) error {
	if err := s.write(ctx); err != nil { // what was handed over before is there now
		return err
	}
	accounts, err := s.accountsOf(ctx, transport, person)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := s.forgetRows(ctx, a.ID); err != nil {
			return err
		}
	}
	return s.write(ctx, forgetPerson{transport, person})
}

// ForgetAccount removes an account with its rows of the archive, its journal, and what it alone may read of its scope. It works as
// ForgetPerson does.
func (s *Store) ForgetAccount(ctx context.Context, a Account) error {
	err := s.write(ctx)
	if err == nil {
		err = s.forgetRows(ctx, a.ID)
	}
	if err == nil {
		err = s.write(ctx, forgetLast{a})
	}
	if err != nil {
		return fmt.Errorf("store: forget an account: %w", err)
	}
	return nil
}

func (s *Store) forgetRows(ctx context.Context, account int64) error {
	return s.walkAccount(ctx, account, "place, seq", func(r *sql.Rows) (row Row, err error) {
		return row, r.Scan(&row.Place, &row.Seq)
	}, func(part []Row) error { return s.write(ctx, forgetPlaces(account, part)...) })
}

// walkAccount reads the rows of an account by place and order, and gives them in parts of at most walkRows.
func (s *Store) walkAccount(ctx context.Context, account int64, columns string, scan func(*sql.Rows) (Row, error), give func([]Row) error) error {
	var last Row
	for {
		part, err := rows(ctx, s.reads, "SELECT "+columns+` FROM archive WHERE account = $1 AND account <> 0 AND (place, seq) > ($2, $3)
			ORDER BY place, seq LIMIT $4`, []any{account, last.Place, last.Seq, int64(walkRows)}, scan)
		if err != nil || len(part) == 0 {
			return err
		}
		if err := give(part); err != nil {
			return err
		}
		last = part[len(part)-1]
	}
}

// forgetPlaces removes the rows from the first to the last of each place.
func forgetPlaces(account int64, part []Row) []Change {
	var changes []Change
	for first, i := 0, 0; i < len(part); i++ {
		if i+1 == len(part) || part[i+1].Place != part[first].Place {
			changes = append(changes, forgetStretch{account, part[first].Place, part[first].Seq, part[i].Seq})
			first = i + 1
		}
	}
	return changes
}

func (s *Store) accountsOf(ctx context.Context, transport, person string) ([]Account, error) {
	return rows(ctx, s.reads, "SELECT "+accountColumns+" FROM accounts WHERE transport = $1 AND owner = $2 ORDER BY id",
		[]any{transport, person}, scanAccount)
}

// forgetStretch removes the rows of an account from first to last in a place.
type forgetStretch struct {
	account     int64
	place       string
	first, last int64
}

// forgetLast removes what is left of an account when most of its archive is gone.
type forgetLast struct{ Account }

// forgetPerson removes what is left when most of the archive is gone.
type forgetPerson struct{ transport, person string }

const theirAccounts = "SELECT id FROM accounts WHERE transport = ? AND owner = ?"

var (
	deleteStretch  = oneRow("DELETE FROM archive WHERE account = ? AND account <> 0 AND place = ? AND seq BETWEEN ? AND ?")
	deleteArchive  = oneRow("DELETE FROM archive WHERE account <> 0 AND account IN (" + theirAccounts + ")")
	deleteSent     = oneRow("DELETE FROM sent WHERE account IN (" + theirAccounts + ")")
	deleteLines    = oneRow("DELETE FROM talk_lines WHERE account IN (" + theirAccounts + ")")
	deleteReacted  = oneRow("DELETE FROM reactions WHERE account IN (" + theirAccounts + ") OR through IN (" + theirAccounts + ")")
	deleteCursors  = oneRow("DELETE FROM cursors WHERE account IN (" + theirAccounts + ")")
	deleteCommands = oneRow("DELETE FROM commands WHERE transport = ? AND (sender = ? OR substr(sender, 1, ?) = ? OR account IN (" + theirAccounts + "))")
	deletePlaces   = oneRow("DELETE FROM spans WHERE transport = ? AND (person = ? OR substr(person, 1, ?) = ?)")
	deleteOccupant = oneRow("DELETE FROM occupants WHERE transport = ? AND person = ?")
	deletePersonal = oneRow("DELETE FROM files WHERE personal = 1 AND account IN (" + theirAccounts + ")")
	deleteOptions  = oneRow("DELETE FROM options WHERE transport = ? AND person = ?")
	deleteSeen     = oneRow("DELETE FROM people WHERE transport = ? AND person = ?")
	deleteReader   = oneRow("DELETE FROM spans WHERE person = ? AND transport = ?")
	deleteAccounts = oneRow("DELETE FROM accounts WHERE transport = ? AND owner = ?")
)

// What is the account's own.
var deleteOwn = []*statement{
	oneRow("DELETE FROM archive WHERE account = ? AND account <> 0"), oneRow("DELETE FROM sent WHERE account = ?"), oneRow("DELETE FROM cursors WHERE account = ?"),
	oneRow("DELETE FROM reactions WHERE account = ?"), oneRow("DELETE FROM reactions WHERE through = ?"), oneRow("DELETE FROM talk_lines WHERE account = ?"),
	oneRow("DELETE FROM commands WHERE account = ?"), oneRow("DELETE FROM contacts WHERE account = ?"), oneRow("DELETE FROM accounts WHERE id = ?"),
}

func (c forgetStretch) plan(p *plan) { p.add(deleteStretch, nil, c.account, c.place, c.first, c.last) }
func (c forgetStretch) size() int    { return overhead + len(c.place) }

func (c forgetLast) plan(p *plan) {
	p.barrier() // it reaches over tables whose keys do not name the account
	for _, s := range deleteOwn {
		p.add(s, nil, c.ID)
	}
	p.add(deleteReader, nil, Reader(c.Owner, c.ID), c.Transport)
	p.barrier()
}

func (c forgetLast) size() int { return c.Account.size() }

func (c forgetPerson) plan(p *plan) {
	resource := c.person + "/"
	p.barrier() // it reaches over tables whose keys do not name the person
	p.add(deleteArchive, nil, c.transport, c.person)
	p.add(deleteSent, nil, c.transport, c.person)
	p.add(deleteLines, nil, c.transport, c.person)
	p.add(deleteReacted, nil, c.transport, c.person, c.transport, c.person)
	p.add(deleteCursors, nil, c.transport, c.person)
	p.add(deleteCommands, nil, c.transport, c.person, characters(resource), resource, c.transport, c.person)
	p.add(deleteContacts, nil, c.transport, c.person)
	p.add(deletePlaces, nil, append([]any{c.transport}, readers(c.person)...)...)
	p.add(deleteOccupant, nil, c.transport, c.person)
	p.add(deletePersonal, nil, c.transport, c.person)
	p.add(deleteOptions, nil, c.transport, c.person)
	p.add(deleteSeen, nil, c.transport, c.person)
	p.add(deleteAccounts, nil, c.transport, c.person)
	p.barrier()
}

func (c forgetPerson) size() int { return overhead + len(c.transport) + len(c.person) }

// characters is the length of a text as SQL counts it.
func characters(s string) int64 { return int64(utf8.RuneCountInString(s)) }
