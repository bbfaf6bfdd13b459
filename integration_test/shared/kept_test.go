package shared_test

import (
	"context"
	"testing"
	"time"

	"isthmus/core/shared"
	"isthmus/transports"
)

// waiting is a session whose network waits to hear that each message was taken.
type waiting struct {
	transports.Session
	kept chan string
}

func (w waiting) Run(ctx context.Context, emit func(transports.Event)) error {
	return w.Session.Run(ctx, func(e transports.Event) {
		emit(e)
		if m, is := e.(transports.Message); is {
			emit(transports.Checkpoint{Place: m.Place, Kept: func() { w.kept <- m.Text.String() }})
		}
	})
}

func TestANetworkHearsThatAllWhoShareAnAccountHaveKeptWhatItTold(t *testing.T) {
	kept := make(chan string, 100)
	c := newClub(t, shared.Config{}, func(s transports.Session) transports.Session { return waiting{s, kept} })
	guests := []*guest{c.guest("alice"), c.guest("bob")}
	for _, g := range guests {
		g.must(transports.Join{Room: c.room})
	}
	c.does(send(c.room, 0, "hi both"))
	for _, g := range guests {
		for checkpoint := false; !checkpoint; {
			select {
			case <-kept:
				t.Fatal("it is said to be kept before all have it")
			case e := <-g.events:
				var of transports.Checkpoint
				if of, checkpoint = e.(transports.Checkpoint); checkpoint {
					of.Kept()
				}
			case <-time.After(patience):
				t.Fatal("nobody is asked to keep it")
			}
		}
	}
	select {
	case words := <-kept:
		if words != "hi both" {
			t.Errorf("kept is %q", words)
		}
	case <-time.After(patience):
		t.Fatal("the network does not hear of it")
	}
}
