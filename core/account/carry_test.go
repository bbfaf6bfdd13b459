package account

import (
	"context"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

func TestWhatAnAccountHasBegunForARelayIsNotTakenForUndone(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.holds()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		send := transports.Send{Place: transports.InRoom("#go"), Text: text.Plain("hello")}
		if _, err := w.account.Carry(ctx, send); transports.AsFault(err).Kind != transports.UnknownOutcome {
			t.Errorf("it ended with %v", err)
		}
		w.expectCommands("send #go hello")
		w.decides(nil)
	})
}
