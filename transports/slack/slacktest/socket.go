package slacktest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// socket is a connection of an app.
type socket struct {
	app     *app
	conn    *websocket.Conn
	send    chan any
	unacked map[string]Object
	done    chan struct{}
}

// maxSockets is how many an app may have. https://docs.slack.dev/apis/events-api/using-socket-mode
const maxSockets = 10

func (w *Workspace) serveSocket(to http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	a := w.apps[r.PathValue("app")]
	w.mu.Unlock()
	if a == nil {
		http.NotFound(to, r)
		return
	}
	conn, err := (&websocket.Upgrader{}).Upgrade(to, r, nil)
	if err != nil {
		return
	}
	s := &socket{app: a, conn: conn, send: make(chan any, 1<<14), unacked: map[string]Object{}, done: make(chan struct{})}
	w.mu.Lock()
	if len(a.sockets) >= maxSockets {
		s.send <- Object{"type": "disconnect", "reason": "too_many_websockets", "debug_info": Object{"host": "fake"}}
		close(s.send)
	} else {
		a.sockets = append(a.sockets, s)
		w.note(Object{"type": "socket_opened", "sockets": len(a.sockets)})
		s.send <- hello(len(a.sockets))
		again := a.unacked
		a.unacked = nil
		for _, e := range again {
			s.deliver(e)
		}
	}
	w.mu.Unlock()
	go s.write()
	for {
		_, data, err := conn.ReadMessage()
		if err != nil {
			break
		}
		var ack struct {
			ID string `json:"envelope_id"`
		}
		if json.Unmarshal(data, &ack) == nil {
			w.mu.Lock()
			delete(s.unacked, ack.ID)
			w.note(Object{"type": "acknowledged", "left": len(s.unacked)})
			w.mu.Unlock()
		}
	}
	w.mu.Lock()
	if i := slices.Index(a.sockets, s); i >= 0 {
		a.sockets = slices.Delete(a.sockets, i, i+1)
		close(s.send)
	}
	a.lost(s)
	w.mu.Unlock()
	<-s.done
	_ = conn.Close()
}

func hello(sockets int) Object {
	return Object{"type": "hello", "num_connections": sockets, "connection_info": Object{"app_id": "A1"}, "debug_info": Object{"host": "fake", "approximate_connection_time": 18060}}
}

// lost has what a socket was sent and has not acknowledged sent again: over the next that opens, unless there is one.
func (a *app) lost(s *socket) {
	for _, id := range slices.Sorted(maps.Keys(s.unacked)) {
		e := s.unacked[id]
		attempt, _ := e["retry_attempt"].(int)
		e["retry_attempt"], e["retry_reason"] = attempt+1, "timeout"
		if len(a.sockets) > 0 {
			a.sockets[0].deliver(e)
		} else {
			a.unacked = append(a.unacked, e)
		}
	}
	s.unacked = map[string]Object{}
}

func (s *socket) write() {
	defer close(s.done)
	ping := time.NewTicker(10 * time.Second)
	defer ping.Stop()
	for {
		select {
		case what, open := <-s.send:
			if !open {
				_ = s.conn.Close()
				return
			}
			if err := s.conn.WriteJSON(what); err != nil {
				return
			}
		case <-ping.C:
			if err := s.conn.WriteMessage(websocket.PingMessage, []byte("Ping from the fake")); err != nil {
				return
			}
		}
	}
}

// tell sends an event to the apps in the workspace, over any one of their sockets: to the members of a channel where it is not empty. An app without a socket misses it.
func (w *Workspace) tell(in string, event Object) {
	w.note(event)
	w.told = event
	if w.Odd {
		event = clone(event)
		event["surprise"], event["team"], event["blocks_v9"] = Object{"deep": []any{1, nil}}, []any{1}, true
	}
	for _, a := range w.apps {
		if len(a.sockets) == 0 || !a.wants(event) {
			continue
		}
		for _, home := range w.among(in) { // there is one event for all of them
			who := home.authorised(a, in)
			if who == nil {
				continue
			}
			if w.holding {
				first := a.sockets[0]
				w.late, w.holding = func() { first.deliver(home.envelope(who, in, event)) }, false
			} else {
				a.next++
				a.sockets[a.next%len(a.sockets)].deliver(home.envelope(who, in, event))
			}
			break
		}
	}
}

// envelope is an event as it comes over a socket, with one of the installations that may see it.
func (w *Workspace) envelope(who *token, in string, event Object) Object {
	authorised := Object{"enterprise_id": nil, "team_id": w.Team, "user_id": who.user, "is_bot": who.bot != "", "is_enterprise_install": who.whole}
	payload := Object{"token": "x", "team_id": w.Team, "context_team_id": w.Team, "context_enterprise_id": nil, "api_app_id": "A1", "event": event, "type": "event_callback",
		"event_id": w.unique("Ev"), "event_time": time.Now().Unix(), "authorizations": []any{authorised}, "is_ext_shared_channel": w.channels[in] != nil && w.channels[in].foreign()}
	if w.Enterprise != "" {
		payload["enterprise_id"], payload["context_enterprise_id"], authorised["enterprise_id"] = w.Enterprise, w.Enterprise, w.Enterprise
	}
	if who.whole {
		authorised["team_id"] = nil
	}
	return Object{"envelope_id": w.unique("E"), "type": "events_api", "accepts_response_payload": false, "retry_attempt": 0, "retry_reason": "", "payload": payload}
}

// authorised is one of those who have authorised an app and may see what happens in a channel, or nil.
func (w *Workspace) authorised(a *app, in string) (who *token) {
	for _, t := range w.tokens {
		here := t.in == w || t.whole && t.in.Enterprise == w.Enterprise
		if here && (t.of == nil || t.of == a) && t.revoked == "" && (in == "" || w.channels[in] != nil && w.channels[in].inside(t.user)) && (who == nil || t.user > who.user) {
			who = t
		}
	}
	return who
}

func (s *socket) deliver(envelope Object) {
	data, err := json.Marshal(envelope) // now: what it is made of goes on changing
	if err != nil {
		panic(err)
	}
	s.unacked[str(envelope, "envelope_id")] = envelope
	s.send <- json.RawMessage(data)
}

// note gives those who Await something one more event: one of Slack's, or one that tells what happened at the server.
func (w *Workspace) note(event Object) {
	w.seen = append(w.seen, event)
	for _, c := range w.watchers {
		close(c)
	}
	w.watchers = nil
}

// Redeliver sends the last event again, as Slack does when an acknowledgement does not reach it in time.
func (w *Workspace) Redeliver() {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := w.told
	w.tell(eventChannel(last), last)
}

func eventChannel(e Object) string {
	in, _ := e["channel"].(string)
	return in
}

// Disconnect sends a disconnect message over all sockets, and closes them unless it is a warning. One that asks to refresh concerns the oldest of an app's.
func (s *server) Disconnect(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.apps {
		concerned := a.sockets
		if reason == "refresh_requested" {
			concerned = a.sockets[:min(len(a.sockets), 1)]
		}
		for _, socket := range concerned {
			socket.send <- Object{"type": "disconnect", "reason": reason, "debug_info": Object{"host": "fake"}}
			if reason != "warning" {
				close(socket.send)
			}
		}
		if reason != "warning" {
			a.sockets = slices.Clone(a.sockets[len(concerned):])
		}
	}
}

// Cut breaks all sockets.
func (s *server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.apps {
		for _, socket := range a.sockets {
			close(socket.send)
		}
		a.sockets = nil
	}
}

// TellRateLimited tells that events are left out, for there are too many (app_rate_limited).
func (w *Workspace) TellRateLimited() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.apps {
		for _, s := range a.sockets {
			s.deliver(Object{"envelope_id": w.unique("E"), "type": "events_api", "payload": Object{"type": "app_rate_limited", "team_id": w.Team, "minute_rate_limited": time.Now().Unix(), "api_app_id": "A1"}})
		}
	}
}
