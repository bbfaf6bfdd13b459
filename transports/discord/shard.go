package discord

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"isthmus/transports"
)

// shard is one of the connections that serve a bot: each has the guilds whose ids fall to it, and the first one the talks (Gateway, Sharding).
type shard struct {
	id, of int
	resume resumption // the goroutine of Run changes it, and only while nobody connects
	// restored: the resumption is of an earlier process, and was not granted yet.
	restored bool
	// socket is the last one, and began when it was there, zero where nothing answered: both are of who connects, until the shard is ready or its end came.
	socket *socket
	began  time.Time
	short  int // connections that did not last, one after another
}

// shardOf is which of n shards has a guild.
func shardOf(guild string, n int) int {
	id, _ := strconv.ParseUint(guild, 10, 64)
	return int((id >> 22) % uint64(n))
}

func (s *Session) shardOf(guild string) *shard { return s.shards[shardOf(guild, len(s.shards))] }

// maxShards bounds what a gateway can make us open.
const maxShards = 1_000

// prepare finds out what sessions are begun with, where there are not all to be taken up again.
func (s *Session) prepare(ctx context.Context) error {
	if s.anew {
		s.shards, s.anew = nil, false
	}
	if s.resumes() {
		return nil
	}
	if s.asUser {
		return s.findGateway(ctx)
	}
	app, err := s.driver.application(ctx, s.rest)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.app = app
	s.mu.Unlock()
	if s.restore() {
		return nil
	}
	s.gateway = discordgo.GatewayBotResponse{}
	err = s.rest.do(ctx, request{method: http.MethodGet, path: pathGatewayBot}, &s.gateway)
	if unasked(err) {
		err = s.rest.do(ctx, request{method: http.MethodGet, path: pathGateway}, &s.gateway)
	}
	if err != nil {
		return err
	}
	if s.driver.config.Gateway != "" {
		s.gateway.URL = s.driver.config.Gateway
	}
	if s.gateway.URL == "" {
		return unreachable(errors.New("the address of the gateway is missing"))
	}
	n := min(max(s.gateway.Shards, 1), maxShards)
	for _, sh := range s.shards {
		if sh.resume.session != "" {
			n = len(s.shards) // sessions of another number are none of these
		}
	}
	if n != len(s.shards) {
		s.shards = nil
		for i := range n {
			s.shards = append(s.shards, &shard{id: i, of: n})
		}
	}
	return nil
}

// resumes tells whether there is a session for every shard.
func (s *Session) resumes() bool {
	for _, sh := range s.shards {
		if sh.resume.session == "" {
			return false
		}
	}
	return len(s.shards) > 0
}

// serve follows a connection of a shard to its end, which comes through the queue.
func (h *handler) serve(sh *shard) {
	delete(h.ready, sh)
	sh.began = time.Time{}
	h.connections.Go(func() {
		err := h.Session.connect(h.link.ctx, h.link.queue, sh)
		h.link.queue.put(item{shard: sh, end: err})
	})
}

// connect makes one connection and reads it to its end.
func (s *Session) connect(ctx context.Context, q *queue, sh *shard) error {
	address := sh.resume.url
	if sh.resume.session == "" {
		address = s.gateway.URL
		if err := s.driver.identifies.take(ctx, s.rest.token, sh.id, s.gateway.SessionStartLimit); err != nil {
			return err
		}
	}
	sock, interval, err := dial(ctx, addressed(address, s.driver.config.version()), s.env.Dial)
	if err != nil {
		return err
	}
	sh.socket, sh.began = sock, time.Now()
	var helpers sync.WaitGroup
	defer helpers.Wait()
	working, stop := context.WithCancel(ctx)
	defer stop()
	wanted := s.wanted
	s.mu.Lock()
	intents := s.app.intents()
	s.mu.Unlock()
	helpers.Go(func() { // the session stays for who takes it up again; people see that the bot has gone
		<-working.Done()
		if wanted.Err() != nil {
			_ = sock.write(opPresence, shown(transports.Presence{Show: transports.Absent}))
		}
		sock.close(closeAndResume)
	})
	if sh.resume.session == "" {
		err = sock.write(opIdentify, s.identification(intents, sh))
	} else {
		sock.seq.Store(sh.resume.seq)
		err = sock.write(opResume, map[string]any{"token": s.data.Token, "session_id": sh.resume.session, "seq": sh.resume.seq})
	}
	if err != nil {
		return unreachable(err)
	}
	helpers.Go(func() { sock.heartbeats(working, interval, q.stuck) })
	said, silent := make(chan struct{}), false
	helpers.Go(func() { silent = !heardWithin(working, said, s.driver.pace.begin, sock) })
	first := sync.OnceFunc(func() { close(said) })
	err = sock.receive(func(p payload) {
		first()
		q.put(item{shard: sh, kind: p.Kind, data: p.Data, seq: p.Seq})
	})
	stop()
	helpers.Wait()
	if silent {
		return lostSession{unreachable(errors.New("it says nothing of the session")), 0}
	}
	return err
}

// heardWithin ends a connection whose gateway answers heartbeats and nothing else, as in an outage of Discord's. It tells whether it was another.
func heardWithin(ctx context.Context, said <-chan struct{}, wait time.Duration, sock *socket) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-said:
	case <-ctx.Done():
	case <-timer.C:
		sock.close(closeAndResume)
		return false
	}
	return true
}

const (
	// beginsWithin is how long a gateway may say nothing after it was told which session is wanted.
	beginsWithin = time.Minute
	// shortConnection is what a connection lasts that ends for a reason of its own.
	shortConnection = 10 * time.Second
	// maxShort is how many short ones in a row are taken up at the gateway's wish before the core decides when the next one is made.
	maxShort = 3
)

// ended is what the end of a connection means: another one, so that nobody has to hear of it, for Discord ends them several times a day; or the error with
// which Run ends.
func (h *handler) ended(sh *shard, err error) error {
	if sh.short++; time.Since(sh.began) > h.driver.pace.short && !sh.began.IsZero() {
		sh.short = 0
	}
	if sh.began.IsZero() {
		sh.resume.url, sh.resume.other = sh.resume.other, sh.resume.url
	}
	h.noteRefusal(err)
	var lost lostSession
	var invalid *invalidSession
	wished := errors.Is(err, errReconnect)
	switch {
	case errors.As(err, &lost):
		sh.resume = resumption{}
		s := h.Session
		s.anew = s.anew || lost.code == shardingRequired
		if sh.restored {
			return errNotRestored
		}
	case errors.As(err, &invalid) && sh.restored:
		return errNotRestored
	case errors.As(err, &invalid):
		refused := sh.resume.session != "" && !h.online
		if !invalid.resumable {
			sh.resume = resumption{}
		}
		if refused && !invalid.resumable {
			return errNotResumed
		}
		return &transports.Fault{Kind: transports.Offline, Text: "Discord has ended the session. A new one is begun.", Cause: invalid}
	case sh.resume.session != "" && sh.short <= maxShort && (wished || sh.short == 0 && transports.AsFault(err).Kind == transports.Offline):
		queue := h.link.queue
		timer := time.AfterFunc(rand.N(time.Second), func() { queue.put(item{task: func(h *handler) { h.serve(sh) }}) })
		context.AfterFunc(h.link.ctx, func() { timer.Stop() })
		return nil
	case wished:
		return &transports.Fault{Kind: transports.Offline, Text: "Discord asks for another connection.", Cause: err}
	}
	return err
}
