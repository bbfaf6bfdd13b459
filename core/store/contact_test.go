package store

import "testing"

func TestContactsOutliveTheProcess(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		bob := Contact{Account: 1, User: "bob", Watched: true, Placed: true, Name: "Bob", Groups: []string{"Friends", `"odd", one`}}
		zoe := Contact{Account: 1, User: "zoe", Asked: true, Groups: []string{}}
		other := Contact{Account: 2, User: "bob", Groups: []string{}}
		commit(t, s, PutContact{zoe}, PutContact{other}, PutContact{Contact{Account: 1, User: "bob"}}, PutContact{bob}, PutContact{Contact{Account: 1, User: "gone"}})
		commit(t, s, DropContact{1, "gone"}, DropContact{1, "nobody"})
		s = reopened(t, s, url)
		got, err := s.Contacts(t.Context(), 1)
		same(t, "contacts", []Contact{bob, zoe}, read(t, got, err))
		commit(t, s, PutAccount{Account{ID: 1, Transport: "t", Scope: "net", Owner: "alice@x"}}, PutAccount{Account{ID: 2, Transport: "t", Scope: "net", Owner: "bob@x"}})
		if err := s.ForgetPerson(t.Context(), "t", "alice@x"); err != nil {
			t.Fatal(err)
		}
		got, err = s.Contacts(t.Context(), 1)
		same(t, "contacts of a forgotten person", 0, len(read(t, got, err)))
		got, err = s.Contacts(t.Context(), 2)
		same(t, "contacts of another", []Contact{other}, read(t, got, err))
		if err := s.ForgetAccount(t.Context(), Account{ID: 2, Transport: "t", Scope: "net", Owner: "bob@x"}); err != nil {
			t.Fatal(err)
		}
		got, err = s.Contacts(t.Context(), 2)
		same(t, "contacts of a forgotten account", 0, len(read(t, got, err)))
	})
}
