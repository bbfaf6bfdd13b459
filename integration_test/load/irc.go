package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
)

// ircServer is an IRC server (RFC 2812) with people who say what they are told to, in channels of real clients and silent members.
type ircServer struct {
	plain, secure net.Listener
	fingerprint   string

	mu       sync.Mutex
	channels map[string]*channel
	// silent are how many members a new channel has who never say a word, besides bob.
	silent int
	// heard is told of each message of a client; it may be nil.
	heard func(nick, channel, text string)
}

type channel struct {
	name    string
	silent  int
	members []*ircClient
}

// ircClient is a connection. What is to be written waits in a buffer that has a bound for what the server says by itself.
type ircClient struct {
	conn net.Conn
	nick string

	mu    sync.Mutex
	space sync.Cond
	out   []byte
	gone  bool
}

// outBound is how many bytes wait for a client before the one who floods it has to wait.
const outBound = 1 << 20

func newIRCServer() (*ircServer, error) {
	s := &ircServer{channels: map[string]*channel{}}
	var err error
	if s.plain, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	certificate, fingerprint, err := newCertificate()
	if err != nil {
		return nil, err
	}
	s.fingerprint = fingerprint
	if s.secure, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}}); err != nil {
		return nil, err
	}
	for _, l := range []net.Listener{s.plain, s.secure} {
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go s.serve(conn)
			}
		}()
	}
	return s, nil
}

func (s *ircServer) close() {
	s.plain.Close()
	s.secure.Close()
}

func (s *ircServer) serve(conn net.Conn) {
	c := &ircClient{conn: conn, nick: "*"}
	c.space.L = &c.mu
	go c.write()
	defer s.leave(c)
	lines := bufio.NewReaderSize(conn, 512)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		if !s.obey(c, strings.ToUpper(verb), rest) {
			return
		}
	}
}

// obey does what a line asks for; false ends the connection.
func (s *ircServer) obey(c *ircClient, verb, rest string) bool {
	first, more, _ := strings.Cut(rest, " ")
	first, more = strings.TrimPrefix(first, ":"), strings.TrimPrefix(more, ":")
	switch verb {
	case "NICK":
		c.nick = first
	case "CAP":
		if first == "LS" {
			c.say(":stub CAP * LS :\r\n")
		}
	case "USER":
		c.say(fmt.Sprintf(":stub 001 %s :Welcome\r\n:stub 005 %[1]s CASEMAPPING=rfc1459 CHANTYPES=# PREFIX=(ov)@+ CHANMODES=b,k,l,imnpst :are supported\r\n:stub 422 %[1]s :no MOTD\r\n", c.nick))
	case "JOIN":
		for name := range strings.SplitSeq(first, ",") {
			s.join(c, name)
		}
	case "PART":
		s.part(c, first)
	case "MODE":
		c.say(fmt.Sprintf(":stub 324 %s %s +nt\r\n", c.nick, first))
	case "WHO":
		c.say(fmt.Sprintf(":stub 315 %s %s :End\r\n", c.nick, first))
	case "ISON":
		c.say(fmt.Sprintf(":stub 303 %s :%s\r\n", c.nick, strings.TrimPrefix(rest, ":")))
	case "PING":
		c.say(":stub PONG stub :" + strings.TrimPrefix(rest, ":") + "\r\n")
	case "PRIVMSG":
		s.relay(c, first, more)
	case "QUIT":
		return false
	}
	return true
}

func (s *ircServer) join(c *ircClient, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[name]
	if ch == nil {
		ch = &channel{name: name, silent: s.silent}
		s.channels[name] = ch
	}
	ch.members = append(ch.members, c)
	line := ":" + c.nick + "!u@h JOIN " + name + "\r\n"
	for _, m := range ch.members {
		m.say(line)
	}
	var names strings.Builder
	count := 0
	add := func(nick string) {
		if count%32 == 0 {
			fmt.Fprintf(&names, "\r\n:stub 353 %s = %s :", c.nick, name)
		}
		count++
		names.WriteString(nick + " ")
	}
	add("bob")
	for i := range ch.silent {
		add(fmt.Sprintf("Someone%d", i))
	}
	for _, m := range ch.members {
		add(m.nick)
	}
	c.say(strings.TrimPrefix(names.String(), "\r\n") + fmt.Sprintf("\r\n:stub 366 %s %s :End\r\n", c.nick, name))
}

func (s *ircServer) part(c *ircClient, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[name]; ch != nil {
		ch.tell(":" + c.nick + "!u@h PART " + name + "\r\n")
		ch.drop(c)
	}
}

// leave is the end of a connection. Nobody is told: it is the end of a measurement.
func (s *ircServer) leave(c *ircClient) {
	s.mu.Lock()
	for _, ch := range s.channels {
		ch.drop(c)
	}
	s.mu.Unlock()
	c.mu.Lock()
	c.gone = true
	c.space.Broadcast()
	c.mu.Unlock()
	c.conn.Close()
}

func (s *ircServer) relay(from *ircClient, name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[name]; ch != nil {
		for _, m := range ch.members {
			if m != from {
				m.say(":" + from.nick + "!u@h PRIVMSG " + name + " :" + text + "\r\n")
			}
		}
	}
	if s.heard != nil {
		s.heard(from.nick, name, text)
	}
}

// flood has everyone in a channel hear lines, as fast as they take them.
func (s *ircServer) flood(name string, lines int, line func(i int) string) {
	s.mu.Lock()
	members := append([]*ircClient(nil), s.channels[name].members...)
	s.mu.Unlock()
	var batch []byte
	for i := range lines {
		batch = append(append(append(append(append(batch, ":bob!u@h PRIVMSG "...), name...), " :"...), line(i)...), "\r\n"...)
		if len(batch) > 8<<10 || i == lines-1 {
			for _, m := range members {
				m.force(batch)
			}
			batch = batch[:0]
		}
	}
}

func (ch *channel) tell(line string) {
	for _, m := range ch.members {
		m.say(line)
	}
}

func (ch *channel) drop(c *ircClient) {
	for i, m := range ch.members {
		if m == c {
			ch.members = append(ch.members[:i], ch.members[i+1:]...)
			return
		}
	}
}

func (c *ircClient) say(lines string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = append(c.out, lines...)
	c.space.Broadcast()
}

// force is say for a flood, and waits while the client does not keep up.
func (c *ircClient) force(lines []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.out) > outBound && !c.gone {
		c.space.Wait()
	}
	c.out = append(c.out, lines...)
	c.space.Broadcast()
}

func (c *ircClient) write() {
	var batch []byte
	for {
		c.mu.Lock()
		for len(c.out) == 0 && !c.gone {
			c.space.Wait()
		}
		batch, c.out = c.out, batch[:0]
		gone := c.gone
		c.space.Broadcast()
		c.mu.Unlock()
		if gone {
			return
		}
		if _, err := c.conn.Write(batch); err != nil {
			c.conn.Close()
			return
		}
		if cap(batch) > 64<<10 {
			batch = nil
		}
	}
}
