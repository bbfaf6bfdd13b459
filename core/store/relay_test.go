package store

import "testing"

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
