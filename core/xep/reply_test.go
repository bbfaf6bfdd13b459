package xep

import (
	"testing"

	"isthmus/core/stanza"
)

func TestAReplyNamesItsMessageAndItsQuotationCanBeLeftOut(t *testing.T) {
	s := read(t, `<message><body>&gt; you said
yes</body><reply xmlns='urn:xmpp:reply:0' id='s1' to='x@y'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='11'/></fallback></message>`)
	if RepliesTo(s) != "s1" {
		t.Errorf("%q", RepliesTo(s))
	}
	if got := WithoutQuotation(s, s.ChildText("", "body")); got != "yes" {
		t.Errorf("%q", got)
	}
	rendered(t, Reply("s1", roomJID.WithResource("bob")), `<reply xmlns='urn:xmpp:reply:0' id='s1' to='#go%irc.net@gw.example/bob'/>`)
	rendered(t, Reply("s1", stanza.JID{}), `<reply xmlns='urn:xmpp:reply:0' id='s1'/>`)
	rendered(t, ReplyFallback(11), `<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='11'/></fallback>`)
}
