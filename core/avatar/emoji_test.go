package avatar

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"isthmus/core/store"
)

func TestThePictureOfAnEmojiIsFetchedOnceAndSmall(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "store.db"), log)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var asked atomic.Int32
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch r.URL.Path {
		case "/party.gif":
			_, _ = w.Write(encoded(t, "gif", noise(300, 150, true)))
		case "/huge":
			_, _ = w.Write(make([]byte, maxEmojiSource+1))
		default:
			http.NotFound(w, r)
		}
	}))
	defer web.Close()
	e := NewEmoji(New("gw", s, log), web.Client())
	p := e.Get(t.Context(), "net", "party", web.URL+"/party.gif")
	if p.Hash == "" || p.Size > InLine.bytes || p.Width != 2*p.Height || p.Width > InLine.sides[0] {
		t.Errorf("%+v", p)
	}
	if known, ok := e.Known("net", "party", web.URL+"/party.gif"); !ok || known.Hash != p.Hash {
		t.Errorf("known as %+v", known)
	}
	found, ok, err := e.cache.ByHash(t.Context(), "net", p.Hash)
	if !ok || err != nil || len(found.Data) != p.Size || found.Type != p.Type {
		t.Errorf("%v %v: %+v", ok, err, found)
	}
	if _, ok, err := e.cache.ByHash(t.Context(), "other", p.Hash); ok || err != nil {
		t.Errorf("another scope's picture: %v %v", ok, err)
	}
	for range 2 { // what failed is not asked for again and again
		for _, bad := range []string{web.URL + "/gone", web.URL + "/huge", "data:image/png;base64,AAAA", "data:text/plain,hi", "ftp://x.example/a", "\x00"} {
			if p := e.Get(t.Context(), "net", "bad", bad); p.Hash != "" {
				t.Errorf("%q: %+v", bad, p)
			}
			if _, ok := e.Known("net", "bad", bad); !ok {
				t.Errorf("%q would be tried again at once", bad)
			}
		}
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("asked %d times", n)
	}
	inline := "data:image/png;base64," + base64.StdEncoding.EncodeToString(encoded(t, "png", noise(20, 20, true)))
	if p := e.Get(t.Context(), "net", "own", inline); p.Width != 20 || !strings.HasPrefix(p.Type, "image/") {
		t.Errorf("%+v", p)
	}
}

func TestAnEmojiThatNobodyWaitedForIsTriedAgain(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "store.db"), log)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() == nil {
			cancel() // the connection to the network is lost meanwhile
			<-r.Context().Done()
			return
		}
		_, _ = w.Write(encoded(t, "png", noise(20, 20, true)))
	}))
	defer web.Close()
	e := NewEmoji(New("gw", s, log), web.Client())
	if p := e.Get(ctx, "net", "party", web.URL); p.Hash != "" {
		t.Errorf("%+v", p)
	}
	if p := e.Get(t.Context(), "net", "party", web.URL); p.Hash == "" {
		t.Error("it is taken for one that cannot be had")
	}
}
