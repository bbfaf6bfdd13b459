package xep

import (
	"strings"

	"isthmus/core/stanza"
)

const (
	nsSFS     = "urn:xmpp:sfs:0"
	nsURLData = "http://jabber.org/protocol/url-data"
	nsESFS    = "urn:xmpp:esfs:0"
)

// FileSharing shares a file at an address (XEP-0447 §3.1, XEP-0103): a picture, film or sound to be shown where the message stands, anything else to be fetched on demand.
func FileSharing(f File) *stanza.Element {
	disposition := "attachment"
	if kind, _, _ := strings.Cut(f.Type, "/"); kind == "image" || kind == "video" || kind == "audio" {
		disposition = "inline"
	}
	return stanza.New(nsSFS, "file-sharing", "disposition", disposition).Add(fileElement(f),
		stanza.New("", "sources").Add(stanza.New(nsURLData, "url-data", "target", f.URL)))
}

// maxSources bounds the addresses of a file that are tried.
const maxSources = 5

// from takes the addresses of a file's sources: those of HTTP in their order, the secure ones first (XEP-0447 §3.2). Where there is none of
// HTTP, the first of any kind tells what kind that is.
func (f *File) from(addresses []string) {
	var secure, plain []string
	for _, address := range addresses {
		if u, ok := webAddress(address); ok && u.Scheme == "https" {
			secure = append(secure, address)
		} else if ok {
			plain = append(plain, address)
		}
	}
	switch all := append(secure, plain...); {
	case len(all) > 1:
		f.URL, f.Others = all[0], all[1:min(len(all), maxSources)]
	case len(all) == 1:
		f.URL = all[0]
	case len(addresses) > 0:
		f.URL = addresses[0]
	}
}

// parseFileSharing reads what a message shares. A file without an address that can be fetched has an empty URL; sealed tells that one
// is encrypted (XEP-0448 §3). The pictures of emoji are left out.
func parseFileSharing(s *stanza.Stanza, emoji map[[2]string]bool) (files []File, elements []*stanza.Element, sealed bool) {
	for _, e := range s.Payload {
		if !e.Is(nsSFS, "file-sharing") || isEmoji(e.Child(nsFile, "file"), emoji) {
			continue
		}
		f := parseFile(e.Child(nsFile, "file"))
		sources := e.Child(nsSFS, "sources")
		var targets []string
		for _, source := range sources.Children() {
			if source.Is(nsURLData, "url-data") {
				targets = append(targets, trim(source.Attr("target")))
			}
		}
		f.from(targets)
		sealed = sealed || f.URL == "" && sources.Child(nsESFS, "encrypted") != nil
		files, elements = append(files, f), append(elements, e)
	}
	return files, elements, sealed
}
