package slacktest

import (
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// server is what the workspaces of a Slack share: the address, the tokens and the apps, whose sockets carry the events of all workspaces in which they are installed.
type server struct {
	listener net.Listener
	web      *http.Server

	mu       sync.Mutex
	serial   int64 // of ids that are unique everywhere
	teams    map[string]*Workspace
	tokens   map[string]*token
	apps     map[string]*app
	failures map[string][]failure
	calls    map[string]int
	grants   map[string]grant
	client   client
	late     func() // gives an event that was held back; nil for none
	holding  bool
}

type token struct {
	in           *Workspace
	of           *app // nil for any
	user, scopes string
	bot          string // of a bot token, the bot's id
	revoked      string // the error that it gets, or empty
	whole        bool   // it is good in all workspaces of the organisation
}

type app struct {
	sockets []*socket
	unacked []Object // envelopes that wait for a socket to be sent again
	next    int      // the socket that gets the next payload
	refuse  string
	events  map[string]bool // those that it wants; nil for all
}

// grant is what a browser brings back.
type grant struct {
	in                     *Workspace
	user, scopes, redirect string
}

// failure is what a method answers instead of doing its work.
type failure struct {
	status int
	after  string // Retry-After
	body   Object
	act    bool // it does its work all the same, and the answer is lost
}

// New starts a workspace on loopback. Close ends it, and all others at its address.
func New() (*Workspace, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{listener: listener, teams: map[string]*Workspace{}, tokens: map[string]*token{}, apps: map[string]*app{}, failures: map[string][]failure{},
		calls: map[string]int{}, grants: map[string]grant{}}
	w := s.workspace("T0ACME", "Acme")
	routes := http.NewServeMux()
	routes.HandleFunc("/api/{method}", w.serveAPI)
	routes.HandleFunc("GET /oauth/v2/authorize", w.serveAuthorize)
	routes.HandleFunc("/socket/{app}", w.serveSocket)
	for pattern, serve := range map[string]func(*Workspace, http.ResponseWriter, *http.Request){
		"POST /{team}/upload/{file}": (*Workspace).serveUpload, "GET /{team}/files/{file}/{name}": (*Workspace).serveFile, "GET /{team}/pictures/{user}/{hash}": (*Workspace).servePicture,
	} {
		routes.HandleFunc(pattern, func(to http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			of := s.teams[r.PathValue("team")]
			s.mu.Unlock()
			if of == nil {
				http.NotFound(to, r)
				return
			}
			serve(of, to, r)
		})
	}
	s.web = &http.Server{Handler: routes, ReadHeaderTimeout: 10 * time.Second}
	go s.web.Serve(listener) //nolint:errcheck // it ends by Close
	return w, nil
}

func (s *server) workspace(team, name string) *Workspace {
	w := &Workspace{server: s, Team: team, Name: name, clock: 1_700_000_000_000_000, users: map[string]*User{}, channels: map[string]*channel{}, files: map[string]*file{},
		emoji: map[string]string{}}
	s.teams[team] = w
	return w
}

// Another is another workspace at the same address, with ids of its own: its people and channels have the same ids as those of the first.
func (w *Workspace) Another(team, name string) *Workspace {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.workspace(team, name)
}

// HoldBack has the next event come when Release is called: it is on its way over the oldest socket.
func (s *server) HoldBack() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holding = true
}

// Release lets an event come that was held back.
func (s *server) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late()
}

// Close ends the server and its sockets.
func (s *server) Close() {
	s.Cut()
	_ = s.web.Close()
}

// API is the base address of the Web API.
func (s *server) API() string { return s.address() + "/api/" }

func (s *server) address() string { return "http://" + s.listener.Addr().String() }

// unique makes an id that no other workspace has.
func (s *server) unique(letter string) string {
	s.serial++
	return fmt.Sprintf("%s%07d", letter, s.serial)
}

// AppToken gives an app a token for Socket Mode.
func (s *server) AppToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := "xapp-1-" + s.unique("A")
	s.apps[name] = &app{}
	return name
}

// Sockets is how many connections an app has.
func (s *server) Sockets(app string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.apps[app].sockets)
}

// Revoke makes a token worthless: each call gets the error from now on.
func (s *server) Revoke(name, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tokens[name]; t != nil {
		t.revoked = why
	}
	if a := s.apps[name]; a != nil {
		a.refuse = why
	}
}

// Fail has the next calls of a method answer with an error; act: they do their work all the same.
func (s *server) Fail(method, code string, times int) {
	s.fail(method, failure{status: http.StatusOK, body: Object{"ok": false, "error": code}}, times)
}

// RateLimit has the next calls of a method be too many: with a status of 429, or in the body of a good answer.
func (s *server) RateLimit(method, after string, inBody bool, times int) {
	status := http.StatusTooManyRequests
	if inBody {
		status = http.StatusOK
	}
	s.fail(method, failure{status: status, after: after, body: Object{"ok": false, "error": "ratelimited"}}, times)
}

// LoseAnswer has the next call of a method do its work, and its answer be lost.
func (s *server) LoseAnswer(method string) {
	s.fail(method, failure{act: true}, 1)
}

// SayLittle has the next call of a method do nothing, and its answer say no more than that all is well.
func (s *server) SayLittle(method string) {
	s.fail(method, failure{status: http.StatusOK, body: Object{"ok": true}}, 1)
}

func (s *server) fail(method string, f failure, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range times {
		s.failures[method] = append(s.failures[method], f)
	}
}

// Calls is how often a method was called.
func (s *server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}
