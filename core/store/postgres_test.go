package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"isthmus/integration_test/servers"
)

// The private PostgreSQL server of this package's tests, started when the first test asks for it.
const postgresPassword = "pw-gw"

var (
	postgresOnce   = sync.OnceValues(startPostgres)
	postgresServer *servers.Server
	postgresFolder string
	databaseNumber atomic.Int64
)

func TestMain(m *testing.M) {
	if os.Getenv(killedChild) != "" {
		writeUntilKilled(os.Getenv(killedChild))
		return
	}
	code := m.Run()
	if postgresServer != nil {
		if err := postgresServer.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	if postgresFolder != "" {
		os.RemoveAll(postgresFolder)
	}
	os.Exit(code)
}

// postgresURL returns the address of a new, empty database.
func postgresURL(t testing.TB) string {
	t.Helper()
	address, err := postgresOnce()
	if err != nil {
		t.Fatal(err)
	}
	return newDatabase(t, address)
}

func newDatabase(t testing.TB, address string) string {
	t.Helper()
	name := fmt.Sprintf("test%d", databaseNumber.Add(1))
	admin, err := sql.Open("pgx", "postgres://gw:"+postgresPassword+"@"+address+"/postgres")
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return "postgres://gw:" + postgresPassword + "@" + address + "/" + name
}

func startPostgres() (address string, err error) {
	if err := servers.Missing("postgresql"); err != nil {
		return "", err
	}
	if postgresFolder, err = os.MkdirTemp("", "store-postgres-"); err != nil {
		return "", err
	}
	if postgresServer, err = servers.Postgres(context.Background(), postgresFolder, servers.Options{Password: postgresPassword}); err != nil {
		return "", err
	}
	u, err := url.Parse(postgresServer.URL)
	if err != nil {
		return "", err
	}
	return u.Host, nil
}
