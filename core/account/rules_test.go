package account

import (
	"context"
	"testing"
	"testing/synctest"

	"isthmus/transports"
)

func TestAnOwnerMayChangeARoomWhereTheNetworkCan(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		asks := func() RoomRules {
			t.Helper()
			rules, err := w.account.RoomRules(t.Context(), "#go")
			if err != nil {
				t.Fatal(err)
			}
			return rules
		}
		w.sends(join("phone", "alice"))
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.RoomNames | transports.RoomRules}})
		state := state("alice", "dora")
		state.Name, state.Rules = "Go", transports.Rules{Moderated: true}
		w.emits(state)
		if got := asks(); got.MayRename || got.MayRule || got.Name != "Go" || !got.Rules.Moderated {
			t.Errorf("who does not own the room is told %+v", got)
		}
		state.Members[0].Affiliation = transports.Owner
		w.emits(state)
		if got := asks(); !got.MayRename || !got.MayRule {
			t.Errorf("the owner is told %+v", got)
		}
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.RoomNames}})
		if got := asks(); !got.MayRename || got.MayRule {
			t.Errorf("where the network has no rules, the owner is told %+v", got)
		}
		w.forget()
		if err := w.account.ChangeRoom(t.Context(), transports.SetRoomName{Room: "#go", Name: "Golang"}); err != nil {
			t.Error(err)
		}
		if err := w.account.ChangeRoom(t.Context(), transports.SetRules{Room: "#go"}); transports.AsFault(err).Kind != transports.Unsupported {
			t.Errorf("what the network cannot do ended with %v", err)
		}
		w.expectCommands("transports.SetRoomName #go")
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		synctest.Wait()
		if _, err := w.account.RoomRules(ended, "#go"); err != nil && transports.AsFault(err).Kind != transports.Offline {
			t.Errorf("a question that was given up ended with %v", err)
		}
	})
}
