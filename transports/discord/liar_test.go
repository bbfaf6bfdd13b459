package discord_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"isthmus/transports"
	"isthmus/transports/discord"
)

type object = map[string]any

// liar is a server in Discord's place that says what a test has it say: it has one guild (4) with one channel (7), and the bot (3).
type liar struct {
	*httptest.Server
	t *testing.T
	// answers are what it answers, by method and path, in place of what is right; ready are more fields of READY.
	answers map[string]func(http.ResponseWriter)
	ready   object
	sockets chan *liarSocket
	// short is what a connection lasts that is not taken up again without a word.
	short time.Duration
	// begin is how long it may say nothing; silent is how often it says nothing of the session that is wanted.
	begin  time.Duration
	silent int
	// late: the guild is told by the test.
	late bool
	// joined are the threads that the account is in, session is one of an earlier process.
	joined  []string
	session object
	// configured is where the operator says that the gateway is.
	configured string
	// within bounds a request.
	within time.Duration
	mu     sync.Mutex
	asked  []string
}

// liarSocket is a connection to its gateway.
type liarSocket struct {
	*websocket.Conn
	t     *testing.T
	path  string
	began object // identify or resume
}

func newLiar(t *testing.T) *liar {
	t.Helper()
	l := &liar{t: t, answers: map[string]func(http.ResponseWriter){}, ready: object{}, sockets: make(chan *liarSocket, 20), short: time.Minute}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

// lie is what it answers from now on, while somebody may ask.
func (l *liar) lie(what string, answer func(http.ResponseWriter)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers[what] = answer
}

func (l *liar) gateway() string { return "ws" + strings.TrimPrefix(l.URL, "http") + "/gateway" }

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		l.serveSocket(w, r)
		return
	}
	what := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api")
	l.mu.Lock()
	l.asked = append(l.asked, what)
	answer := l.answers[what]
	l.mu.Unlock()
	if answer == nil {
		answer = map[string]func(http.ResponseWriter){
			"GET /applications/@me":      says(object{"id": "3", "flags": 1<<15 | 1<<19}),
			"GET /gateway/bot":           says(object{"url": l.gateway()}),
			"GET /channels/7/webhooks":   says([]object{}),
			"POST /channels/7/webhooks":  says(object{"id": "50", "token": "new", "type": 1, "application_id": "3"}),
			"POST /channels/7/messages":  says(object{"id": "1000", "channel_id": "7", "author": object{"id": "3"}}),
			"POST /webhooks/50/new":      says(object{"id": "1001", "webhook_id": "50"}),
			"GET /channels/7/messages":   says([]object{}),
			"POST /users/@me/channels":   says(object{}),
			"GET /users/@me":             says(object{"id": "3"}),
			"GET /channels/7/messages/5": says(object{"id": "5", "content": "root", "author": object{"id": "9"}}),
		}[what]
	}
	if answer == nil {
		http.NotFound(w, r)
		return
	}
	answer(w)
}

func says(v any) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _ = json.NewEncoder(w).Encode(v) }
}

func (l *liar) serveSocket(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	l.t.Cleanup(func() { conn.Close() })
	s := &liarSocket{Conn: conn, t: l.t, path: r.URL.Path}
	s.tell(object{"op": 10, "d": object{"heartbeat_interval": 60_000}})
	var p struct {
		Op int
		D  object
	}
	if conn.ReadJSON(&p) != nil {
		return
	}
	s.began = p.D
	l.mu.Lock()
	l.silent--
	quiet := l.silent >= 0
	l.mu.Unlock()
	if p.Op == 2 && !quiet {
		ready := object{"user": object{"id": "3", "username": "Tess"}, "session_id": "s1", "resume_gateway_url": l.gateway(), "guilds": []object{{"id": "4", "unavailable": true}}}
		for k, v := range l.ready {
			ready[k] = v
		}
		s.event(1, "READY", ready)
		if !l.late {
			s.event(2, "GUILD_CREATE", guild(4, 2))
		}
	}
	l.sockets <- s
}

// guild is a guild of so many members, of whom the bot is one, with a channel that has the number of the guild and three.
func guild(id, members int) object {
	return object{"id": id, "name": "Analysts", "member_count": members, "roles": []object{{"id": id, "permissions": "309774634048"}}, "members": []object{{"user": object{"id": "3", "username": "Tess"}}},
		"channels": []object{{"id": id + 3, "type": 0, "name": "general"}}}
}

func (s *liarSocket) tell(v any) { _ = s.WriteJSON(v) }

func (s *liarSocket) event(seq int, kind string, data any) {
	s.tell(object{"op": 0, "s": seq, "t": kind, "d": data})
}

// asksMembers waits until members are asked for, which must be those of this guild.
func (s *liarSocket) asksMembers(guild string) {
	s.t.Helper()
	_ = s.SetReadDeadline(time.Now().Add(patience))
	for {
		var p struct {
			Op int
			D  any // of a heartbeat a number
		}
		if err := s.ReadJSON(&p); err != nil {
			s.t.Fatal(err)
		}
		if of, is := p.D.(object); is && p.Op == 8 {
			if of["guild_id"] != guild {
				s.t.Errorf("%v is asked for, want %s", p.D, guild)
			}
			return
		}
	}
}

// next is the next connection to the gateway.
func (l *liar) next() *liarSocket {
	l.t.Helper()
	select {
	case s := <-l.sockets:
		return s
	case <-time.After(patience):
		l.t.Fatal("nobody connects")
		return nil
	}
}

// visit is a session that is told lies.
func (l *liar) visit() *visit {
	l.t.Helper()
	driver, err := discord.New(discord.Config{API: l.URL + "/api", CDN: l.URL, Gateway: l.configured})
	if err != nil {
		l.t.Fatal(err)
	}
	driver.Short(l.short)
	if l.begin > 0 {
		driver.Begin(l.begin)
	}
	data, _ := json.Marshal(object{"token": "the-token", "joined": l.joined, "session": l.session})
	world := env()
	world.HTTP.Timeout = l.within
	session, err := driver.Open(transports.Account{Scope: "3", Person: "tester", Data: data}, world)
	if err != nil {
		l.t.Fatal(err)
	}
	v := &visit{t: l.t, session: session}
	v.start()
	return v
}

// atWork is a session that is in its rooms, and its connection.
func (l *liar) atWork() (*visit, *liarSocket) {
	l.t.Helper()
	v := l.visit()
	s := l.next()
	v.ready()
	return v, s
}

func (l *liar) count(what string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, asked := range l.asked {
		if asked == what {
			n++
		}
	}
	return n
}
