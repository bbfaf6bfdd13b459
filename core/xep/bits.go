package xep

import (
	"encoding/base64"
	"strings"

	"isthmus/core/stanza"
)

const (
	nsBits = "urn:xmpp:bob"
	// bitsAge is for how many seconds clients may keep a bit: its name stands for its content.
	bitsAge = "2592000"
)

// BitName names a small picture by the SHA-1 of its bytes in hexadecimal (XEP-0231 §2.1, §2.3).
func BitName(hash string) string { return "sha1+" + hash + "@bob.xmpp.org" }

// ParseBitRequest finds a request for a bit (XEP-0231 §2.2), by the SHA-1 of its content; the hash is empty where it is named in a way that nothing here is.
func ParseBitRequest(s *stanza.Stanza) (hash string, ok bool) {
	data := s.Child(nsBits, "data")
	if s.Kind != stanza.IQ || s.Type != "get" || data == nil {
		return "", false
	}
	rest, named := strings.CutPrefix(strings.ToLower(data.Attr("cid")), "sha1+")
	hash, isBit := strings.CutSuffix(rest, "@bob.xmpp.org")
	if !named || !isBit {
		return "", true
	}
	return hash, true
}

// Bit is the answer to that request.
func Bit(hash, mediaType string, content []byte) *stanza.Element {
	return stanza.New(nsBits, "data", "cid", BitName(hash), "type", mediaType, "max-age", bitsAge).AddText(base64.StdEncoding.EncodeToString(content))
}
