package discord

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"isthmus/transports"
)

// A session outlives the process: it is kept with the credentials, and taken up again by the next one, which costs none of the day's identifies. Its events do
// not tell what is where, so that is asked for when all were told that were missed: of those the ones about messages are handled after it, and the others
// are older than the answer.

const (
	// keepEvery is how often the place in the session is kept. What came after it is told again after a crash.
	keepEvery = time.Minute
	// keptAnew is how old what is kept may become while nothing happens; after resumeWithin Discord will have forgotten the session.
	keptAnew     = 5 * time.Minute
	resumeWithin = 10 * time.Minute
	// maxRestored is in how many guilds a bot may be for its session to be taken up again. Each takes four requests, of which a token may make fifty in a
	// second: for a hundred that is eight seconds, and for more it is better to begin anew and read what was missed. describedBeside are asked for side by side.
	maxRestored     = 100
	describedBeside = 10
)

// savedSession is one as it is kept.
type savedSession struct {
	ID  string `json:"id"`
	URL string `json:"url"`
	Seq int64  `json:"seq"`
	At  int64  `json:"at"` // unix seconds
	// Gateway is the gateway's own address, for when URL cannot be reached.
	Gateway string `json:"gateway,omitempty"`
}

// keep has the place in the session kept, where it is another than before. Bots with several shards are in too many guilds for it.
func (h *handler) keep() {
	h.mu.Lock()
	defer h.mu.Unlock()
	was, now := h.data.Session, (*savedSession)(nil)
	if r := h.shards[0].resume; !h.asUser && len(h.shards) == 1 && r.session != "" && len(h.world.guilds) <= maxRestored {
		now = &savedSession{ID: r.session, URL: r.url, Seq: r.seq, At: time.Now().Unix(), Gateway: r.other}
	}
	if was == nil && now == nil || was != nil && now != nil && was.ID == now.ID && was.Seq == now.Seq && now.At-was.At < int64(keptAnew/time.Second) {
		return
	}
	h.data.Session = now
	h.emit(transports.Credentials{Data: h.data.encode()})
}

// errNotRestored is the end of a connection that should have taken up the session of an earlier process, errNotResumed of one that should have taken up the
// session of an earlier connection. Another session is begun in a few seconds, as the gateway's documentation asks for (Gateway, Resuming).
var (
	errNotRestored = errors.New("the gateway does not know the session of before")
	errNotResumed  = errors.New("the gateway has ended the session meanwhile")
)

// restore makes ready to take up the session of an earlier process, where there is one.
func (s *Session) restore() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	saved := s.data.Session
	s.data.Session = nil
	if saved == nil || saved.ID == "" || saved.URL == "" || time.Since(time.Unix(saved.At, 0)) > resumeWithin {
		return false
	}
	address := cmp.Or(s.driver.config.Gateway, saved.URL)
	s.shards = []*shard{{of: 1, restored: true, resume: resumption{session: saved.ID, url: address, other: cmp.Or(s.driver.config.Gateway, saved.Gateway, address), seq: saved.Seq}}}
	return true
}

// maxMissed is how many events about messages are held until it is known what is where.
const maxMissed = 10_000

// missed takes an event of a session that an earlier process began, until all are told that were missed.
func (h *handler) missed(sh *shard, i item) error {
	if i.kind == "READY" { // it began another one instead
		sh.restored, h.held = false, nil
		h.dispatch(sh, i.kind, i.data)
		return nil
	}
	if i.kind != "RESUMED" {
		if strings.HasPrefix(i.kind, "MESSAGE_") && len(h.held) < maxMissed {
			h.held = append(h.held, i)
		}
		return nil
	}
	self, guilds, err := h.whereabouts(h.link.ctx)
	if err != nil || len(guilds) == 0 || self.ID == "" {
		h.env.Log.Info("The session at Discord is begun anew.", "guilds", len(guilds), "error", err)
		return errNotRestored
	}
	h.mu.Lock()
	h.world.self = self
	for _, g := range guilds {
		h.world.take(g)
	}
	h.mu.Unlock()
	sh.restored, h.replaying = false, true
	held := h.held
	h.held = nil
	for _, i := range append(held, i) {
		h.dispatch(sh, i.kind, i.data)
	}
	h.replaying = false
	for _, g := range slices.Sorted(maps.Keys(h.world.guilds)) {
		h.askMembers(g)
	}
	return nil
}

var errTooMany = errors.New("the bot is in more servers than are asked for")

// whereabouts are who the account is and the guilds that it is in, as GUILD_CREATE would tell them.
func (s *Session) whereabouts(ctx context.Context) (self user, guilds []guild, err error) {
	if err := s.rest.do(ctx, request{method: http.MethodGet, path: pathSelf}, &self); err != nil {
		return self, nil, err
	}
	if err := s.rest.do(ctx, request{method: http.MethodGet, path: pathOwnGuilds}, &guilds); err != nil {
		return self, nil, err
	}
	if len(guilds) > maxRestored {
		return self, guilds, errTooMany
	}
	var all sync.WaitGroup
	problems := make([]error, len(guilds))
	places := make(chan struct{}, describedBeside)
	for i := range guilds {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			problems[i] = s.describe(ctx, &guilds[i], self.ID)
		})
	}
	all.Wait()
	return self, guilds, errors.Join(problems...)
}

// describe reads what there is in a guild.
func (s *Session) describe(ctx context.Context, g *guild, self string) error {
	id := g.ID
	var threads struct {
		Threads []channel `json:"threads"`
	}
	var me member
	get := func(path string, into any, ids ...string) error {
		r := request{method: http.MethodGet, path: path, ids: append([]string{id}, ids...)}
		if len(ids) == 0 && path == pathGuild {
			r.query = url.Values{"with_counts": {"true"}}
		}
		return s.rest.do(ctx, r, into)
	}
	if err := errors.Join(get(pathGuild, g), get(pathGuildChannels, &g.Channels), get(pathActiveThreads, &threads), get(pathMember, &me, self)); err != nil {
		return err
	}
	g.Threads, g.Members, g.MemberCount = threads.Threads, []member{me}, g.Approximate
	return nil
}
