package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// Contact is a user of the network whom an account's owner has among their contacts.
type Contact struct {
	Account int64
	// User is the user's id on the network.
	User string
	// Watched: the owner sees their presence. Asked: the network has yet to answer whether the owner may.
	Watched, Asked bool
	// Placed: the gateway has put them into the owner's contact list, under Name and in Groups.
	Placed bool
	Name   string
	Groups []string
}

// PutContact stores a contact, in place of the one with the same account and user.
type PutContact struct{ Contact }

// DropContact removes a contact.
type DropContact struct {
	Account int64
	User    string
}

type contactKey struct {
	account int64
	user    string
}

const contactColumns = "account, contact, watched, asked, placed, name, groups"

var (
	putContact = insert("contacts", contactColumns, `(account, contact) DO UPDATE SET watched = excluded.watched, asked = excluded.asked,
		placed = excluded.placed, name = excluded.name, groups = excluded.groups`)
	dropContact    = manyRows("DELETE FROM contacts WHERE ", "(account = ? AND contact = ?)", " OR ", "")
	deleteContacts = oneRow("DELETE FROM contacts WHERE account IN (" + theirAccounts + ")")
)

func (c PutContact) plan(p *plan) {
	p.add(putContact, contactKey{c.Account, c.User}, c.Account, c.User, number01(c.Watched), number01(c.Asked), number01(c.Placed), c.Name, packGroups(c.Groups))
}

func (c DropContact) plan(p *plan) {
	p.add(dropContact, contactKey{c.Account, c.User}, c.Account, c.User)
}

func (c PutContact) size() int {
	n := overhead + len(c.User) + len(c.Name)
	for _, g := range c.Groups {
		n += len(g)
	}
	return n
}
func (c DropContact) size() int { return overhead + len(c.User) }

func packGroups(groups []string) string {
	if len(groups) == 0 {
		return "[]"
	}
	text, err := json.Marshal(groups)
	if err != nil {
		panic("store: a list of texts is no JSON: " + err.Error())
	}
	return string(text)
}

// Contacts reads the contacts of an account, in order.
func (s *Store) Contacts(ctx context.Context, account int64) ([]Contact, error) {
	return rows(ctx, s.reads, "SELECT "+contactColumns+" FROM contacts WHERE account = $1 ORDER BY contact", []any{account},
		func(r *sql.Rows) (c Contact, err error) {
			var watched, asked, placed int64
			var groups string
			if err := r.Scan(&c.Account, &c.User, &watched, &asked, &placed, &c.Name, &groups); err != nil {
				return c, err
			}
			c.Watched, c.Asked, c.Placed = watched == 1, asked == 1, placed == 1
			if err := json.Unmarshal([]byte(groups), &c.Groups); err != nil {
				return c, fmt.Errorf("store: the groups of contact %s: %w", c.User, err)
			}
			return c, nil
		})
}
