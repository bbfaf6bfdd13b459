package servers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

const loopback = "127.0.0.1"

// Ports are picked below those that kernels give to connections (on Linux from 32768 on, ip_local_port_range): between
// the pick and the server's start, some client's connection could else take one.
const firstPort, endOfPorts = 10000, 32000

// Ports are the ports to listen on; a free one is picked for each that is zero.
type Ports struct {
	C2S, Component, HTTP int // XMPP servers
	Plain, TLS, Links    int // IRC servers
	SQL                  int // PostgreSQL
}

// PickFree replaces all of the ports by free ones.
func (p *Ports) PickFree() error {
	*p = Ports{}
	return assign(&p.C2S, &p.Component, &p.HTTP, &p.Plain, &p.TLS, &p.Links, &p.SQL)
}

// assign gives each zero port a free one. All are held open until the last is found, so that they differ.
func assign(ports ...*int) error {
	for _, port := range ports {
		if *port != 0 {
			continue
		}
		listener, err := listenSomewhere()
		if err != nil {
			return fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close()
		*port = listener.Addr().(*net.TCPAddr).Port
	}
	return nil
}

// listenSomewhere tries ports at random, so that programs that pick at the same time seldom meet.
func listenSomewhere() (listener net.Listener, err error) {
	for range 100 {
		listener, err = net.Listen("tcp", address(firstPort+rand.IntN(endOfPorts-firstPort)))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			return listener, err
		}
	}
	return nil, err
}

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// PortTaken says that another program listens where a server was to listen.
type PortTaken struct {
	Address string // host:port
	Cause   error  // what the kernel said
}

// Error names the address and says what to do.
func (e *PortTaken) Error() string {
	return fmt.Sprintf("%s is taken: end the program that listens there (`ss -ltnp` names it) or use another port", e.Address)
}

// Unwrap gives what the kernel said.
func (e *PortTaken) Unwrap() error { return e.Cause }

func mustBeFree(address string) error {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return &PortTaken{Address: address, Cause: err}
	}
	if err != nil {
		return err
	}
	return listener.Close()
}
