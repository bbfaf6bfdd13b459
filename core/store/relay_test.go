package store

import (
	"slices"
	"testing"
)

func TestRelaysOutliveTheProcess(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		one := Relay{"team@muc", "irc.gw", "libera", "#team", []byte("new")}
		two := Relay{"team@muc", "irc.gw", "oftc", "#team", []byte{}}
		gone := Relay{"team@muc", "irc.gw", "oftc", "#gone", nil}
		commit(t, s, PutRelay{two}, PutRelay{gone}, PutRelay{Relay{"team@muc", "irc.gw", "libera", "#team", []byte("old")}}, PutRelay{one})
		commit(t, s, DropRelay{gone}, DropRelay{gone})
		commit(t, s, ReplaceRelay{Relay{"team@muc", "irc.gw", "oftc", "#team", []byte("no")}, []byte("another")}, ReplaceRelay{one, []byte("new")}, ReplaceRelay{gone, nil})
		s = reopened(t, s, url)
		got, err := s.Relays(t.Context())
		same(t, "relays", []Relay{one, two}, read(t, got, err))
	})
}

func TestWhatARelayHasPassedOnOutlivesTheProcess(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		line := func(muc string, seq int64, data string) RelayLine {
			return RelayLine{muc, seq, 1000 * seq, []byte(data)}
		}
		commit(t, s, PutRelayLine{line("a", 1, "one")}, PutRelayLine{line("a", 2, "two")}, PutRelayLine{line("a", 3, "three")}, PutRelayLine{line("b", 1, "other")})
		commit(t, s, PutRelayLine{line("a", 2, "2")}, DropRelayLines{"a", 1}, PutRelayMark{RelayMark{"a", "#x", "m1"}}, PutRelayMark{RelayMark{"a", "#x", "m2"}})
		s = reopened(t, s, url)
		lines, err := s.RelayLines(t.Context(), "a")
		same(t, "lines", []RelayLine{line("a", 2, "2"), line("a", 3, "three")}, read(t, lines, err))
		marks, err := s.RelayMarks(t.Context(), "a")
		same(t, "marks", []RelayMark{{"a", "#x", "m2"}}, read(t, marks, err))
		commit(t, s, PutRelayMark{RelayMark{"a", "#y", "m3"}}, DropRelayMark{"a", "#y"}, PutRelayLine{line("a", 4, "four")})
		marks, err = s.RelayMarks(t.Context(), "a")
		same(t, "marks without the one that was dropped", 1, len(read(t, marks, err)))
		if _, err = s.Prune(t.Context(), 4000); err != nil {
			t.Fatal(err)
		}
		lines, err = s.RelayLines(t.Context(), "a")
		same(t, "lines that are young enough", []RelayLine{line("a", 4, "four")}, read(t, lines, err))
		commit(t, s, PutRelayLine{line("b", 1, "other")})
		mucs, err := s.RememberedRelays(t.Context())
		same(t, "MUCs", []string{"a", "b"}, slices.Sorted(slices.Values(read(t, mucs, err))))
		commit(t, s, PutRelayLine{line("a", 5, "five")}, ForgetRelay{"a"})
		lines, err = s.RelayLines(t.Context(), "a")
		same(t, "lines of one forgotten", 0, len(read(t, lines, err)))
		lines, err = s.RelayLines(t.Context(), "b")
		same(t, "lines of another", 1, len(read(t, lines, err)))
	})
}
