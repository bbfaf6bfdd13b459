package discord

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"isthmus/transports"
)

// Session is a bot in use.
type Session struct {
	driver *Driver
	env    transports.Env
	rest   *rest

	live    atomic.Pointer[link] // nil while there is no connection
	refused atomic.Bool          // Discord does not take the token
	resume  resumption           // of the goroutine of Run

	mu    sync.Mutex // of what follows: the goroutine of Run changes it, commands read it
	data  credentials
	app   application
	world *world
	sent  *sentMessages
	known *messages
	hooks *hooks
	// watched are the users whose presence is told on this connection.
	watched map[string]bool
	// typing ends the typing of users, by channel and user.
	typing map[string]*time.Timer
}

// link is a connection that commands may use.
type link struct {
	ctx   context.Context
	stop  context.CancelFunc
	queue *queue
}

func newSession(d *Driver, data credentials, env transports.Env) *Session {
	return &Session{driver: d, env: env, data: data, rest: d.rest(data.authorization(), env), world: newWorld(d.config.CDN), sent: newSentMessages(), known: newMessages(), hooks: newHooks(), watched: map[string]bool{},
		typing: map[string]*time.Timer{}}
}

// maxFile is in bytes.
func (s *Session) maxFile() int64 { return s.driver.config.MaxFileMiB << 20 }

// maxText is in characters (Create Message).
const maxText = 2000

// maxReactions is how many kinds of reactions a message may have (error 30010).
const maxReactions = 20

// nonceLasts is shorter than the "past few minutes" in which Discord makes no second message of a nonce (Create Message, enforce_nonce).
const nonceLasts = time.Minute

func (s *Session) capabilities() transports.Capabilities {
	s.mu.Lock()
	sees := s.app.Flags != nil && s.app.has(flagPresences)
	s.mu.Unlock()
	can := transports.Capabilities{
		Features:   transports.Edits | transports.Deletions | transports.Reactions | transports.TypingShown | transports.Replies | transports.Threads | transports.Uploads | transports.Mentions,
		Idempotent: nonceLasts,
		Durable:    true, MaxText: maxText, MaxFile: s.maxFile(), MaxReactions: maxReactions,
	}
	if sees {
		can.Features |= transports.Subscriptions
	}
	return can
}

// Run connects and emits what happens until the connection is lost or ctx ends.
func (s *Session) Run(ctx context.Context, emit func(transports.Event)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l := &link{ctx: ctx, stop: stop, queue: newQueue()}
	s.refused.Store(false)
	defer func() {
		s.live.Store(nil)
		l.queue.close()
	}()
	err := s.follow(ctx, l, emit)
	var lost lostSession
	var invalid *invalidSession
	switch {
	case errors.As(err, &lost), ctx.Err() != nil:
		s.resume = resumption{}
	case errors.As(err, &invalid):
		if !invalid.resumable {
			s.resume = resumption{}
		}
		err = &transports.Fault{Kind: transports.Offline, Text: "Discord has ended the session. A new one is begun.", Cause: invalid}
	}
	if ctx.Err() != nil {
		if s.refused.Load() {
			return badToken()
		}
		return nil
	}
	if f := transports.AsFault(err); f.Kind == transports.Offline {
		return f
	}
	return err
}

const (
	// shortConnection is what a connection lasts that ends for a reason of its own; one that has lasted longer is taken up again without a word.
	shortConnection = 10 * time.Second
	// maxShort is how many short ones in a row are taken up at the gateway's wish before the core decides when the next one is made.
	maxShort = 3
)

// follow follows connections as long as each can be taken up by the next one, so that nobody has to hear of it: Discord ends them several times a day.
func (s *Session) follow(ctx context.Context, l *link, emit func(transports.Event)) error {
	again, short := false, 0
	for {
		lasted, err := s.connect(ctx, l, emit, again)
		if short++; lasted > s.driver.short {
			short = 0
		}
		if ctx.Err() != nil || s.resume.session == "" || short > maxShort || !goesOn(err, short) {
			if errors.Is(err, errReconnect) {
				err = &transports.Fault{Kind: transports.Offline, Text: "Discord asks for another connection.", Cause: err}
			}
			return err
		}
		again = s.live.Load() != nil
		l.queue.drop()
		if err := sleep(ctx, time.Duration(rand.Int64N(int64(time.Second)))); err != nil {
			return err
		}
	}
}

// goesOn tells whether the next connection can take up the session at once, after so many short ones.
func goesOn(err error, short int) bool {
	var lost lostSession
	var invalid *invalidSession
	switch {
	case errors.Is(err, errReconnect):
		return true
	case errors.As(err, &lost), errors.As(err, &invalid):
		return false
	}
	return short == 0 && transports.AsFault(err).Kind == transports.Offline
}

// connect makes one connection, follows it to its end, and tells how long it lasted. again tells that the core does not know that there was another one before.
func (s *Session) connect(ctx context.Context, l *link, emit func(transports.Event), again bool) (lasted time.Duration, err error) {
	if s.resume.session == "" {
		address, err := s.mayIdentify(ctx)
		if err != nil {
			return 0, err
		}
		s.resume = resumption{url: address, other: address}
	}
	sock, interval, err := dial(ctx, addressed(s.resume.url, s.driver.config.version()), s.env.Dial, l.queue)
	if err != nil {
		s.resume.url, s.resume.other = s.resume.other, s.resume.url
		return 0, err
	}
	began := time.Now()
	var helpers sync.WaitGroup
	beating, stop := context.WithCancel(ctx)
	defer func() {
		stop()
		code := closeAndResume
		if ctx.Err() != nil {
			code = 1000 // goodbye
		}
		sock.close(code)
		helpers.Wait()
	}()
	if s.resume.session == "" {
		err = sock.write(opIdentify, identify(s.data.Token, s.app.intents()))
	} else {
		sock.seq.Store(s.resume.seq)
		err = sock.write(opResume, map[string]any{"token": s.data.Token, "session_id": s.resume.session, "seq": s.resume.seq})
	}
	if err != nil {
		return 0, unreachable(err)
	}
	helpers.Go(sock.receive)
	helpers.Go(func() { sock.heartbeats(beating, interval) })
	defer l.queue.unblock()
	err = s.loop(ctx, l, sock, emit, again)
	return time.Since(began), err
}

// loop emits what comes from a connection until its end.
func (s *Session) loop(ctx context.Context, l *link, sock *socket, emit func(transports.Event), again bool) error {
	h := &handler{Session: s, link: l, socket: sock, out: emit, again: again, begun: s.resume.session != ""}
	waiting := time.NewTimer(guildsWithin)
	defer waiting.Stop()
	defer h.releaseWaiting()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-waiting.C:
			h.guildsLate()
		case <-l.queue.more:
			for ctx.Err() == nil {
				i, ok := l.queue.take()
				if !ok {
					break
				}
				switch {
				case i.end != nil:
					return i.end
				case i.task != nil:
					i.task(h)
				default:
					h.dispatch(i.kind, i.data)
					s.resume.seq = max(s.resume.seq, i.seq)
				}
			}
		}
	}
}

// mayIdentify finds the gateway, and waits for its turn to begin a session there.
func (s *Session) mayIdentify(ctx context.Context) (address string, err error) {
	app, err := s.driver.application(ctx, s.rest)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	s.app = app
	s.mu.Unlock()
	var to struct {
		URL   string     `json:"url"`
		Limit startLimit `json:"session_start_limit"`
	}
	if err := s.rest.do(ctx, request{method: "GET", path: "/gateway/bot"}, &to); err != nil {
		return "", err
	}
	if s.driver.config.Gateway != "" {
		to.URL = s.driver.config.Gateway
	}
	if to.URL == "" {
		return "", unreachable(errors.New("the address of the gateway is missing"))
	}
	return to.URL, s.driver.identifies.take(ctx, s.rest.token, to.Limit)
}

// refuse ends the connection: nothing more may be asked with a token that Discord does not take.
func (s *Session) refuse(l *link) {
	s.refused.Store(true)
	l.stop()
}
