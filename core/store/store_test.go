package store

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// each runs a scenario on both databases; fresh makes the address of a new, empty one.
func each(t *testing.T, scenario func(t *testing.T, fresh string)) {
	t.Run("sqlite", func(t *testing.T) { scenario(t, sqliteURL(t)) })
	t.Run("postgres", func(t *testing.T) { scenario(t, postgresURL(t)) })
}

func sqliteURL(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "store.db") }

func opened(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func reopened(t testing.TB, s *Store, url string) *Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return opened(t, url)
}

func commit(t testing.TB, s *Store, changes ...Change) {
	t.Helper()
	if err := s.write(t.Context(), changes...); err != nil {
		t.Fatal(err)
	}
}

// read unwraps what a reading method returns.
func read[T any](t testing.TB, got T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func same(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestAccountsOutliveTheProcess(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		own := Account{ID: NextID(), Transport: "irc.gw", Scope: "libera", Owner: "alice@example.org", Data: []byte{0, 255, 'x'}}
		shared := Account{ID: NextID(), Transport: "irc.gw", Scope: "oftc", Shared: true}
		commit(t, s, PutAccount{own}, PutAccount{shared})
		own.Data, own.Scope = []byte("new"), "libera.chat"
		commit(t, s, PutAccount{own})
		s = reopened(t, s, url)
		got, err := s.Accounts(t.Context())
		same(t, "accounts", []Account{own, shared}, read(t, got, err))
	})
}

func TestWhoWasJoinedIsKnownAfterARestart(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		alice := Occupant{"irc.gw", "alice@example.org", "phone", "#a%libera", "alice"}
		desk := Occupant{"irc.gw", "alice@example.org", "desk", "#a%libera", "alice"}
		other := Occupant{"slack.gw", "alice@example.org", "desk", "#a%team", "alice"}
		commit(t, s, Enter{alice}, Enter{desk}, Enter{other}, Exit{desk})
		alice.Nick = "alice_"
		// One unit may hold many changes of one occupant: the last one counts.
		commit(t, s, Exit{alice}, Enter{desk}, Enter{alice}, Exit{desk}, Enter{desk}, Exit{desk})
		s = reopened(t, s, url)
		got, err := s.Occupants(t.Context(), "irc.gw")
		same(t, "occupants", []Occupant{alice}, read(t, got, err))
	})
}

func TestTheJournalHoldsWhatHasNotEnded(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		command := func() Command {
			return Command{ID: NextID(), Account: 7, Transport: "irc.gw", From: "alice@example.org/phone", To: "#a%libera@irc.gw", Stanza: "s1", Data: []byte("say")}
		}
		first, second, third := command(), command(), command()
		third.Transport = "slack.gw"
		commit(t, s, Begin{second}, Begin{first}, Begin{third})
		commit(t, s, Begin{first}) // a commit whose answer was lost is repeated
		got, err := s.Commands(t.Context(), "irc.gw")
		same(t, "journal", []Command{first, second}, read(t, got, err))
		short := command()
		commit(t, s, End{first.ID}, End{12345}, Begin{short}, End{short.ID}) // the order within a unit counts
		s = reopened(t, s, url)
		got, err = s.Commands(t.Context(), "irc.gw")
		same(t, "journal after the end of one", []Command{second}, read(t, got, err))
	})
}

func TestASettingIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		first, err := s.Setting(t.Context(), "key", func() []byte { return []byte{1, 2, 3} })
		same(t, "made", []byte{1, 2, 3}, read(t, first, err))
		s = reopened(t, s, url)
		again, err := s.Setting(t.Context(), "key", func() []byte { t.Error("made again"); return nil })
		same(t, "read", []byte{1, 2, 3}, read(t, again, err))
		commit(t, s, putSetting{"key", []byte("late")}) // as another process does that looked at the same time
		again, err = s.Setting(t.Context(), "key", func() []byte { return nil })
		same(t, "first come, first served", []byte{1, 2, 3}, read(t, again, err))
	})
}

func TestACancelledReadEnds(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Accounts(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
