package account

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"isthmus/transports"
)

// network is a driver whose script is the test: it records what it is asked for and says what the test tells it to.
type network struct {
	mu       sync.Mutex
	asked    []string
	accounts []transports.Account
	runs     []*run
	// answer decides how a command ends; nil confirms it at once. held: the test ends it later.
	answer   func(transports.Command) (result transports.Result, err error, held bool)
	held     []func(transports.Result, error)
	refuse   error // of Open and Rooms
	listings []transports.Listing
	// profiles are what users tell of themselves, pictures the pictures by their versions; nil where the network knows nothing of it.
	profiles map[transports.UserID]transports.Profile
	pictures map[string][]byte
	// past makes the network remember what was said, by place.
	past map[transports.Place][]transports.Event
	// now is what has become of messages.
	now map[transports.MessageID]transports.Reviewed
	// recalls, where it is not nil, is waited for before the past is told.
	recalls chan struct{}
	// parting makes a session's goodbye wait until it is closed.
	parting chan struct{}
	// files are what OpenFile gives; one that is missing waits until the test ends it.
	files map[transports.FileID]string
	// slow, where it is set, makes Do wait until it is closed.
	slow chan struct{}
}

func newNetwork() *network { return &network{} }

// run is one connection.
type run struct {
	ctx    context.Context
	events chan transports.Event
	ended  chan error
	over   chan struct{}
}

func (n *network) About() transports.About                            { return transports.About{} }
func (n *network) Check([]transports.Field, transports.Options) error { return nil }
func (n *network) Run(ctx context.Context) error                      { <-ctx.Done(); return nil }
func (n *network) Scope(key string) (transports.Scope, error)         { return transports.Scope(key), nil }

func (n *network) Open(a transports.Account, _ transports.Env) (transports.Session, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.accounts = append(n.accounts, a)
	if n.profiles != nil {
		return profiled{session{n}}, n.refuse
	}
	if n.past != nil {
		return remembering{session{n}}, n.refuse
	}
	return session{n}, n.refuse
}

// profiled is a session that knows more of users than their names.
type profiled struct{ session }

func (s profiled) Profile(_ context.Context, id transports.UserID) (transports.Profile, error) {
	s.record("profile " + string(id))
	p, there := s.profiles[id]
	if !there {
		return p, &transports.Fault{Kind: transports.NotFound, Text: "Nobody is called that."}
	}
	return p, nil
}

func (s profiled) Picture(_ context.Context, of transports.Place, version string, limit int64) ([]byte, string, error) {
	s.record("picture " + of.ID() + " " + version)
	return s.pictures[version], "image/png", nil
}

type session struct{ *network }

// remembering is a session whose network has a history.
type remembering struct{ session }

// After tells what the test says that there was.
func (s remembering) After(ctx context.Context, place transports.Place, id transports.MessageID, limit int) ([]transports.Event, bool, error) {
	s.record(fmt.Sprintf("history of %s after %q", place.ID(), id))
	if s.recalls != nil {
		select {
		case <-s.recalls:
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.past[place]
	for i, e := range all {
		if m, ok := e.(transports.Message); ok && m.ID == id {
			all = all[i+1:]
			break
		}
	}
	if id == "" {
		return all[max(0, len(all)-limit):], false, nil
	}
	return all[:min(limit, len(all))], len(all) > limit, nil
}

// Talks are those in which the test says that something was said since then.
func (s remembering) Talks(_ context.Context, since time.Time) (all []transports.UserID, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for place, events := range s.past {
		for _, e := range events {
			if m, is := e.(transports.Message); is && place.User != "" && !m.At.Before(since) && !slices.Contains(all, place.User) {
				all = append(all, place.User)
			}
		}
	}
	return all, nil
}

// Review tells what the test says has become of messages.
func (s remembering) Review(_ context.Context, _ transports.Place, ids []transports.MessageID) (all []transports.Reviewed, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if r, known := s.now[id]; known {
			all = append(all, r)
		}
	}
	return all, nil
}

// Rooms lists the rooms that the test has given the network.
func (s session) Rooms(_ context.Context, yield func(transports.Listing) bool) error {
	s.record("list the rooms")
	for _, l := range s.listings {
		if !yield(l) {
			break
		}
	}
	return s.refuse
}

// Affiliated lists a ban.
func (s session) Affiliated(_ context.Context, room transports.RoomID, a transports.Affiliation) ([]string, error) {
	if a == transports.Outcast {
		return []string{"*!*@spam.example"}, nil
	}
	return nil, nil
}

// OpenFile gives the files that the test has given the network.
func (s session) OpenFile(ctx context.Context, f transports.File) (io.ReadCloser, error) {
	s.mu.Lock()
	content, ok := s.files[f.ID]
	s.mu.Unlock()
	if !ok {
		return nil, &transports.Fault{Kind: transports.NotFound, Text: "The network has lost it."}
	}
	if f.Name == "slow.png" {
		time.Sleep(20 * time.Second)
	}
	return io.NopCloser(strings.NewReader(content)), nil
}

func (s session) Run(ctx context.Context, emit func(transports.Event)) error {
	r := &run{ctx: ctx, events: make(chan transports.Event), ended: make(chan error), over: make(chan struct{})}
	defer close(r.over)
	s.mu.Lock()
	s.runs = append(s.runs, r)
	s.asked = append(s.asked, "connect")
	s.mu.Unlock()
	for {
		select {
		case e := <-r.events:
			emit(e)
		case err := <-r.ended:
			return err
		case <-ctx.Done():
			if s.parting != nil {
				<-s.parting
			}
			s.record("goodbye")
			return nil
		}
	}
}

func (s session) Do(ctx context.Context, c transports.Command, done func(transports.Result, error)) {
	if s.slow != nil {
		<-s.slow
	}
	s.record(say(c))
	var result transports.Result
	var err error
	var held bool
	if s.answer != nil {
		result, err, held = s.answer(c)
	}
	if held {
		s.mu.Lock()
		s.held = append(s.held, done)
		s.mu.Unlock()
		return
	}
	done(result, err)
}

func (n *network) record(what string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, what)
}

func (n *network) taken() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := n.asked
	n.asked = nil
	return all
}

// current is the connection that was made last.
func (n *network) current(t *testing.T) *run {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.runs) == 0 {
		t.Fatal("the account has never connected")
	}
	return n.runs[len(n.runs)-1]
}

// emit hands over an event as soon as the account's side takes it; a connection that is over emits nothing.
func (r *run) emit(e transports.Event) {
	select {
	case r.events <- e:
	case <-r.over:
	}
}

// breaks ends the current connection with an error.
func (w *world) breaks(kind transports.FaultKind, text string) {
	w.t.Helper()
	w.network.current(w.t).ended <- &transports.Fault{Kind: kind, Text: text}
	w.settle()
}

// holds keeps the answers to commands until confirms or denies.
func (w *world) holds() {
	w.network.answer = func(transports.Command) (transports.Result, error, bool) { return transports.Result{}, nil, true }
}

// denies has the network refuse every command from now on.
func (w *world) denies(kind transports.FaultKind, text string) {
	w.network.answer = func(transports.Command) (transports.Result, error, bool) {
		return transports.Result{}, &transports.Fault{Kind: kind, Text: text}, false
	}
}

// decides ends the oldest command that is held.
func (w *world) decides(err error) {
	w.t.Helper()
	w.network.mu.Lock()
	if len(w.network.held) == 0 {
		w.network.mu.Unlock()
		w.t.Fatal("no command waits")
	}
	done := w.network.held[0]
	w.network.held = w.network.held[1:]
	w.network.mu.Unlock()
	done(transports.Result{}, err)
	w.settle()
}

// say puts a command into words.
func say(c transports.Command) string {
	place := c.In().ID()
	switch c := c.(type) {
	case transports.Join:
		return fmt.Sprintf("join %s%s", place, paren(c.Password))
	case transports.Leave:
		return fmt.Sprintf("leave %s%s", place, paren(c.Reason))
	case transports.Send:
		line := fmt.Sprintf("send %s%s %s", place, [...]string{"", " /me", " notice"}[c.Style], c.Text.Styling())
		if c.ReplyTo != nil {
			line += fmt.Sprintf(" (answers %s of %s: %s)", c.ReplyTo.ID, c.ReplyTo.From.Name, c.ReplyTo.Text)
		}
		if c.Thread != "" {
			line += fmt.Sprintf(" (in the thread of %s)", c.Thread)
		}
		for _, f := range c.Files {
			line += fmt.Sprintf(" [%s %s %d %d×%d]", f.Name, f.Type, f.Size, f.Width, f.Height)
		}
		return line
	case transports.Edit:
		return fmt.Sprintf("edit %s in %s: %s", c.ID, place, c.Text.Styling())
	case transports.Delete:
		return fmt.Sprintf("delete %s in %s%s", c.ID, place, paren(c.Reason))
	case transports.React:
		return fmt.Sprintf("react to %s in %s: %s", c.ID, place, strings.Join(c.Emoji, " "))
	case transports.SetTyping:
		return fmt.Sprintf("typing in %s: %v", place, c.On)
	case transports.MarkRead:
		return fmt.Sprintf("read %s in %s", c.Upto, place)
	case transports.Destroy:
		return fmt.Sprintf("destroy %s%s", place, paren(c.Reason))
	case transports.SetTopic:
		return fmt.Sprintf("topic %s %s", place, c.Text)
	case transports.SetName:
		return "name " + c.Name
	case transports.SetRole:
		return fmt.Sprintf("role %s %s %d%s", place, c.User, c.Role, paren(c.Reason))
	case transports.SetAffiliation:
		return fmt.Sprintf("affiliation %s %s %d%s", place, c.User, c.Affiliation, paren(c.Reason))
	case transports.Invite:
		return fmt.Sprintf("invite %s %s%s", place, c.User, paren(c.Reason))
	case transports.Instruct:
		return fmt.Sprintf("instruct %s: %s", place, c.Line)
	case transports.Ask:
		return fmt.Sprintf("ask %s %d", place, c.Question)
	case transports.Answer:
		return fmt.Sprintf("answer %s %d %q", place, c.ID, c.Text)
	case transports.Subscribe:
		return fmt.Sprintf("subscribe %s %v%s", place, c.On, paren(c.Text))
	case transports.Authorize:
		return fmt.Sprintf("authorize %s %v", place, c.Allow)
	case transports.SetContact:
		return fmt.Sprintf("contact %s %q %q", place, c.Name, c.Groups)
	case transports.SetPresence:
		return fmt.Sprintf("presence %d%s", c.Presence.Show, paren(c.Presence.Status))
	case transports.Block:
		return fmt.Sprintf("block %s %v", place, c.On)
	}
	return fmt.Sprintf("%T %s", c, place)
}

func paren(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}
