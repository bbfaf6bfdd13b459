package media

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"isthmus/core/xep"
	"isthmus/transports"
)

const maxRedirects = 5

// Fetch gets a file that somebody uploaded, at most limit bytes of it (0 for the operator's limit alone), from the first of its addresses that works, and
// measures it. It lies on disk until release is called.
// The error is a Fault: TooLarge where it may still be passed on as a link.
func (t *Transport) Fetch(ctx context.Context, f xep.File, limit int64) (up transports.Upload, release func(), err error) {
	if limit <= 0 || limit > t.MaxFile {
		limit = t.MaxFile
	}
	if f.Size > limit {
		return up, nil, tooLarge(limit)
	}
	var first error
	for _, address := range f.Addresses() {
		up, release, err = t.fetchFrom(ctx, address, f, limit)
		if err == nil || ctx.Err() != nil || transports.AsFault(err).Kind == transports.TooLarge {
			return up, release, err
		}
		if first == nil {
			first = err
		}
	}
	return up, nil, first
}

// fetchFrom gets the content from one of the addresses where it is said to be.
func (t *Transport) fetchFrom(ctx context.Context, address string, f xep.File, limit int64) (up transports.Upload, release func(), err error) {
	if token, ok := t.ownToken(address); ok {
		return t.reuse(ctx, token, limit)
	}
	done, err := begin(ctx, t.transfers)
	if err != nil {
		return up, nil, fetchFault(err)
	}
	defer done()
	ctx, stop := context.WithTimeout(ctx, transferTimeout)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	response, err := t.get(ctx, address)
	if err != nil {
		return up, nil, fetchFault(cause(ctx, err))
	}
	defer response.Body.Close()
	if response.ContentLength > limit {
		return up, nil, tooLarge(limit)
	}
	draft, err := t.Cache.Create()
	if err != nil {
		return up, nil, t.cacheFault(err)
	}
	defer func() {
		if err != nil {
			_ = draft.Close()
		}
	}()
	got, err := transfer(draft, response.Body, limit, cancel)
	switch {
	case errors.Is(err, errLarge):
		return up, nil, tooLarge(limit)
	case errors.Is(err, ErrFull):
		return up, nil, t.cacheFault(err)
	case err != nil:
		return up, nil, fetchFault(cause(ctx, err))
	case f.SHA256 != nil && !bytes.Equal(f.SHA256, got.sum): // XEP-0447 §6: a content that is not what was announced is not passed on
		return up, nil, &transports.Fault{Kind: transports.Invalid, Text: "The file at that address is not the one that your client announced. Upload it again."}
	}
	kind := typeOf(got.head, response.Header.Get("Content-Type"), f.Type, f.Name)
	if kind == "text/html" && f.Type != "text/html" && bare(response.Header.Get("Content-Type")) == "text/html" && f.Type != "" {
		return up, nil, &transports.Fault{Kind: transports.Invalid, Text: "At the address of the file is a web page instead. Upload it again."}
	}
	width, height := 0, 0
	if _, err := draft.Seek(0, io.SeekStart); err == nil {
		width, height = dimensions(draft)
	}
	path := draft.Path()
	return transports.Upload{Name: named(f.Name, kind), Type: kind, Size: got.size, Width: width, Height: height, Description: described(f.Description),
		Open: func(context.Context) (io.ReadCloser, error) { return os.Open(path) },
	}, func() { _ = draft.Close() }, nil
}

// reuse passes on a file of a network that somebody got from our own listener: it need not go through the World Wide Web.
func (t *Transport) reuse(ctx context.Context, token string, limit int64) (up transports.Upload, release func(), err error) {
	id, until, ok := t.parseToken(token)
	if !ok || !time.Now().Before(until) {
		return up, nil, fetchFault(statusError(http.StatusNotFound))
	}
	row, found, err := t.Store.FileByID(ctx, id)
	if err == nil && !found {
		err = statusError(http.StatusNotFound)
	}
	var d details
	if err == nil {
		err = json.Unmarshal(row.Data, &d)
	}
	if err != nil {
		return up, nil, fetchFault(err)
	}
	content, ok := t.Cache.Open(cacheName(id))
	if !ok {
		if _, err := t.load(cacheName(id), t.open(row, d.Network)).whole(ctx); err != nil {
			return up, nil, transports.AsFault(err)
		}
		if content, ok = t.Cache.Open(cacheName(id)); !ok {
			return up, nil, t.cacheFault(os.ErrNotExist)
		}
	}
	info, err := content.Stat()
	if err == nil && info.Size() > limit {
		err = tooLarge(limit)
	}
	if err != nil {
		_ = content.Close()
		return up, nil, transports.AsFault(err)
	}
	return transports.Upload{Name: d.Name, Type: d.Type, Size: info.Size(), Width: d.Width, Height: d.Height, Description: d.Description,
		Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(content, 0, info.Size())), nil
		},
	}, func() { _ = content.Close() }, nil
}

func (t *Transport) get(ctx context.Context, address string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "identity") // the bytes as they are: what unfolds on its way has another size
	request.Header.Set("User-Agent", "Isthmus")
	response, err := t.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, statusError(response.StatusCode)
	}
	return response, nil
}

type statusError int

func (s statusError) Error() string {
	return fmt.Sprintf("the server answers %d %s", int(s), http.StatusText(int(s)))
}

// bounded is a client with the same guard that follows few redirects, and only to HTTP; a transfer's own limits replace its timeout.
func bounded(guarded *http.Client) *http.Client {
	c := *guarded
	c.Timeout = 0
	c.CheckRedirect = func(request *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return errors.New("it leads from one address to the next without an end")
		}
		if request.URL.Scheme != "http" && request.URL.Scheme != "https" {
			return errors.New("it leads to an address that is none of HTTP")
		}
		return nil
	}
	return &c
}

// cause is why a context ended, where that is why something failed.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// fetchFault says to a person why their upload could not be fetched. The details, which may tell of the operator's network, go to the log as the cause.
func fetchFault(err error) *transports.Fault {
	kind, why := transports.Invalid, "its server cannot be reached from here, or is not allowed by the operator of the gateway"
	var status statusError
	var timeout net.Error
	switch {
	case errors.As(err, &status) && (status == http.StatusNotFound || status == http.StatusGone || status == http.StatusForbidden):
		kind, why = transports.NotFound, status.Error()
	case errors.As(err, &status):
		why = status.Error()
	case errors.Is(err, errIdle), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		kind, why = transports.Offline, "its server is too slow"
	case errors.Is(err, context.Canceled):
		kind, why = transports.Offline, "the connection to the network ended meanwhile"
	case errors.Is(err, io.ErrUnexpectedEOF):
		why = "its server sent less than it promised"
	}
	return &transports.Fault{Kind: kind, Text: "Your file was not sent, because it could not be fetched: " + why + ". Try again, or send its address as text.", Cause: err}
}

func (m *Media) cacheFault(err error) *transports.Fault {
	m.Log.Error("A file could not be written to the cache.", "error", err)
	return &transports.Fault{Kind: transports.Internal, Text: "The gateway has no room for the file at the moment. Try again later.", Cause: err}
}
