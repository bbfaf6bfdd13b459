package media

import (
	"context"
	"encoding/json"
	"mime"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/transports"
)

const (
	// previewTimeout is how long a message waits for a small picture of what it carries, and previewFile how large a file is fetched for one.
	previewTimeout = 5 * time.Second
	previewFile    = 10 << 20
	// shareTimeout is how long a message waits for the XMPP server to have its file.
	shareTimeout = 2 * time.Minute
)

// Source is a file in a message of a network, and the account that got it.
type Source struct {
	Scope   transports.Scope
	Account int64
	File    transports.File
	// Personal: it came in a talk.
	Personal bool
}

// details are what the store keeps of a file beside its address.
type details struct {
	Name, Type    string
	Size          int64
	Width, Height int
	Description   string         `json:",omitempty"`
	SHA256        []byte         `json:",omitempty"`
	Preview       *xep.Thumbnail `json:",omitempty"`
	// Network is how the network calls it.
	Network transports.File
}

func (d details) file(url string) xep.File {
	return xep.File{URL: url, Name: d.Name, Type: d.Type, Size: d.Size, Width: d.Width, Height: d.Height, Description: d.Description, SHA256: d.SHA256, Thumbnail: d.Preview}
}

// Share gives the address where any client can fetch a file, the same whenever the file comes again. The error is a Fault with a text for who would have got it.
func (t *Transport) Share(ctx context.Context, s Source) (xep.File, error) {
	d := details{Name: xep.CleanFileName(s.File.Name), Type: bare(s.File.Type), Size: max(0, s.File.Size),
		Width: max(0, s.File.Width), Height: max(0, s.File.Height), Description: described(s.File.Description), Network: s.File}
	if s.File.URL != "" {
		d.Name = named(d.Name, d.Type)
		return d.file(s.File.URL), nil
	}
	if d.Size > t.MaxFile {
		return xep.File{}, tooLarge(t.MaxFile)
	}
	key := t.domain + "\x00" + string(s.Scope) + "\x00" + string(s.File.ID)
	flight := t.shares.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shareTimeout) // it is for all who wait for it
		defer cancel()
		return t.share(ctx, s, d)
	})
	select {
	case shared := <-flight:
		if shared.Err != nil {
			return xep.File{}, transports.AsFault(shared.Err)
		}
		return shared.Val.(xep.File), nil
	case <-ctx.Done():
		return xep.File{}, &transports.Fault{Kind: transports.Offline, Text: "The file takes too long.", Cause: context.Cause(ctx)}
	}
}

func (t *Transport) share(ctx context.Context, s Source, d details) (xep.File, error) {
	known, found, err := t.Store.FileOf(ctx, t.domain, string(s.Scope), string(s.File.ID))
	if err != nil {
		return xep.File{}, err
	}
	if found && time.Now().Add(t.Valid/2).UnixMilli() < known.Until { // else whoever reads the message later could not fetch it
		var was details
		if json.Unmarshal(known.Data, &was) == nil {
			return was.file(known.URL), nil
		}
	}
	row := store.File{ID: store.NextID(), Account: s.Account, Transport: t.domain, Scope: string(s.Scope), Foreign: string(s.File.ID), Personal: s.Personal,
		Until: time.Now().Add(t.Valid).UnixMilli()}
	if t.Base != "" {
		row.URL, err = t.offer(ctx, row, &d)
	} else {
		row.URL, err = t.put(ctx, row, &d)
	}
	if err != nil {
		return xep.File{}, err
	}
	if row.Data, err = json.Marshal(d); err != nil {
		return xep.File{}, err
	}
	if err := t.Store.PutFile(ctx, row); err != nil {
		return xep.File{}, err
	}
	return d.file(row.URL), nil
}

// offer gives an address of our own. The content is fetched when somebody asks for it; of a picture, and of what may be one,
// at once if it comes soon, for its preview.
func (t *Transport) offer(ctx context.Context, row store.File, d *details) (string, error) {
	if d.Type == "" {
		d.Type = bare(mime.TypeByExtension(path.Ext(d.Name)))
	}
	if (strings.HasPrefix(d.Type, "image/") || d.Type == "") && d.Size <= previewFile {
		ctx, cancel := context.WithTimeout(ctx, previewTimeout)
		defer cancel()
		if found, err := t.load(cacheName(row.ID), t.open(row, d.Network)).whole(ctx); err == nil {
			t.measure(row.ID, found, d)
		} else if ctx.Err() == nil {
			return "", err
		}
	}
	d.Name = named(d.Name, d.Type)
	return t.address(row.ID, time.UnixMilli(row.Until), d.Name), nil
}

// put brings the file to the XMPP server.
func (t *Transport) put(ctx context.Context, row store.File, d *details) (string, error) {
	if _, err := t.upload.find(ctx); err != nil { // before the file is fetched for nothing
		return "", err
	}
	name := cacheName(row.ID)
	found, err := t.load(name, t.open(row, d.Network)).whole(ctx)
	if err != nil {
		return "", err
	}
	t.measure(row.ID, found, d)
	content, ok := t.Cache.Open(name)
	if !ok {
		return "", t.cacheFault(os.ErrNotExist)
	}
	defer content.Close()
	return t.upload.put(ctx, d.Name, d.Type, xep.ForMessage, d.Size, content)
}

// measure takes what the content itself shows in place of what was said of it.
func (t *Transport) measure(id int64, found copied, d *details) {
	d.Size, d.SHA256 = found.size, found.sum
	d.Type = typeOf(found.head, "", d.Type, d.Name)
	d.Name = named(d.Name, d.Type)
	if !strings.HasPrefix(d.Type, "image/") {
		return
	}
	f, ok := t.Cache.Open(cacheName(id))
	if !ok {
		return
	}
	defer f.Close()
	if width, height := dimensions(f); width > 0 {
		d.Width, d.Height = width, height
	}
	if d.Preview, _ = preview(f); d.Preview == nil { // a picture without one is still a picture
		return
	}
	if d.Size <= previewBytes || d.Width <= previewSide && d.Height <= previewSide {
		d.Preview = nil // it is as small itself
	}
}

// cacheName is how a file is called in the cache.
func cacheName(id int64) string { return strconv.FormatInt(id, 36) }
