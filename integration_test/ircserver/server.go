// Package ircserver is a small IRC server for tests. It follows the specifications of IRCv3 that no server at hand has: history, messages
// of several lines, redaction, read markers, SCRAM. What it does not know it says, as servers do.
package ircserver

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

const serverName = "irc.test"

// Options say what the server has. The zero value has all that it can.
type Options struct {
	// Accounts are passwords by the names of accounts.
	Accounts map[string]string
	// Without are capabilities that it does not offer.
	Without []string
	// Support are tokens of RPL_ISUPPORT besides its own.
	Support string
	// History is how many lines CHATHISTORY gives at once, 50 where it is 0.
	History int
	// Watched is how many people a client may monitor, 100 where it is 0.
	Watched int
}

// Server is a server that runs.
type Server struct {
	// Address is its host:port, without TLS.
	Address string

	options Options
	mu      sync.Mutex // held for each line, from anyone
	clients map[*client]bool
	rooms   map[string]*room     // by folded name
	past    map[string][]event   // of each room and each pair of users, by pastKey
	markers map[string]time.Time // by account and folded target
	caps    map[string]string    // offered, with their values
	now     func() time.Time
	last    int // number of the last id
}

// Start starts a server that ends with the test.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	if options.History == 0 {
		options.History = 50
	}
	if options.Watched == 0 {
		options.Watched = 100
	}
	s := &Server{options: options, clients: map[*client]bool{}, rooms: map[string]*room{}, past: map[string][]event{}, markers: map[string]time.Time{}, now: time.Now}
	s.caps = offers(options)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Address = listener.Addr().String()
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			socket, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { s.serve(socket) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		s.mu.Lock()
		for c := range s.clients {
			c.socket.Close()
		}
		s.mu.Unlock()
		serving.Wait()
	})
	return s
}

// Cut breaks the connection of a user.
func (s *Server) Cut(nick string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.user(nick); c != nil {
		s.quit(c, "Connection reset by peer")
		c.socket.Close()
	}
}

// serve reads lines of a client until its end.
func (s *Server) serve(socket net.Conn) {
	c := &client{socket: socket, caps: map[string]bool{}, watches: map[string]bool{}, batches: map[string]*incoming{}}
	c.more = sync.NewCond(&c.writing)
	s.mu.Lock()
	s.clients[c] = true
	s.mu.Unlock()
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
	}()
	in := bufio.NewScanner(socket)
	in.Buffer(nil, 16<<10)
	for in.Scan() {
		s.mu.Lock()
		s.line(c, parse(in.Text()))
		gone := c.gone
		s.mu.Unlock()
		if gone {
			break
		}
	}
	s.mu.Lock()
	s.quit(c, "Connection closed")
	delete(s.clients, c)
	s.mu.Unlock()
	c.end()
	<-written
}

// line does what a client says.
func (s *Server) line(c *client, m message) {
	label := m.tag("label")
	if m.command == "BATCH" && strings.HasPrefix(m.param(0), "+") { // what answers it comes after its end
		s.command(c, m)
		return
	}
	s.labelled(c, label, func() { s.command(c, m) })
}

// labelled does something whose answer is one: a line with the label, or a batch with it, or ACK. IRCv3 labeled-response.
func (s *Server) labelled(c *client, label string, do func()) {
	if label == "" || !c.caps["labeled-response"] {
		do()
		return
	}
	c.answer = &answer{}
	do()
	lines := c.answer.lines
	c.answer = nil
	switch len(lines) {
	case 0:
		c.send(out{tags: []tag{{"label", label}}, from: serverName, command: "ACK"})
	case 1:
		lines[0].tags = append([]tag{{"label", label}}, lines[0].tags...)
		c.send(lines[0])
	default:
		c.sendBatch(label, lines, s.newID())
	}
}

// sendBatch sends several lines under one label; those that are a batch already need no other around them.
func (c *client) sendBatch(label string, lines []out, name string) {
	first, end := lines[0], lines[len(lines)-1]
	if first.command == "BATCH" && end.command == "BATCH" && first.params[0][1:] == end.params[0][1:] {
		lines[0].tags = append([]tag{{"label", label}}, first.tags...)
		for _, line := range lines {
			c.send(line)
		}
		return
	}
	c.send(out{tags: []tag{{"label", label}}, from: serverName, command: "BATCH", params: []string{"+" + name, "labeled-response"}})
	for _, line := range lines {
		if !line.has("batch") {
			line.tags = append([]tag{{"batch", name}}, line.tags...)
		}
		c.send(line)
	}
	c.send(out{from: serverName, command: "BATCH", params: []string{"-" + name}})
}

func (s *Server) newID() string {
	s.last++
	return fmt.Sprintf("id%d", s.last)
}

func (s *Server) user(nick string) *client {
	for c := range s.clients {
		if c.registered && !c.gone && fold(c.nick) == fold(nick) {
			return c
		}
	}
	return nil
}

func fold(name string) string { return strings.ToLower(name) }

func isRoom(name string) bool { return strings.HasPrefix(name, "#") }
