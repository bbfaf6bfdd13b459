package store

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The private PostgreSQL server of this package's tests, started when the first test asks for it.
const postgresPassword = "pw-gw"

var (
	postgresOnce   = sync.OnceValues(startPostgres)
	postgresServer *exec.Cmd
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
		postgresServer.Process.Signal(syscall.SIGINT) // a fast shutdown
		postgresServer.Wait()
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
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", fmt.Errorf("the binaries of PostgreSQL are missing: apt-get install -y postgresql")
	}
	slices.Sort(found)
	binaries := filepath.Dir(found[len(found)-1])
	if postgresFolder, err = os.MkdirTemp("", "store-postgres-"); err != nil {
		return "", err
	}
	as, err := postgresUser(postgresFolder)
	if err != nil {
		return "", err
	}
	command := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(filepath.Join(binaries, name), args...)
		c.Dir, c.SysProcAttr = postgresFolder, as
		return c
	}
	data, password := filepath.Join(postgresFolder, "data"), filepath.Join(postgresFolder, "password")
	if err := os.WriteFile(password, []byte(postgresPassword), 0o644); err != nil {
		return "", err
	}
	out, err := command("initdb", "-D", data, "-U", "gw", "-A", "scram-sha-256", "--pwfile", password,
		"--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	postgresServer = command("postgres", "-D", data, "-c", "listen_addresses=127.0.0.1", "-c", "port="+strconv.Itoa(port),
		"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB")
	if err := postgresServer.Start(); err != nil {
		postgresServer = nil
		return "", err
	}
	address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	return address, awaitPostgres(address)
}

// postgresUser returns how to run PostgreSQL, which refuses to run as root, and gives that user the folder.
func postgresUser(folder string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w: apt-get install -y postgresql", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(folder, uid, gid)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func awaitPostgres(address string) error {
	db, err := sql.Open("pgx", "postgres://gw:"+postgresPassword+"@"+address+"/postgres")
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for db.PingContext(ctx) != nil {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not start within 30 s")
		}
	}
	return nil
}
