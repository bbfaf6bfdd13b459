package xep

import "testing"

func TestTheBodyOfAStickerOnlyStandsForIt(t *testing.T) {
	rendered(t, Sticker(), `<sticker xmlns='urn:xmpp:stickers:0'/>`)
	s := read(t, `<message><body>😘</body><sticker xmlns='urn:xmpp:stickers:0' pack='p1'/>`+catSFS+`</message>`)
	if got := ParseShared(s, "😘"); got.Text != "" || len(got.Files) != 1 || got.Links("😘") != "😘\n"+catURL {
		t.Errorf("%+v", got)
	}
	if got := ParseShared(read(t, `<message><body>😘</body><sticker xmlns='urn:xmpp:stickers:0' pack='p1'/></message>`), "😘"); got.Text != "😘" {
		t.Errorf("without its picture: %+v", got)
	}
	if len(Context(s)) != 1 {
		t.Error("that it is a sticker is not told to the sender's other clients")
	}
}
