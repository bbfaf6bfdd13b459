package xep

import (
	"strings"

	"isthmus/core/stanza"
)

// NSXHTML is the namespace of messages in XHTML.
const NSXHTML = "http://jabber.org/protocol/xhtml-im"

const nsXHTMLBody = "http://www.w3.org/1999/xhtml"

// XHTML is a message in XHTML (XEP-0071 §7), for what a body cannot say; inside is the rendered content of its body.
func XHTML(inside string) *stanza.Element {
	return stanza.New(NSXHTML, "html").Add(stanza.New(nsXHTMLBody, "body").AddRaw([]byte(inside)))
}

// PictureAlone is the small picture that a message in XHTML consists of, by the SHA-1 of its content (XEP-0231 §3.1): clients send stickers so. It is empty for any other message,
// and for one whose body is the picture's name.
func PictureAlone(s *stanza.Stanza) (hash string) {
	picture, alone := onlyPicture(s.Child(NSXHTML, "html").Child(nsXHTMLBody, "body"))
	if !alone || picture == nil || picture.Attr("alt") == trim(s.ChildText("", "body")) {
		return ""
	}
	name, isBit := strings.CutPrefix(picture.Attr("src"), "cid:")
	if !isBit {
		return ""
	}
	return bitHash(name)
}

// onlyPicture is the picture within an element, nil for none; alone is false where there is a word or another picture beside it.
func onlyPicture(e *stanza.Element) (picture *stanza.Element, alone bool) {
	if trim(e.Text()) != "" {
		return nil, false
	}
	if e != nil && e.Is(nsXHTMLBody, "img") {
		picture = e
	}
	for _, c := range e.Children() {
		within, alone := onlyPicture(c)
		if !alone || within != nil && picture != nil {
			return nil, false
		}
		if within != nil {
			picture = within
		}
	}
	return picture, true
}
