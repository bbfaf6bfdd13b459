package slack

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"isthmus/transports"
)

// app is an app's side of Socket Mode: the sockets that all accounts which authorised it share.
//
// The reader is our own. That of slack-go closes a socket before it opens the next one, stops reading while its channel is full, and leaves an envelope with one
// value of an odd type unacknowledged, so that it comes again and again.
type app struct {
	driver *Driver
	token  string

	mu       sync.Mutex
	sessions map[*connection]bool
	stop     context.CancelFunc   // nil while it does not run
	ready    chan struct{}        // closed when a socket is there
	seen     *recent[string]      // events that came
	pending  map[string]*delivery // of these, what is not acknowledged yet
	waiting  queue                // of these, what earlier ones may still follow
}

func (d *Driver) app(token string) *app {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.apps[token]
	if a == nil {
		a = &app{driver: d, token: token, sessions: map[*connection]bool{}, seen: newRecent[string](10_000), pending: map[string]*delivery{}}
		d.apps[token] = a
	}
	return a
}

// attach lets a connection have the events of the app from now on, and gives what is closed when a socket is there.
func (a *app) attach(c *connection, env transports.Env) <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions[c] = true
	if a.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		a.stop, a.ready = stop, make(chan struct{})
		go a.run(ctx, stop, a.ready, env)
	}
	return a.ready
}

// detach ends that; with the last connection the sockets go.
func (a *app) detach(c *connection) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.sessions, c)
	if len(a.sessions) == 0 && a.stop != nil {
		a.stop()
		a.stop = nil
	}
}

// fail ends all connections, for there is no socket any more.
func (a *app) fail(ctx context.Context, f error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() != nil { // nobody is interested any more, or others have begun anew
		return
	}
	for c := range a.sessions {
		c.end(f)
	}
	a.sessions = map[*connection]bool{}
	a.waiting.all = nil // nobody has it: it comes again, or is read from the history
	a.stop()
	a.stop = nil
}

const (
	// handshake bounds how long a socket may take until it greets.
	handshake = 15 * time.Second
	// silence is how long a socket may say nothing, not even answer a ping, which goes out every pingEvery.
	silence   = 45 * time.Second
	pingEvery = 15 * time.Second
	// overlap is how long an old socket is read when its successor is there, unless Slack closes it before.
	overlap = 20 * time.Second
	// again is how long it waits before another try to open a successor, while the old socket works.
	again = 3 * time.Second
)

// note is what the reader of a socket tells.
type note struct {
	conn   *websocket.Conn
	reason string // of a disconnect message; empty where the socket is lost
}

// run keeps a socket open, and opens the next one before it closes.
func (a *app) run(ctx context.Context, stop context.CancelFunc, ready chan struct{}, env transports.Env) {
	defer stop()
	sockets := map[*websocket.Conn]bool{}
	defer func() {
		for conn := range sockets {
			_ = conn.Close()
		}
	}()
	type opening struct {
		conn *websocket.Conn
		err  error
	}
	opened, notes := make(chan opening, 1), make(chan note)
	open := func(after time.Duration) {
		go func() {
			select {
			case <-time.After(after):
			case <-ctx.Done():
			}
			conn, err := a.open(ctx, env)
			opened <- opening{conn, err}
		}()
	}
	open(0)
	asked := true
	defer func() {
		stop()
		if asked {
			if o := <-opened; o.conn != nil {
				_ = o.conn.Close()
			}
		}
	}()
	for {
		select {
		case o := <-opened:
			asked = false
			switch {
			case o.err == nil:
				for old := range sockets {
					time.AfterFunc(overlap, func() { _ = old.Close() })
				}
				sockets[o.conn] = true
				a.opened(len(sockets))
				go a.readAll(ctx, o.conn, notes, env.Log)
				select {
				case <-ready:
				default:
					close(ready)
				}
			case len(sockets) == 0 || transports.AsFault(o.err).Kind == transports.BadCredentials:
				a.fail(ctx, o.err)
				return
			default:
				asked = true
				open(again)
			}
		case n := <-notes:
			switch n.reason {
			case "link_disabled", "too_many_websockets":
				a.fail(ctx, refusedSocket(n.reason))
				return
			case "":
				delete(sockets, n.conn)
				a.opened(len(sockets))
				if len(sockets) == 0 { // even if the next one is on its way: what happens until then is to be read from the history
					a.fail(ctx, fault(transports.Offline, "The connection to Slack was lost."))
					return
				}
			default: // warning, refresh_requested, and what may come to be
				if !asked {
					asked = true
					open(0)
				}
			}
		case <-ctx.Done():
			return
		}
	}
}

// client is one for a token.
func (d *Driver) client(token string, env transports.Env, dead func(*apiError)) *client {
	web := env.HTTP
	if web == nil {
		web = http.DefaultClient
	}
	calls, files := *web, *web
	calls.CheckRedirect, files.Timeout = sameHost, 0
	return &client{base: d.config.API, token: token, shares: token, http: &calls, files: &files, limits: d.limits, dead: dead}
}

// sameHost lets nothing be asked of another host than the one that was asked: what is asked has the token.
func sameHost(to *http.Request, via []*http.Request) error {
	if to.URL.Host != via[0].URL.Host || to.URL.Scheme != via[0].URL.Scheme || len(via) > 3 {
		return http.ErrUseLastResponse
	}
	return nil
}
