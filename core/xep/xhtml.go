package xep

import "isthmus/core/stanza"

const nsXHTML = "http://jabber.org/protocol/xhtml-im"

// XHTML is a message in XHTML (XEP-0071 §7), for what a body cannot say; inside is the rendered content of its body.
func XHTML(inside string) *stanza.Element {
	return stanza.New(nsXHTML, "html").Add(stanza.New("http://www.w3.org/1999/xhtml", "body").AddRaw([]byte(inside)))
}
