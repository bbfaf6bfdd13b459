package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"
)

//go:embed migrations/*.sql
var files embed.FS

// program holds the migrations of this program: the text at index n leads from version n to version n+1.
var program = load()

// load reads the migrations; their names are in the order of their versions, which have no gaps.
func load() []string {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		panic(err)
	}
	var texts []string
	for n, name := range names {
		if want := fmt.Sprintf("migrations/%04d.sql", n+1); name != want {
			panic("store: " + want + " is missing among the embedded files")
		}
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

// migrate brings the database to the version of the texts, each in a transaction of its own.
func migrate(ctx context.Context, e *engine, db *sql.DB, texts []string) error {
	for {
		done, err := migrateOnce(ctx, e, db, texts)
		if err != nil || done {
			return err
		}
	}
}

// migrateOnce carries out the next migration, and reports whether none was left.
func migrateOnce(ctx context.Context, e *engine, db *sql.DB, texts []string) (bool, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback() // does nothing after the commit
	if _, err := tx.ExecContext(ctx, e.lock); err != nil {
		return false, err
	}
	version, err := version(ctx, e, tx)
	if err != nil {
		return false, err
	}
	if err := acceptable(version, texts); err != nil {
		return false, err
	}
	if version == int64(len(texts)) {
		return true, nil
	}
	if version == 0 {
		if _, err := tx.ExecContext(ctx, "CREATE TABLE migrations (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL)"); err != nil {
			return false, err
		}
	}
	if _, err := tx.ExecContext(ctx, texts[version]); err != nil {
		return false, fmt.Errorf("migration %d: %w", version+1, err)
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO migrations (version, at) VALUES ($1, $2)", version+1, time.Now().UnixMilli()); err != nil {
		return false, err
	}
	return false, tx.Commit()
}

// version reads the version of the database; 0 when it is new.
func version(ctx context.Context, e *engine, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (int64, error) {
	var tables, version int64
	if err := db.QueryRowContext(ctx, e.hasTable, "migrations").Scan(&tables); err != nil || tables == 0 {
		return 0, err
	}
	err := db.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM migrations").Scan(&version)
	return version, err
}

// acceptable refuses a database that a newer program has migrated.
func acceptable(version int64, texts []string) error {
	if version > int64(len(texts)) {
		return fmt.Errorf("the database has version %d, but this program knows versions up to %d only: run the newer program again, or restore the backup from before the upgrade", version, len(texts))
	}
	return nil
}
