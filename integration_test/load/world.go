package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"isthmus/integration_test/servers"
)

const (
	domain   = "irc.load" // the gateway's
	ircHost  = "irc.example"
	tlsHost  = "tls.example" // the same server, over TLS
	loopback = "mem.load"    // the domain in front of the network in memory
)

// world is a gateway as it is run, between the stubs of this process.
type world struct {
	xmpp    *xmppServer
	irc     *ircServer
	rooms   *mucs
	gateway *servers.Server
	dir     string
}

// served is what the gateway is to serve: IRC, or the networks in memory.
type served struct {
	memory bool
	// more are lines of the configuration.
	more string
}

const ircConfig = `
store: "sqlite:%[1]s/isthmus.db"
web: {private: "unix:%[1]s/private"}
transports:
  - kind: irc
    domain: %[2]s
    server: tcp://%[3]s
    secret: secret
    people: [load]
    limits: {stanzas_per_second: 1000000}
    private_networks: [127.0.0.0/8]
    options:
      connect_rate: 1000000
      networks:
        - {host: %[4]s, address: %[5]q, plain: true, burst: 1000000, rate: 1000000}
        - {host: %[6]s, address: %[7]q, fingerprint: %[8]s, burst: 1000000, rate: 1000000}
`

const memoryConfig = `
store: "sqlite:%[1]s/isthmus.db"
web: {private: "unix:%[1]s/private"}
transports:
  - kind: loopback
    domain: %[2]s
    server: tcp://%[3]s
    secret: secret
    people: [load]
    limits: {stanzas_per_second: 1000000}
    options: {scopes: [one, two, three], control: %[1]s/control}
`

// newWorld starts a gateway and returns when its stream is up.
func newWorld(program string, s served) (*world, error) {
	dir, err := os.MkdirTemp("", "load-") // short: the path of a socket has a bound
	if err != nil {
		return nil, err
	}
	w := &world{dir: dir}
	if w.xmpp, err = newXMPPServer(); err != nil {
		return nil, err
	}
	if w.irc, err = newIRCServer(); err != nil {
		return nil, err
	}
	config := fmt.Sprintf(ircConfig, dir, domain, w.xmpp.address(), ircHost, w.irc.plain.Addr(), tlsHost, w.irc.secure.Addr(), w.irc.fingerprint)
	config += s.more
	w.rooms = &mucs{server: w.xmpp, rooms: map[string]*muc{}}
	w.xmpp.rooms = w.rooms
	if s.memory {
		config = fmt.Sprintf(memoryConfig, dir, loopback, w.xmpp.address())
	}
	if err := os.WriteFile(w.config(), []byte(config), 0o600); err != nil {
		return nil, err
	}
	return w, w.run(program)
}

func (w *world) config() string { return filepath.Join(w.dir, "isthmus.yaml") }

// run starts the gateway, and returns when its stream is up.
func (w *world) run(program string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var err error
	w.gateway, err = servers.Run(ctx, servers.Program{Name: "isthmus", Dir: w.dir, Command: []string{program, "serve", "--config", w.config()}})
	if err != nil {
		return err
	}
	select {
	case <-w.xmpp.up:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the gateway does not connect:\n%s", w.gateway.LogTail())
	}
}

// close ends the gateway. What is still under way is of no interest, so it is killed.
func (w *world) close() {
	if w.gateway != nil {
		w.gateway.Kill()
	}
	w.xmpp.close()
	w.irc.close()
	os.RemoveAll(w.dir)
}

// failure is an error with the gateway's last words.
func (w *world) failure(format string, values ...any) error {
	return fmt.Errorf("%s\n%s", fmt.Sprintf(format, values...), w.gateway.LogTail())
}

// person is the n-th of the XMPP server's people, at a client.
func person(n int) string { return fmt.Sprintf("p%d@load/desk", n) }

func nick(n int) string { return fmt.Sprintf("p%d", n) }

// room is the address of a channel.
func room(channel, host string) string { return channel + "%" + host + "@" + domain }

func entry(n int, room string) string {
	return fmt.Sprintf("<presence from='%s' to='%s/%s'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>", person(n), room, nick(n))
}

// enter has people from..to-1 enter rooms, five hundred at a time at most, and returns when each has had the room's subject.
func (w *world) enter(from, to int, room func(n int) string) error {
	const window = 500
	credit := make(chan struct{}, window)
	for range window {
		credit <- struct{}{}
	}
	var in atomic.Int64
	done := make(chan struct{})
	w.xmpp.watch(func(s []byte) {
		if strings.Contains(string(s), "<subject") {
			credit <- struct{}{}
			if in.Add(1) == int64(to-from) {
				close(done)
			}
		} else if strings.HasPrefix(string(s), "<presence type='error'") {
			fmt.Fprintln(os.Stderr, "load: cannot enter:", string(s))
		}
	})
	late := time.After(5 * patience)
	for n := from; n < to; n++ {
		select {
		case <-credit:
			w.xmpp.send(entry(n, room(n)))
		case <-late:
			return w.failure("only %d of %d people came in", in.Load(), to-from)
		}
	}
	select {
	case <-done:
		return nil
	case <-late:
		return w.failure("only %d of %d people came in", in.Load(), to-from)
	}
}

// unarchived has people say, by the command that they have for it, that nothing is to be kept.
func (w *world) unarchived(people int) error {
	const command = "<command xmlns='http://jabber.org/protocol/commands' node='configure' "
	for n := range people {
		asked, err := w.xmpp.ask("set", person(n), domain, command+"action='execute'/>")
		if err != nil {
			return err
		}
		_, session, _ := strings.Cut(asked, " sessionid='")
		session, _, _ = strings.Cut(session, "'")
		done, err := w.xmpp.ask("set", person(n), domain, command+"sessionid='"+session+"' action='complete'>"+
			"<x xmlns='jabber:x:data' type='submit'><field var='record_history'><value>0</value></field></x></command>")
		if err != nil {
			return err
		}
		if !strings.Contains(done, "status='completed'") {
			return w.failure("the archive could not be turned off: %s", done)
		}
	}
	return nil
}

// counter counts down to something that many stanzas do.
type counter struct {
	left atomic.Int64
	once sync.Once
	done chan struct{}
}

func countdown(from int) *counter {
	c := &counter{done: make(chan struct{})}
	c.left.Store(int64(from))
	return c
}

func (c *counter) count() {
	if c.left.Add(-1) == 0 {
		c.once.Do(func() { close(c.done) })
	}
}

// wait waits for the end of the count.
func (w *world) wait(c *counter, within time.Duration) error {
	select {
	case <-c.done:
		return nil
	case <-w.gateway.Done():
		return w.failure("the gateway ended")
	case <-time.After(within):
		return w.failure("%d stanzas have not come", c.left.Load())
	}
}
