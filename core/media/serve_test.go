package media

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

func TestAFileIsServedInWholeAndInParts(t *testing.T) {
	w := newWorld(t, nil)
	f := w.share(t, transports.File{ID: "f1", Name: "Grüße.txt", Type: "text/plain", Size: 10}, []byte("0123456789"))
	response, body := w.get(t, "HEAD", f.URL)
	if response.StatusCode != 200 || body != "" || response.ContentLength != 10 {
		t.Error(response.Status, response.ContentLength)
	}
	response, body = w.get(t, "GET", f.URL)
	if h := response.Header; body != "0123456789" || h.Get("Content-Type") != "text/plain; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(h.Get("Content-Disposition"), "inline; filename") || h.Get("Access-Control-Allow-Origin") != "*" {
		t.Error(body, h)
	}
	response, body = w.get(t, "GET", f.URL, "Range", "bytes=2-4")
	if response.StatusCode != http.StatusPartialContent || body != "234" {
		t.Error(response.Status, body)
	}
	if response, _ = w.get(t, "GET", f.URL, "Range", "bytes=20-"); response.StatusCode != http.StatusRequestedRangeNotSatisfiable {
		t.Error(response.Status)
	}
	if response, _ = w.get(t, "POST", f.URL); response.StatusCode != http.StatusMethodNotAllowed {
		t.Error(response.Status)
	}
}

func TestAFileWhoseSizeNobodyKnowsIsServedWithIt(t *testing.T) {
	w := newWorld(t, nil)
	f := w.share(t, transports.File{ID: "f1", Name: "a.txt"}, []byte("0123456789"))
	if response, _ := w.get(t, "HEAD", f.URL); response.ContentLength != 10 {
		t.Error(response.ContentLength)
	}
	if _, body := w.get(t, "GET", f.URL, "Range", "bytes=-3"); body != "789" {
		t.Error(body)
	}
}

func TestNothingIsRunWhereItIsShown(t *testing.T) {
	w := newWorld(t, nil)
	for name, kind := range map[string]string{"a.html": "text/html", "a.svg": "image/svg+xml", "a.js": "text/javascript", "a.xhtml": "application/xhtml+xml", "a.bin": ""} {
		f := w.share(t, transports.File{ID: transports.FileID(name), Name: name, Type: kind, Size: 8}, []byte("<script>"))
		response, _ := w.get(t, "GET", f.URL)
		if h := response.Header; !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, h)
		}
	}
}

func TestAddressesThatWeDidNotMakeLeadNowhere(t *testing.T) {
	w := newWorld(t, nil)
	f := w.share(t, transports.File{ID: "f1", Name: "a.txt", Size: 1}, []byte("x"))
	token := strings.Split(strings.TrimPrefix(f.URL, w.Base), "/")[0]
	parts := strings.Split(token, ".")
	later := parts[0] + ".zzzzzz." + parts[2]
	other := "1." + parts[1] + "." + parts[2]
	for _, bad := range []string{later, other, token + "x", token[:len(token)-1], "", "..", "a.b.c", strings.Repeat("a", 100), w.token(1, time.Now().Add(time.Hour).Unix())} {
		if response, _ := w.get(t, "GET", w.Base+bad+"/a.txt"); response.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %s", bad, response.Status)
		}
	}
}

func TestAFileIsReadWhileItComes(t *testing.T) {
	w := newWorld(t, nil)
	w.network.gate = make(chan struct{})
	content := strings.Repeat("x", 50_000) + strings.Repeat("y", 50_000)
	f := w.share(t, transports.File{ID: "f1", Name: "a.bin", Size: 100_000}, []byte(content))
	response, err := w.web.Client().Get(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	half := make([]byte, 30_000)
	if _, err := io.ReadFull(response.Body, half); err != nil || response.ContentLength != 100_000 {
		t.Fatal(err, response.ContentLength)
	}
	close(w.network.gate)
	rest, err := io.ReadAll(response.Body)
	if err != nil || string(half)+string(rest) != content {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
	if _, body := w.get(t, "GET", f.URL); body != content || w.network.opened.Load() != 1 {
		t.Errorf("the second time %d bytes, fetched %d times", len(body), w.network.opened.Load())
	}
}

func TestANetworkThatLiesAboutASizeGivesABrokenTransferAndNotAWrongFile(t *testing.T) {
	w := newWorld(t, nil)
	f := w.share(t, transports.File{ID: "f1", Name: "a.bin", Size: 100}, []byte("short"))
	response, err := w.web.Client().Get(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("%q is taken for the whole", got)
	}
}

func TestWhatCannotBeFetchedNowIsSaid(t *testing.T) {
	w := newWorld(t, nil)
	f := w.share(t, transports.File{ID: "f1", Name: "a.txt"}, []byte("x"))
	delete(w.network.files, "f1")
	if response, body := w.get(t, "GET", f.URL); response.StatusCode != http.StatusNotFound || !strings.Contains(body, "no such file") {
		t.Error(response.Status, body)
	}
	w = newWorld(t, nil)
	shared, err := w.Share(t.Context(), Source{Scope: "net", File: transports.File{ID: "f2", Name: "a.txt"}}) // nobody is attached
	if err != nil {
		t.Fatal(err)
	}
	if response, body := w.get(t, "GET", shared.URL); response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" || !strings.Contains(body, "No account") {
		t.Error(response.Status, body)
	}
}

func TestOtherAccountsOfTheScopeHelp(t *testing.T) {
	w := newWorld(t, nil)
	f := w.share(t, transports.File{ID: "f1", Name: "a.txt"}, []byte("x"))
	w.Attach("net", 7, &network{}) // the first one has lost it
	w.Attach("net", 8, w.network)
	w.Attach("elsewhere", 9, &network{})
	if _, body := w.get(t, "GET", f.URL); body != "x" {
		t.Error(body)
	}
}

func FuzzAddresses(f *testing.F) {
	m := New(Config{Key: []byte("key")})
	good := m.token(12345, 67890)
	f.Add(good)
	f.Add("..")
	f.Add("a.b.")
	f.Fuzz(func(t *testing.T, token string) {
		id, until, ok := m.parseToken(token)
		if ok && m.token(id, until.Unix()) != token {
			t.Errorf("%q is taken for %d, %v", token, id, until)
		}
	})
}
