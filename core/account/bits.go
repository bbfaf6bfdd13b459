package account

import (
	"bytes"
	"context"
	"image"
	_ "image/gif"  // reads it
	_ "image/jpeg" // reads it
	_ "image/png"  // reads it
	"io"
	"net/http"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

const (
	// bitWait is how long a client may take to hand over a small picture, and maxBit how many bytes it may have: clients send somewhat more than the 8 KB of XEP-0231 §2.1.
	bitWait = 20 * time.Second
	maxBit  = 64 << 10
)

var noBit = &transports.Fault{Kind: transports.Invalid, Text: "Your sticker was not sent, because your client did not hand it over. Send it as a picture."}

// fetchBit gets a small picture from the client that has sent a message with it (XEP-0231 §2.2). It runs beside the account's goroutine.
func (a *Account) fetchBit(ctx context.Context, s *stanza.Stanza, hash string) (transports.Upload, error) {
	answered := make(chan *stanza.Stanza, 1)
	request := &stanza.Stanza{Kind: stanza.IQ, Type: "get", From: s.To, To: s.From}
	a.Stream.Request(request.Add(xep.BitRequest(hash)), bitWait, func(answer *stanza.Stanza) { answered <- answer })
	var answer *stanza.Stanza
	select {
	case answer = <-answered:
	case <-ctx.Done():
	}
	if answer == nil {
		return transports.Upload{}, noBit
	}
	content, ok := xep.ParseBit(answer, hash)
	kind := http.DetectContentType(content)
	what, isImage := strings.CutPrefix(kind, "image/")
	if !ok || !isImage || len(content) > maxBit {
		return transports.Upload{}, noBit
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		size = image.Config{} // of a kind that is not read here, such as WebP
	}
	return transports.Upload{Name: "sticker." + what, Type: kind, Size: int64(len(content)), Width: size.Width, Height: size.Height,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}, nil
}
