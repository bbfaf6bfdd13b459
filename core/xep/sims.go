package xep

import (
	"strings"

	"isthmus/core/stanza"
)

const nsReference = "urn:xmpp:reference:0"

// The namespaces that clients use for XEP-0385 and for its description of a file: that of the published text, and its predecessor.
var (
	nsSIMS         = [...]string{"urn:xmpp:sims:1", "urn:xmpp:sims:2"}
	nsFileTransfer = [...]string{"urn:xmpp:jingle:apps:file-transfer:5", "urn:xmpp:jingle:apps:file-transfer:4"}
)

// parseMediaSharing reads what a message shares in the older way (XEP-0385 §4.1). A file without an address that can be fetched has an empty URL.
func parseMediaSharing(s *stanza.Stanza) (files []File, elements []*stanza.Element) {
	for _, reference := range s.Payload {
		if !reference.Is(nsReference, "reference") {
			continue
		}
		for _, space := range nsSIMS {
			sharing := reference.Child(space, "media-sharing")
			if sharing == nil {
				continue
			}
			var f File
			for _, version := range nsFileTransfer {
				if described := sharing.Child(version, "file"); described != nil {
					f = parseFile(described)
					break
				}
			}
			var targets []string
			for _, source := range sharing.Child(space, "sources").Children() {
				if uri := trim(source.Attr("uri")); source.Is(nsReference, "reference") && !strings.HasPrefix(uri, "xmpp:") {
					targets = append(targets, uri)
				}
			}
			f.from(targets)
			files, elements = append(files, f), append(elements, reference)
		}
	}
	return files, elements
}
