package xep

import "testing"

func TestIDsOfMessages(t *testing.T) {
	rendered(t, StanzaID(roomJID, "x"), `<stanza-id xmlns='urn:xmpp:sid:0' by='#go%irc.net@gw.example' id='x'/>`)
	s := read(t, `<message><stanza-id xmlns='urn:xmpp:sid:0' by='#go%irc.net@gw.example' id='forged'/><origin-id xmlns='urn:xmpp:sid:0' id='mine'/></message>`)
	rendered(t, OriginID(s), `<origin-id xmlns='urn:xmpp:sid:0' id='mine'/>`)
	if OriginID(read(t, `<message><origin-id xmlns='urn:other' id='mine'/></message>`)) != nil {
		t.Error("an origin-id of another namespace was taken")
	}
}
