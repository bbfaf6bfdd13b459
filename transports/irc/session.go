package irc

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"

	"isthmus/mapping/nick"
	"isthmus/transports"
)

// Session is the connection of one account to its server. Its fields belong to Run, and while there is a connection to
// whoever has its turn, but for live.
type Session struct {
	driver  *Driver
	network *network
	account transports.Account
	env     transports.Env

	certificate *tls.Certificate // to log in with, nil for none

	nick      string                       // the nick last asked for with success; empty before the first connection
	lost      time.Time                    // when the last connection that was welcomed ended
	ids       map[string]transports.RoomID // the spelling under which a room was first joined, by its folded name
	encodings map[string]encodings         // of rooms that have their own, by folded name
	away      string                       // what was last to be told of the person: a text of absence, or empty
	seen      seen                         // messages that were told
	reactions reactions
	marks     []mark // when the last messages were said

	live atomic.Pointer[connection] // the connection that takes commands, nil while there is none
}

// Run connects, registers, and emits what happens until the connection is lost or ctx ends. A server that wants TLS gets it
// at once.
func (s *Session) Run(ctx context.Context, emit func(transports.Event)) error {
	n, err := s.driver.network(string(s.account.Scope)) // as the operator has it now
	if err != nil {
		return err
	}
	s.network = personal(n, s.account.Options)
	fault, again := s.runOnce(ctx, emit)
	if again {
		fault, _ = s.runOnce(ctx, emit)
	}
	if fault == nil || ctx.Err() != nil {
		return nil
	}
	return fault
}

// runOnce runs one connection. again tells that the server wants another one, with TLS.
func (s *Session) runOnce(ctx context.Context, emit func(transports.Event)) (fault error, again bool) {
	var socket net.Conn
	var at endpoint
	var err error
	dialed := make(chan struct{})
	go func() { // in a goroutine whose stack ends with it: this one lasts as long as the connection
		defer close(dialed)
		socket, at, err = s.dial(ctx)
	}()
	if <-dialed; err != nil {
		return err, false
	}
	defer s.driver.idents.remove(socket)
	if ctx.Err() != nil {
		socket.Close()
		return nil, false
	}
	c := newConnection(s, socket, at, emit)
	fault = c.run(ctx)
	if c.stage == online {
		s.lost = time.Now()
	}
	if c.sts.lasting && !at.plain {
		s.driver.secured.confirm(at, c.sts.duration, time.Now()) // it holds from the end of the connection
	}
	return fault, c.sts.port != 0 && at.plain && c.stage == registering
}

// maxAhead is how many messages may wait for their turn without Do waiting as well.
const maxAhead = 64

// Do carries out a command. It returns when all lines of the command have been handed to the network; of a Join at once,
// so that many can share a line, and of the account's own messages, whose place keeps them in order, while few wait.
func (s *Session) Do(ctx context.Context, command transports.Command, done func(transports.Result, error)) {
	if !possible.Allows(command) {
		done(transports.Result{}, transports.ErrUnsupported)
		return
	}
	if ctx.Err() != nil {
		done(transports.Result{}, notSent())
		return
	}
	c := s.live.Load()
	if c == nil {
		done(transports.Result{}, offline("Not connected to "+string(s.account.Scope)+"."))
		return
	}
	if !c.can.Load().Allows(command) {
		done(transports.Result{}, transports.ErrUnsupported)
		return
	}
	r := newRequest(command, done)
	if said, is := command.(transports.Send); is && said.As == nil && c.ahead.Load() < maxAhead {
		c.ahead.Add(1)
		r.ahead = &c.ahead
	} else {
		r.freed = make(chan struct{})
	}
	freed := r.freed
	r.forget = context.AfterFunc(ctx, r.abandon)
	if !c.inbox.ask(func() { c.accept(r) }) {
		r.settle(offline("The connection to " + string(s.account.Scope) + " has ended."))
	}
	if freed != nil {
		<-freed
	}
}

// wantedNick is the nick to register with.
func (s *Session) wantedNick() string {
	if s.nick != "" {
		return s.nick
	}
	if wanted := s.account.Options.Get(nil, optionNick); wanted != "" {
		return wanted
	}
	return nick.IRC(s.account.Name, usualNickLen)
}

// remember keeps the id of a room: the spelling of its first Join.
func (s *Session) remember(folded string, id transports.RoomID) { put(&s.ids, folded, id) }

// refold keys by the case mapping of a new connection.
func (s *Session) refold(fold func(string) string) {
	ids, own := s.ids, s.encodings
	s.ids, s.encodings = nil, nil
	for _, id := range ids {
		put(&s.ids, fold(string(id)), id)
	}
	for name, e := range own {
		put(&s.encodings, fold(name), e)
	}
}

// username is the user name of the account. Where servers may ask for it, it is the gateway that vouches for it, not the
// person.
func (s *Session) username() string {
	if wanted := s.account.Options.Get(nil, optionUsername); wanted != "" && s.driver.idents.address == "" {
		return username(wanted)
	}
	return username(s.account.Person)
}
