package xep

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"sync"

	"isthmus/core/stanza"
)

const nsOccupantID = "urn:xmpp:occupant-id:0"

// OccupantKey makes occupant-ids by a secret. It may be used by many at a time.
type OccupantKey struct{ scratch sync.Pool }

// occupantScratch is what making an id needs: to key a hash anew for each would cost more than the hash itself.
type occupantScratch struct {
	hash    hash.Hash
	in, sum []byte
}

// NewOccupantKey takes the secret.
func NewOccupantKey(secret []byte) *OccupantKey {
	return &OccupantKey{sync.Pool{New: func() any { return &occupantScratch{hash: hmac.New(sha256.New, secret)} }}}
}

// ID makes the id of a person in a room: the same for one identity in one room, and nothing that a stranger could turn back
// (XEP-0421 §4).
func (k *OccupantKey) ID(room, identity string) string {
	s := k.scratch.Get().(*occupantScratch)
	defer k.scratch.Put(s)
	s.in = append(append(append(s.in[:0], room...), 0), identity...)
	s.hash.Reset()
	s.hash.Write(s.in)
	s.sum = s.hash.Sum(s.sum[:0])
	return base64.RawURLEncoding.EncodeToString(s.sum[:18])
}

// Occupant is the element that carries it (XEP-0421 §4.1).
func Occupant(id string) *stanza.Element { return stanza.New(nsOccupantID, "occupant-id", "id", id) }
