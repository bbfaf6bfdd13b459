package store

import "testing"

func TestWhenPeopleWereLastHereIsKnown(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		commit(t, s, Seen{"t", "alice@x", 1}, Seen{"t", "bob@x", 2}, Seen{"other", "alice@x", 3}, Seen{"t", "alice@x", 4})
		s = reopened(t, s, url)
		people, err := s.People(t.Context(), "t")
		same(t, "people", map[string]int64{"alice@x": 4, "bob@x": 2}, read(t, people, err))
		if err := s.ForgetPerson(t.Context(), "t", "alice@x"); err != nil {
			t.Fatal(err)
		}
		people, err = s.People(t.Context(), "t")
		same(t, "people", map[string]int64{"bob@x": 2}, read(t, people, err))
		people, err = s.People(t.Context(), "other")
		same(t, "people elsewhere", map[string]int64{"alice@x": 3}, read(t, people, err))
	})
}
