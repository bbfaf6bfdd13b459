package xep

import (
	"testing"

	"isthmus/core/stanza"
)

func TestAPresenceTellsOfAPicture(t *testing.T) {
	rendered(t, PictureUpdate("abc"), `<x xmlns='vcard-temp:x:update'><photo>abc</photo></x>`)
	rendered(t, PictureUpdate(""), `<x xmlns='vcard-temp:x:update'><photo/></x>`)
}

func TestWhatAPresenceTellsOfAPictureIsRead(t *testing.T) {
	for _, c := range []struct {
		says *stanza.Element
		hash string
		told bool
	}{{PictureUpdate("abc"), "abc", true}, {PictureUpdate(""), "", true}, {stanza.New("vcard-temp:x:update", "x"), "", false}, {stanza.New("", "priority"), "", false}} {
		if hash, told := ParsePictureUpdate(&stanza.Stanza{Payload: stanza.Parse(c.says.Append(nil))}); hash != c.hash || told != c.told {
			t.Errorf("%s tells %q, %t", c.says.Append(nil), hash, told)
		}
	}
}
