package servers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"syscall"
)

const loopback = "127.0.0.1"

// Ports are picked below those that kernels give to connections (on Linux from 32768 on, ip_local_port_range): between
// the pick and the server's start, some client's connection could else take one.
const firstPort, endOfPorts = 10000, 32000

// blockSize is how many ports a process takes for itself at once.
const blockSize = 100

// picked are the ports that this process has and has not given away yet. It gives each away once, so that a server which is down keeps its own.
var picked struct {
	sync.Mutex
	left   []int
	claims []net.Listener // one for each block, for as long as the process lives
}

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

// assign gives each zero port a free one.
func assign(ports ...*int) error {
	picked.Lock()
	defer picked.Unlock()
	for _, port := range ports {
		for *port == 0 {
			if len(picked.left) == 0 {
				if err := claim(); err != nil {
					return fmt.Errorf("find a free port: %w", err)
				}
			}
			if mustBeFree(address(picked.left[0])) == nil {
				*port = picked.left[0]
			}
			picked.left = picked.left[1:]
		}
	}
	return nil
}

// claim takes a block of ports: who listens on the first one has it, so that no two processes that pick at the same time meet.
func claim() (err error) {
	const blocks = (endOfPorts - firstPort) / blockSize
	var listener net.Listener
	for _, block := range rand.Perm(blocks) {
		first := firstPort + block*blockSize
		if listener, err = net.Listen("tcp", address(first)); err != nil {
			continue
		}
		picked.claims = append(picked.claims, listener)
		for port := first + 1; port < first+blockSize; port++ {
			picked.left = append(picked.left, port)
		}
		return nil
	}
	return err
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
