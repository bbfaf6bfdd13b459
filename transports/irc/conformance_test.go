package irc_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"isthmus/integration_test/servers"
	"isthmus/transports"
	"isthmus/transports/irc"
	"isthmus/transports/transporttest"
)

const patience = 60 * time.Second

// peer is a client of a few lines: another user of the network.
type peer struct {
	t      *testing.T
	nick   string
	socket net.Conn
	lines  chan string
	pings  int

	registered bool
	modern     *modern // nil where its client is an old one
}

func newPeer(t *testing.T, socket net.Conn, nick string) *peer {
	t.Helper()
	p := &peer{t: t, nick: nick, socket: socket, lines: make(chan string, 1<<14)}
	go func() {
		defer close(p.lines)
		for in := bufio.NewScanner(socket); in.Scan(); {
			p.lines <- in.Text()
		}
	}()
	t.Cleanup(func() { socket.Close() })
	p.write("NICK "+nick, "USER "+nick+" 0 * :a peer")
	return p
}

func (p *peer) write(lines ...string) {
	p.t.Helper()
	if _, err := p.socket.Write([]byte(strings.Join(lines, "\r\n") + "\r\n")); err != nil {
		p.t.Fatal(err)
	}
}

// await reads until a line fits, and answers PING.
func (p *peer) await(fits func(words []string) bool) {
	p.t.Helper()
	deadline := time.After(patience)
	var passed []string
	for {
		select {
		case line, open := <-p.lines:
			passed = append(passed, line)
			if !open {
				p.t.Fatal("the peer's connection has ended")
			}
			if p.modern != nil {
				line = p.modern.notes(line)
			}
			words := strings.Fields(line)
			if len(words) > 1 && words[0] == "PING" {
				p.write("PONG " + words[1])
			} else if len(words) > 1 && fits(words) {
				return
			}
		case <-deadline:
			p.t.Fatalf("the peer waits for a line that does not come; there came %q", passed[max(0, len(passed)-20):])
		}
	}
}

// register awaits the welcome, once and as late as can be: InspIRCd takes a second for it, in which the account registers too.
func (p *peer) register() {
	p.t.Helper()
	if !p.registered {
		p.registered = true
		p.await(func(words []string) bool { return words[1] == "376" || words[1] == "422" })
		if p.modern != nil {
			p.write("CAP REQ :message-tags echo-message batch")
			p.write("CAP REQ :draft/message-redaction")
		}
	}
}

// does sends lines and returns when the server has dealt with them.
func (p *peer) does(lines ...string) {
	p.t.Helper()
	p.register()
	p.pings++
	token := fmt.Sprint("peer-", p.pings)
	p.write(append(lines, "PING :"+token)...)
	p.await(func(words []string) bool { return words[1] == "PONG" && strings.HasSuffix(words[len(words)-1], token) })
}

func (p *peer) acts() transporttest.Peer {
	return transporttest.Peer{
		Name:  p.nick,
		Join:  func(room transports.RoomID) { p.does("JOIN " + string(room)) },
		Leave: func(room transports.RoomID) { p.does("PART " + string(room)) },
		Say:   func(room transports.RoomID, text string) { p.does("PRIVMSG " + string(room) + " :" + text) },
		Act: func(room transports.RoomID, text string) {
			p.does("PRIVMSG " + string(room) + " :\x01ACTION " + text + "\x01")
		},
		Tell: func(to transports.User, text string) { p.does("PRIVMSG " + to.Name + " :" + text) },
		Hears: func(text string) {
			p.t.Helper()
			p.await(func(words []string) bool {
				return words[1] == "PRIVMSG" && strings.HasSuffix(strings.Join(words, " "), ":"+text)
			})
		},
		SetTopic: func(room transports.RoomID, text string) { p.does("TOPIC " + string(room) + " :" + text) },
		Kick: func(room transports.RoomID, user transports.User, reason string) {
			p.does("KICK " + string(room) + " " + user.Name + " :" + reason)
		},
		Rename: func(name string) { p.does("NICK " + name) },
		Quit:   func() { p.write("QUIT :bye") },
	}
}

// names counts up, so that tests that share a server do not meet.
var names atomic.Int64

// harness puts an account and a peer on a network. cut breaks the account's connection from the network's side, nil to
// break its socket.
func harness(t *testing.T, n irc.Network, dial func(context.Context) (net.Conn, error), peerDial func() (net.Conn, error), cut func(nick string)) transporttest.Harness {
	t.Helper()
	h, _ := harnessWith(t, n, dial, peerDial, cut)
	return h
}

// harnessWith gives the peer as well.
func harnessWith(t *testing.T, n irc.Network, dial func(context.Context) (net.Conn, error), peerDial func() (net.Conn, error), cut func(nick string)) (transporttest.Harness, *peer) {
	t.Helper()
	n.Burst, n.Rate = 1000, 1000 // the server's own limits are not what is tested
	driver, err := irc.New(irc.Config{Networks: []irc.Network{n}})
	if err != nil {
		t.Fatal(err)
	}
	number := names.Add(1)
	socket, err := peerDial()
	if err != nil {
		t.Fatal(err)
	}
	p := newPeer(t, socket, fmt.Sprint("Peer", number))
	var mu sync.Mutex
	var last net.Conn
	h := transporttest.Harness{
		Driver:  driver,
		Account: transports.Account{Scope: transports.Scope(n.Host), Person: "tester", Name: fmt.Sprint("User", number)},
		Env: transports.Env{Log: slog.New(slog.DiscardHandler), Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			var err error
			last, err = dial(ctx)
			return last, err
		}},
		Room: transports.RoomID(fmt.Sprintf("#room-%d", number)), Other: transports.RoomID(fmt.Sprintf("#other-%d", number)),
		Peer: p.acts(),
	}
	h.Cut = func() {
		if cut != nil {
			cut(h.Account.Name)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		last.Close()
		p.register()
		p.write("WHOIS " + h.Account.Name)
		p.await(func(words []string) bool {
			if words[1] == "318" { // the server has not noticed yet
				p.write("WHOIS " + h.Account.Name)
			}
			return words[1] == "401"
		})
	}
	return h, p
}

func TestTheLawsHoldOnASmallNetwork(t *testing.T) {
	transporttest.Run(t, func(t *testing.T) transporttest.Harness {
		network := newFakeNetwork()
		return harness(t, irc.Network{Host: "irc.fake", Plain: true},
			func(context.Context) (net.Conn, error) { return network.dial(), nil },
			func() (net.Conn, error) { return network.dial(), nil }, network.cut)
	})
}

// lawsOn runs the laws on a server of the world outside, over TLS whose certificate the operator accepted.
func lawsOn(t *testing.T, modern bool, start func(servers.Starter) *servers.Server) {
	if testing.Short() {
		t.Skip("a real server takes seconds")
	}
	server := start(servers.ForTest(t))
	var dialer net.Dialer
	transporttest.Run(t, func(t *testing.T) transporttest.Harness {
		h, p := harnessWith(t, irc.Network{Host: "localhost", Address: server.TLS, Fingerprint: server.Fingerprint},
			func(ctx context.Context) (net.Conn, error) { return dialer.DialContext(ctx, "tcp", server.TLS) },
			func() (net.Conn, error) { return dialer.Dial("tcp", server.Plain) }, nil)
		if modern {
			h.Peer = p.today(h.Peer)
			h.Peer.Delete = nil // it has no redaction
		}
		h.Forgets = true // neither keeps a history unless its operators or channels ask for it
		return h
	})
}
