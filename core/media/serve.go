package media

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"isthmus/core/store"
	"isthmus/transports"
)

// Path is the folder of our own listener in which files are.
const Path = "/media/"

// Pattern is what ServeHTTP is to be registered for: GET serves HEAD as well.
const Pattern = "GET " + Path + "{token}/{name}"

// ServeHTTP serves a file to whoever has its address.
func (m *Media) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, until, ok := m.parseToken(r.PathValue("token"))
	if !ok {
		refuse(w, http.StatusNotFound, "There is no such file.")
		return
	}
	if !time.Now().Before(until) {
		refuse(w, http.StatusGone, "This address is no longer valid. Ask whoever sent the file to send it again.")
		return
	}
	row, found, err := m.Store.FileByID(r.Context(), id)
	var d details
	if err == nil && found {
		err = json.Unmarshal(row.Data, &d)
	}
	switch {
	case err != nil:
		m.Log.Error("A file cannot be served.", "error", err)
		refuse(w, http.StatusInternalServerError, "The gateway cannot serve this file now. Try again later.")
	case !found:
		refuse(w, http.StatusNotFound, "There is no such file.")
	default:
		m.serve(w, r, row, d, until)
	}
}

func (m *Media) serve(w http.ResponseWriter, r *http.Request, row store.File, d details, until time.Time) {
	content, err := m.content(r.Context(), row, d)
	if err != nil {
		m.fail(w, r, err)
		return
	}
	defer content.Close()
	if d.Size == 0 { // clients want to know before they fetch
		if _, err := content.Seek(0, io.SeekEnd); err != nil {
			m.fail(w, r, err)
			return
		}
	}
	describe(w.Header(), d, until)
	http.ServeContent(w, r, "", time.Time{}, content)
}

// content is the file from the cache, or on its way into it.
func (m *Media) content(ctx context.Context, row store.File, d details) (io.ReadSeekCloser, error) {
	name := cacheName(row.ID)
	if f, ok := m.Cache.Open(name); ok {
		return f, nil
	}
	return m.load(name, m.open(row, d.Network)).follow(ctx, d.Size)
}

// describe says what the file is, and that nothing in it is to be run: it came from anyone.
func describe(h http.Header, d details, until time.Time) {
	kind, disposition := d.Type, "attachment"
	if kind == "" {
		kind = "application/octet-stream"
	}
	if shownInline(kind) {
		disposition = "inline"
	}
	if kind == "text/plain" {
		kind += "; charset=utf-8"
	}
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": d.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; media-src 'self'; img-src 'self'; sandbox")
	h.Set("Access-Control-Allow-Origin", "*") // web clients fetch what they show
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "private, immutable, max-age="+strconv.Itoa(int(min(time.Until(until), 365*24*time.Hour)/time.Second)))
	if len(d.SHA256) > 0 {
		h.Set("ETag", `"`+hex.EncodeToString(d.SHA256)+`"`)
	}
}

// statuses are how faults look in HTTP; the others are a bad gateway.
var statuses = map[transports.FaultKind]int{
	transports.NotFound: http.StatusNotFound, transports.Gone: http.StatusGone, transports.Forbidden: http.StatusNotFound,
	transports.TooLarge: http.StatusNotFound, transports.Offline: http.StatusServiceUnavailable, transports.RateLimited: http.StatusServiceUnavailable,
}

func (m *Media) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // nobody is there to hear of it
	}
	fault := transports.AsFault(err)
	m.Log.Info("A file cannot be served.", "error", err)
	status, ok := statuses[fault.Kind]
	if !ok {
		status = http.StatusBadGateway
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(max(30, int(fault.Wait/time.Second))))
	}
	refuse(w, status, fault.Text)
}

func refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, status)
}
