package xep

import "isthmus/core/stanza"

// PictureUpdate tells in a presence which picture someone has: by the SHA-1 of it in hexadecimal, empty for none (XEP-0153 §4.1).
func PictureUpdate(hash string) *stanza.Element {
	return stanza.New("vcard-temp:x:update", "x").Add(stanza.Text("", "photo", hash))
}

// ParsePictureUpdate reads it. told is false where a presence says nothing of a picture (XEP-0153 §4.1).
func ParsePictureUpdate(s *stanza.Stanza) (hash string, told bool) {
	photo := s.Child("vcard-temp:x:update", "x").Child("vcard-temp:x:update", "photo")
	return photo.Text(), photo != nil
}
