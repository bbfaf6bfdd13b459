package media

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/xep"
	"isthmus/transports"
)

// refused fails unless a file is refused as that kind, with nothing left of it.
func refused(t *testing.T, w *world, f xep.File, limit int64, kind transports.FaultKind, text string) {
	t.Helper()
	_, _, err := w.Fetch(t.Context(), f, limit)
	fault := transports.AsFault(err)
	if err == nil || fault.Kind != kind || !strings.Contains(fault.Text, text) {
		t.Errorf("%s: %v (kind %d), not kind %d with %q", f.URL, err, fault.Kind, kind, text)
	}
	w.nothingLeft(t)
}

func TestAnUploadIsFetchedAndMeasured(t *testing.T) {
	w := newWorld(t, nil)
	content := picture(t, 40, 30)
	sum := sha256.Sum256(content)
	url := w.serve("/cat", "application/octet-stream", content)
	up, release, err := w.Fetch(t.Context(), xep.File{URL: url, Name: "Tom", Type: "image/jpeg", Size: 1, Width: 9, SHA256: sum[:], Description: "Tom\n asleep " + strings.Repeat("z", 2000)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if up.Name != "Tom.png" || up.Type != "image/png" || up.Size != int64(len(content)) || up.Width != 40 || up.Height != 30 ||
		!strings.HasPrefix(up.Description, "Tom asleep zz") || len(up.Description) != maxDescription {
		t.Errorf("%+v", up)
	}
	for range 2 { // each time from its beginning
		r, err := up.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		r.Close()
		if err != nil || string(got) != string(content) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	}
	release()
	w.nothingLeft(t)
}

func TestTheFirstPlaceThatHasAFileIsUsed(t *testing.T) {
	w := newWorld(t, nil)
	sum := sha256.Sum256([]byte("meow"))
	f := xep.File{URL: w.web.URL + "/gone", Others: []string{w.serve("/other", "text/plain", []byte("woof")), w.serve("/cat", "text/plain", []byte("meow"))}, Name: "cat.txt", SHA256: sum[:]}
	up, release, err := w.Fetch(t.Context(), f, 0)
	if err != nil || up.Size != 4 {
		t.Fatalf("%+v, %v", up, err)
	}
	release()
	f.Others = f.Others[:1]
	refused(t, w, f, 0, transports.NotFound, "404") // what the first says
	f.Others = append([]string{w.serve("/large", "text/plain", []byte(strings.Repeat("x", 250_000)))}, f.Others...)
	refused(t, w, f, 0, transports.TooLarge, "too large")
}

func TestServersThatLieHarmNobody(t *testing.T) {
	w := newWorld(t, nil)
	large := strings.Repeat("x", 250_000)
	sum := sha256.Sum256([]byte("other"))
	w.routes.HandleFunc("/endless", func(rw http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := io.WriteString(rw, large); err != nil {
				return
			}
		}
	})
	w.routes.HandleFunc("/short", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(rw, "short")
	})
	w.routes.HandleFunc("/round/{n}", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "/round/"+r.PathValue("n")+"1", http.StatusFound)
	})
	w.routes.HandleFunc("/away", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "file:///etc/passwd", http.StatusFound)
	})
	at := func(path string) xep.File { return xep.File{URL: w.web.URL + path, Name: "f"} }
	refused(t, w, at("/endless"), 0, transports.TooLarge, "at most 195 KiB")
	refused(t, w, xep.File{URL: w.serve("/large", "text/plain", []byte(large))}, 0, transports.TooLarge, "195 KiB")
	refused(t, w, xep.File{URL: w.serve("/medium", "text/plain", []byte(large[:2000]))}, 1000, transports.TooLarge, "1000 bytes")
	refused(t, w, xep.File{URL: w.web.URL + "/unasked", Size: 1 << 50}, 0, transports.TooLarge, "")
	refused(t, w, at("/short"), 0, transports.Invalid, "less than it promised")
	refused(t, w, at("/round/1"), 0, transports.Invalid, "cannot be reached")
	refused(t, w, at("/away"), 0, transports.Invalid, "cannot be reached")
	refused(t, w, at("/missing"), 0, transports.NotFound, "404")
	refused(t, w, xep.File{URL: w.serve("/swapped", "text/plain", []byte("x")), SHA256: sum[:]}, 0, transports.Invalid, "not the one")
	refused(t, w, xep.File{URL: w.serve("/page", "text/html", []byte("<html>log in")), Type: "image/png"}, 0, transports.Invalid, "web page")
}

func TestAServerThatFallsSilentIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		r, w := io.Pipe()
		context.AfterFunc(ctx, func() { r.CloseWithError(context.Cause(ctx)) })
		go func() {
			for range 3 { // slow is allowed
				time.Sleep(idleTimeout - time.Second)
				_, _ = w.Write([]byte("x"))
			}
		}()
		began := time.Now()
		_, err := transfer(io.Discard, r, 100, cancel)
		if cause(ctx, err) != errIdle || time.Since(began) != 3*(idleTimeout-time.Second)+idleTimeout {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

func TestAPictureThatIsNoneIsNotCalledOne(t *testing.T) {
	for _, c := range []struct{ head, served, told, name, want string }{
		{"\x89PNG\r\n\x1a\n", "text/html", "application/pdf", "a.exe", "image/png"},
		{"<html><script>", "image/png", "image/png", "a.png", "text/html"},
		{"MZ\x90\x90\x90\x90\x90", "image/png", "", "a.png", "application/octet-stream"},
		{"hello", "text/plain; charset=x", "", "", "text/plain"},
		{"hello", "", "text/markdown", "a.bin", "text/markdown"},
		{"hello", "nonsense", "also nonsense", "", "text/plain"},
		{"\x00\x01", "nonsense", "", "", "application/octet-stream"},
		{"<svg xmlns='x'>", "image/svg+xml", "", "", "image/svg+xml"},
	} {
		if got := typeOf([]byte(c.head), c.served, c.told, c.name); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestManyFilesAtOnceTakeNoMoreThanThereIs(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MaxFile = 600_000 })
	url := w.serve("/big", "text/plain", []byte(strings.Repeat("x", 600_000)))
	_, release, err := w.Fetch(t.Context(), xep.File{URL: url}, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = w.Fetch(t.Context(), xep.File{URL: url}, 0)
	if fault := transports.AsFault(err); err == nil || !strings.Contains(fault.Text, "no room") {
		t.Error(err)
	}
	release()
	w.nothingLeft(t)
}

func TestSizesAreWrittenForPeople(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 1024: "1 KiB", 1536: "1.5 KiB", 100 << 20: "100 MiB", 1 << 40: "1 TiB"} {
		if got := Bytes(n); got != want {
			t.Error(fmt.Sprint(n), got, want)
		}
	}
}

func TestAFileOfANetworkIsPassedOnToAnother(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Base = "https://gateway.nowhere.example" + Path }) // which cannot be reached from here
	content := picture(t, 40, 30)
	shared := w.share(t, transports.File{ID: "f1", Name: "Tom.png", Type: "image/png"}, content)
	w.Cache.Expire(time.Now().Add(time.Minute)) // it is fetched from the network again
	up, release, err := w.Fetch(t.Context(), xep.File{URL: shared.URL}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	w.Cache.Expire(time.Now().Add(time.Minute)) // what is being sent stays
	r, err := up.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != string(content) || up.Name != "Tom.png" || up.Width != 40 || up.Size != int64(len(content)) {
		t.Errorf("%d bytes, %v, %+v", len(got), err, up)
	}
	for _, bad := range []string{strings.Replace(shared.URL, Path, Path+"1", 1), w.Base, w.Base + "x/y"} {
		if _, _, err := w.Fetch(t.Context(), xep.File{URL: bad}, 0); err == nil || transports.AsFault(err).Kind != transports.NotFound {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, _, err := w.Fetch(t.Context(), xep.File{URL: shared.URL}, 10); err == nil || transports.AsFault(err).Kind != transports.TooLarge {
		t.Error(err)
	}
}

func TestALargeFileIsNeverWholeInMemory(t *testing.T) {
	const size = 16 << 20
	w := newWorld(t, func(c *Config) {
		cache, err := OpenCache(t.TempDir(), 2*size)
		if err != nil {
			t.Fatal(err)
		}
		c.MaxFile, c.Cache = size, cache
	})
	block := make([]byte, 64<<10)
	w.routes.HandleFunc("/large", func(rw http.ResponseWriter, _ *http.Request) {
		for range size / len(block) {
			_, _ = rw.Write(block)
		}
	})
	w.network.files["f1"] = make([]byte, size)
	w.Attach("net", 7, w.network)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	up, release, err := w.Fetch(t.Context(), xep.File{URL: w.web.URL + "/large"}, 0)
	if err != nil || up.Size != size {
		t.Fatal(up.Size, err)
	}
	release()
	shared, err := w.Share(t.Context(), Source{Scope: "net", Account: 7, File: transports.File{ID: "f1", Name: "a.bin", Size: size}})
	if err != nil {
		t.Fatal(err)
	}
	response, err := w.web.Client().Get(shared.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; err != nil || n != size || grown > size/4 {
		t.Errorf("%d bytes were served, %v; %d bytes were allocated", n, err, grown)
	}
}
