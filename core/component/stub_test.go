package component

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
)

// rig is a component with a stub of a server at the other end of a pipe, in a bubble of fake time.
type rig struct {
	*Component
	t      *testing.T
	conns  chan net.Conn
	mu     sync.Mutex
	events []string // what up and handle were called with
	log    bytes.Buffer
	onTake func(*stanza.Stanza)

	chokesOn string // the id of a stanza at which the stub ends the stream
}

var juliet = stanza.JID{Local: "juliet", Domain: "capulet.example", Resource: "balcony"}
var romeo = stanza.JID{Local: "romeo", Domain: "gw.localhost"}

func run(t *testing.T, config Config, story func(t *testing.T, r *rig)) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, conns: make(chan net.Conn)}
		config.Domain, config.Secret, config.Server = "gw.localhost", "s3cret", "tcp://127.0.0.1:1"
		config.Log = slog.New(slog.NewTextHandler(&r.log, nil))
		r.Component = New(config, func(s *stanza.Stanza) {
			r.note(string(s.Kind) + " " + s.ID)
			if r.onTake != nil {
				r.onTake(s)
			}
		}, func(first bool) { r.note(fmt.Sprint("up ", first)) })
		r.dial = func(ctx context.Context) (net.Conn, error) {
			ours, theirs := net.Pipe()
			select {
			case r.conns <- theirs:
				return ours, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		story(t, r)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		// The bubble fails if a goroutine is left.
	})
}

func (r *rig) note(event string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event)
}

func (r *rig) seen() string {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.events, ", ")
}

func (r *rig) expect(want string) {
	r.t.Helper()
	if got := r.seen(); got != want {
		r.t.Fatalf("seen %q, want %q", got, want)
	}
}

func message(id string) *stanza.Stanza {
	return (&stanza.Stanza{Kind: stanza.Message, ID: id, From: romeo, To: juliet}).Add(stanza.Text("", "body", "text of "+id))
}

func query(id string) *stanza.Stanza {
	return (&stanza.Stanza{Kind: stanza.IQ, Type: "get", ID: id, From: romeo, To: juliet}).Add(stanza.New("urn:xmpp:ping", "ping"))
}

// result answers a query that came from Juliet.
func result(id string, children ...*stanza.Element) *stanza.Stanza {
	asked := query(id)
	asked.From, asked.To = juliet, romeo
	return asked.Result(children...)
}

// server is the stub's end of one stream.
type server struct {
	r     *rig
	conn  net.Conn
	in    *input
	send  chan string
	alive chan struct{} // closed when the reading has ended

	arrivals atomic.Int64 // of bytes, whatever they are

	mu       sync.Mutex
	got      []*stanza.Stanza // without barriers
	barriers []*stanza.Stanza
	deaf     bool // it does not answer barriers
}

func (r *rig) accept() *server {
	s := r.greet("<?xml version='1.0'?>\n<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='a&amp;b' from='gw.localhost'>")
	s.write("\n<handshake/>")
	go s.serve()
	synctest.Wait()
	return s
}

// greet takes a connection up to the proof of the secret, which it checks.
func (r *rig) greet(header string) *server {
	r.t.Helper()
	s := &server{r: r, conn: <-r.conns, send: make(chan string, 10000), alive: make(chan struct{})}
	s.in = &input{newFramer(s.conn, testLimits), newParser(testLimits)}
	h, err := s.in.framer.header()
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := s.in.parser.header(h); err != nil {
		r.t.Fatal(err)
	}
	s.write(header)
	f, err := s.in.framer.next()
	if err != nil {
		r.t.Fatal(err)
	}
	proof := sha1.Sum([]byte("a&bs3cret"))
	if want := "<handshake>" + hex.EncodeToString(proof[:]) + "</handshake>"; string(f.data) != want && strings.Contains(header, "a&amp;b") {
		r.t.Fatalf("handshake %s, want %s", f.data, want)
	}
	return s
}

func (s *server) write(text string) {
	if _, err := s.conn.Write([]byte(text)); err != nil {
		s.r.t.Errorf("stub: %v", err)
	}
}

func (s *server) serve() {
	defer close(s.alive)
	s.in.framer.heard = func() { s.arrivals.Add(1) }
	go func() {
		for {
			select {
			case text := <-s.send:
				s.conn.Write([]byte(text))
			case <-s.alive:
				return
			}
		}
	}()
	for {
		f, err := s.in.framer.next()
		if err != nil {
			s.conn.Close()
			return
		}
		root, err := s.in.parser.parse(f)
		if err != nil {
			s.r.t.Errorf("the component wrote %s: %v", f.data, err)
		}
		st, err := s.in.parser.stanza(root)
		if err != nil {
			s.r.t.Errorf("the component wrote %s: %v", f.data, err)
		}
		s.mu.Lock()
		barrier := st.From == st.To
		if barrier {
			s.barriers = append(s.barriers, st)
		} else {
			s.got = append(s.got, st)
		}
		deaf, chokes := s.deaf, st.ID == s.r.chokesOn
		s.mu.Unlock()
		if chokes {
			s.conn.Write([]byte("<stream:error><invalid-xml xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"))
			s.conn.Close()
			return
		}
		if barrier && !deaf {
			s.send <- string(st.Append(nil))
		}
	}
}

// say sends text to the component and waits until it was taken.
func (s *server) say(format string, args ...any) {
	s.send <- fmt.Sprintf(format, args...)
	synctest.Wait()
}

// ids are the ids of what came, without barriers.
func (s *server) ids() string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, st := range s.got {
		ids = append(ids, st.ID)
	}
	return strings.Join(ids, " ")
}

func (s *server) last() *stanza.Stanza {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.got) == 0 {
		s.r.t.Fatal("the component wrote nothing")
	}
	return s.got[len(s.got)-1]
}

func (s *server) setDeaf(deaf bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deaf = deaf
}

func (s *server) barrierCount() int {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.barriers)
}

// answerBarrier answers the one that was left unanswered.
func (s *server) answerBarrier() {
	s.mu.Lock()
	late := s.barriers[len(s.barriers)-1].Append(nil)
	s.mu.Unlock()
	s.say("%s", late)
}

func (s *server) drop() {
	s.conn.Close()
	<-s.alive
}

// within fails if the story's fake time went on for longer.
func within(t *testing.T, since time.Time, least, most time.Duration) {
	t.Helper()
	if took := time.Since(since); took < least || took > most {
		t.Fatalf("took %v, want %v to %v", took, least, most)
	}
}
