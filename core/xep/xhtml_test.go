package xep

import "testing"

func TestAMessageInXHTML(t *testing.T) {
	rendered(t, XHTML("<p>hi <img alt=':e:' src='cid:x'/></p>"),
		`<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><p>hi <img alt=':e:' src='cid:x'/></p></body></html>`)
}

func TestAStickerInXHTMLIsKnown(t *testing.T) {
	const head, foot = `<message><body>A sticker was sent</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>`, `</body></html></message>`
	const img = `<img src='cid:sha1+8f@bob.xmpp.org' alt='Sticker'/>`
	for inside, want := range map[string]string{
		`<p>` + img + `</p>`:                      "8f",
		`<p>see ` + img + `</p>`:                  "",
		`<p>` + img + img + `</p>`:                "",
		`<p><img src='https://x.example/a'/></p>`: "",
		`<p><img src='cid:sha1+8f@bob.xmpp.org' alt='A sticker was sent'/></p>`: "", // an emoji with its name
		``: "",
	} {
		if got := PictureAlone(read(t, head+inside+foot)); got != want {
			t.Errorf("%s: %q", inside, got)
		}
	}
	if got := PictureAlone(read(t, `<message><body>hi</body></message>`)); got != "" {
		t.Error(got)
	}
}
