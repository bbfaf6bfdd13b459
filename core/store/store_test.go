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
		gone := Account{ID: NextID(), Transport: "irc.gw", Scope: "gone"}
		commit(t, s, PutAccount{own}, PutAccount{shared}, PutAccount{gone})
		own.Data, own.Scope = []byte("new"), "libera.chat"
		commit(t, s, PutAccount{own}, DropAccount{gone.ID})
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

func TestForgettingAnAccountLeavesTheOthers(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		for _, account := range []int64{0, 1, 2} {
			if account != 0 {
				commit(t, s, PutAccount{Account{ID: account}})
			}
			commit(t, s, Begin{Command{ID: 10 + account, Account: account, Transport: "t"}},
				Append{Row{Seq: NextID(), Account: account, Transport: "t", Scope: "s", Place: "p", ID: "m"}})
		}
		commit(t, s, OpenSpan{"alice", "t", "s", "p", 1})
		// What precedes in the unit goes too, what follows stays.
		commit(t, s, DropAccount{99}, PutAccount{Account{ID: 1, Scope: "again"}}, Begin{Command{ID: 20, Account: 1, Transport: "t"}}, Forget{1}, Begin{Command{ID: 21, Account: 1, Transport: "t"}})
		accounts, err := s.Accounts(t.Context())
		same(t, "accounts", []Account{{ID: 2}}, read(t, accounts, err))
		commands, err := s.Commands(t.Context(), "t")
		var left []int64
		for _, c := range read(t, commands, err) {
			left = append(left, c.ID)
		}
		same(t, "journal", []int64{10, 12, 21}, left)
		for account, want := range []int{1, 0, 1} {
			page, err := s.Page(t.Context(), Query{Account: int64(account), Transport: "t", Scope: "s", Person: "alice", Place: "p"})
			same(t, "rows", want, read(t, page, err).Count)
		}
		commit(t, s, Forget{0}) // nobody's: what belongs to scopes is not an account's
		page, err := s.Page(t.Context(), Query{Transport: "t", Scope: "s", Person: "alice", Place: "p"})
		same(t, "rows of the scope", 1, read(t, page, err).Count)
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
