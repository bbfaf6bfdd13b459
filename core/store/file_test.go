package store

import "testing"

func TestTheAddressOfAFileIsFoundAgainUntilItEnds(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		cat := File{ID: NextID(), Account: 7, Transport: "gw", Scope: "net", Foreign: "f1", URL: "https://x/1", Data: []byte("a"), Until: 1000}
		again := cat
		again.ID, again.URL, again.Until = NextID(), "https://x/2", 3000
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
