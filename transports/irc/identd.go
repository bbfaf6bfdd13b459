package irc

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	identWithin = 30 * time.Second // for the question of one connection
	identAtOnce = 100              // questions
)

// idents knows whose connection is between which ports, for servers that ask. RFC 1413.
type idents struct {
	address string // where they ask, empty where they cannot
	mu      sync.Mutex
	users   map[connectionPorts]string
}

// connectionPorts tells the connections to one server apart; peer is its address.
type connectionPorts struct {
	ours, theirs int
	peer         string
}

func portsOfSocket(socket net.Conn) (connectionPorts, bool) {
	ours, ok := socket.LocalAddr().(*net.TCPAddr)
	theirs, too := socket.RemoteAddr().(*net.TCPAddr)
	if !ok || !too {
		return connectionPorts{}, false
	}
	return connectionPorts{ours.Port, theirs.Port, theirs.IP.String()}, true
}

func (i *idents) add(socket net.Conn, user string) {
	if ports, ok := portsOfSocket(socket); ok && i.address != "" {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.users[ports] = user
	}
}

func (i *idents) remove(socket net.Conn) {
	if ports, ok := portsOfSocket(socket); ok && i.address != "" {
		i.mu.Lock()
		defer i.mu.Unlock()
		delete(i.users, ports)
	}
}

// run answers until ctx ends.
func (i *idents) run(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", i.address)
	if err != nil {
		return fmt.Errorf("identd: cannot listen; the operator must free the port or allow it to the gateway, or change identd in the configuration: %w", err)
	}
	return i.serve(ctx, listener)
}

func (i *idents) serve(ctx context.Context, listener net.Listener) error {
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()
	var asking sync.WaitGroup
	defer asking.Wait()
	free := make(chan struct{}, identAtOnce)
	for {
		socket, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("identd: %w", err)
		}
		select {
		case free <- struct{}{}:
			asking.Go(func() {
				defer func() { <-free }()
				defer context.AfterFunc(ctx, func() { socket.Close() })()
				i.answer(socket)
			})
		default:
			socket.Close()
		}
	}
}

// answer answers the one question of a connection: "port here, port there". RFC 1413 §4.
func (i *idents) answer(socket net.Conn) {
	defer socket.Close()
	socket.SetDeadline(time.Now().Add(identWithin))
	line, err := bufio.NewReader(io.LimitReader(socket, 1000)).ReadString('\n')
	if err != nil {
		return
	}
	here, there, _ := strings.Cut(strings.TrimSpace(line), ",")
	ours, bad := strconv.Atoi(strings.TrimSpace(here))
	theirs, worse := strconv.Atoi(strings.TrimSpace(there))
	if bad != nil || worse != nil || ours < 1 || ours > 65535 || theirs < 1 || theirs > 65535 {
		fmt.Fprint(socket, "0, 0 : ERROR : INVALID-PORT\r\n")
		return
	}
	peer, _, _ := net.SplitHostPort(socket.RemoteAddr().String())
	i.mu.Lock()
	user := i.users[connectionPorts{ours, theirs, peer}]
	i.mu.Unlock()
	if user == "" {
		fmt.Fprintf(socket, "%d, %d : ERROR : NO-USER\r\n", ours, theirs)
		return
	}
	fmt.Fprintf(socket, "%d, %d : USERID : UNIX : %s\r\n", ours, theirs, user)
}
