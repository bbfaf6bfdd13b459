package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

func sqliteEngine(path string) (*engine, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w: write the whole path of the database", err)
	}
	connect := func(connections int, options url.Values) *sql.DB {
		db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}).String())
		if err != nil {
			panic(err) // sql.Open fails only for a driver that is not linked in
		}
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db
	}
	e := &engine{
		place:     path,
		create:    func() error { return createFile(path) },
		explain:   explainSQLite,
		transient: transientSQLite,
		spell:     unnumbered,
		hasTable:  "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
		lock:      "SELECT 1", // a writing transaction is alone anyhow
	}
	e.connect = func(connections int, writing bool) *sql.DB {
		if writing {
			// FULL: what was confirmed survives a loss of power.
			return connect(connections, url.Values{"_txlock": {"immediate"},
				"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"}})
		}
		return connect(connections, url.Values{"_pragma": {"busy_timeout(5000)", "query_only(1)"}})
	}
	e.inspect = func() *sql.DB {
		options := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}
		if _, err := os.Stat(path + "-wal"); err != nil {
			options.Set("immutable", "1") // nobody has it open, and without this SQLite would create files beside it
		}
		return connect(1, options)
	}
	e.check = func(ctx context.Context) error {
		exists, err := writable(path)
		if err != nil || !exists {
			return err
		}
		return checkVersion(ctx, e)
	}
	return e, nil
}

var numbered = regexp.MustCompile(`\$[0-9]+`)

// unnumbered writes the parameters of a text as "?" where each stands once and in its turn. To SQLite a numbered one is a name, and its driver
// looks for each name in a list whenever a statement is executed.
func unnumbered(text string) string {
	for i, parameter := range numbered.FindAllString(text, -1) {
		if parameter != "$"+strconv.Itoa(i+1) {
			return text
		}
	}
	return numbered.ReplaceAllString(text, "?")
}

// checkVersion reads the version and refuses one that is too new.
func checkVersion(ctx context.Context, e *engine) error {
	db := e.inspect()
	defer db.Close()
	found, err := version(ctx, e, db)
	if err != nil {
		return err
	}
	return acceptable(found, program)
}

// writable tells whether the file exists, and fails when it or its folder, where SQLite keeps its journal, cannot be written.
func writable(path string) (exists bool, err error) {
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); err != nil {
		return false, err
	}
	probe, err := os.CreateTemp(folder, ".probe-")
	if err != nil {
		return false, fmt.Errorf("folder %s: %w", folder, errors.Unwrap(err))
	}
	probe.Close()
	if err := os.Remove(probe.Name()); err != nil {
		return false, err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	return true, file.Close()
}

// createFile creates the database when it is missing, for the eyes of its user only: it holds people's messages.
func createFile(path string) error {
	exists, err := writable(path)
	if err != nil || exists {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

func explainSQLite(err error) string {
	var failure *sqlite.Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "create the folder and give it to the user that runs this program"
	case errors.Is(err, fs.ErrPermission):
		return "let the user that runs this program write to this folder and the files in it, or name another place"
	case !errors.As(err, &failure):
		return ""
	}
	switch failure.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return "name another file, or move this one away"
	case sqlite3.SQLITE_CORRUPT:
		return "restore the last backup"
	case sqlite3.SQLITE_BUSY:
		return "another process writes to this file; stop it"
	case sqlite3.SQLITE_FULL:
		return "make room on the disk"
	}
	return ""
}

func transientSQLite(err error) bool {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return false
	}
	switch failure.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM:
		return true
	}
	return false
}
