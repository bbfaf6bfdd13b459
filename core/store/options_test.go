package store

import "testing"

func TestWhatPeopleHaveSetOutlivesTheProcess(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		gateway := Options{"irc.gw", "alice@example.org", "", "", []byte(`{"persistent":["true"]}`)}
		server := Options{"irc.gw", "alice@example.org", "irc.net", "", []byte{0, 255}}
		room := Options{"irc.gw", "alice@example.org", "irc.net", "#a", []byte("a")}
		bob := Options{"irc.gw", "bob@example.org", "irc.net", "#a", []byte("b")}
		elsewhere := Options{"other.gw", "alice@example.org", "irc.net", "#a", []byte("c")}
		commit(t, s, PutOptions{bob}, PutOptions{room}, PutOptions{gateway}, PutOptions{server}, PutOptions{elsewhere})
		empty := server
		empty.Data = nil
		room.Data = []byte("new")
		// One unit may hold many changes of one row: the last one counts.
		commit(t, s, PutOptions{empty}, PutOptions{room}, PutOptions{Options{"irc.gw", "bob@example.org", "irc.net", "#a", nil}}, PutOptions{bob})
		s = reopened(t, s, url)
		got, err := s.Options(t.Context(), "irc.gw")
		same(t, "options", []Options{gateway, room, bob}, read(t, got, err))
	})
}

func TestOptionsAreReplacedOnlyWhileTheyAreWhatTheyWere(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		o := Options{"irc.gw", "alice@example.org", "irc.net", "", []byte("old")}
		commit(t, s, PutOptions{o})
		o.Data = []byte("new")
		commit(t, s, ReplaceOptions{o, []byte("old")})
		late := o
		late.Data = []byte("late")
		commit(t, s, ReplaceOptions{late, []byte("old")}) // someone else was faster
		nobody := Options{"irc.gw", "bob@example.org", "irc.net", "", []byte("x")}
		commit(t, s, ReplaceOptions{nobody, nil})
		got, err := s.Options(t.Context(), "irc.gw")
		same(t, "options", []Options{o}, read(t, got, err))
	})
}

func TestNoTwoOptionsAreAtOnePlace(t *testing.T) {
	seen := map[string]Options{}
	for _, o := range []Options{
		{Transport: "a"}, {Person: "a"}, {Scope: "a"}, {Place: "a"},
		{Transport: "a", Person: "b"}, {Transport: "ab"}, {Person: "ab"}, {Scope: "a", Place: "b"}, {Scope: "ab"}, {Place: "ab"},
	} {
		if other, there := seen[o.Where()]; there {
			t.Errorf("%+v and %+v are both at %q", o, other, o.Where())
		}
		seen[o.Where()] = o
	}
}
