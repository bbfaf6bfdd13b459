package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

func postgresEngine(address string) (*engine, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil { // pgx leaves the password out
		return nil, fmt.Errorf("store: %w: write postgres://user:password@host:port/name", err)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	e := &engine{
		place:     fmt.Sprintf("PostgreSQL %s:%d/%s as %s", config.Host, config.Port, config.Database, config.User),
		create:    func() error { return nil }, // the operator's part
		explain:   explainPostgres,
		transient: transientPostgres,
		spell:     func(text string) string { return text },
		hasTable:  "SELECT count(*) FROM pg_class WHERE relname = $1 AND pg_table_is_visible(oid)",
		lock:      "SELECT pg_advisory_xact_lock(7239412208)", // a number of our own
	}
	e.connect = func(connections int, _ bool) *sql.DB {
		db := stdlib.OpenDB(*config)
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db
	}
	e.inspect = func() *sql.DB { return e.connect(1, false) }
	e.check = func(ctx context.Context) error {
		db := e.inspect()
		defer db.Close()
		found, err := version(ctx, e, db)
		if err != nil || found > 0 {
			return errors.Join(err, acceptable(found, program))
		}
		var allowed bool
		err = db.QueryRowContext(ctx, "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)").Scan(&allowed)
		if err == nil && !allowed {
			return errors.New("this user may not create tables here: " + makeOwner)
		}
		return err
	}
	return e, nil
}

const makeOwner = "make the user the owner of the database (ALTER DATABASE … OWNER TO …)"

// explainPostgres knows the codes of appendix A of PostgreSQL's manual.
func explainPostgres(err error) string {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		var connecting *pgconn.ConnectError
		if errors.As(err, &connecting) {
			return "start PostgreSQL, or correct the host and the port"
		}
		return ""
	}
	switch refused.Code {
	case "28P01", "28000": // invalid_password, invalid_authorization_specification
		return "correct the user and the password, or pg_hba.conf"
	case "3D000": // invalid_catalog_name
		return "create it (createdb -O user name), or correct the name"
	case "42501": // insufficient_privilege
		return makeOwner
	}
	return ""
}

// transientPostgres tells a fault of the connection or the server from a statement that the server refuses.
func transientPostgres(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		switch refused.Code[:2] {
		case "08", // connection exception
			"40", // transaction rollback: a deadlock with another process
			"53", // insufficient resources
			"57", // operator intervention: shutdown, starting up
			"58": // system error
			return true
		}
		return false
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &connecting) || errors.As(err, &network) || strings.Contains(err.Error(), "conn closed")
}
