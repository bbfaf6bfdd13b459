package core

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/transports"
)

// club is a driver whose accounts come by logins: by a form, where the name "twice" is asked for a code as well, or by a link that
// somebody follows. There is one scope, "club", with the room "#bar" that everybody is in.
type club struct {
	network
	flows []transports.Flow
	// followed is closed when somebody has followed the link.
	followed chan struct{}
	mu       sync.Mutex
	open     int // logins that were not closed
	said     []string
	expired  map[string]bool // data that is not accepted any more
	online   map[string]chan transports.Event
}

var (
	byForm = transports.Flow{Name: "form", Label: "By a password", Help: "You need a password."}
	byLink = transports.Flow{Name: "link", Label: "By a link"}
)

func newClub(flows ...transports.Flow) *club {
	return &club{flows: flows, followed: make(chan struct{}), expired: map[string]bool{}, online: map[string]chan transports.Event{}}
}

func (c *club) About() transports.About {
	return transports.About{Kind: "club", Name: "Club", Sigils: "#", Flows: c.flows}
}

func (c *club) Login(flow, person string, _ transports.Env) (transports.Login, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open++
	c.said = append(c.said, "login of "+person)
	return &clubLogin{club: c, flow: flow}, nil
}

func (c *club) Logout(_ context.Context, a transports.Account, _ transports.Env) error {
	c.tell("logout of " + string(a.Data))
	if string(a.Data) == "token of stuck" {
		return &transports.Fault{Kind: transports.Offline, Text: "The club is closed."}
	}
	return nil
}

func (c *club) tell(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, what)
}

func (c *club) count() (open int, said string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open, strings.Join(c.said, ", ")
}

func (c *club) Open(a transports.Account, _ transports.Env) (transports.Session, error) {
	name := strings.TrimPrefix(string(a.Data), "token of ")
	return &clubSession{session{user: transports.User{ID: transports.UserID(name), Name: name}, events: make(chan transports.Event)}, c, string(a.Data)}, nil
}

type clubSession struct {
	session
	club *club
	data string
}

func (s *clubSession) Run(ctx context.Context, emit func(transports.Event)) error {
	s.club.mu.Lock()
	expired := s.club.expired[s.data]
	s.club.mu.Unlock()
	if expired || s.data == "" {
		return &transports.Fault{Kind: transports.BadCredentials, Text: "The club does not know you."}
	}
	s.club.tell("connected by " + s.data)
	emit(transports.Online{Self: s.user, Can: transports.Capabilities{Durable: true}})
	emit(transports.Room{Room: "#bar", Name: "Bar", Complete: true, Members: []transports.Member{{User: s.user, Role: transports.Participant}}})
	emit(transports.Memberships{Rooms: []transports.RoomID{"#bar"}})
	<-ctx.Done()
	return nil
}

func (s *clubSession) Do(_ context.Context, c transports.Command, done func(transports.Result, error)) {
	s.club.tell(strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", c), "transports.")) + " " + c.In().ID())
	done(transports.Result{}, nil)
}

type clubLogin struct {
	club *club
	flow string
	name string
}

func (l *clubLogin) Begin(context.Context) (transports.Step, error) {
	if l.flow == "link" {
		return transports.Step{Show: &transports.Shown{Title: "Follow the link", Text: "Open it:", URL: "https://club.example/in", Code: "42"}}, nil
	}
	return l.ask(""), nil
}

func (l *clubLogin) ask(problem string) transports.Step {
	return transports.Step{Form: &transports.LoginForm{Title: "Who are you?", Problem: problem,
		Fields: []transports.Field{{Name: "username", Label: "Name"}, {Name: "password", Label: "Password", Kind: transports.Secret}}}}
}

func (l *clubLogin) Answer(_ context.Context, a transports.Options) (transports.Step, error) {
	if a.Get(nil, "code") != "" {
		return l.finish(l.name), nil
	}
	switch name := a.Get(nil, "username"); {
	case a.Get(nil, "password") != "sesame":
		return l.ask("The password is wrong."), nil
	case name == "banned":
		return transports.Step{}, &transports.Fault{Kind: transports.Forbidden, Text: "You are banned from the club."}
	case name == "twice":
		l.name = name
		return transports.Step{Form: &transports.LoginForm{Title: "Which code?", Fields: []transports.Field{{Name: "code", Label: "Code"}}}}, nil
	default:
		return l.finish(name), nil
	}
}

func (l *clubLogin) finish(name string) transports.Step {
	return transports.Step{Done: &transports.NewAccount{Scope: "club", Name: name, Self: transports.UserID(name), Data: []byte("token of " + name)}}
}

func (l *clubLogin) Wait(ctx context.Context) (transports.Step, error) {
	select {
	case <-l.club.followed:
		return l.finish("linked"), nil
	case <-ctx.Done():
		return transports.Step{}, ctx.Err()
	}
}

func (l *clubLogin) Close() {
	l.club.mu.Lock()
	defer l.club.mu.Unlock()
	l.club.open--
}

// visit is alice at the gateway of a club.
type visit struct {
	*server
	club  *club
	store *store.Store
	keys  *seal.Keys
	end   func()
	asked int
	// seen is what came meanwhile, as "kind type from".
	seen []string
}

func visiting(t *testing.T, c *club) *visit {
	t.Helper()
	v := &visit{server: newServer(t), club: c, store: openStore(t), keys: keys(t)}
	v.starts()
	return v
}

func (v *visit) starts() {
	v.t.Helper()
	v.end = serving(v.t, v.store, v.keys, v.club, v.server)
	v.accepts()
	v.t.Cleanup(v.stops)
}

func (v *visit) stops() {
	if v.end == nil {
		return
	}
	stopped := beside(v.end)
	v.answersBarriers()
	stopped()
	v.end = nil
}

// until reads until a stanza fits; all others are only noted.
func (v *visit) until(fits func(*stanza.Element) bool) *stanza.Element {
	v.t.Helper()
	for {
		e := v.next()
		switch {
		case v.returns(e):
		case fits(e):
			return e
		default:
			v.seen = append(v.seen, strings.TrimSpace(e.Name+" "+e.Attr("type")+" "+e.Attr("from")))
		}
	}
}

// within finds an element by the names on the way to it, nil where there is none.
func within(e *stanza.Element, names ...string) *stanza.Element {
	for _, name := range names {
		i := slices.IndexFunc(e.Children(), func(child *stanza.Element) bool { return child.Name == name })
		if i < 0 {
			return nil
		}
		e = e.Children()[i]
	}
	return e
}

// presence waits for a presence of that type from there, and gives its show and status.
func (v *visit) presence(kind, from string) string {
	v.t.Helper()
	e := v.until(func(e *stanza.Element) bool {
		return e.Name == "presence" && e.Attr("type") == kind && e.Attr("from") == from
	})
	return strings.TrimSpace(within(e, "show").Text() + " " + within(e, "status").Text())
}

// stands asks for the presence of an account until it is so.
func (v *visit) stands(account, want string) {
	v.t.Helper()
	for got := "-"; got != want; {
		v.writes(`<presence type='probe' from='alice@example.org/phone' to='` + account + `'/>`)
		got = v.presence("", account)
	}
}

// asks sends a request and gives its answer.
func (v *visit) asks(kind, to, payload string) *stanza.Element {
	v.t.Helper()
	v.asked++
	id := fmt.Sprint("q", v.asked)
	v.writes(`<iq type='` + kind + `' id='` + id + `' from='alice@example.org/phone' to='` + to + `'>` + payload + `</iq>`)
	return v.until(func(e *stanza.Element) bool { return e.Name == "iq" && e.Attr("id") == id })
}

// command executes a command, or goes on with it, and gives what the answer says, and its session.
func (v *visit) command(to, node, session string, fields ...string) (said, id string) {
	v.t.Helper()
	form := ""
	for i := 0; i < len(fields); i += 2 {
		form += `<field var='` + fields[i] + `'><value>` + fields[i+1] + `</value></field>`
	}
	if fields != nil {
		form = `<x xmlns='jabber:x:data' type='submit'>` + form + `</x>`
	}
	e := v.asks("set", to, `<command xmlns='http://jabber.org/protocol/commands' node='`+node+`' sessionid='`+session+`'>`+form+`</command>`)
	return summary(e), e.Child("http://jabber.org/protocol/commands", "command").Attr("sessionid")
}

// summary is what an answer says to a person.
func summary(e *stanza.Element) string {
	if e.Attr("type") == "error" {
		return "error: " + within(e, "error", "text").Text()
	}
	c := e.Child("http://jabber.org/protocol/commands", "command")
	var parts []string
	for _, child := range c.Children() {
		if child.Name == "note" {
			parts = append(parts, child.Text())
		}
	}
	x := c.Child("jabber:x:data", "x")
	if title := x.Child("jabber:x:data", "title").Text(); title != "" {
		parts = append(parts, title)
	}
	for _, child := range x.Children() {
		switch child.Name {
		case "field":
			parts = append(parts, strings.TrimSpace(child.Attr("var")+" "+child.Child("jabber:x:data", "value").Text()))
		case "item":
			var row []string
			for _, f := range child.Children() {
				row = append(row, f.Child("jabber:x:data", "value").Text())
			}
			parts = append(parts, strings.Join(row, " | "))
		}
	}
	return strings.Join(parts, "; ")
}

// chats writes to the bot and gives its next answer.
func (v *visit) chats(text string) string {
	v.t.Helper()
	v.writes(`<message type='chat' from='alice@example.org/phone' to='isthmus@gw.example'><body>` + text + `</body></message>`)
	return v.told()
}

// told waits for the bot.
func (v *visit) told() string {
	v.t.Helper()
	return within(v.until(func(e *stanza.Element) bool {
		return e.Name == "message" && e.Attr("from") == "isthmus@gw.example" && within(e, "body") != nil
	}), "body").Text()
}

func (v *visit) is(what, got, want string) {
	v.t.Helper()
	if got != want {
		v.t.Errorf("%s:\n  %s\nwant\n  %s", what, got, want)
	}
}

// comes logs in to the account of a name.
func (v *visit) comes(name string, more ...string) {
	v.t.Helper()
	_, id := v.command("gw.example", "login", "")
	said, _ := v.command("gw.example", "login", id, "username", name, "password", "sesame")
	if more != nil {
		said, _ = v.command("gw.example", "login", id, more...)
	}
	if !strings.HasPrefix(said, "You are logged in") {
		v.t.Fatalf("logged in: %s", said)
	}
}
