package xep

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"isthmus/core/stanza"
)

const nsOccupantID = "urn:xmpp:occupant-id:0"

// OccupantID makes the id of a person in a room: the same for one identity in one room, and nothing that a stranger could turn back
// (XEP-0421 §4).
func OccupantID(key []byte, room, identity string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(room))
	h.Write([]byte{0})
	h.Write([]byte(identity))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}

// Occupant is the element that carries it (XEP-0421 §4.1).
func Occupant(id string) *stanza.Element { return stanza.New(nsOccupantID, "occupant-id", "id", id) }
