package path

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// xmppStub is an XMPP server with one component and one person, who is nobody: it counts what the gateway sends.
type xmppStub struct {
	address string
	conn    chan net.Conn // the component's, once it has shaken hands
	seen    chan string   // each start tag of a message or presence
}

func listen(b *testing.B, serve func(net.Conn)) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return l.Addr().String()
}

func newXMPPStub(b *testing.B) *xmppStub {
	s := &xmppStub{conn: make(chan net.Conn, 1), seen: make(chan string, 4096)}
	s.address = listen(b, s.serve)
	return s
}

func (s *xmppStub) serve(conn net.Conn) {
	defer conn.Close()
	tags := bufio.NewScanner(conn)
	tags.Buffer(make([]byte, 0, 1<<16), 1<<20)
	tags.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, '>'); i >= 0 {
			return i + 1, data[:i+1], nil
		}
		if atEOF {
			return 0, nil, io.EOF
		}
		return 0, nil, nil
	})
	var barrier []byte
	for tags.Scan() {
		tag := tags.Bytes()
		switch {
		case bytes.HasPrefix(bytes.TrimLeft(tag, " \n"), []byte("<stream:stream")):
			fmt.Fprint(conn, "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1' from='gw'>")
		case bytes.HasSuffix(tag, []byte("</handshake>")):
			fmt.Fprint(conn, "<handshake/>")
			s.conn <- conn
		case bytes.HasPrefix(tag, []byte("<iq ")):
			barrier = append(barrier[:0], tag...)
		case barrier != nil:
			barrier = append(barrier, tag...)
			if bytes.Equal(tag, []byte("</iq>")) {
				_, _ = conn.Write(barrier)
				barrier = nil
			}
		case bytes.HasPrefix(tag, []byte("<message ")), bytes.HasPrefix(tag, []byte("<presence ")), bytes.Equal(tag, []byte("<subject/>")):
			s.seen <- string(tag)
		}
	}
}

// await takes what the gateway sent until something has all those parts.
func (s *xmppStub) await(parts ...string) {
	for tag := range s.seen {
		found := true
		for _, p := range parts {
			found = found && strings.Contains(tag, p)
		}
		if found {
			return
		}
	}
}

// ircStub is an IRC server with one channel and people on it directly: bob, and a crowd that never says a word.
type ircStub struct {
	address string
	crowd   int
	conn    chan net.Conn // the client's, once it is in the channel
	heard   chan struct{} // each PRIVMSG of the client
}

func newIRCStub(b *testing.B, crowd int) *ircStub {
	s := &ircStub{crowd: crowd, conn: make(chan net.Conn, 1), heard: make(chan struct{}, 4096)}
	s.address = listen(b, s.serve)
	return s
}

func (s *ircStub) serve(conn net.Conn) {
	defer conn.Close()
	out := bufio.NewWriter(conn)
	lines := bufio.NewReader(conn)
	nick := "*"
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		word, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		switch strings.ToUpper(word) {
		case "NICK":
			nick = strings.TrimPrefix(rest, ":")
		case "CAP":
			if strings.HasPrefix(rest, "LS") {
				fmt.Fprint(out, ":stub CAP * LS :\r\n")
			}
		case "USER":
			fmt.Fprintf(out, ":stub 001 %s :Welcome\r\n:stub 005 %[1]s CASEMAPPING=rfc1459 CHANTYPES=# PREFIX=(ov)@+ :are supported\r\n:stub 422 %[1]s :no MOTD\r\n", nick)
		case "JOIN":
			fmt.Fprintf(out, ":%s!u@h JOIN #a\r\n:stub 353 %[1]s = #a :%[1]s bob", nick)
			for i := range s.crowd {
				if i%32 == 0 {
					fmt.Fprintf(out, "\r\n:stub 353 %s = #a :", nick)
				}
				fmt.Fprintf(out, "Someone%d ", i)
			}
			fmt.Fprintf(out, "\r\n:stub 366 %s #a :End\r\n", nick)
			_ = out.Flush()
			select {
			case s.conn <- conn:
			default: // whoever wanted it has one
			}
		case "PART":
			fmt.Fprintf(out, ":%s!u@h PART #a\r\n", nick)
		case "PING":
			fmt.Fprintf(out, ":stub PONG stub :%s\r\n", strings.TrimPrefix(rest, ":"))
		case "PRIVMSG":
			s.heard <- struct{}{}
		case "QUIT":
			return
		}
		if lines.Buffered() == 0 {
			_ = out.Flush()
		}
	}
}
