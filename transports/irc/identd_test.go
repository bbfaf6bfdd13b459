package irc

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
)

func TestServersLearnWhoseAConnectionIs(t *testing.T) {
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l
	}
	driver, err := New(Config{Identd: "127.0.0.1:113"})
	if err != nil {
		t.Fatal(err)
	}
	server, asking := listen(), listen()
	socket, err := net.Dial("tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	driver.idents.add(socket, "alice")

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- driver.idents.serve(ctx, asking) }()
	ask := func(question string) string {
		t.Helper()
		c, err := net.Dial("tcp", asking.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "%s\r\n", question)
		line, _ := bufio.NewReader(c).ReadString('\n')
		return strings.TrimSpace(line)
	}
	ports := fmt.Sprintf("%d, %d", socket.LocalAddr().(*net.TCPAddr).Port, server.Addr().(*net.TCPAddr).Port)
	for question, want := range map[string]string{
		ports: ports + " : USERID : UNIX : alice", "1,2": "1, 2 : ERROR : NO-USER", "nonsense": "0, 0 : ERROR : INVALID-PORT", "0,99999": "0, 0 : ERROR : INVALID-PORT",
	} {
		if got := ask(question); got != want {
			t.Errorf("%q is answered with %q, want %q", question, got, want)
		}
	}
	driver.idents.remove(socket)
	if got := ask(ports); !strings.HasSuffix(got, "NO-USER") {
		t.Errorf("of a connection that has ended: %q", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestAnIdentdThatCannotListenSaysSo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	driver, err := New(Config{Identd: taken.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	if err := driver.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "identd") {
		t.Errorf("it gave %v", err)
	}
}
