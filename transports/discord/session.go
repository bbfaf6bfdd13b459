package discord

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"isthmus/transports"
)

// Session is a bot in use.
type Session struct {
	driver *Driver
	env    transports.Env
	rest   *rest

	live    atomic.Pointer[link] // nil while there is no connection
	refused atomic.Bool          // Discord does not take the token
	// shards are the connections; they are the goroutine of Run's, and those of their own while they serve.
	shards []*shard
	anew   bool // how many shards there are is to be asked for
	// wanted ends when the core ends Run.
	wanted context.Context
	// own is how the account is shown, nil where nobody has said; of the goroutine of Run.
	own *transports.Presence

	gateway  discordgo.GatewayBotResponse // as it was told last (Get Gateway Bot)
	archives archives

	// asUser: the account is a person's own.
	asUser bool
	// noSubscriptions: the gateway has ended a connection for one; of the goroutine of Run.
	noSubscriptions bool

	mu    sync.Mutex // of what follows: the goroutine of Run changes it, commands read it
	data  credentials
	app   application
	world *world
	sent  *sentMessages
	known *messages
	hooks *hooks
	// read is the last message that was read of the history of a channel.
	read *ring[string]
	// topics are those that the account has set last, by channel.
	topics *ring[string]
	// expelled is how the account took users out of guilds, by both.
	expelled *ring[transports.Cause]
	// watched are the users whose presence is told on this connection.
	watched map[string]bool
	// marks are how far the person has read, by channel.
	marks map[string]string
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
	s := &Session{driver: d, env: env, data: data, asUser: data.User, marks: map[string]string{}, rest: d.rest(data.authorization(), env), world: newWorld(d.config.CDN), sent: newSentMessages(), known: newMessages(), hooks: newHooks(), read: newRing[string](maxExpelled), topics: newRing[string](maxExpelled), expelled: newRing[transports.Cause](maxExpelled), watched: map[string]bool{},
		typing: map[string]*time.Timer{}}
	s.world.partial = s.asUser
	return s
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
		Features: transports.Edits | transports.Deletions | transports.Reactions | transports.TypingShown | transports.Replies | transports.Threads | transports.Uploads | transports.Mentions |
			transports.Topics | transports.RoomNames | transports.Roles | transports.Affiliations | transports.Creation | transports.Presences,
		Idempotent: nonceLasts,
		Durable:    true, MaxText: maxText, MaxFile: s.maxFile(), MaxReactions: maxReactions, Hats: true,
	}
	if s.asUser {
		can.Features |= transports.Reading | transports.Invitations | transports.Subscriptions | transports.ContactLists | transports.Blocking
	}
	if sees {
		can.Features |= transports.Subscriptions
	}
	return can
}

// Run connects and emits what happens until a connection is lost or ctx ends.
func (s *Session) Run(ctx context.Context, emit func(transports.Event)) error {
	s.wanted = ctx
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s.refused.Store(false)
	for {
		err := s.follow(ctx, stop, emit)
		switch {
		case errors.Is(err, errNotRestored):
			s.shards = nil
		case !errors.Is(err, errNotResumed):
			return s.outcome(ctx, err)
		}
		if sleep(ctx, s.driver.pace.pause/5+rand.N(s.driver.pace.pause*4/5)) != nil {
			return nil
		}
	}
}

// follow follows the connections of all shards until one of them ends for good.
func (s *Session) follow(ctx context.Context, stop context.CancelFunc, emit func(transports.Event)) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	serving, end := context.WithCancel(ctx)
	defer end()
	l := &link{ctx: serving, stop: stop, queue: newQueue()}
	h := &handler{Session: s, link: l, out: emit, ready: map[*shard]bool{}}
	for _, sh := range s.shards {
		h.serve(sh)
	}
	err := h.loop()
	s.live.Store(nil)
	end()
	l.queue.close()
	h.connections.Wait()
	h.releaseWaiting()
	if h.online {
		h.keep()
		h.flush()
	}
	return err
}

// outcome is what Run returns.
func (s *Session) outcome(ctx context.Context, err error) error {
	switch {
	case s.refused.Load():
		return s.ownWords(badToken())
	case ctx.Err() != nil:
		return nil
	}
	return s.ownWords(err)
}

// loop emits what comes from the connections until one of them ends for another reason than the gateway's wish.
func (h *handler) loop() error {
	h.waitForGuilds()
	defer h.lateAt.Stop()
	keeping := time.NewTicker(keepEvery)
	defer keeping.Stop()
	for {
		select {
		case <-h.link.ctx.Done():
			return h.link.ctx.Err()
		case <-h.lateAt.C:
			h.guildsLate()
		case <-keeping.C:
			if h.online {
				h.keep()
				h.flush()
			}
		case <-h.link.queue.more:
			for h.link.ctx.Err() == nil {
				i, ok := h.link.queue.take()
				if !ok {
					break
				}
				switch {
				case i.end != nil:
					if err := h.ended(i.shard, i.end); err != nil {
						return err
					}
				case i.task != nil:
					i.task(h)
				case i.shard.restored:
					if err := h.missed(i.shard, i); err != nil {
						return err
					}
					i.shard.resume.seq = max(i.shard.resume.seq, i.seq)
				default:
					h.dispatch(i.shard, i.kind, i.data)
					i.shard.resume.seq = max(i.shard.resume.seq, i.seq)
				}
			}
		}
	}
}

// refuse ends the connection: nothing more may be asked with a token that Discord does not take.
func (s *Session) refuse(l *link) {
	s.refused.Store(true)
	l.stop()
}
