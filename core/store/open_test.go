package store

import (
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"isthmus/integration_test/servers"
)

// refused checks that both Open and Check fail with an error that says all of these, and not the secret.
func refused(t *testing.T, url string, says ...string) {
	t.Helper()
	s, opening := Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if opening == nil {
		s.Close()
	}
	for what, err := range map[string]error{"Open": opening, "Check": Check(t.Context(), url)} {
		if err == nil {
			t.Errorf("%s accepts %s", what, url)
			continue
		}
		for _, part := range says {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s does not say %q: %v", what, part, err)
			}
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s tells the password: %v", what, err)
		}
	}
}

func TestAnUnknownKindOfDatabaseIsRefusedWithoutShowingThePassword(t *testing.T) {
	refused(t, "mysql://gw:secret@localhost/gw", "sqlite:", "postgres://")
	refused(t, "", "sqlite:", "postgres://")
	refused(t, "sqlite:", "sqlite:", "postgres://")
	refused(t, "postgres://gw:secret@localhost:notaport/gw", "postgres://user:password@host:port/name")
}

func TestAMissingFolderIsNamed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "missing")
	refused(t, "sqlite:"+filepath.Join(folder, "gw.db"), folder, "create the folder")
}

func TestAnUnwritableFolderIsNamed(t *testing.T) {
	folder, err := os.MkdirTemp("", "store-unwritable-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "gw.db")
	for _, there := range []bool{false, true} {
		if there { // SQLite must be able to write its journal beside the file
			if err := os.WriteFile(file, nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(folder, 0o555); err != nil {
			t.Fatal(err)
		}
		asNobody(t, func() {
			refused(t, "sqlite:"+file, folder, "permission denied", "let the user that runs this program write")
		})
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o444); err != nil {
		t.Fatal(err)
	}
	asNobody(t, func() { refused(t, "sqlite:"+file, file, "permission denied") })
}

// asNobody calls do on a thread to which file permissions apply: they do not apply to root.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Getuid() != 0 {
		do()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const nobody = 65534
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setfsuid(0)
	do()
}

func TestAFileThatIsNoDatabaseIsLeftAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notes.txt")
	notes := strings.Repeat("these are my notes\n", 100)
	if err := os.WriteFile(file, []byte(notes), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "sqlite:"+file, file, "name another file")
	if got, err := os.ReadFile(file); err != nil || string(got) != notes {
		t.Errorf("the file was changed: %v", err)
	}
}

func TestPostgresProblemsAreExplained(t *testing.T) {
	url := postgresURL(t)
	refused(t, strings.Replace(url, postgresPassword, "secret", 1), "correct the user and the password", "as gw")
	refused(t, url+"-missing", "-missing", "createdb")
	var free servers.Ports
	if err := free.PickFree(); err != nil {
		t.Fatal(err)
	}
	address, _ := postgresOnce()
	refused(t, strings.Replace(url, address, "127.0.0.1:"+strconv.Itoa(free.SQL), 1), "start PostgreSQL", strconv.Itoa(free.SQL))
	execute(t, url, "DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 'secret'", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	refused(t, strings.Replace(url, "gw:"+postgresPassword, "guest:secret", 1), "make the user the owner")
}

func TestCheckCreatesNothing(t *testing.T) {
	folder := t.TempDir()
	url := "sqlite:" + filepath.Join(folder, "gw ä?#%.db") // a name that needs escapes in a URI
	check := func(files ...string) {
		t.Helper()
		if err := Check(t.Context(), url); err != nil {
			t.Error(err)
		}
		var found []string
		entries, err := os.ReadDir(folder)
		for _, e := range read(t, entries, err) {
			found = append(found, e.Name())
		}
		same(t, "files", files, found)
	}
	check()
	s := opened(t, url)
	commit(t, s, PutAccount{Account{ID: 1}})
	check("gw ä?#%.db", "gw ä?#%.db-shm", "gw ä?#%.db-wal") // in use
	s.Close()
	check("gw ä?#%.db")
	if info, err := os.Stat(filepath.Join(folder, "gw ä?#%.db")); err != nil || info.Mode() != fs.FileMode(0o600) {
		t.Errorf("the file holds messages, but others may read it: %v, %v", info, err)
	}

	url = postgresURL(t)
	if err := Check(t.Context(), url); err != nil {
		t.Error(err)
	}
	e, err := engineOf(url)
	if err != nil {
		t.Fatal(err)
	}
	db := e.connect(1, false)
	defer db.Close()
	var tables int
	if err := db.QueryRowContext(t.Context(), e.hasTable, "migrations").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("Check made %d tables: %v", tables, err)
	}
	opened(t, url)
	if err := Check(t.Context(), url); err != nil {
		t.Error(err)
	}
}
