package xep

import (
	"crypto/sha1" //nolint:gosec // XEP-0231 §2.1 names bits by it; nothing secret depends on it
	"encoding/base64"
	"encoding/hex"
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
	return bitHash(data.Attr("cid")), true
}

// bitHash is the SHA-1 that a bit is named by, in hexadecimal; empty for any other name.
func bitHash(name string) string {
	rest, named := strings.CutPrefix(strings.ToLower(name), "sha1+")
	hash, isBit := strings.CutSuffix(rest, "@bob.xmpp.org")
	if !named || !isBit {
		return ""
	}
	return hash
}

// BitRequest asks a client for a bit (XEP-0231 §2.2).
func BitRequest(hash string) *stanza.Element { return stanza.New(nsBits, "data", "cid", BitName(hash)) }

// ParseBit reads the answer to it; ok is false where it has none, or one of other bytes.
func ParseBit(answer *stanza.Stanza, hash string) (content []byte, ok bool) {
	data := answer.Child(nsBits, "data")
	if data == nil || answer.Type != "result" {
		return nil, false
	}
	content, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data.Text()), ""))
	sum := sha1.Sum(content) //nolint:gosec // as in its name
	return content, err == nil && hex.EncodeToString(sum[:]) == hash
}

// Bit is the answer to that request.
func Bit(hash, mediaType string, content []byte) *stanza.Element {
	return stanza.New(nsBits, "data", "cid", BitName(hash), "type", mediaType, "max-age", bitsAge).AddText(base64.StdEncoding.EncodeToString(content))
}
