package core

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isthmus/core/component"
	"isthmus/core/person"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/transports"
)

// network is a driver with one room, "#go", where everybody is alone.
type network struct{}

func (network) About() transports.About {
	return transports.About{Kind: "irc", Name: "IRC", Sigils: "#", Open: true}
}
func (network) Run(ctx context.Context) error                      { <-ctx.Done(); return nil }
func (network) Check([]transports.Field, transports.Options) error { return nil }
func (network) Scope(key string) (transports.Scope, error)         { return transports.Scope(key), nil }
func (network) Open(a transports.Account, _ transports.Env) (transports.Session, error) {
	return &session{user: transports.User{ID: transports.UserID(a.Name), Name: a.Name}, events: make(chan transports.Event)}, nil
}

type session struct {
	user   transports.User
	events chan transports.Event
}

func (s *session) Run(ctx context.Context, emit func(transports.Event)) error {
	emit(transports.Online{Self: s.user, Can: transports.Capabilities{SingleLine: true}})
	for {
		select {
		case e := <-s.events:
			emit(e)
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *session) Do(ctx context.Context, c transports.Command, done func(transports.Result, error)) {
	if join, ok := c.(transports.Join); ok {
		select {
		case s.events <- transports.Room{Room: join.Room, Complete: true, Members: []transports.Member{{User: s.user, Role: transports.Participant}}}:
		case <-ctx.Done():
		}
	}
	done(transports.Result{}, nil)
}

// server is the XMPP server's end of a component's stream (XEP-0114 §3).
type server struct {
	t        *testing.T
	listener net.Listener
	conn     net.Conn
	xml      *xml.Decoder
}

const patience = 60 * time.Second

func newServer(t *testing.T) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &server{t: t, listener: l}
}

// accepts takes the component's next connection and shakes hands.
func (s *server) accepts() {
	s.t.Helper()
	s.listener.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	conn, err := s.listener.Accept()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	s.conn, s.xml = conn, xml.NewDecoder(conn)
	for {
		token, err := s.xml.Token()
		if err != nil {
			s.t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if ok && start.Name.Local == "stream" {
			s.writes(`<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' from='gw.example' id='1'>`)
		}
		if ok && start.Name.Local == "handshake" {
			if err := s.xml.Skip(); err != nil {
				s.t.Fatal(err)
			}
			s.writes(`<handshake/>`)
			return
		}
	}
}

func (s *server) writes(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.conn, text); err != nil {
		s.t.Fatal(err)
	}
}

// hears fails unless the next stanza is of that kind, type and sender. Barriers go back to where they came from.
func (s *server) hears(kind, typ, from string) *stanza.Element {
	s.t.Helper()
	for {
		e := s.next()
		if s.returns(e) {
			continue
		}
		if e.Name != kind || e.Attr("type") != typ || e.Attr("from") != from {
			s.t.Fatalf("heard %s, want %s of type %q from %s", e.Append(nil), kind, typ, from)
		}
		return e
	}
}

// returns sends a barrier back; it is false for any other stanza.
func (s *server) returns(e *stanza.Element) bool {
	s.t.Helper()
	if e.Attr("from") != e.Attr("to") {
		return false
	}
	s.writes(returned(e))
	return true
}

func returned(barrier *stanza.Element) string {
	return fmt.Sprintf(`<iq type='get' id='%s' from='%s' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>`, barrier.Attr("id"), barrier.Attr("from"), barrier.Attr("to"))
}

// answersBarriers goes on until the component closes the stream.
func (s *server) answersBarriers() {
	s.t.Helper()
	for {
		e, err := s.read()
		if err != nil {
			return
		}
		if e.Attr("from") == e.Attr("to") {
			_, _ = io.WriteString(s.conn, returned(e)) // the component may have closed it meanwhile
		}
	}
}

func (s *server) next() *stanza.Element {
	s.t.Helper()
	e, err := s.read()
	if err != nil {
		s.t.Fatal(err)
	}
	return e
}

func (s *server) read() (*stanza.Element, error) {
	for {
		token, err := s.xml.Token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return stanza.FromTokens(&prefixed{t, s.xml})
		case xml.EndElement:
			return nil, io.EOF
		}
	}
}

// prefixed is a reader of tokens with one before all others.
type prefixed struct {
	first xml.Token
	rest  xml.TokenReader
}

func (p *prefixed) Token() (xml.Token, error) {
	if first := p.first; first != nil {
		p.first = nil
		return first, nil
	}
	return p.rest.Token()
}

func codes(e *stanza.Element) string {
	var all []string
	for _, c := range e.Child("http://jabber.org/protocol/muc#user", "x").Children() {
		if c.Name == "status" {
			all = append(all, c.Attr("code"))
		}
	}
	return strings.Join(all, " ")
}

// started runs a gateway over the store; the returned function stops it and waits for its end.
func started(t *testing.T, s *store.Store, at *server) (stop func()) {
	t.Helper()
	return serving(t, s, keys(t), network{}, at)
}

// serving is started with a driver, and with keys that outlast it.
func serving(t *testing.T, s *store.Store, keys *seal.Keys, driver transports.Driver, at *server) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{Store: s, Keys: keys, Version: "1", Log: slog.New(slog.DiscardHandler), Transports: []Transport{{
			Driver: driver, Policy: person.Policy{People: person.List{"example.org"}},
			Component: component.Config{Domain: "gw.example", Secret: "secret", Server: "tcp://" + at.listener.Addr().String()},
		}}})
	}()
	return func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Error("the gateway does not stop")
		}
	}
}

// beside does something while the test goes on; what it returns waits until that is done.
func beside(do func()) (done func()) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		do()
	}()
	return func() { <-over }
}

const joins = `<presence from='alice@example.org/phone' to='#go%irc.net@gw.example/ally'><x xmlns='http://jabber.org/protocol/muc'/></presence>`

func TestAWholeLifeOfAGateway(t *testing.T) {
	s := openStore(t)
	crashed(t, s)
	at := newServer(t)
	stop := started(t, s, at)

	// What an earlier run owes comes before all else, even before a stanza that waits already.
	at.accepts()
	at.writes(joins)
	if got := codes(at.hears("presence", "unavailable", "#go%irc.net@gw.example/ally")); got != "332 110" {
		t.Errorf("put out with %s", got)
	}
	at.hears("message", "error", "#go%irc.net@gw.example")
	at.hears("message", "error", "#go%irc.net@gw.example")

	if got := codes(at.hears("presence", "", "#go%irc.net@gw.example/ally")); got != "100 170 110" {
		t.Errorf("let in with %s", got)
	}
	at.hears("message", "groupchat", "#go%irc.net@gw.example")

	at.writes(`<message type='groupchat' id='m1' from='alice@example.org/phone' to='#go%irc.net@gw.example'><body>hi</body></message>`)
	if e := at.hears("message", "groupchat", "#go%irc.net@gw.example/ally"); e.Attr("id") != "m1" {
		t.Errorf("reflected as %s", e.Append(nil))
	}
	at.writes(`<iq type='get' id='v' from='mallory@evil.net/x' to='gw.example'><query xmlns='jabber:iq:version'/></iq>`)
	at.hears("iq", "error", "gw.example")
	at.writes(`<iq type='get' id='v' from='alice@example.org/phone' to='gw.example'><query xmlns='jabber:iq:version'/></iq>`)
	at.hears("iq", "result", "gw.example")

	// The stream is lost: those inside are asked whether they are still there, and nothing is owed a second time.
	at.conn.Close()
	at.accepts()
	for {
		e := at.next()
		if at.returns(e) || e.Name != "iq" { // what was not confirmed is sent again
			continue
		}
		if e.Attr("to") != "alice@example.org/phone" || e.Child("urn:xmpp:ping", "ping") == nil {
			t.Errorf("heard %s", e.Append(nil))
		}
		break
	}

	stopped := beside(stop)
	if got := codes(at.hears("presence", "unavailable", "#go%irc.net@gw.example/ally")); got != "332 110" {
		t.Errorf("put out with %s", got)
	}
	at.answersBarriers()
	stopped()
	write(t, s) // what was handed over before is on disk
	if left, err := readDebts(t.Context(), s, "gw.example"); err != nil || len(left.occupants)+len(left.commands) != 0 {
		t.Errorf("an orderly stop leaves debts: %+v, %v", left, err)
	}
}

func TestARestartIsSeenInTheRosters(t *testing.T) {
	s := openStore(t)
	write(t, s, store.PutOptions{Options: store.Options{Transport: "gw.example", Person: "alice@example.org", Data: []byte(`{"subscribed":["true"]}`)}},
		store.PutOptions{Options: store.Options{Transport: "gw.example", Person: "alice@example.org", Scope: "irc.net", Data: []byte(`{"subscribed":["true"]}`)}},
		store.PutOptions{Options: store.Options{Transport: "gw.example", Person: "eve@evil.net", Data: []byte(`{"subscribed":["true"]}`)}})
	at := newServer(t)
	stop := started(t, s, at)
	at.accepts()
	at.hears("presence", "", "gw.example")
	if e := at.hears("presence", "probe", "irc.net@gw.example"); e.Attr("to") != "alice@example.org" {
		t.Errorf("asked %s", e.Append(nil))
	}
	stopped := beside(stop)
	if e := at.hears("presence", "unavailable", "gw.example"); e.Attr("to") != "alice@example.org" {
		t.Errorf("told %s", e.Append(nil))
	}
	at.answersBarriers()
	stopped()
}

func TestAGatewayWithAMistakeDoesNotStart(t *testing.T) {
	s := openStore(t)
	err := Run(t.Context(), Config{Store: s, Keys: keys(t), Log: slog.New(slog.DiscardHandler), Transports: []Transport{{
		Driver: network{}, Component: component.Config{Domain: "gw.example", Secret: "secret", Server: "nonsense"}}}})
	if err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("the error is %v", err)
	}
}

func keys(t *testing.T) *seal.Keys {
	t.Helper()
	k, err := seal.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
