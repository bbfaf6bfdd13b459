package store

import (
	"context"
	"database/sql"
	"strings"
)

// Options are what a person (a bare JID) has set: for the gateway where Scope and Place are empty, for a scope where Place is,
// else for one place. The row of the gateway is also the person's registration. Data is opaque to the store and never empty;
// secrets in it are sealed before.
type Options struct {
	Transport, Person, Scope, Place string
	Data                            []byte
}

// Where is a text that only these Options have: a secret that is sealed for it cannot be opened elsewhere.
func (o Options) Where() string {
	return strings.Join([]string{o.Transport, o.Person, o.Scope, o.Place}, "\x00")
}

// PutOptions stores options, in place of those that were there; with empty Data it removes them.
type PutOptions struct{ Options }

// ReplaceOptions stores options only where Was is still their Data, so that a change by someone else is not undone.
type ReplaceOptions struct {
	Options
	Was []byte
}

type optionsKey struct{ transport, person, scope, place string }

const optionsColumns = "transport, person, scope, place, data"

var (
	putOptions = insert("options", optionsColumns, "(transport, person, scope, place) DO UPDATE SET data = excluded.data")
	dropOption = manyRows("DELETE FROM options WHERE ", "(transport = ? AND person = ? AND scope = ? AND place = ?)", " OR ", "")
	newOptions = oneRow("UPDATE options SET data = ? WHERE transport = ? AND person = ? AND scope = ? AND place = ? AND data = ?")
)

func (o Options) key() optionsKey { return optionsKey{o.Transport, o.Person, o.Scope, o.Place} }
func (o Options) size() int {
	return overhead + len(o.Transport) + len(o.Person) + len(o.Scope) + len(o.Place) + len(o.Data)
}

func (c PutOptions) plan(p *plan) {
	if len(c.Data) == 0 {
		p.add(dropOption, c.key(), c.Transport, c.Person, c.Scope, c.Place)
		return
	}
	p.add(putOptions, c.key(), c.Transport, c.Person, c.Scope, c.Place, c.Data)
}

func (c ReplaceOptions) plan(p *plan) {
	p.add(newOptions, c.key(), blob(c.Data), c.Transport, c.Person, c.Scope, c.Place, blob(c.Was))
}

func (c ReplaceOptions) size() int { return c.Options.size() + len(c.Was) }

// Options reads what the people of a transport have set, ordered by person, scope and place.
func (s *Store) Options(ctx context.Context, transport string) ([]Options, error) {
	return rows(ctx, s.reads, "SELECT "+optionsColumns+" FROM options WHERE transport = $1 ORDER BY person, scope, place",
		[]any{transport}, scanOptions)
}

func scanOptions(r *sql.Rows) (o Options, err error) {
	return o, r.Scan(&o.Transport, &o.Person, &o.Scope, &o.Place, &o.Data)
}
