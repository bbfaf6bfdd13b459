package xep

import (
	"strings"
	"testing"
)

func TestThePictureOfAnEmojiIsNoFile(t *testing.T) {
	const hash = `<hash xmlns='urn:xmpp:hashes:2' algo='sha3-256'>ENey</hash>`
	const markup = `<markup xmlns='urn:xmpp:markup:0'><span start='4' end='11'><emoji xmlns='urn:xmpp:markup:emoji:0' name='party'>` + hash + `</emoji></span></markup>`
	picture := strings.Replace(catSFS, "<name>", hash+"<name>", 1)
	s := read(t, `<message><body>yes :party:</body>`+markup+picture+`</message>`)
	got := ParseShared(s, "yes :party:")
	if len(got.Files) != 0 || got.Text != "yes :party:" || len(got.Elements) != 1 || got.Unreachable {
		t.Errorf("%+v", got)
	}
	if len(Context(s)) != 1 {
		t.Error("where the emoji stand is not told to the sender's other clients")
	}
	if got := ParseShared(read(t, `<message><body>yes</body>`+picture+`</message>`), "yes"); len(got.Files) != 1 {
		t.Errorf("a file that is none: %+v", got)
	}
}
