package core

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"isthmus/core/avatar"
	"isthmus/core/media"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/transports"
)

// byUpload has pictures of people be at the XMPP server's upload service (XEP-0363).
func byUpload(m *media.Transport) func(context.Context, avatar.Picture) (string, error) {
	return func(ctx context.Context, p avatar.Picture) (string, error) {
		return m.PutOwn(ctx, "portrait."+kindOf(p), p.Type, xep.ForProfile, func(w io.Writer) error { // servers that hold files tell their type by the end of the name
			_, err := w.Write(p.Data)
			return err
		})
	}
}

// kindOf is the end of a picture's name.
func kindOf(p avatar.Picture) string { return strings.TrimPrefix(p.Type, "image/") }

// gallery has pictures of people be at our own listener: each at an address of its own, which does not change while they look so.
type gallery struct {
	domain string
	base   string // the public address of its folder
	store  *store.Store
}

const (
	// galleryPath is the folder of our own listener in which they are, by transport.
	galleryPath = "/faces/"
	// galleryScope is where they are in the store, by the hashes of their bytes.
	galleryScope = " faces" // no network's
	// galleryFor is for how many seconds a network may keep one.
	galleryFor = 365 * 24 * 60 * 60
)

// showPortraits has the pictures of people be at our own listener, where files are.
func (s *sites) showPortraits(of *service, c Config) {
	if s.public == nil || !c.Files.ByWeb || of.media == nil {
		return
	}
	path := galleryPath + of.face.jid.Domain + "/"
	g := &gallery{domain: of.face.jid.Domain, base: s.public.URL(path), store: c.Store}
	s.public.Handle("GET "+path+"{name}", g)
	of.groups.faces.put = g.put
}

func (g *gallery) put(ctx context.Context, p avatar.Picture) (string, error) {
	written := make(chan error, 1)
	g.store.Write(func(err error) { written <- err }, store.PutPicture{Picture: store.Picture{Transport: g.domain, Scope: galleryScope, Place: p.Hash, Version: p.Hash,
		Hash: p.Hash, Type: p.Type, Width: p.Width, Height: p.Height, Data: p.Data}})
	select {
	case err := <-written:
		if err != nil {
			return "", &transports.Fault{Kind: transports.Offline, Text: "The picture could not be kept. Try again later.", Cause: err}
		}
		return strings.TrimSuffix(g.base, "/") + "/" + p.Hash + "." + kindOf(p), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// ServeHTTP serves a picture to who has its address.
func (g *gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, _, _ := strings.Cut(r.PathValue("name"), ".")
	p, err := g.store.PictureByHash(r.Context(), g.domain, galleryScope, hash)
	switch {
	case errors.Is(err, store.ErrNotFound):
		http.Error(w, "There is no such picture.", http.StatusNotFound)
		return
	case err != nil:
		http.Error(w, "The gateway cannot show this picture now. Try again later.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", p.Type)
	h.Set("Content-Length", strconv.Itoa(len(p.Data)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, immutable, max-age="+strconv.Itoa(galleryFor))
	_, _ = w.Write(p.Data)
}
