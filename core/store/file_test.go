package store

import "testing"

func TestTheAddressOfAFileIsFoundAgainUntilItEnds(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		cat := File{ID: NextID(), Account: 7, Transport: "gw", Scope: "net", Foreign: "f1", URL: "https://x/1", Data: []byte("a"), Until: 1000}
		again := cat
		again.ID, again.URL, again.Personal, again.Until = NextID(), "https://x/2", true, 3000
		elsewhere := cat
		elsewhere.ID, elsewhere.Scope, elsewhere.Until = NextID(), "other", 2000
		for _, f := range []File{cat, again, elsewhere} {
			if err := s.PutFile(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		s = reopened(t, s, url)
		got, found, err := s.FileOf(t.Context(), "gw", "net", "f1")
		same(t, "file", again, read(t, got, err))
		same(t, "found", true, found)
		_, found, err = s.FileByID(t.Context(), cat.ID)
		same(t, "found what was replaced", false, read(t, found, err))
		if err := s.PruneFiles(t.Context(), 2500); err != nil {
			t.Fatal(err)
		}
		got, found, err = s.FileByID(t.Context(), again.ID)
		same(t, "by number", again, read(t, got, err))
		same(t, "found", true, found)
		_, found, err = s.FileOf(t.Context(), "gw", "other", "f1")
		same(t, "found what has ended", false, read(t, found, err))
	})
}

func TestThePersonalFilesOfAPersonAreForgottenWithThem(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		peopled(t, s, 0)
		files := map[string]File{
			"of a talk": {Account: 1, Transport: "t", Scope: "net", Personal: true}, "of a room": {Account: 1, Transport: "t", Scope: "net"},
			"bob's": {Account: 3, Transport: "t", Scope: "net", Personal: true}, "of another transport": {Account: 4, Transport: "u", Scope: "net", Personal: true},
		}
		for name, f := range files {
			f.ID, f.Foreign, f.Until = NextID(), name, 1
			if err := s.PutFile(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.ForgetPerson(t.Context(), "t", "alice@x"); err != nil {
			t.Fatal(err)
		}
		for name, f := range files {
			_, found, err := s.FileOf(t.Context(), f.Transport, "net", name)
			same(t, name, name != "of a talk", read(t, found, err))
		}
	})
}
