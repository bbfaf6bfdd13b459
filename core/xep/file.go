package xep

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"isthmus/core/stanza"
)

const (
	nsFile   = "urn:xmpp:file:metadata:0"
	nsHashes = "urn:xmpp:hashes:2"
	nsThumbs = "urn:xmpp:thumbs:1"
)

// File is what a message tells of a file (XEP-0446 §2). Only the address is always known.
type File struct {
	URL string
	// Others are further addresses of the same content, to be tried where the first fails.
	Others []string
	// Bit is the SHA-1 of a small picture that the sender's client has (XEP-0231), in place of an address.
	Bit                     string
	Name, Type, Description string
	// Size is in bytes, Width and Height in pixels; 0 is unknown.
	Size          int64
	Width, Height int
	// SHA256 is the hash of the content (XEP-0300).
	SHA256 []byte
	// Thumbnail is a small picture of it, nil for none.
	Thumbnail *Thumbnail
}

// Addresses are all where the content is, the first to be tried first.
func (f File) Addresses() []string { return append([]string{f.URL}, f.Others...) }

// Thumbnail is a small picture (XEP-0264 §3.1).
type Thumbnail struct {
	URI, Type     string
	Width, Height int
}

// fileElement describes a file in the namespace of XEP-0446.
func fileElement(f File) *stanza.Element {
	e := stanza.New(nsFile, "file")
	add := func(name, value string) {
		if value != "" {
			e.Add(stanza.Text("", name, value))
		}
	}
	add("media-type", f.Type)
	add("name", f.Name)
	add("size", known(f.Size))
	add("width", known(int64(f.Width)))
	add("height", known(int64(f.Height)))
	add("desc", f.Description)
	if len(f.SHA256) > 0 {
		e.Add(stanza.Text(nsHashes, "hash", base64.StdEncoding.EncodeToString(f.SHA256)).Set("algo", "sha-256"))
	}
	if t := f.Thumbnail; t != nil {
		e.Add(stanza.New(nsThumbs, "thumbnail", "uri", t.URI, "media-type", t.Type, "width", known(int64(t.Width)), "height", known(int64(t.Height))))
	}
	return e
}

// parseFile reads a description in the namespace of XEP-0446 or XEP-0234, which have the same names for what we need. What cannot
// be understood is taken for unknown: the content itself tells later.
func parseFile(e *stanza.Element) File {
	if e == nil {
		return File{}
	}
	text := func(name string) string { return trim(e.Child(e.Space, name).Text()) }
	f := File{Name: text("name"), Type: text("media-type"), Description: text("desc"),
		Size: positive(text("size")), Width: int(positive(text("width"))), Height: int(positive(text("height")))}
	if width, height, ok := strings.Cut(text("dimensions"), "x"); ok && f.Width == 0 { // before version 0.2 of XEP-0446
		f.Width, f.Height = int(positive(width)), int(positive(height))
	}
	for _, c := range e.Children() {
		if !c.Is(nsHashes, "hash") || c.Attr("algo") != "sha-256" {
			continue
		}
		if sum, err := base64.StdEncoding.DecodeString(trim(c.Text())); err == nil && len(sum) == sha256.Size {
			f.SHA256 = sum
		}
	}
	return f
}

// known writes what is known, and nothing for what is not.
func known(n int64) string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// positive reads a number, 0 where it is none, negative or beyond what a picture or a file can have.
func positive(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 53)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func trim(text string) string { return strings.TrimSpace(text) }
