// Package biboumi reads the SQLite database of biboumi 9: what its people have set, and what was said in their channels.
package biboumi

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver
)

// Database is an open database of biboumi. It is only read.
type Database struct {
	path string
	db   *sql.DB
}

// tables are those that biboumi 9 makes.
var tables = []string{"muclogline_", "globaloptions_", "ircserveroptions_", "after_connection_commands_", "ircchanneloptions_", "roster"}

// Open opens a file. Its errors are sentences that name it.
func Open(ctx context.Context, path string) (*Database, error) {
	if strings.HasPrefix(path, "postgres") && strings.Contains(path, "://") {
		return nil, fmt.Errorf("biboumi's database can be taken over from a file of SQLite only, not from PostgreSQL")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("biboumi's database: %w: give the file that db_name names in biboumi's configuration", err)
	}
	options := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}).String())
	if err != nil {
		return nil, err
	}
	d := &Database{path: path, db: db}
	if err := d.check(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return d, nil
}

// Close closes the file.
func (d *Database) Close() error { return d.db.Close() }

func (d *Database) check(ctx context.Context) error {
	for _, table := range tables {
		var there int
		if err := d.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", table).Scan(&there); err != nil {
			return d.problem(err)
		}
		if there == 0 {
			return fmt.Errorf("%s is no database of biboumi 9: it has no table %s; start biboumi 9 with it once, which brings older ones up to date", d.path, table)
		}
	}
	return nil
}

// Contacts counts the entries of the table roster.
func (d *Database) Contacts(ctx context.Context) (n int, err error) {
	if err := d.db.QueryRowContext(ctx, "SELECT count(*) FROM roster").Scan(&n); err != nil {
		return 0, d.problem(err)
	}
	return n, nil
}

func (d *Database) problem(err error) error {
	return fmt.Errorf("biboumi's database %s cannot be read: %w", d.path, err)
}

// each runs a query and calls do for each of its rows.
func (d *Database) each(ctx context.Context, query string, do func(*sql.Rows) error, args ...any) error {
	found, err := d.db.QueryContext(ctx, query, args...)
	if err != nil {
		return d.problem(err)
	}
	defer found.Close()
	for found.Next() {
		if err := do(found); err != nil {
			return d.problem(err)
		}
	}
	if err := found.Err(); err != nil {
		return d.problem(err)
	}
	return nil
}
