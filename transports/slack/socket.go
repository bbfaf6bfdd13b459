package slack

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"isthmus/transports"
)

// open opens a socket that has greeted.
func (a *app) open(ctx context.Context, env transports.Env) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshake)
	defer cancel()
	address, err := openConnection(ctx, a.driver.client(a.token, env, nil))
	if err == nil {
		address, err = a.driver.config.socket(address)
	}
	if err != nil {
		return nil, whileConnecting(err)
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

// readAll reads a socket to its end.
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
	acks := &acknowledgements{news: make(chan struct{}, 1)}
	done := make(chan struct{})
	defer close(done)
	go acks.write(conn, done, log)
	for {
		alive()
		_, data, err := conn.ReadMessage()
		if err != nil {
			log.Debug("A socket to Slack has ended.", "error", err)
			tell("")
			return
		}
		var e envelope
		if err := lenient(data, &e); err != nil {
			log.Warn("Slack sent what cannot be read.", "error", err)
			continue
		}
		switch e.Type {
		case "disconnect":
			tell(first(e.Reason, "refresh_requested"))
		case "events_api":
			a.dispatch(e, func() { acks.add(e.ID) }, log)
		default: // what nobody here knows is acknowledged as well, or it comes again and again
			acks.add(e.ID)
		}
	}
}

// envelope is what comes over a socket.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Reason  string          `json:"reason"`
	Attempt int             `json:"retry_attempt"`
	Payload json.RawMessage `json:"payload"`
}

// acknowledgements are what is to be written to a socket. Who has kept an event must not wait for that.
type acknowledgements struct {
	mu   sync.Mutex
	ids  []string
	news chan struct{}
}

func (a *acknowledgements) add(id string) {
	if id == "" {
		return
	}
	a.mu.Lock()
	a.ids = append(a.ids, id)
	a.mu.Unlock()
	select {
	case a.news <- struct{}{}:
	default:
	}
}

// write writes acknowledgements and pings until done. What cannot be written is found out by the next read, and comes again over another socket.
func (a *acknowledgements) write(conn *websocket.Conn, done <-chan struct{}, log *slog.Logger) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ping.C:
			_ = conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(pingEvery))
		case <-a.news:
			a.mu.Lock()
			ids := a.ids
			a.ids = nil
			a.mu.Unlock()
			for _, id := range ids {
				_ = conn.SetWriteDeadline(time.Now().Add(pingEvery))
				if err := conn.WriteJSON(map[string]string{"envelope_id": id}); err != nil {
					log.Debug("An event could not be acknowledged.", "error", err)
				}
			}
		case <-done:
			return
		}
	}
}
