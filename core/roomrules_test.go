package core

import (
	"slices"
	"testing"

	"isthmus/core/account"
	"isthmus/core/xep"
	"isthmus/transports"
)

func TestOnlyWhatAnOwnerHasChangedIsAskedOfTheNetwork(t *testing.T) {
	now := account.RoomRules{Name: "Lobby", Rules: transports.Rules{Hidden: true}, MayRename: true, MayRule: true}
	for name, c := range map[string]struct {
		answers xep.Answers
		want    []transports.Command
	}{
		"nothing":       {xep.Answers{}, nil},
		"the same":      {xep.Answers{roomName: {"Lobby"}, roomPublic: {"0"}, roomModerated: {"false"}, roomSecret: {""}}, nil},
		"the name":      {xep.Answers{roomName: {"Hall"}}, []transports.Command{transports.SetRoomName{Room: "#a", Name: "Hall"}}},
		"a rule":        {xep.Answers{roomModerated: {"1"}}, []transports.Command{transports.SetRules{Room: "#a", Rules: transports.Rules{Moderated: true, Hidden: true}}}},
		"a password":    {xep.Answers{roomLocked: {"true"}, roomSecret: {"sesame"}}, []transports.Command{transports.SetRules{Room: "#a", Rules: transports.Rules{Hidden: true, Locked: true}, Password: "sesame"}}},
		"a useless one": {xep.Answers{roomSecret: {"sesame"}}, nil},
		"listed again":  {xep.Answers{roomPublic: {"1"}}, []transports.Command{transports.SetRules{Room: "#a"}}},
		"members only":  {xep.Answers{roomMembers: {"1"}}, []transports.Command{transports.SetRules{Room: "#a", Rules: transports.Rules{MembersOnly: true, Hidden: true}}}},
	} {
		if got := changesOf("#a", now, c.answers); !slices.Equal(got, c.want) {
			t.Errorf("%s: asked for %+v, want %+v", name, got, c.want)
		}
	}
	if got := changesOf("#a", account.RoomRules{Name: "Lobby"}, xep.Answers{roomName: {"Hall"}, roomModerated: {"1"}}); len(got) != 0 {
		t.Errorf("who may change nothing asked for %+v", got)
	}
}

func TestAnOwnerIsAskedForWhatTheNetworkCanChange(t *testing.T) {
	if fields := ruleFields(account.RoomRules{MayRename: true}); len(fields) != 1 || fields[0].Name != roomName {
		t.Errorf("the fields are %+v", fields)
	}
	if fields := ruleFields(account.RoomRules{MayRule: true}); len(fields) != 5 || fields[4].Kind != xep.Secret {
		t.Errorf("the fields are %+v", fields)
	}
}
