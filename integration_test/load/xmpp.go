package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// xmppServer is the component side of an XMPP server (XEP-0114) whose people are nobody: it counts what the gateway sends them. It takes
// one component.
type xmppServer struct {
	listener net.Listener
	up       chan struct{} // has a value each time the component has shaken hands

	mu      sync.Mutex
	conn    net.Conn
	answers map[string]chan string // to the IQs that somebody waits for, by id
	number  int

	rooms *mucs // of a Multi-User Chat service

	seen    atomic.Pointer[func(stanza []byte)] // told of each message and presence by the reader, who waits for it
	seconds atomic.Int64                        // bytes that are read a second, 0 for all there are
	deaf    atomic.Bool                         // nothing is read
	read    atomic.Int64                        // bytes read so far
}

func newXMPPServer() (*xmppServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &xmppServer{listener: l, up: make(chan struct{}, 8), answers: map[string]chan string{}}
	s.watch(func([]byte) {})
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.serve(conn)
		}
	}()
	return s, nil
}

func (s *xmppServer) address() string { return s.listener.Addr().String() }

func (s *xmppServer) close() {
	s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
	}
}

// watch has a function told of every message and presence from now on.
func (s *xmppServer) watch(seen func(stanza []byte)) { s.seen.Store(&seen) }

// send writes stanzas to the gateway.
func (s *xmppServer) send(stanzas string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		_, _ = io.WriteString(s.conn, stanzas) // where it fails, what is waited for does not come
	}
}

// patience bounds every wait for one answer.
const patience = 60 * time.Second

// ask sends an IQ of a person's and gives the answer.
func (s *xmppServer) ask(kind, from, to, payload string) (string, error) {
	answer := make(chan string, 1)
	s.mu.Lock()
	s.number++
	id := fmt.Sprintf("ask-%d", s.number)
	s.answers[id] = answer
	s.mu.Unlock()
	s.send(fmt.Sprintf("<iq type='%s' id='%s' from='%s' to='%s'>%s</iq>", kind, id, from, to, payload))
	select {
	case a := <-answer:
		return a, nil
	case <-time.After(patience):
		return "", fmt.Errorf("no answer to %s", payload)
	}
}

func (s *xmppServer) serve(conn net.Conn) {
	defer conn.Close()
	in := &scanner{source: &slowReader{conn, s}}
	for {
		tag, err := in.tag()
		if err != nil {
			return
		}
		if bytes.HasPrefix(tag, []byte("<stream:stream")) {
			break
		}
	}
	fmt.Fprint(conn, "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1' from='load'>")
	if _, err := in.element(); err != nil { // the handshake, whatever it says
		return
	}
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	fmt.Fprint(conn, "<handshake/>")
	s.up <- struct{}{}
	for {
		e, err := in.element()
		if err != nil {
			return
		}
		if bytes.HasPrefix(e, []byte("<iq ")) {
			s.iq(string(e))
			continue
		}
		s.rooms.serve(e)
		(*s.seen.Load())(e)
	}
}

// iq gives the gateway back what it sends to itself, hands answers to those who wait, and refuses the rest.
func (s *xmppServer) iq(e string) {
	from, to, id := attr(e, "from"), attr(e, "to"), attr(e, "id")
	switch kind := attr(e, "type"); {
	case (kind == "get" || kind == "set") && s.rooms.info(e) != "":
		s.send(s.rooms.info(e))
	case from == to:
		s.send(e)
	case kind == "get" || kind == "set":
		s.send(fmt.Sprintf("<iq type='error' id='%s' from='%s' to='%s'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>", id, to, from))
	default:
		s.mu.Lock()
		answer := s.answers[id]
		delete(s.answers, id)
		s.mu.Unlock()
		if answer != nil {
			answer <- e
		}
	}
}

// slowReader reads as fast as the server is told to.
type slowReader struct {
	conn   net.Conn
	server *xmppServer
}

func (r *slowReader) Read(p []byte) (int, error) {
	for r.server.deaf.Load() {
		time.Sleep(time.Millisecond)
	}
	n, err := r.conn.Read(p)
	r.server.read.Add(int64(n))
	if rate := r.server.seconds.Load(); rate > 0 {
		time.Sleep(time.Duration(n) * time.Second / time.Duration(rate))
	}
	return n, err
}

// scanner cuts what the gateway writes into elements. It relies on what the gateway never writes: comments, CDATA, and ">" in values.
type scanner struct {
	source io.Reader
	buf    []byte
	start  int // what is not taken yet begins here
	at     int // and is scanned up to here
}

// tag moves behind the next tag and gives it.
func (s *scanner) tag() ([]byte, error) {
	for {
		if from := bytes.IndexByte(s.buf[s.at:], '<'); from >= 0 {
			if to := bytes.IndexByte(s.buf[s.at+from:], '>'); to >= 0 {
				tag := s.buf[s.at+from : s.at+from+to+1]
				s.at += from + to + 1
				return tag, nil
			}
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

func (s *scanner) fill() error {
	if s.start > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.start:])]
		s.at, s.start = s.at-s.start, 0
	}
	if cap(s.buf)-len(s.buf) < 64<<10 {
		s.buf = append(make([]byte, 0, 2*cap(s.buf)+256<<10), s.buf...)
	}
	n, err := s.source.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if n > 0 {
		return nil
	}
	return err
}

// element is the next whole element of the stream, until the next call.
func (s *scanner) element() ([]byte, error) {
	s.start = s.at
	for depth := 0; ; {
		tag, err := s.tag()
		if err != nil {
			return nil, err
		}
		switch {
		case tag[1] == '/':
			if depth--; depth < 0 {
				return nil, io.EOF // the end of the stream
			}
		case tag[len(tag)-2] != '/':
			depth++
		}
		if depth == 0 {
			return bytes.TrimLeft(s.buf[s.start:s.at], " \n"), nil
		}
	}
}

// attr is an attribute of an element's start tag, as it is written.
func attr(e, name string) string {
	head, _, _ := strings.Cut(e, ">")
	_, value, found := strings.Cut(head, " "+name+"='")
	if !found {
		return ""
	}
	value, _, _ = strings.Cut(value, "'")
	return value
}
