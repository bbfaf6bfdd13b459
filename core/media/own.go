package media

import (
	"context"
	"errors"
	"io"

	"isthmus/core/xep"
	"isthmus/transports"
)

// PutOwn brings a file of the gateway's own making to the XMPP server's place for files (XEP-0363), and gives the address where whoever
// knows it may fetch it. write writes the content, which lies on disk meanwhile. The error is a Fault.
func (t *Transport) PutOwn(ctx context.Context, name, kind string, purpose xep.Purpose, write func(io.Writer) error) (url string, err error) {
	if _, err := t.upload.find(ctx); err != nil { // before it is written for nothing
		return "", transports.AsFault(err)
	}
	draft, err := t.Cache.Create()
	if err != nil {
		return "", t.cacheFault(err)
	}
	defer draft.Close()
	if err := write(draft); errors.Is(err, ErrFull) {
		return "", t.cacheFault(err)
	} else if err != nil {
		return "", &transports.Fault{Text: "The file could not be made. Try again later.", Cause: err}
	}
	size, err := draft.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = draft.Seek(0, io.SeekStart)
	}
	if err != nil {
		return "", t.cacheFault(err)
	}
	url, err = t.upload.put(ctx, name, kind, purpose, size, struct{ io.Reader }{draft}) // it is not the client's to close
	if err != nil {
		return "", transports.AsFault(err)
	}
	return url, nil
}
