// Package relay joins a real Multi-User Chat with rooms of networks, in a star: what is said in one of them is said in all. In the MUC, who speaks on a
// network has an occupant of their own, a puppet; on the networks, people of the MUC speak under their names (transports.Persona).
//
// The MUC's order is everybody's: what comes from one network goes to the others when the MUC has reflected it. A goroutine, Run, owns all that is known.
package relay

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// Resource is that of the relays' occupants.
const Resource = "relay"

// Relay is a star at work.
type Relay struct {
	Config
	work chan func()
	done chan struct{}
	// overrun: a stanza of the MUC was dropped, for too many waited.
	overrun atomic.Bool
	ctx     context.Context

	rooms   []*foreign
	paused  []*foreign
	bot     bot
	others  map[string]*occupant // of the MUC, by nick
	serial  int
	unique  string // what the ids of this run begin with
	puppets map[who]*puppet
	// addresses are those of the puppets, written out, for the streams' readers.
	addresses sync.Map
	voices    map[string]*puppet // those that are in the MUC, by nick; nil is the bot
	former    map[string]bool    // all nicks that ours have had
	paced     time.Time          // when the next puppet may join
	out       []*saying          // what is to be said in the MUC
	dropped   int                // how much of that was too much
	flying    []*saying          // what has been said and not been reflected
	lines     lines
	// heard are the stanza-ids of what others have said in the MUC, the last ones.
	heard      map[string]bool
	heardOrder []string
	// ownWords counts the last messages of each author that were nobody else's.
	ownWords map[string]int
	// said is what the MUC calls messages of ours that its history has, from before a restart, by our ids.
	said map[string]*stanza.Stanza
	// lasting begins those of our ids that are the same after a restart.
	lasting string
	// keysBefore are those of people of the MUC before a restart, by nick, where nothing better is known of them.
	keysBefore map[string]string
	// changed are lines and marked rooms that are to be written; gathering tells that they will be soon. gone are rooms that the relay has no more.
	changed   map[*line]bool
	marked    map[*foreign]bool
	gathering bool
	gone      map[string]*foreign
	// replaying: what is taken now was said before.
	replaying bool
	warned    map[string]time.Time
	// floods are what of each person came too fast, and all what of all together did.
	floods map[string]*flood
	all    flood
	// reserved are nicks of the MUC's people, by their looks.
	reserved map[string]reservation
	topic    string
	// doings are those of the MUC's people that the networks are to be told of, and writing since when each of them writes.
	doings  doings
	writing map[string]time.Time
	// arrivals are who is to come into the MUC without having said anything.
	arrivals []arrival
	// links is the context of all connections to networks, and doubling waits for the end of those of doubles.
	links    context.Context
	doubling sync.WaitGroup
}

// backlog is how many stanzas may wait for a relay.
const backlog = 4096

// New makes a relay; Run starts it.
func New(c Config) *Relay {
	r := &Relay{Config: c, work: make(chan func(), backlog), done: make(chan struct{}),
		lasting: lastingIDs(c), unique: lastingIDs(c) + rand.Text()[:10] + "-", lines: newLines(), all: *newFlood(c.Limits.PerRelay),
		others: map[string]*occupant{}, puppets: map[who]*puppet{}, voices: map[string]*puppet{}, former: map[string]bool{}, reserved: map[string]reservation{},
		heard: map[string]bool{}, ownWords: map[string]int{}, said: map[string]*stanza.Stanza{}, keysBefore: map[string]string{},
		changed: map[*line]bool{}, marked: map[*foreign]bool{}, gone: map[string]*foreign{},
		writing: map[string]time.Time{}, floods: map[string]*flood{}, warned: map[string]time.Time{}}
	for _, room := range c.Rooms {
		if room.Where == nil {
			room.Where = func() string { return "" }
		}
		f := &foreign{Room: room, relay: r, rulers: rulers{}, members: map[transports.UserID]transports.User{}, doubles: map[string]*double{}, ours: map[transports.UserID]*double{}, owns: map[transports.UserID]*own{}}
		if room.Paused {
			r.paused = append(r.paused, f)
		} else {
			r.rooms = append(r.rooms, f)
		}
	}
	return r
}

// everywhere are all its rooms, also those that are paused.
func (r *Relay) everywhere() []*foreign { return slices.Concat(r.rooms, r.paused) }

// tick is how often the relay looks after what has grown old.
const tick = 5 * time.Second

// Run is in the MUC and in the rooms until ctx ends, then leaves them.
func (r *Relay) Run(ctx context.Context) {
	r.ctx = ctx
	sessions, hangUp := context.WithCancel(context.Background())
	r.links = sessions
	r.remember()
	all := r.everywhere()
	ended := make(chan struct{}, len(all))
	for _, f := range all {
		go func() { f.run(sessions); ended <- struct{}{} }()
	}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	r.enter()
	for ctx.Err() == nil {
		select {
		case do := <-r.work:
			do()
		case now := <-ticker.C:
			r.lookAfter(now)
		case <-ctx.Done():
		}
		if r.overrun.Load() && r.sometimes("overrun", answerTime) {
			r.overrun.Store(false)
			r.Log.Warn("The MUC wrote more than the relay could take. What was missed is read from its history.")
			r.enter()
		}
	}
	r.store()
	r.leave("The relay is shutting down.")
	hangUp()
	close(r.done)
	for range all {
		<-ended
	}
	r.doubling.Wait()
}

// lookAfter does what time asks for.
func (r *Relay) lookAfter(now time.Time) {
	r.lookAfterBot(now)
	r.lookAfterPuppets(now)
	for _, f := range r.rooms {
		f.lookAfterDoubles(now)
	}
	r.flow()
}

// post has the relay's goroutine do something, after all that was posted before.
func (r *Relay) post(do func()) {
	select {
	case r.work <- do:
	case <-r.done:
	}
}

// after has it do something later.
func (r *Relay) after(wait time.Duration, do func()) {
	time.AfterFunc(wait, func() { r.post(do) })
}

// Handle takes a stanza of the MUC to the bot or a puppet. It never blocks.
func (r *Relay) Handle(s *stanza.Stanza) {
	if s.To != r.JID {
		if _, known := r.addresses.Load(s.To.WithResource(Resource).String()); !known {
			r.wayOut(s)
			return
		}
	}
	if s.Kind == stanza.Message && s.Type == "groupchat" && s.To != r.JID {
		return // the bot hears it too
	}
	if s.Kind == stanza.Presence && s.Type == "" && s.To != r.JID {
		if o, ok := xep.ParseOccupancy(s); ok && !o.Has(xep.StatusSelf) { // of somebody else, whom the bot sees too
			return
		}
	}
	select {
	case r.work <- func() { r.stanza(s) }:
	default:
		r.overrun.Store(true)
	}
}

// IsPuppet tells whether an address is that of a puppet. The streams' readers ask it.
func (r *Relay) IsPuppet(address string) bool {
	_, is := r.addresses.Load(address)
	return is
}

// wayOut has a puppet leave that a run before this one left behind, for it had no time to.
func (r *Relay) wayOut(s *stanza.Stanza) {
	if s.Type == "error" || s.Type == "unavailable" || s.Kind == stanza.IQ {
		return
	}
	for _, f := range r.everywhere() {
		if f.Domain == s.To.Domain {
			select {
			case r.work <- func() { f.Stream.Pass(gone(s.To, s.From, "")) }:
			default:
			}
			return
		}
	}
}

// Resync tells that the stream of a component was lost and is there again.
func (r *Relay) Resync() { go r.post(r.enter) }

// sometimes tells whether it is time to say something again that need not be said often.
func (r *Relay) sometimes(what string, every time.Duration) bool {
	now := time.Now()
	if last, said := r.warned[what]; said && now.Sub(last) < every {
		return false
	}
	if len(r.warned) > maxLines {
		clear(r.warned)
	}
	r.warned[what] = now
	return true
}
