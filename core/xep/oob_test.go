package xep

import "testing"

func TestAnAddressIsGivenOutOfBand(t *testing.T) {
	rendered(t, OutOfBand("https://x.example/a?b&c"), `<x xmlns='jabber:x:oob'><url>https://x.example/a?b&amp;c</url></x>`)
}

func TestAddressesOutOfBandAreReadEachOnce(t *testing.T) {
	s := read(t, `<message><x xmlns='jabber:x:oob'><url> https://x.example/a.jpg </url><desc>a cat</desc></x><x xmlns='jabber:x:oob'><url/></x><x xmlns='jabber:x:data'/>
		<x xmlns='jabber:x:oob'><url>https://x.example/b.jpg</url></x><x xmlns='jabber:x:oob'><url>https://x.example/a.jpg</url></x></message>`)
	got := ParseShared(s, "")
	if len(got.Files) != 2 || got.Files[0].URL != "https://x.example/a.jpg" || got.Files[0].Description != "a cat" || got.Files[1].Name != "b.jpg" || len(got.Elements) != 3 {
		t.Errorf("%+v", got)
	}
}
