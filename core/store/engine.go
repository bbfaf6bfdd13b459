package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// engine is one kind of database at one place: all that differs between the two.
type engine struct {
	place     string                                      // for errors; without the password
	create    func() error                                // makes sure that there is a database to connect to
	check     func(context.Context) error                 // tells whether it could be used, without changing it
	connect   func(connections int, writing bool) *sql.DB // lazily, as database/sql does
	inspect   func() *sql.DB                              // a connection that changes nothing
	explain   func(error) string                          // what to do about an error; "" when there is nothing to say
	transient func(error) bool                            // whether the same may succeed later
	hasTable  string                                      // SQL: how many tables have the name $1
	spell     func(text string) string                    // a text as this kind of database takes it best
	lock      string                                      // SQL: keeps other processes from migrating in this transaction
}

func engineOf(url string) (*engine, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch {
	case scheme == "sqlite" && rest != "":
		return sqliteEngine(rest)
	case scheme == "postgres" || scheme == "postgresql":
		return postgresEngine(url)
	}
	// The url is not shown: it may hold a password.
	return nil, fmt.Errorf("store: the address of the database begins with neither %q nor %q: write sqlite:/path/file.db or postgres://user:password@host:port/name", "sqlite:", "postgres://")
}

// problem says where an error occurred, and what to do.
func (e *engine) problem(err error) error {
	if advice := e.explain(err); advice != "" {
		return fmt.Errorf("store: %s: %w: %s", e.place, err, advice)
	}
	return fmt.Errorf("store: %s: %w", e.place, err)
}

// Check connects to the database that url names and tells whether Open could use it. It creates and migrates nothing.
func Check(ctx context.Context, url string) error {
	e, err := engineOf(url)
	if err != nil {
		return err
	}
	if err := e.check(ctx); err != nil {
		return e.problem(err)
	}
	return nil
}
