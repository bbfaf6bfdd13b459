package irc

import (
	"bufio"
	"context"
	"net"
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// BenchmarkLineToEvent is the way in, without the socket.
func BenchmarkLineToEvent(b *testing.B) {
	events := 0
	s := &Session{network: &network{host: host, burst: 10, rate: 1}, driver: &Driver{}, env: transports.Env{Log: quiet}, nick: "alice", ids: map[string]transports.RoomID{}}
	c := newConnection(s, nil, endpoint{plain: true}, func(transports.Event) { events++ })
	for _, line := range []string{":s 001 alice :x", ":s 422 alice :x", ":alice!a@b JOIN #room", ":s 366 alice #room :x"} {
		m, _ := parse([]byte(line), nil)
		c.handle(m)
	}
	line := []byte("@time=2020-01-02T03:04:05.678Z;account=bob :bob!bob@host.example.org PRIVMSG #room :a line of the length that people write")
	b.ReportAllocs()
	for b.Loop() {
		m, _ := parse(line, nil)
		c.handle(m)
	}
	if events < b.N {
		b.Fatalf("%d events of %d lines", events, b.N)
	}
}

// online is a session on a socket whose other end answers every PING.
func onlineSession(b *testing.B) (transports.Session, net.Conn) {
	b.Helper()
	driver, err := New(Config{Networks: []Network{{Host: host, Plain: true, Burst: 1 << 30, Rate: 1e9}}})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	session, err := driver.Open(transports.Account{Scope: host, Name: "alice"}, transports.Env{Log: quiet, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", listener.Addr().String())
	}})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	online, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		session.Run(ctx, func(e transports.Event) {
			if _, is := e.(transports.Online); is {
				close(online)
			}
		})
	}()
	server, err := listener.Accept()
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		for in := bufio.NewScanner(server); in.Scan(); {
			switch line := in.Text(); {
			case strings.HasPrefix(line, "USER "):
				server.Write([]byte(":s 001 alice :x\r\n:s 422 alice :x\r\n"))
			case strings.HasPrefix(line, "PING "):
				server.Write([]byte(":s PONG s " + line[5:] + "\r\n"))
			case line == "QUIT":
				server.Close()
			}
		}
	}()
	<-online
	b.Cleanup(func() { stop(); <-ended; server.Close() })
	return session, server
}

// BenchmarkSendToConfirmation is a Send until the server has confirmed it, with as many under way as there are places.
func BenchmarkSendToConfirmation(b *testing.B) {
	session, _ := onlineSession(b)
	words := text.Plain("a line of the length that people write")
	b.ReportAllocs()
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		done := make(chan error, 1)
		for p.Next() {
			session.Do(context.Background(), transports.Send{Place: transports.InRoom("#room"), Text: words}, func(_ transports.Result, err error) { done <- err })
			if err := <-done; err != nil {
				b.Error(err)
				return
			}
		}
	})
}
