package store

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// execute runs SQL on the database without opening a Store.
func execute(t testing.TB, url string, texts ...string) {
	t.Helper()
	e, err := engineOf(url)
	if err != nil {
		t.Fatal(err)
	}
	db := e.connect(1, true)
	defer db.Close()
	for _, text := range texts {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}

func versionOf(t *testing.T, url string) (version int64) {
	t.Helper()
	e, err := engineOf(url)
	if err != nil {
		t.Fatal(err)
	}
	db := e.connect(1, true)
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), "SELECT max(version) FROM migrations").Scan(&version); err != nil {
		t.Fatal(err)
	}
	return version
}

// The frozen first schema is brought to the version of the program, whichever that is, and all that it held is read back.
func TestTheFirstSchemaIsUpgradedWithItsData(t *testing.T) {
	frozen, err := os.ReadFile(filepath.Join("testdata", "v1.sql"))
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, url string) {
		execute(t, url, string(frozen))
		s := opened(t, url)
		same(t, "version", int64(len(program)), versionOf(t, url))

		const base = 3706000000000000000
		accounts, err := s.Accounts(t.Context())
		same(t, "accounts", []Account{
			{ID: base + 1, Transport: "irc.example.org", Scope: "libera", Owner: "alice@example.org", Data: []byte("sealed")},
			{ID: base + 2, Transport: "slack.example.org", Scope: "t0abc", Shared: true},
		}, read(t, accounts, err))
		occupants, err := s.Occupants(t.Context(), "irc.example.org")
		same(t, "occupants", []Occupant{
			{"irc.example.org", "alice@example.org", "phone", "#go%libera", "alice"},
			{"irc.example.org", "bob@example.org", "desk", "#go%libera", "bob"},
		}, read(t, occupants, err))
		commands, err := s.Commands(t.Context(), "irc.example.org")
		same(t, "journal", []Command{{ID: base + 3, Account: base + 1, Transport: "irc.example.org",
			From: "alice@example.org/phone", To: "#go%libera@irc.example.org", Stanza: "s1", Data: []byte("say")}}, read(t, commands, err))
		own, err := s.Page(t.Context(), Query{Account: base + 1, Place: "#go", Max: 9})
		same(t, "rows of the account", []Row{{base + 4, base + 1, "irc.example.org", "libera", "#go", "i1", "carol!c@host", "carol", "x1", 1767225600001, []byte("hello"), ""}},
			read(t, own, err).Rows)
		for person, want := range map[string]string{"alice@example.org": "first second", "bob@example.org": "second third"} {
			page, err := s.Page(t.Context(), Query{Transport: "slack.example.org", Scope: "t0abc", Place: "c0123", Person: person, Max: 9})
			var texts []string
			for _, r := range read(t, page, err).Rows {
				texts = append(texts, string(r.Content))
			}
			same(t, "what "+person+" reads", want, strings.Join(texts, " "))
		}
		key, err := s.Setting(t.Context(), "occupant-id", func() []byte { return nil })
		same(t, "setting", "key", string(read(t, key, err)))

		// It can be written as well, and opening it again changes nothing.
		alices := Options{"irc.example.org", "alice@example.org", "libera", "#go", []byte("{}")}
		commit(t, s, PutAccount{Account{ID: base + 7}}, End{base + 3}, PutOptions{alices})
		s = reopened(t, s, url)
		same(t, "version", int64(len(program)), versionOf(t, url))
		accounts, err = s.Accounts(t.Context())
		same(t, "accounts", 3, len(read(t, accounts, err)))
		options, err := s.Options(t.Context(), "irc.example.org")
		same(t, "options", []Options{alices}, read(t, options, err))
	})
}

// This proves the machinery with a second migration before there is one.
func TestAMigrationIsCarriedOutOnceAndWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		commit(t, s, PutAccount{Account{ID: 1, Scope: "s"}})
		s.Close()
		e, err := engineOf(url)
		if err != nil {
			t.Fatal(err)
		}
		db := e.connect(1, true)
		defer db.Close()
		next := int64(len(program)) + 1
		broken := append(program[:len(program):len(program)], "CREATE TABLE extra (a BIGINT NOT NULL); INSERT INTO nowhere VALUES (1);")
		err = migrate(t.Context(), e, db, broken)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint("migration ", next)) {
			t.Errorf("the error does not name the migration: %v", err)
		}
		same(t, "version after a failure", next-1, versionOf(t, url))
		good := append(program[:len(program):len(program)], "CREATE TABLE extra (a BIGINT NOT NULL); INSERT INTO extra SELECT id FROM accounts;")
		for range 2 {
			if err := migrate(t.Context(), e, db, good); err != nil {
				t.Fatal(err)
			}
		}
		var count, a int64
		if err := db.QueryRowContext(t.Context(), "SELECT count(*), max(a) FROM extra").Scan(&count, &a); err != nil || count != 1 || a != 1 {
			t.Errorf("extra has %d rows, %d: %v", count, a, err)
		}
		same(t, "version", next, versionOf(t, url))
	})
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		opened(t, url).Close()
		execute(t, url, "INSERT INTO migrations (version, at) VALUES (999, 1)")
		_, opening := Open(t.Context(), url, slog.New(slog.DiscardHandler))
		for what, err := range map[string]error{"Open": opening, "Check": Check(t.Context(), url)} {
			if err == nil || !strings.Contains(err.Error(), "version 999") || !strings.Contains(err.Error(), "run the newer program") {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestSeveralProcessesMayOpenANewDatabaseAtTheSameTime(t *testing.T) {
	url := postgresURL(t) // an SQLite file belongs to one process
	errs := make(chan error)
	for range 4 {
		go func() {
			s, err := Open(t.Context(), url, slog.New(slog.DiscardHandler))
			if err == nil {
				err = s.Close()
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	same(t, "version", int64(len(program)), versionOf(t, url))
}

// The columns for more than one machine are there from the first migration, and an account's change leaves them alone.
func TestTheLeaseOfAnAccountIsKept(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		commit(t, s, PutAccount{Account{ID: 1}})
		s.Close()
		execute(t, url, "UPDATE accounts SET instance = 'a', lease = 5 WHERE instance = '' AND lease = 0")
		s = opened(t, url)
		commit(t, s, PutAccount{Account{ID: 1, Scope: "new"}})
		var instance string
		var lease int64
		if err := s.readers.QueryRowContext(t.Context(), "SELECT instance, lease FROM accounts").Scan(&instance, &lease); err != nil {
			t.Fatal(err)
		}
		same(t, "lease", []any{"a", int64(5)}, []any{instance, lease})
	})
}
