package core

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"isthmus/core/avatar"
	"isthmus/core/store"
)

func TestAPortraitIsAtAnAddressOfItsOwnThatAnybodyMayFetch(t *testing.T) {
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	g := &gallery{domain: "irc.example.org", base: "https://gateway.example.org" + galleryPath + "irc.example.org/", store: s}
	routes := http.NewServeMux()
	routes.Handle("GET "+galleryPath+"irc.example.org/{name}", g)
	addresses := map[string]bool{}
	for _, p := range []avatar.Picture{{Hash: "aa", Type: "image/png", Data: []byte("a face")}, {Hash: "bb", Type: "image/jpeg", Data: []byte("another")}, {Hash: "aa", Type: "image/png", Data: []byte("a face")}} {
		address, err := g.put(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		addresses[address] = true
		w := httptest.NewRecorder()
		routes.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != p.Type || w.Body.String() != string(p.Data) {
			t.Errorf("at %s is %d, %v: %q", address, w.Code, w.Header(), w.Body)
		}
	}
	if len(addresses) != 2 {
		t.Errorf("two pictures are at %v", addresses)
	}
	w := httptest.NewRecorder()
	routes.ServeHTTP(w, httptest.NewRequest(http.MethodGet, g.base+"cc.png", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("where there is none is %d: %q", w.Code, w.Body)
	}
}
