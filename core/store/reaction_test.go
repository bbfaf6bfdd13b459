package store

import "testing"

func TestReactionsOfThoseWhoShareAnAccountAreKept(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		alice := Account{ID: 1, Transport: "t", Scope: "s", Owner: "alice"}
		ofAlice := Reaction{Through: 9, Place: "#a", Message: "n1", Account: 1, Person: "~alice", Emoji: []string{"👍", "🍰"}, At: 1000}
		ofBob := Reaction{Through: 9, Place: "#a", Message: "n1", Account: 2, Person: "~bob", Emoji: []string{"👍"}, At: 2000}
		elsewhere := Reaction{Through: 8, Place: "#a", Message: "n1", Account: 2, Person: "~bob", Emoji: []string{"🍰"}, At: 3000}
		commit(t, s, PutAccount{alice}, PutReaction{ofAlice}, PutReaction{ofBob}, PutReaction{elsewhere})
		s = reopened(t, s, url)
		got, err := s.Reactions(t.Context(), 9, "#a", "n1")
		same(t, "on the message", []Reaction{ofAlice, ofBob}, read(t, got, err))
		ofBob.Emoji, ofBob.At = []string{}, 2500
		commit(t, s, PutReaction{ofBob})
		got, err = s.Reactions(t.Context(), 9, "#a", "n1")
		same(t, "changed", []Reaction{ofAlice, ofBob}, read(t, got, err))
		if err := s.ForgetPerson(t.Context(), "t", "alice"); err != nil {
			t.Fatal(err)
		}
		got, err = s.Reactions(t.Context(), 9, "#a", "n1")
		same(t, "without who is gone", []Reaction{ofBob}, read(t, got, err))
		if _, err = s.Prune(t.Context(), 2600); err != nil {
			t.Fatal(err)
		}
		got, err = s.Reactions(t.Context(), 9, "#a", "n1")
		same(t, "without the old ones", []Reaction(nil), read(t, got, err))
		got, err = s.Reactions(t.Context(), 8, "#a", "n1")
		same(t, "the younger one", []Reaction{elsewhere}, read(t, got, err))
	})
}
