package xep

import "testing"

func TestAMessageInXHTML(t *testing.T) {
	rendered(t, XHTML("<p>hi <img alt=':e:' src='cid:x'/></p>"),
		`<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><p>hi <img alt=':e:' src='cid:x'/></p></body></html>`)
}
