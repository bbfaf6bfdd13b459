// Package slacktest is a workspace of Slack in memory, for tests: the Web API over HTTP and Socket Mode over websockets, as Slack documents them, with what is
// awkward about them. Where the two differ, believe the documentation (https://docs.slack.dev), not this package.
package slacktest

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Object is a value of JSON's objects.
type Object = map[string]any

// Workspace is a team with its people, channels and apps, and the server that serves it. Its fields are set before it is used.
type Workspace struct {
	// Team is its id, Name what people call it; Enterprise is the id of the organisation that it is part of, or empty.
	Team, Name, Enterprise string
	// PageSize is how much a page of a list has at most, whatever is asked for; 0 for what is asked for.
	PageSize int
	// Odd has events and answers carry fields that nobody knows and values of types that nobody expects.
	Odd bool
	// ClientID and ClientSecret are those of an app that people can authorise, Browser who does so when the page is opened.
	ClientID, ClientSecret string
	Browser                *User

	listener net.Listener
	server   *http.Server

	mu       sync.Mutex
	last     int64 // of ids
	clock    int64 // of timestamps, in microseconds
	users    map[string]*User
	tokens   map[string]*token
	apps     map[string]*app
	channels map[string]*channel
	files    map[string]*file
	emoji    map[string]string
	failures map[string][]failure
	calls    map[string]int
	grants   map[string]grant
	seen     []Object
	told     Object // the last event
	watchers []chan struct{}
}

// User is someone in the workspace, or a bot.
type User struct {
	ID, Name, RealName, DisplayName string
	Title, Email, StatusText        string
	StatusEmoji, AvatarHash         string
	Owner, Admin, Guest, Bot        bool
	Deleted, Away, Snoozing         bool
	picture                         []byte
}

type token struct {
	user, scopes string
	app          string // of a bot token, the bot's id
	revoked      string // the error that it gets, or empty
}

type app struct {
	sockets []*socket
	unacked []Object // envelopes that wait for a socket to be sent again
	next    int      // the socket that gets the next payload
	refuse  string
	events  map[string]bool // those that it wants; nil for all
}

type channel struct {
	id, name, creator           string
	private, im, mpim, archived bool
	readOnly, noThreads         bool
	topic, purpose              Object
	members                     []string
	messages                    []Object
	read                        map[string]string
}

// failure is what a method answers instead of doing its work.
type failure struct {
	status int
	after  string // Retry-After
	body   Object
	act    bool // it does its work all the same, and the answer is lost
}

// New starts a workspace on loopback. Close ends it.
func New() (*Workspace, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &Workspace{Team: "T0ACME", Name: "Acme", listener: listener, clock: 1_700_000_000_000_000, users: map[string]*User{}, tokens: map[string]*token{},
		apps: map[string]*app{}, channels: map[string]*channel{}, files: map[string]*file{}, emoji: map[string]string{}, failures: map[string][]failure{},
		calls: map[string]int{}, grants: map[string]grant{}}
	routes := http.NewServeMux()
	routes.HandleFunc("/api/{method}", w.serveAPI)
	routes.HandleFunc("GET /oauth/v2/authorize", w.serveAuthorize)
	routes.HandleFunc("/socket/{app}", w.serveSocket)
	routes.HandleFunc("POST /upload/{file}", w.serveUpload)
	routes.HandleFunc("GET /files/{file}/{name}", w.serveFile)
	routes.HandleFunc("GET /pictures/{user}/{hash}", w.servePicture)
	w.server = &http.Server{Handler: routes, ReadHeaderTimeout: 10 * time.Second}
	go w.server.Serve(listener) //nolint:errcheck // it ends by Close
	return w, nil
}

// Close ends the server and its sockets.
func (w *Workspace) Close() {
	w.Cut()
	_ = w.server.Close()
}

// API is the base address of the Web API.
func (w *Workspace) API() string { return "http://" + w.listener.Addr().String() + "/api/" }

// id makes an id that begins with a letter.
func (w *Workspace) id(letter string) string {
	w.last++
	return fmt.Sprintf("%s%07d", letter, w.last)
}

// now is a new timestamp: later than all before.
func (w *Workspace) now() string {
	w.clock = max(w.clock+1, time.Now().UnixMicro())
	return fmt.Sprintf("%d.%06d", w.clock/1_000_000, w.clock%1_000_000)
}

// AddUser lets somebody into the workspace.
func (w *Workspace) AddUser(realName string) *User {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := &User{ID: w.id("U"), RealName: realName, Name: strings.ToLower(strings.ReplaceAll(realName, " ", "."))}
	w.users[u.ID] = u
	return u
}

// Change changes a user, and tells those who want to know (user_change).
func (w *Workspace) Change(u *User, how func(*User)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	how(u)
	w.tell("", Object{"type": "user_change", "user": w.userObject(u), "cache_ts": time.Now().Unix(), "event_ts": w.now()})
}

// SetPicture gives a user another picture.
func (w *Workspace) SetPicture(u *User, hash string, data []byte) {
	w.Change(u, func(u *User) { u.AvatarHash, u.picture = hash, data })
}

// Token gives a user a token with scopes; that of a bot begins with xoxb.
func (w *Workspace) Token(u *User, scopes string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	kind := "xoxp-"
	t := &token{user: u.ID, scopes: scopes}
	if u.Bot {
		kind, t.app = "xoxb-", w.id("B")
	}
	name := kind + w.id("")
	w.tokens[name] = t
	return name
}

// AppToken gives an app a token for Socket Mode.
func (w *Workspace) AppToken() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := "xapp-1-" + w.id("A")
	w.apps[name] = &app{}
	return name
}

// Revoke makes a token worthless: each call gets the error from now on.
func (w *Workspace) Revoke(name, why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.tokens[name]; t != nil {
		t.revoked = why
	}
	if a := w.apps[name]; a != nil {
		a.refuse = why
	}
}

// TellRevoked tells of a token that was taken back (tokens_revoked).
func (w *Workspace) TellRevoked(u *User) {
	w.mu.Lock()
	defer w.mu.Unlock()
	of := Object{"oauth": []string{u.ID}, "bot": []string{}}
	if u.Bot {
		of = Object{"oauth": []string{}, "bot": []string{u.ID}}
	}
	w.tell("", Object{"type": "tokens_revoked", "tokens": of})
}

// Fail has the next calls of a method answer with an error; act: they do their work all the same.
func (w *Workspace) Fail(method, code string, times int) {
	w.fail(method, failure{status: http.StatusOK, body: Object{"ok": false, "error": code}}, times)
}

// RateLimit has the next calls of a method be too many: with a status of 429, or in the body of a good answer.
func (w *Workspace) RateLimit(method, after string, inBody bool, times int) {
	status := http.StatusTooManyRequests
	if inBody {
		status = http.StatusOK
	}
	w.fail(method, failure{status: status, after: after, body: Object{"ok": false, "error": "ratelimited"}}, times)
}

// LoseAnswer has the next call of a method do its work, and its answer be lost.
func (w *Workspace) LoseAnswer(method string) {
	w.fail(method, failure{act: true}, 1)
}

func (w *Workspace) fail(method string, f failure, times int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range times {
		w.failures[method] = append(w.failures[method], f)
	}
}

// Calls is how often a method was called.
func (w *Workspace) Calls(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls[method]
}

// inside tells whether a user is in a channel.
func (c *channel) inside(user string) bool { return slices.Contains(c.members, user) }

// visible tells whether a user may read a channel.
func (c *channel) visible(user string) bool {
	return c.inside(user) || !c.private && !c.im && !c.mpim
}
