package loopback_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"isthmus/transports"
	"isthmus/transports/loopback"
)

// visitor is an account of the gateway on the network.
type visitor struct {
	t       *testing.T
	session transports.Session
	self    transports.User
	events  chan transports.Event
	ended   chan error
	stop    func() // ends the connection, and returns when it has ended
}

// visit brings an account onto the network.
func visit(t *testing.T, d *loopback.Driver, account transports.Account) *visitor {
	t.Helper()
	account.Scope = scope
	session, err := d.Open(account, transports.Env{Log: slog.New(slog.DiscardHandler), HTTP: http.DefaultClient})
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, session: session}
	v.run()
	v.self = expect[transports.Online](v, nil).Self
	return v
}

// run connects, until the test ends.
func (v *visitor) run() {
	ctx, cancel := context.WithCancel(context.Background())
	v.events, v.ended = make(chan transports.Event, 1<<14), make(chan error, 1)
	events, ended, over := v.events, v.ended, make(chan struct{})
	v.stop = func() { cancel(); <-over }
	go func() {
		defer close(over)
		ended <- v.session.Run(ctx, func(e transports.Event) { events <- e })
	}()
	v.t.Cleanup(v.stop)
}

// expect waits for an event of a type that fits; others before it are passed over.
func expect[E transports.Event](v *visitor, fits func(E) bool) E {
	v.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case e := <-v.events:
			if e, is := e.(E); is && (fits == nil || fits(e)) {
				return e
			}
		case <-deadline:
			var none E
			v.t.Fatalf("no %T came", none)
		}
	}
}

func (v *visitor) do(c transports.Command) (transports.Result, error) {
	type outcome struct {
		transports.Result
		error
	}
	done := make(chan outcome, 1)
	v.session.Do(context.Background(), c, func(r transports.Result, err error) { done <- outcome{r, err} })
	o := <-done
	return o.Result, o.error
}

func (v *visitor) must(c transports.Command) transports.Result {
	v.t.Helper()
	result, err := v.do(c)
	if err != nil {
		v.t.Fatalf("%T: %v", c, err)
	}
	return result
}

// fault waits for the end of the connection.
func (v *visitor) fault() *transports.Fault {
	v.t.Helper()
	select {
	case err := <-v.ended:
		if err == nil {
			v.t.Fatal("Run ended without a reason")
		}
		return transports.AsFault(err)
	case <-time.After(patience):
		v.t.Fatal("Run did not end")
		return nil
	}
}

// wantFault fails unless an error is of a kind.
func wantFault(t *testing.T, err error, kind transports.FaultKind) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want kind %d", kind)
	} else if f := transports.AsFault(err); f.Kind != kind {
		t.Errorf("kind %d (%v), want %d", f.Kind, err, kind)
	}
}
