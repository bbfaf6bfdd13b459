package dialog

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"isthmus/core/stanza"

	xmpp "mellium.im/xmpp/stanza"
)

// The bounds of what one person may occupy, and for how long.
const (
	stepTime    = 2 * time.Minute  // after that a step's context ends
	waitTime    = 15 * time.Minute // and that of an Outcome's Wait
	idleTime    = 15 * time.Minute // after that an unfinished dialogue is forgotten
	maxSessions = 8                // ad-hoc sessions of a person; another one takes the place of the oldest
	maxSteps    = 8                // steps of a person that run at once
)

var (
	shuttingDown = &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ServiceUnavailable, Text: "The gateway is shutting down. Try again in a moment."}
	tooMuch      = &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ResourceConstraint, Text: "Too many of your commands are still being worked on. Wait a moment, then try again."}
)

// Faces holds the unfinished dialogues of one transport. The goroutine of Run owns them; steps run beside it.
type Faces struct {
	reply  func(*stanza.Stanza)
	work   chan func()
	done   chan struct{}
	ctx    context.Context
	key    []byte // proves that a session's id is of our making
	people map[stanza.JID]*person
}

// person is what one person has under way.
type person struct {
	sessions []*session // the oldest first
	chat     *conversation
	steps    int // that run now
}

// New makes the faces. reply hands an answer to the stream and must not block; it is called from several goroutines. Run starts
// them, and what is handed to them before waits.
func New(reply func(*stanza.Stanza)) *Faces {
	f := &Faces{reply: reply, work: make(chan func()), done: make(chan struct{}), key: make([]byte, 32), people: map[stanza.JID]*person{}}
	rand.Read(f.key) // never fails (crypto/rand)
	return f
}

// Run owns the dialogues until ctx ends. Steps that still run then have their context ended, and who waits for them is refused.
func (f *Faces) Run(ctx context.Context) {
	defer f.end()
	f.ctx = ctx
	sweep := time.NewTicker(idleTime / 4)
	defer sweep.Stop()
	for {
		select {
		case do := <-f.work:
			do()
		case <-sweep.C:
			f.sweep(time.Now())
		case <-ctx.Done():
			return
		}
	}
}

// end lets go of all that waits for people.
func (f *Faces) end() {
	close(f.done)
	for _, p := range f.people {
		for _, se := range p.sessions {
			se.leave()
		}
		p.endChat()
	}
}

// post has Run do something, and tells whether it will; the channel has no buffer, so that nothing is lost in it.
func (f *Faces) post(work func()) bool {
	select {
	case f.work <- work:
		return true
	case <-f.done:
		return false
	}
}

// handle has Run take a stanza, which is refused when Run has ended.
func (f *Faces) handle(s *stanza.Stanza, work func()) {
	if !f.post(work) {
		f.reply(s.Refuse(shuttingDown))
	}
}

func (f *Faces) person(who Asker) *person {
	jid := who.Person
	if !who.Occupant {
		jid = jid.Bare()
	}
	p := f.people[jid]
	if p == nil {
		p = &person{}
		f.people[jid] = p
	}
	return p
}

// spawn runs a step on a goroutine of its own, for at most limit, then what it returns on Run's, or lost where Run has ended meanwhile. It returns nil
// where the person has too many under way, else what ends the step's context.
func (f *Faces) spawn(who Asker, limit time.Duration, step func(context.Context) (then func()), lost func()) context.CancelFunc {
	p := f.person(who)
	if p.steps >= maxSteps {
		return nil
	}
	p.steps++
	ctx, cancel := context.WithTimeout(f.ctx, limit)
	go func() {
		defer cancel()
		then := step(ctx)
		if !f.post(func() { p.steps--; then() }) {
			lost()
		}
	}()
	return cancel
}

// sweep forgets what has been idle for too long.
func (f *Faces) sweep(now time.Time) {
	for jid, p := range f.people {
		p.sessions = slices.DeleteFunc(p.sessions, func(se *session) bool {
			stale := se.stale(now)
			if stale {
				se.leave()
			}
			return stale
		})
		if p.chat != nil && p.chat.stale(now) {
			p.endChat()
		}
		if len(p.sessions) == 0 && p.chat == nil && p.steps == 0 {
			delete(f.people, jid)
		}
	}
}
