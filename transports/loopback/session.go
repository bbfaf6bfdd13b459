package loopback

import (
	"context"
	"net/http"
	"sync/atomic"

	"isthmus/transports"
)

// Session is the connection of an account of the gateway.
type Session struct {
	driver  *Driver
	network *network
	account transports.Account
	http    *http.Client

	named bool                   // the network knows the name that the person asked for
	live  atomic.Pointer[client] // nil while there is no connection
}

// Run connects and emits what happens until the network ends the connection or ctx ends.
func (s *Session) Run(ctx context.Context, emit func(transports.Event)) error {
	var c *client
	var refused error
	err := s.driver.ask(ctx, func() {
		var u *user
		if u, refused = s.network.logIn(s.account, !s.named); refused == nil {
			s.named = true
			c = s.network.connect(u, false)
			s.live.Store(c)
		}
	})
	switch {
	case ctx.Err() != nil && c == nil:
		return nil
	case err != nil:
		return err
	case refused != nil:
		return refused
	}
	err = c.run(ctx, emit)
	s.live.CompareAndSwap(c, nil)
	_ = s.driver.ask(context.WithoutCancel(ctx), func() { // a network that has ended knows nobody any more
		s.network.disconnect(c)
		if c.token != "" {
			s.account.Data = []byte(c.token)
		}
	})
	return err
}

// Do carries out a command.
func (s *Session) Do(ctx context.Context, command transports.Command, done func(transports.Result, error)) {
	c := s.live.Load()
	if c == nil {
		done(transports.Result{}, offline("There is no connection to the network."))
		return
	}
	files, err := s.network.readFilesOf(ctx, command)
	if err == nil {
		err = s.driver.ask(ctx, func() { c.do(command, files, done) })
	}
	if err != nil {
		done(transports.Result{}, err)
	}
}
