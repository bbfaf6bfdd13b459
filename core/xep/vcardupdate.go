package xep

import "isthmus/core/stanza"

// PictureUpdate tells in a presence which picture someone has: by the SHA-1 of it in hexadecimal, empty for none (XEP-0153 §4.1).
func PictureUpdate(hash string) *stanza.Element {
	return stanza.New("vcard-temp:x:update", "x").Add(stanza.Text("", "photo", hash))
}
