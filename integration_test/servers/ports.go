package servers

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

const loopback = "127.0.0.1"

// Ports are the ports to listen on; the kernel picks a free one for each that is zero.
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
		listener, err := net.Listen("tcp", loopback+":0")
		if err != nil {
			return fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close()
		*port = listener.Addr().(*net.TCPAddr).Port
	}
	return nil
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
