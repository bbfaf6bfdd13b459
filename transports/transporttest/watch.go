package transporttest

import (
	"context"
	"sync"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// patience bounds every wait. Only a broken law waits that long.
const patience = 60 * time.Second

// watch runs a session and notes what it emits.
type watch struct {
	t       *testing.T
	h       Harness
	session transports.Session

	events chan transports.Event
	gate   sync.Mutex // held by a test that plays a busy core
	ended  chan error // what Run returned
	stop   context.CancelFunc
}

// open opens the account of the harness, without running it.
func open(t *testing.T, h Harness) *watch {
	t.Helper()
	session, err := h.Driver.Open(h.Account, h.Env)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return &watch{t: t, h: h, session: session}
}

// start runs the session until the test ends or stop is called.
func (w *watch) start() *watch {
	ctx, stop := context.WithCancel(context.Background())
	w.events, w.ended, w.stop = make(chan transports.Event, 1<<14), make(chan error, 1), stop
	ended, finished := w.ended, make(chan struct{})
	hats := false
	go func() {
		defer close(finished)
		err := w.session.Run(ctx, func(e transports.Event) {
			w.gate.Lock()
			defer w.gate.Unlock()
			switch e := e.(type) {
			case transports.Checkpoint:
				e.Kept()
				return
			case transports.Online:
				hats = e.Can.Hats
			case transports.MemberChanged:
				w.wear(hats, e.Member)
			case transports.Room:
				w.wear(hats, e.Members...)
			}
			select {
			case w.events <- e:
			case <-ctx.Done():
			}
		})
		ended <- err
	}()
	w.t.Cleanup(func() { stop(); <-finished })
	return w
}

// wear fails the test where members wear hats that the capabilities do not promise.
func (w *watch) wear(may bool, members ...transports.Member) {
	for _, m := range members {
		if !may && len(m.Hats) > 0 {
			w.t.Errorf("%s wears %+v, which the capabilities do not promise", m.User.ID, m.Hats)
		}
	}
}

// online starts the session and waits for its first event.
func online(t *testing.T, h Harness) (*watch, transports.Online) {
	t.Helper()
	w := open(t, h).start()
	return w, first(w)
}

func first(w *watch) transports.Online {
	w.t.Helper()
	event, is := w.next().(transports.Online)
	if !is {
		w.t.Fatalf("the first event is %#v, not Online", event)
	}
	return event
}

// pause makes the core too busy to take events, until resume or the end of the test.
func (w *watch) pause() (resume func()) {
	w.gate.Lock()
	resume = sync.OnceFunc(w.gate.Unlock)
	w.t.Cleanup(resume)
	return resume
}

// next is the next event.
func (w *watch) next() transports.Event {
	w.t.Helper()
	select {
	case e := <-w.events:
		return e
	case err := <-w.ended:
		w.t.Fatalf("Run ended with %v while an event was awaited", err)
	case <-time.After(patience):
		w.t.Fatal("no event came")
	}
	return nil
}

// await is the next event of a type that fits; others before it are passed over.
func await[E transports.Event](w *watch, fits func(E) bool) E {
	w.t.Helper()
	for {
		if e, is := w.next().(E); is && (fits == nil || fits(e)) {
			return e
		}
	}
}

// soFar are the events that have come and were not looked at, without waiting for others.
func (w *watch) soFar() (all []transports.Event) {
	for {
		select {
		case e := <-w.events:
			all = append(all, e)
		default:
			return all
		}
	}
}

// peerSees waits until the peer has seen something, where the harness can tell.
func (w *watch) peerSees(what string, fits func(transports.Event) bool) {
	w.t.Helper()
	if w.h.Peer.Sees != nil {
		w.h.Peer.Sees(what, fits)
	}
}

// order is a command given to a session.
type order struct {
	t       *testing.T
	command transports.Command
	done    chan error
}

// do hands over a command and returns when Do has. done is called at most once, or the test fails.
func (w *watch) do(ctx context.Context, command transports.Command) *order {
	return w.doWith(ctx, command, func(transports.Result) {})
}

// doWith is do for who wants to know what came of it.
func (w *watch) doWith(ctx context.Context, command transports.Command, then func(transports.Result)) *order {
	o := &order{t: w.t, command: command, done: make(chan error, 1)}
	var mu sync.Mutex
	calls := 0
	w.session.Do(ctx, command, func(r transports.Result, err error) {
		mu.Lock()
		defer mu.Unlock()
		if calls++; calls > 1 {
			w.t.Errorf("done of %T was called %d times", command, calls)
			return
		}
		then(r)
		o.done <- err
	})
	return o
}

// outcome waits until the command is done.
func (o *order) outcome() error {
	o.t.Helper()
	select {
	case err := <-o.done:
		return err
	case <-time.After(patience):
		o.t.Fatalf("%T was never done", o.command)
		return nil
	}
}

// succeed carries out a command that must succeed.
func (w *watch) succeed(command transports.Command) {
	w.t.Helper()
	if err := w.do(context.Background(), command).outcome(); err != nil {
		w.t.Fatalf("%T failed: %v", command, err)
	}
}

// join enters a room and gives it as it was told.
func (w *watch) join(id transports.RoomID) transports.Room {
	w.t.Helper()
	w.succeed(transports.Join{Room: id})
	for { // the Room was emitted before, so it is there without waiting
		select {
		case e := <-w.events:
			if room, is := e.(transports.Room); is && room.Room == id {
				return room
			}
		default:
			w.t.Fatalf("the Join of %s was done before its Room was emitted", id)
		}
	}
}

func say(place transports.Place, words string) transports.Send {
	return transports.Send{Place: place, Text: text.Plain(words)}
}

// said awaits a message of someone else with these words.
func (w *watch) said(words string) transports.Message {
	w.t.Helper()
	return await(w, func(m transports.Message) bool { return !m.Own && m.Text.String() == words })
}

// kind fails the test where an error is no Fault of the kind.
func (w *watch) kind(what string, err error, want transports.FaultKind) {
	w.t.Helper()
	if err == nil {
		w.t.Errorf("%s gave no error, want kind %d", what, want)
	} else if got := transports.AsFault(err); got.Kind != want {
		w.t.Errorf("%s gave kind %d (%v), want %d", what, got.Kind, err, want)
	}
}

// result waits until Run has returned.
func (w *watch) result() error {
	w.t.Helper()
	select {
	case err := <-w.ended:
		return err
	case <-time.After(patience):
		w.t.Fatal("Run did not return")
		return nil
	}
}
