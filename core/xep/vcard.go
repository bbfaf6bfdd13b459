package xep

import (
	"encoding/base64"

	"isthmus/core/stanza"
)

const nsVCard = "vcard-temp"

// IsVCard finds a request for a vCard (XEP-0054 §3.1).
func IsVCard(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Type == "get" && s.Child(nsVCard, "vCard") != nil
}

// VCard is its answer: a name, a description and a picture in PNG.
func VCard(name, description string, png []byte) *stanza.Element {
	card := stanza.New(nsVCard, "vCard").Add(stanza.Text("", "FN", name), stanza.Text("", "NICKNAME", name), stanza.Text("", "DESC", description))
	return card.Add(stanza.New("", "PHOTO").Add(stanza.Text("", "TYPE", "image/png"),
		stanza.Text("", "BINVAL", base64.StdEncoding.EncodeToString(png))))
}
