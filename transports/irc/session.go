package irc

import (
	"context"
	"sync/atomic"

	"isthmus/mapping/nick"
	"isthmus/transports"
)

// capabilities are what plain IRC can do. There are no ids: a line carries none that is the same for all.
var capabilities = transports.Capabilities{
	Features:   transports.Topics | transports.Names | transports.Roles | transports.Affiliations,
	SingleLine: true,
}

// Session is the connection of one account to its server. Its fields belong to the goroutine of Run, but for live.
type Session struct {
	driver  *Driver
	network *network
	account transports.Account
	env     transports.Env

	nick string                       // the nick last asked for with success; empty before the first connection
	ids  map[string]transports.RoomID // the spelling under which a room was first joined, by its folded name

	live atomic.Pointer[connection] // the connection that takes commands, nil while there is none
}

// Run connects, registers, and emits what happens until the connection is lost or ctx ends.
func (s *Session) Run(ctx context.Context, emit func(transports.Event)) error {
	socket, err := s.dial(ctx)
	if ctx.Err() != nil {
		if err == nil {
			socket.Close()
		}
		return nil
	}
	if err != nil {
		return err
	}
	fault := newConnection(s, socket, emit).run(ctx)
	if fault == nil || ctx.Err() != nil {
		return nil
	}
	return fault
}

// Do carries out a command. It returns when all lines of the command have been handed to the network; of a Join at once,
// so that many can share a line.
func (s *Session) Do(ctx context.Context, command transports.Command, done func(transports.Result, error)) {
	if !capabilities.Allows(command) {
		done(transports.Result{}, transports.ErrUnsupported)
		return
	}
	if ctx.Err() != nil {
		done(transports.Result{}, notSent())
		return
	}
	c := s.live.Load()
	if c == nil {
		done(transports.Result{}, offline("Not connected to "+s.network.host+"."))
		return
	}
	r := newRequest(command, done)
	r.forget = context.AfterFunc(ctx, r.abandon)
	select {
	case c.requests <- r:
	case <-c.ended:
		r.settle(offline("The connection to " + s.network.host + " has ended."))
	case <-r.freed: // the context has ended
	}
	<-r.freed
}

// wantedNick is the nick to register with.
func (s *Session) wantedNick() string {
	if s.nick != "" {
		return s.nick
	}
	return nick.IRC(s.account.Name, usualNickLen)
}

// remember keeps the id of a room: the spelling of its first Join.
func (s *Session) remember(folded string, id transports.RoomID) { s.ids[folded] = id }

// refold keys the ids by the case mapping of a new connection.
func (s *Session) refold(fold func(string) string) {
	ids := make(map[string]transports.RoomID, len(s.ids))
	for _, id := range s.ids {
		ids[fold(string(id))] = id
	}
	s.ids = ids
}
