package xep

import "testing"

func TestAPresenceTellsOfAPicture(t *testing.T) {
	rendered(t, PictureUpdate("abc"), `<x xmlns='vcard-temp:x:update'><photo>abc</photo></x>`)
	rendered(t, PictureUpdate(""), `<x xmlns='vcard-temp:x:update'><photo/></x>`)
}
