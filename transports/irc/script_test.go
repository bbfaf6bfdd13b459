package irc

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// script plays the server by hand, one line at a time, in a synctest bubble.
type script struct {
	t       *testing.T
	config  Config
	options transports.Options
	session transports.Session

	server net.Conn
	lines  chan string // from the driver
	deaf   bool        // the server reads nothing

	mu     sync.Mutex // time that passes orders nothing for the race detector
	events []transports.Event
	ended  chan error
	stop   context.CancelFunc
	result error
	over   bool
	block  chan struct{} // where set, events after Online wait for it
}

const host = "irc.example.org"

var quiet = slog.New(slog.DiscardHandler)

// play runs a scenario with an account called alice on a network without TLS.
func play(t *testing.T, n Network, story func(*script)) {
	t.Helper()
	playAs(t, Config{}, n, nil, story)
}

// playAs runs a scenario with what the operator and the person have set.
func playAs(t *testing.T, config Config, n Network, options transports.Options, story func(*script)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, config: config, options: options}
		s.open(n)
		s.run()
		defer func() {
			s.stop()
			if s.server != nil {
				s.server.Close()
			}
			s.finish()
		}()
		story(s)
	})
}

func (s *script) open(n Network) {
	n.Host, n.Plain = host, true
	s.config.Networks = []Network{n}
	driver, err := New(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	env := transports.Env{Log: quiet, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		s.serve(server)
		return client, nil
	}}
	if s.session, err = driver.Open(transports.Account{Scope: host, Person: "alice", Name: "alice", Options: s.options}, env); err != nil {
		s.t.Fatal(err)
	}
}

// serve takes lines from the driver, as fast as they come.
func (s *script) serve(server net.Conn) {
	s.server, s.lines = server, make(chan string, 4096)
	if s.deaf {
		return
	}
	lines := s.lines
	go func() {
		for in := bufio.NewScanner(server); in.Scan(); {
			lines <- in.Text()
		}
		close(lines)
	}()
}

// run starts the session, and starts it again after it has ended.
func (s *script) run() {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	s.stop, s.ended, s.over = stop, ended, false
	go func() {
		ended <- s.session.Run(ctx, func(e transports.Event) {
			if _, online := e.(transports.Online); !online && s.block != nil {
				<-s.block
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.events = append(s.events, e)
		})
	}()
	synctest.Wait()
}

// finish waits for the end of Run and gives what it returned.
func (s *script) finish() error {
	s.t.Helper()
	if !s.over {
		select {
		case s.result = <-s.ended:
			s.over = true
		case <-time.After(time.Hour):
			s.t.Fatal("Run does not end")
		}
	}
	return s.result
}

// fault is why Run ended.
func (s *script) fault(want transports.FaultKind, words ...string) *transports.Fault {
	s.t.Helper()
	return wantFault(s.t, s.finish(), want, words...)
}

func wantFault(t *testing.T, err error, want transports.FaultKind, words ...string) *transports.Fault {
	t.Helper()
	if err == nil {
		t.Fatalf("no fault, want kind %d", want)
	}
	fault := transports.AsFault(err)
	if fault.Kind != want {
		t.Errorf("kind %d (%v), want %d", fault.Kind, err, want)
	}
	for _, word := range words {
		if !strings.Contains(fault.Text, word) {
			t.Errorf("the text %q does not say %q", fault.Text, word)
		}
	}
	return fault
}

// says sends lines to the driver and waits until it has dealt with them.
func (s *script) says(lines ...string) {
	s.t.Helper()
	for _, line := range lines {
		if _, err := fmt.Fprintf(s.server, "%s\r\n", line); err != nil {
			s.t.Fatalf("the driver does not take %q: %v", line, err)
		}
	}
	synctest.Wait()
}

// hears is what the driver has sent by now.
func (s *script) hears() []string {
	synctest.Wait()
	var all []string
	for {
		select {
		case line, open := <-s.lines:
			if !open {
				return all
			}
			all = append(all, line)
		default:
			return all
		}
	}
}

// expect fails where the driver has not sent exactly these lines by now.
func (s *script) expect(want ...string) {
	s.t.Helper()
	if got := s.hears(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		s.t.Errorf("the driver sent\n%q, want\n%q", got, want)
	}
}

// told is what was emitted since the last call.
func (s *script) told() []transports.Event {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	events := s.events
	s.events = nil
	return events
}

// one is the only event since the last call, which must be of the type.
func one[E transports.Event](s *script) E {
	s.t.Helper()
	events := s.told()
	if len(events) == 1 {
		if e, is := events[0].(E); is {
			return e
		}
	}
	var want E
	s.t.Fatalf("the events are %+v, want one %T", events, want)
	return want
}

// welcome registers, with tokens of RPL_ISUPPORT.
func (s *script) welcome(support ...string) {
	s.t.Helper()
	s.expect("CAP LS 302", "NICK alice", "USER alice 0 * :alice")
	s.says(":irc.srv CAP * LS :unknown server-time multi-prefix sasl=PLAIN")
	s.expect("CAP REQ :multi-prefix server-time")
	s.says(":irc.srv CAP alice ACK :server-time multi-prefix")
	s.expect("CAP END")
	s.says(":irc.srv 001 alice :Welcome")
	if len(support) > 0 {
		s.says(":irc.srv 005 alice " + strings.Join(support, " ") + " :are supported by this server")
	}
	s.says(":irc.srv 422 alice :No MOTD")
	if online := one[transports.Online](s); online.Self.ID != "alice" || !reflect.DeepEqual(online.Can, plainAbilities) {
		s.t.Errorf("online as %+v", online)
	}
}

// enter joins a room that is there with the members named.
func (s *script) enter(room string, names string) transports.Room {
	s.t.Helper()
	joined := s.do(transports.Join{Room: transports.RoomID(room)})
	time.Sleep(joinGather)
	s.expect("JOIN " + room)
	s.says(":alice!ali@host.example JOIN "+room, ":irc.srv 353 alice = "+room+" :"+names, ":irc.srv 366 alice "+room+" :End")
	event := one[transports.Room](s)
	if err := joined.err(); err != nil {
		s.t.Fatalf("join: %v", err)
	}
	s.expect("MODE " + room)
	return event
}

// outcome is that of a command: how often it was done, and how.
type outcome struct {
	t      *testing.T
	cancel context.CancelFunc

	mu     sync.Mutex
	calls  int
	result error
	text   string
	ids    []transports.MessageID
	back   bool // Do has returned
}

// said is what the network said of a command that is done.
func (o *outcome) said() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text
}

// parts are the ids of the messages that a command became.
func (o *outcome) parts() []transports.MessageID {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ids
}

func (o *outcome) hasReturned() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.back
}

func (s *script) do(command transports.Command) *outcome {
	ctx, cancel := context.WithCancel(context.Background())
	s.t.Cleanup(cancel)
	o := &outcome{t: s.t, cancel: cancel}
	go func() {
		s.session.Do(ctx, command, func(r transports.Result, err error) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.calls++
			o.text, o.ids = r.Text, r.Parts
			o.result = err
		})
		o.mu.Lock()
		defer o.mu.Unlock()
		o.back = true
	}()
	synctest.Wait()
	return o
}

// err is what a command, which must be done by now, ended with.
func (o *outcome) err() error {
	o.t.Helper()
	synctest.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.calls != 1 {
		o.t.Fatalf("done was called %d times", o.calls)
	}
	return o.result
}

func (o *outcome) pending() {
	o.t.Helper()
	synctest.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.calls != 0 {
		o.t.Fatalf("done was called already, with %v", o.result)
	}
}

func inRoom1(words string) transports.Send {
	return transports.Send{Place: transports.InRoom("#room"), Text: text.Plain(words)}
}

// plainAbilities are those of a server that has no more than the welcome of a script.
var plainAbilities = transports.Capabilities{Features: always, SingleLine: true}
