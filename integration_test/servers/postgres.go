package servers

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

const postgresPrograms = "/usr/lib/postgresql/*/bin"

// Postgres starts PostgreSQL with the superuser gw, who needs no password but that of the options, and the database postgres: see Server.URL.
// It writes without fsync: fast, and safe against its own crash though not against the machine's.
func Postgres(ctx context.Context, dir string, options Options) (*Server, error) {
	as, err := unlessRoot("postgres")
	if err != nil {
		return nil, err
	}
	dir, err = folder(dir, as)
	if err != nil {
		return nil, err
	}
	programs := newest(postgresPrograms)
	data := filepath.Join(dir, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); os.IsNotExist(err) {
		known := []string{"-A", "trust"}
		if options.Password != "" {
			file := filepath.Join(dir, "password")
			if err := os.WriteFile(file, []byte(options.Password), 0o644); err != nil {
				return nil, err
			}
			known = []string{"-A", "scram-sha-256", "--pwfile", file}
		}
		initdb := exec.CommandContext(ctx, filepath.Join(programs, "initdb"), append(known, "-D", data, "-U", "gw",
			"--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C")...)
		initdb.Dir, initdb.SysProcAttr = dir, childAttributes(as)
		if output, err := initdb.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("initdb in %s: %w\n%s", data, err, output)
		}
	}
	ports := options.Ports
	if err := assign(&ports.SQL); err != nil {
		return nil, err
	}
	user := url.User("gw")
	if options.Password != "" {
		user = url.UserPassword("gw", options.Password)
	}
	server := &Server{URL: fmt.Sprintf("postgres://%s@%s/postgres?sslmode=disable", user, address(ports.SQL))}
	return server.run(ctx, Program{
		Name: "postgres", Dir: dir, Listens: []string{address(ports.SQL)}, account: as,
		Command: []string{filepath.Join(programs, "postgres"), "-D", data, "-c", "listen_addresses=" + loopback, "-c", fmt.Sprintf("port=%d", ports.SQL),
			"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB"},
		Stop: syscall.SIGINT, // "fast": SIGTERM would wait until every client has gone
		Ready: func() error {
			return exec.Command(filepath.Join(programs, "pg_isready"), "-q", "-d", server.URL).Run()
		},
	})
}
