package media

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/transports"
)

// world is a transport with files behind it, and a web server for whatever a test puts there.
type world struct {
	*Transport
	network *network
	server  *server
	web     *httptest.Server
	routes  *http.ServeMux
}

func newWorld(t *testing.T, change func(*Config)) *world {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	cache, err := OpenCache(filepath.Join(t.TempDir(), "cache"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{network: &network{files: map[transports.FileID][]byte{}}, routes: http.NewServeMux()}
	w.web = httptest.NewServer(w.routes)
	t.Cleanup(w.web.Close)
	c := Config{Cache: cache, MaxFile: 200_000, Store: s, Key: []byte("key"), Base: w.web.URL + Path, Valid: time.Hour, Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&c)
	}
	m := New(c)
	w.server = &server{t: t, web: w.web.URL}
	w.Transport = m.Transport("gw.example", Clients{Guarded: w.web.Client(), Trusted: w.web.Client()}, w.server, stanza.JID{Domain: "example"}, stanza.JID{})
	w.routes.Handle(Pattern, m)
	return w
}

// nothingLeft fails where a draft is still in the cache.
func (w *world) nothingLeft(t *testing.T) {
	t.Helper()
	if used, files := w.Cache.Size(); used != 0 || files != 0 {
		t.Errorf("%d bytes in %d files are left", used, files)
	}
	if left, _ := filepath.Glob(filepath.Join(w.Cache.dir, "*")); len(left) > 0 {
		t.Errorf("left in the folder: %q", left)
	}
}

// serve puts a content at an address of the web server.
func (w *world) serve(path, kind string, content []byte) string {
	w.routes.HandleFunc(path, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", kind)
		_, _ = rw.Write(content)
	})
	return w.web.URL + path
}

// get fetches an address as a client does.
func (w *world) get(t *testing.T, method, address string, header ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := w.web.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// network has files.
type network struct {
	mu     sync.Mutex
	files  map[transports.FileID][]byte
	opened atomic.Int64
	// gate holds the contents back after their first half, where it is not nil.
	gate chan struct{}
}

func (n *network) OpenFile(_ context.Context, f transports.File) (io.ReadCloser, error) {
	n.opened.Add(1)
	n.mu.Lock()
	content, ok := n.files[f.ID]
	n.mu.Unlock()
	if !ok {
		return nil, &transports.Fault{Kind: transports.NotFound, Text: "The network has no such file."}
	}
	if n.gate == nil {
		return io.NopCloser(bytes.NewReader(content)), nil
	}
	half := len(content) / 2
	return io.NopCloser(io.MultiReader(bytes.NewReader(content[:half]), gated{n.gate}, bytes.NewReader(content[half:]))), nil
}

type gated struct{ gate chan struct{} }

func (g gated) Read([]byte) (int, error) {
	<-g.gate
	return 0, io.EOF
}

// picture is a PNG of that size.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			p.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x * y), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// server is an XMPP server with a place for files at upload.example.
type server struct {
	t       *testing.T
	web     string
	largest int
	refuse  string // what a slot is refused with
	missing bool
	silent  bool   // something listed before it never answers
	purpose string // of the last slot
	slots   atomic.Int64
}

func (s *server) Request(iq *stanza.Stanza, _ time.Duration, answer func(*stanza.Stanza)) {
	reply := iq.Result()
	switch payload := iq.Payload[0]; {
	case payload.Is("http://jabber.org/protocol/disco#items", "query"):
		q := stanza.New(payload.Space, "query")
		if s.silent {
			q.Add(stanza.New(payload.Space, "item", "jid", "silent.example"))
		}
		q.Add(stanza.New(payload.Space, "item", "jid", "muc.example"))
		if !s.missing {
			q.Add(stanza.New(payload.Space, "item", "jid", "upload.example"))
		}
		reply.Add(q)
	case iq.To.Domain == "silent.example":
		return
	case payload.Is("http://jabber.org/protocol/disco#info", "query"):
		q := stanza.New(payload.Space, "query")
		if iq.To.Domain == "upload.example" {
			const form = "jabber:x:data"
			field := func(name, value string) *stanza.Element {
				return stanza.New(form, "field", "var", name).Add(stanza.Text(form, "value", value))
			}
			q.Add(stanza.New(payload.Space, "feature", "var", "urn:xmpp:http:upload:0"), stanza.New(payload.Space, "feature", "var", "urn:xmpp:http:upload:purpose:0#ephemeral"), stanza.New(form, "x").
				Add(field("FORM_TYPE", "urn:xmpp:http:upload:0"), field("max-file-size", fmt.Sprint(s.largest))))
		}
		reply.Add(q)
	case s.refuse != "":
		reply.Type = "error"
		reply.Add(stanza.New("", "error", "type", "cancel").Add(stanza.New("urn:ietf:params:xml:ns:xmpp-stanzas", s.refuse)))
	default:
		const space = "urn:xmpp:http:upload:0"
		s.purpose = ""
		for _, c := range payload.Children() {
			s.purpose += c.Name
		}
		path := fmt.Sprintf("%s/up/%d/%s", s.web, s.slots.Add(1), payload.Attr("filename"))
		put := stanza.New(space, "put", "url", path).Add(stanza.Text(space, "header", "Bearer x").Set("name", "Authorization"))
		reply.Add(stanza.New(space, "slot").Add(put, stanza.New(space, "get", "url", path)))
	}
	answer(reply)
}
