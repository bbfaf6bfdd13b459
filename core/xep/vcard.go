package xep

import (
	"encoding/base64"
	"strings"

	"isthmus/core/stanza"
)

const nsVCard = "vcard-temp"

// Card is what is told of someone, in either form of vCard. Each part may be empty.
type Card struct {
	FullName, Nick, Title, Note, TimeZone, Email, Phone, Organisation, Department string
	URLs                                                                          []string
	// Picture is an image of the media type PictureType.
	Picture     []byte
	PictureType string
}

// IsVCard finds a request for a vCard (XEP-0054 §3.1).
func IsVCard(s *stanza.Stanza) bool {
	return s.Kind == stanza.IQ && s.Type == "get" && s.Child(nsVCard, "vCard") != nil
}

// VCardRequest asks for a person's vCard (XEP-0054 §3.2).
func VCardRequest(from, of stanza.JID) *stanza.Stanza {
	return (&stanza.Stanza{Kind: stanza.IQ, Type: "get", From: from, To: of.Bare()}).Add(stanza.New(nsVCard, "vCard"))
}

// ParsePhoto is the picture in the answer to that, empty where there is none.
func ParsePhoto(s *stanza.Stanza) []byte {
	if s == nil || s.Type != "result" {
		return nil
	}
	text := s.Child(nsVCard, "vCard").Child(nsVCard, "PHOTO").Child(nsVCard, "BINVAL").Text()
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil
	}
	return data
}

// VCard is its answer: a name, a description and a picture in PNG.
func VCard(name, description string, png []byte) *stanza.Element {
	return Card{FullName: name, Nick: name, Note: description, Picture: png, PictureType: "image/png"}.Temp()
}

// Temp is the card as a vcard-temp (XEP-0054 §3.1, and its DTD for the order of the parts).
func (c Card) Temp() *stanza.Element {
	card := stanza.New(nsVCard, "vCard")
	c.text(card, "FN", c.FullName)
	c.text(card, "NICKNAME", c.Nick)
	if len(c.Picture) > 0 {
		card.Add(stanza.New("", "PHOTO").Add(stanza.Text("", "TYPE", c.PictureType), stanza.Text("", "BINVAL", base64.StdEncoding.EncodeToString(c.Picture))))
	}
	if c.Phone != "" {
		card.Add(stanza.New("", "TEL").Add(stanza.New("", "VOICE"), stanza.Text("", "NUMBER", c.Phone)))
	}
	if c.Email != "" {
		card.Add(stanza.New("", "EMAIL").Add(stanza.New("", "INTERNET"), stanza.Text("", "USERID", c.Email)))
	}
	c.text(card, "TZ", c.TimeZone)
	c.text(card, "TITLE", c.Title)
	if c.Organisation != "" || c.Department != "" {
		org := stanza.New("", "ORG").Add(stanza.Text("", "ORGNAME", c.Organisation))
		c.text(org, "ORGUNIT", c.Department)
		card.Add(org)
	}
	c.text(card, "URL", strings.Join(c.URLs[:min(1, len(c.URLs))], ""))
	c.text(card, "DESC", c.Note)
	return card
}

func (Card) text(to *stanza.Element, name, text string) {
	if text != "" {
		to.Add(stanza.Text("", name, text))
	}
}
