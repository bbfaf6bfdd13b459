package xep

import (
	"fmt"
	"testing"
)

func TestMentionsNameWhoTheyMean(t *testing.T) {
	rendered(t, Mention{0, 4, roomJID.WithResource("bob")}.Element(),
		`<reference xmlns='urn:xmpp:reference:0' type='mention' begin='0' end='4' uri='xmpp:%23go%25irc.net@gw.example/bob'/>`)
	got := Mentions(read(t, `<message><reference xmlns='urn:xmpp:reference:0' type='mention' begin='0' end='4' uri='xmpp:%23go%25irc.net@gw.example/bob'/>`+
		`<reference xmlns='urn:xmpp:reference:0' type='data' uri='xmpp:x@y'/><reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:@'/>`+
		`<reference xmlns='urn:xmpp:reference:0' type='mention' uri='xmpp:carol@example.org?message'/></message>`))
	if fmt.Sprint(got) != "[#go%irc.net@gw.example/bob carol@example.org]" {
		t.Errorf("%v", got)
	}
}
