package xep

import "testing"

func TestANicknameGoesWithARequest(t *testing.T) {
	rendered(t, Nickname("Bob"), `<nick xmlns='http://jabber.org/protocol/nick'>Bob</nick>`)
	if Nickname("") != nil {
		t.Error("an empty name is a name")
	}
}
