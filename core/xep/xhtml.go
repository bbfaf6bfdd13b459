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
	body := s.Child(NSXHTML, "html").Child(nsXHTMLBody, "body")
	var pictures []*stanza.Element
	words := ""
	var look func(*stanza.Element)
	look = func(e *stanza.Element) {
		if e.Is(nsXHTMLBody, "img") {
			pictures = append(pictures, e)
		}
		words += e.Text()
		for _, c := range e.Children() {
			look(c)
		}
	}
	if body != nil {
		look(body)
	}
	if len(pictures) != 1 || trim(words) != "" || pictures[0].Attr("alt") == trim(s.ChildText("", "body")) {
		return ""
	}
	name, isBit := strings.CutPrefix(pictures[0].Attr("src"), "cid:")
	if !isBit {
		return ""
	}
	return bitHash(name)
}
