package xep

import "testing"

func TestARequestForAttentionIsKnown(t *testing.T) {
	if !WantsAttention(read(t, `<message type='headline'><attention xmlns='urn:xmpp:attention:0'/></message>`)) {
		t.Error("it is not seen")
	}
	if WantsAttention(read(t, `<message><body>hey</body></message>`)) {
		t.Error("it is seen where there is none")
	}
}
