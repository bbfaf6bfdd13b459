package transporttest

import (
	"slices"
	"testing"

	"isthmus/transports"
)

// nonces says something as a run that is killed, and looks as the next run for what became of it.
func nonces(t *testing.T, h Harness) {
	w, event, place := inRoom(t, h)
	if !event.Can.Nonces && event.Can.Idempotent == 0 {
		t.Skip("the network keeps no nonces")
	}
	h.Peer.Say(h.Room, "known")
	known := w.said("known")
	send := say(place, "are you there?")
	send.Nonce = 4712
	first := w.resultOf(send)
	w.stop()
	_ = w.result()
	again, _ := online(t, h)
	if !event.Can.Durable {
		again.join(h.Room)
	}
	if event.Can.Idempotent > 0 {
		if r := again.resultOf(send); !slices.Equal(r.Parts, first.Parts) {
			t.Errorf("sent again with its nonce it is %v, before it was %v", r.Parts, first.Parts)
		}
	}
	history, is := again.session.(transports.History)
	if !event.Can.Nonces || !is {
		return
	}
	events, _, err := history.After(t.Context(), place, known.ID, 10)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range events {
		if m, is := e.(transports.Message); is && m.Nonce == send.Nonce {
			found++
			if !slices.Contains(first.Parts, m.ID) || !m.Own {
				t.Errorf("the nonce is told of %+v, the message was %v", m, first.Parts)
			}
		}
	}
	if found != len(first.Parts) {
		t.Errorf("of %v the nonce is told %d times in %+v", first.Parts, found, events)
	}
}
