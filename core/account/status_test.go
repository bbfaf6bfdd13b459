package account

import (
	"context"
	"testing"
)

func TestAnAccountTellsHowItStandsAndCanBeDisconnected(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		s, ok := w.account.Status(context.Background())
		if !ok || s.Nick != "alice" || s.Says != "connected" || len(s.Rooms) != 1 || s.Rooms[0].Name != "#go" || len(s.Rooms[0].Resources) != 1 {
			t.Errorf("it stands as %+v", s)
		}
		w.account.Disconnect("The operator wants it so.")
		w.expect("phone: alice is gone 333 110 (The operator wants it so.)")
		w.expectCommands("goodbye")
		if _, ok := w.account.Status(context.Background()); ok {
			t.Error("it has not ended")
		}
	})
}
