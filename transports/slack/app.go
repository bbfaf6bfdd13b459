package slack

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
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
	stop     context.CancelFunc // nil while it does not run
	ready    chan struct{}      // closed when a socket is there
	seen     *recent[string]    // events that came
}

// payload is an event as it came.
type payload struct {
	Team       string          `json:"team_id"`
	Enterprise string          `json:"enterprise_id"`
	Event      json.RawMessage `json:"event"`
	EventID    string          `json:"event_id"`
	Authorised []struct {
		Team string `json:"team_id"`
		User string `json:"user_id"`
	} `json:"authorizations"`
}

func (d *Driver) app(token string) *app {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.apps[token]
	if a == nil {
		a = &app{driver: d, token: token, sessions: map[*connection]bool{}, seen: newRecent[string](10_000)}
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

// open opens a socket that has greeted.
func (a *app) open(ctx context.Context, env transports.Env) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshake)
	defer cancel()
	address, err := openConnection(ctx, a.driver.client(a.token, env, nil))
	if err != nil {
		return nil, asFault(err, false)
	}
	dialer := websocket.Dialer{NetDialContext: env.Dial, HandshakeTimeout: handshake, ReadBufferSize: 4096, WriteBufferSize: 1024}
	conn, resp, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		if resp != nil {
			err = errors.Join(err, errors.New(resp.Status))
		}
		return nil, &transports.Fault{Kind: transports.Offline, Text: "The socket to Slack could not be opened.", Cause: err}
	}
	conn.SetReadLimit(maxAnswer)
	if err := a.greeted(ctx, conn); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// greeted waits for the hello, before which nothing is delivered.
func (a *app) greeted(ctx context.Context, conn *websocket.Conn) error {
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetReadDeadline(deadline)
	}
	_, data, err := conn.ReadMessage()
	if err != nil {
		return &transports.Fault{Kind: transports.Offline, Text: "The socket to Slack was closed at once.", Cause: err}
	}
	var greeting struct{ Type, Reason string }
	if err := lenient(data, &greeting); err == nil && greeting.Type == "disconnect" {
		return refusedSocket(greeting.Reason)
	}
	return nil
}

// refusedSocket says why Slack closes a socket for good.
func refusedSocket(reason string) *transports.Fault {
	switch reason {
	case "link_disabled":
		return refusal(&apiError{method: "socket", code: reason}, false)
	case "too_many_websockets":
		return &transports.Fault{Kind: transports.Offline, Wait: time.Minute,
			Text: "The app has as many connections as Slack allows: other programs use its token as well. Stop one of them, or make an app for each."}
	}
	return fault(transports.Offline, "Slack closed the connection.")
}

// openConnection asks for the address of a socket.
func openConnection(ctx context.Context, c *client) (string, error) {
	var answer struct {
		URL string `json:"url"`
	}
	_, err := c.read(ctx, "apps.connections.open", nil, &answer)
	return answer.URL, err
}

// readAll reads a socket to its end. Each envelope is acknowledged when all who may see it have it: they take it at once or are ended.
func (a *app) readAll(ctx context.Context, conn *websocket.Conn, notes chan<- note, log *slog.Logger) {
	defer conn.Close()
	tell := func(reason string) {
		select {
		case notes <- note{conn, reason}:
		case <-ctx.Done():
		}
	}
	alive := func() { _ = conn.SetReadDeadline(time.Now().Add(silence)) }
	conn.SetPongHandler(func(string) error { alive(); return nil })
	conn.SetPingHandler(func(data string) error {
		alive()
		_ = conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(pingEvery)) // the next read tells
		return nil
	})
	done := make(chan struct{})
	defer close(done)
	go func() {
		ping := time.NewTicker(pingEvery)
		defer ping.Stop()
		for {
			select {
			case <-ping.C:
				_ = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(pingEvery)) // the next read tells
			case <-done:
				return
			}
		}
	}()
	for {
		alive()
		_, data, err := conn.ReadMessage()
		if err != nil {
			log.Debug("A socket to Slack has ended.", "error", err)
			tell("")
			return
		}
		var envelope struct {
			ID      string          `json:"envelope_id"`
			Type    string          `json:"type"`
			Reason  string          `json:"reason"`
			Payload json.RawMessage `json:"payload"`
		}
		if err := lenient(data, &envelope); err != nil {
			log.Warn("Slack sent what cannot be read.", "error", err)
			continue
		}
		if envelope.Type == "disconnect" {
			if envelope.Reason == "" {
				envelope.Reason = "refresh_requested"
			}
			tell(envelope.Reason)
			continue
		}
		if envelope.Type == "events_api" {
			a.dispatch(envelope.Payload, log)
		}
		if envelope.ID != "" { // what nobody here knows is acknowledged as well, or it comes again and again
			_ = conn.SetWriteDeadline(time.Now().Add(pingEvery))
			if err := conn.WriteJSON(map[string]string{"envelope_id": envelope.ID}); err != nil {
				log.Debug("An event could not be acknowledged.", "error", err)
			}
		}
	}
}

// dispatch gives an event to all connections of its workspace. It carries at most one of those who authorised the app, so each finds out what concerns it.
func (a *app) dispatch(raw json.RawMessage, log *slog.Logger) {
	var p payload
	if err := lenient(raw, &p); err != nil || len(p.Event) == 0 {
		log.Warn("Slack sent an event that cannot be read.", "error", err)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.EventID != "" && !a.seen.add(p.EventID) {
		return // delivered before
	}
	for c := range a.sessions {
		if c.session.concerns(p) {
			c.put(p.Event)
		}
	}
}

// client is one for a token.
func (d *Driver) client(token string, env transports.Env, dead func(*apiError)) *client {
	web := env.HTTP
	if web == nil {
		web = http.DefaultClient
	}
	return &client{base: d.config.API, token: token, shares: token, http: web, limits: d.limits, dead: dead}
}
