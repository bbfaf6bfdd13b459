package media

import (
	"bytes"
	"encoding/base64"
	"image/jpeg"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"isthmus/core/xep"
	"isthmus/transports"

	"github.com/google/go-cmp/cmp"
)

// share shares a file of the network.
func (w *world) share(t *testing.T, f transports.File, content []byte) xep.File {
	t.Helper()
	w.network.mu.Lock()
	w.network.files[f.ID] = content
	w.network.mu.Unlock()
	detach := w.Attach("net", 7, w.network)
	t.Cleanup(detach)
	shared, err := w.Share(t.Context(), Source{Scope: "net", Account: 7, File: f})
	if err != nil {
		t.Fatal(err)
	}
	return shared
}

func TestAPictureGetsAnAddressAndAPreview(t *testing.T) {
	w := newWorld(t, nil)
	content := picture(t, 200, 100)
	got := w.share(t, transports.File{ID: "f1", Name: "../Tom", Type: "image/jpeg", Size: 5}, content)
	if got.Name != "Tom.png" || got.Type != "image/png" || got.Size != int64(len(content)) || got.Width != 200 || got.Height != 100 || len(got.SHA256) != 32 {
		t.Errorf("%+v", got)
	}
	data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(got.Thumbnail.URI, "data:image/jpeg;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	small, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || small.Width != 64 || small.Height != 32 || got.Thumbnail.Width != 64 || len(data) > previewBytes {
		t.Errorf("%+v, %v, %d bytes", small, err, len(data))
	}
	response, body := w.get(t, "GET", got.URL)
	if body != string(content) || response.Header.Get("Content-Type") != "image/png" || w.network.opened.Load() != 1 {
		t.Errorf("%v, fetched %d times", response.Header, w.network.opened.Load())
	}
	again := w.share(t, transports.File{ID: "f1", Name: "Tom", Type: "image/jpeg", Size: 5}, content)
	if diff := cmp.Diff(got, again); diff != "" {
		t.Error("the same file has another address the second time", diff)
	}
}

func TestAFileThatAnyoneMayFetchKeepsItsAddress(t *testing.T) {
	w := newWorld(t, nil)
	got := w.share(t, transports.File{ID: "f1", Name: "a.pdf", URL: "https://files.example/a.pdf"}, nil)
	if got.URL != "https://files.example/a.pdf" || w.network.opened.Load() != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsTooLargeIsSaid(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.Share(t.Context(), Source{Scope: "net", File: transports.File{ID: "f1", Size: 1 << 30}})
	if fault := transports.AsFault(err); err == nil || fault.Kind != transports.TooLarge {
		t.Error(err)
	}
}

// takesUploads has the web server take what is put, and gives it out again.
func (w *world) takesUploads(t *testing.T) (got map[string]string) {
	got = map[string]string{}
	w.routes.HandleFunc("PUT /up/{n}/{name}", func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.ContentLength != int64(len(body)) || r.Header.Get("Authorization") != "Bearer x" || r.Header.Get("Content-Type") == "" {
			t.Errorf("%v %v %v", err, r.ContentLength, r.Header)
		}
		got[r.URL.Path] = string(body)
		rw.WriteHeader(http.StatusCreated)
	})
	return got
}

func TestAFileGoesToTheXMPPServer(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Base = "" })
	w.server.largest = 100_000
	put := w.takesUploads(t)
	got := w.share(t, transports.File{ID: "f1", Name: "notes.txt", Type: "text/plain"}, []byte("hello"))
	if got.URL != w.web.URL+"/up/1/notes.txt" || got.Size != 5 || put["/up/1/notes.txt"] != "hello" {
		t.Errorf("%+v %v", got, put)
	}
	if again := w.share(t, transports.File{ID: "f1", Name: "notes.txt"}, nil); again.URL != got.URL {
		t.Errorf("put twice: %s", again.URL)
	}
	if w.server.purpose != "" {
		t.Errorf("the server is told the purpose %q, of which it does not know", w.server.purpose)
	}
	empty := w.share(t, transports.File{ID: "f2", Name: "empty"}, nil)
	if empty.URL != w.web.URL+"/up/2/empty" {
		t.Errorf("%+v", empty)
	}
}

func TestAServiceThatIsDownHoldsUpNoFiles(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Base = "" })
	w.server.largest, w.server.silent = 100_000, true
	w.takesUploads(t)
	if got := w.share(t, transports.File{ID: "f1", Name: "notes.txt", Type: "text/plain"}, []byte("hello")); got.URL != w.web.URL+"/up/1/notes.txt" {
		t.Errorf("%+v", got)
	}
}

func TestWhereTheXMPPServerTakesNoFilesThatIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*server)
		kind   transports.FaultKind
	}{
		"no service":  {func(s *server) { s.missing = true }, transports.Unsupported},
		"a small one": {func(s *server) { s.largest = 3 }, transports.TooLarge},
		"not for us":  {func(s *server) { s.refuse = "not-allowed" }, transports.Forbidden},
		"broken":      {func(*server) {}, transports.Offline}, // nothing takes what is put
	} {
		w := newWorld(t, func(c *Config) { c.Base = "" })
		c.change(w.server)
		w.network.files["f1"] = []byte("hello")
		w.Attach("net", 7, w.network)
		_, err := w.Share(t.Context(), Source{Scope: "net", Account: 7, File: transports.File{ID: "f1", Name: "a"}})
		if fault := transports.AsFault(err); err == nil || fault.Kind != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnUploadServiceThatLeadsElsewhereIsNotFollowed(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Base = "" })
	followed := false
	w.routes.HandleFunc("PUT /up/{n}/{name}", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "/private", http.StatusTemporaryRedirect)
	})
	w.routes.HandleFunc("/private", func(http.ResponseWriter, *http.Request) { followed = true })
	w.network.files["f1"] = []byte("hello")
	w.Attach("net", 7, w.network)
	if _, err := w.Share(t.Context(), Source{Scope: "net", Account: 7, File: transports.File{ID: "f1", Name: "a"}}); err == nil || followed {
		t.Error(err, followed)
	}
}

func TestAnAddressIsMadeAnewBeforeItEnds(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Valid = time.Millisecond })
	first := w.share(t, transports.File{ID: "f1", Name: "a"}, []byte("x"))
	w.Valid = time.Hour
	if second := w.share(t, transports.File{ID: "f1", Name: "a"}, []byte("x")); second.URL == first.URL {
		t.Error("an address that has ended was given out")
	}
	response, body := w.get(t, "GET", first.URL)
	if response.StatusCode != http.StatusGone || !strings.Contains(body, "no longer valid") {
		t.Error(response.Status, body)
	}
}
