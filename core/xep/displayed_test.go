package xep

import (
	"strings"
	"testing"
)

func TestHowFarARoomWasReadIsPublishedForItsReader(t *testing.T) {
	got := string(DisplayedSync(roomJID, "s1").Append(nil))
	for _, want := range []string{`<publish node='urn:xmpp:mds:displayed:0'><item id='#go%irc.net@gw.example'>`, `<stanza-id xmlns='urn:xmpp:sid:0' by='#go%irc.net@gw.example' id='s1'/>`, `<value>whitelist</value>`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in %s", want, got)
		}
	}
}
