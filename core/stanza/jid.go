package stanza

import (
	"errors"
	"strings"

	"mellium.im/xmpp/jid"
)

// maxPart is the longest part of a JID in bytes (RFC 7622 §3.2-3.4).
const maxPart = 1023

var errJID = errors.New("not a JID (RFC 7622 §3.1)")

// JID is an XMPP address (RFC 7622) in the form in which addresses are compared: the zero value stands for none.
type JID struct{ Local, Domain, Resource string }

// ParseJID splits an address and folds its localpart and domain. ASCII, nearly all of the traffic, takes a path without
// tables; other addresses are normalised by PRECIS, and where that refuses what a server let through (♥@example.org) they
// are taken as they are: the server in front of us decides what an address is, and no address may end the stream.
func ParseJID(s string) (JID, error) {
	var j JID
	bare := s
	if i := strings.IndexByte(s, '/'); i >= 0 {
		bare, j.Resource = s[:i], s[i+1:]
		if j.Resource == "" {
			return JID{}, errJID
		}
	}
	j.Domain = bare
	if i := strings.IndexByte(bare, '@'); i >= 0 {
		j.Local, j.Domain = bare[:i], bare[i+1:]
		if j.Local == "" {
			return JID{}, errJID
		}
	}
	if j.Domain == "" || strings.IndexByte(j.Domain, '@') >= 0 ||
		len(j.Local) > maxPart || len(j.Domain) > maxPart || len(j.Resource) > maxPart {
		return JID{}, errJID
	}
	if !isASCII(bare) {
		if p, err := jid.Parse(bare); err == nil {
			j.Local, j.Domain = p.Localpart(), p.Domainpart()
			return j, nil
		}
	}
	j.Local, j.Domain = strings.ToLower(j.Local), strings.ToLower(j.Domain)
	return j, nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Bare is the address without its resource.
func (j JID) Bare() JID { return JID{Local: j.Local, Domain: j.Domain} }

// WithResource is the address with another resource.
func (j JID) WithResource(resource string) JID {
	return JID{Local: j.Local, Domain: j.Domain, Resource: resource}
}

// IsZero tells whether there is no address.
func (j JID) IsZero() bool { return j == JID{} }

// String is the address as it stands in a stanza, not yet escaped for XML.
func (j JID) String() string {
	switch {
	case j.Local == "" && j.Resource == "":
		return j.Domain
	case j.Local == "":
		return j.Domain + "/" + j.Resource
	case j.Resource == "":
		return j.Local + "@" + j.Domain
	}
	return j.Local + "@" + j.Domain + "/" + j.Resource
}

func (j JID) appendXML(dst []byte) []byte {
	if j.Local != "" {
		dst = append(appendEscaped(dst, j.Local), '@')
	}
	dst = appendEscaped(dst, j.Domain)
	if j.Resource != "" {
		dst = appendEscaped(append(dst, '/'), j.Resource)
	}
	return dst
}
