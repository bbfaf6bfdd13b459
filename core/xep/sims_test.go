package xep

import "testing"

func sims(source string) string {
	return `<message><reference xmlns='urn:xmpp:reference:0' begin='0' end='3' type='data'><media-sharing xmlns='urn:xmpp:sims:1'>
		<file xmlns='urn:xmpp:jingle:apps:file-transfer:5'><media-type>image/png</media-type><name>cat.png</name><size>7</size></file>
		<sources><reference xmlns='urn:xmpp:reference:0' type='data' uri='` + source + `'/></sources></media-sharing></reference></message>`
}

func TestMediaOfTheOlderKindIsRead(t *testing.T) {
	got := ParseShared(read(t, sims("https://x.example/c")), "a cat")
	if len(got.Files) != 1 || got.Files[0].Name != "cat.png" || got.Files[0].Type != "image/png" || got.Files[0].Size != 7 || got.Text != "a cat" {
		t.Errorf("%+v", got)
	}
}

func TestAFileThatOnlyTheSendersClientHasIsUnreachable(t *testing.T) {
	got := ParseShared(read(t, sims("xmpp:a@b/c?jingle;id=1")), "")
	if !got.Unreachable || len(got.Files) != 0 {
		t.Errorf("%+v", got)
	}
}
