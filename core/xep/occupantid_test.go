package xep

import "testing"

func TestOccupantIDsStayAndTellNothing(t *testing.T) {
	key := []byte("secret")
	id := NewOccupantKey(key).ID(roomJID.String(), "alice!a@host")
	if id != NewOccupantKey(key).ID(roomJID.String(), "alice!a@host") {
		t.Error("one identity has two ids")
	}
	for what, other := range map[string]string{
		"another identity": NewOccupantKey(key).ID(roomJID.String(), "bob!b@host"),
		"another room":     NewOccupantKey(key).ID("#rust%irc.net@gw.example", "alice!a@host"),
		"another gateway":  NewOccupantKey([]byte("other")).ID(roomJID.String(), "alice!a@host"),
		"a shifted border": NewOccupantKey(key).ID(roomJID.String()+"a", "lice!a@host"),
	} {
		if other == id {
			t.Errorf("%s has the same id", what)
		}
	}
	if len(id) != 24 {
		t.Errorf("%q has %d characters", id, len(id))
	}
	rendered(t, Occupant("x"), `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='x'/>`)
}
