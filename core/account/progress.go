package account

import (
	"encoding/json"
	"maps"
	"time"

	"isthmus/core/store"
	"isthmus/transports"
)

// progress is how far talks were taken from a network whose history can be read. What is said there nobody keeps but the person's server, so the store is told only
// when that has confirmed what it was sent: what a crash loses before is read again, under the ids that it had. One confirmation is asked for at
// a time, for all talks.
type progress struct {
	// next is what the one after is about, asked what the one that is waited for is about.
	next, asked reached
	waits       bool
	// begun are the talks of which the store knows that they have begun.
	begun map[transports.UserID]bool
}

// reached is how far talks were taken, whom the network has waiting for that, and which commands of clients have their answers.
type reached struct {
	marks map[transports.UserID]mark
	// also are what is written then: what is new in the messages of talks, and the ends of commands whose answers the server has.
	also []store.Change
	kept []func()
}

// mark is the last message of a talk that was taken, and the last change of one by the network's clock.
type mark struct {
	message transports.MessageID
	changed time.Time
}

// maxBegun is for how many talks it is remembered that they have begun.
const maxBegun = 1000

// beginTalk keeps the first message of a talk before it is shown, for no history can be asked for what came after the one before.
func (a *Account) beginTalk(e transports.Message) {
	p := &a.progress
	if !a.remembers || e.ID == "" || p.begun[e.Place.User] {
		return
	}
	if put(&p.begun, e.Place.User, true); len(p.begun) > maxBegun {
		p.begun = nil
	}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	first, _ := json.Marshal(e) // it has nothing that JSON cannot say
	kept := a.told.of(e.Place.User).wait()
	a.commit(func(error) { kept(nil) },
		store.BeginCursor{Cursor: store.Cursor{Account: a.id, Place: PlaceKey(e.Place), At: time.Now().UnixMilli(), Begun: string(first)}})
}

// tookMessage notes that all up to a message of a talk is with the server, or on its way.
func (a *Account) tookMessage(user transports.UserID, id transports.MessageID, lines ...store.Change) {
	if a.remembers && id != "" {
		a.noteLines(lines...)
		a.reach(user, func(m *mark) { m.message = id })
	}
}

// tookChange notes that all changes of messages in a talk up to one are with the server, or on their way.
func (a *Account) tookChange(user transports.UserID, at time.Time) {
	if a.remembers && !at.IsZero() {
		a.reach(user, func(m *mark) {
			if at.After(m.changed) {
				m.changed = at
			}
		})
	}
}

// noteLines has the store told what is new in the messages of talks when the server has what was shown of it. awaitServer goes with it, when that is handed over.
func (a *Account) noteLines(lines ...store.Change) {
	a.progress.next.also = append(a.progress.next.also, lines...)
}

func (a *Account) reach(user transports.UserID, note func(*mark)) {
	m := a.progress.next.marks[user]
	note(&m)
	put(&a.progress.next.marks, user, m)
	a.awaitServer()
}

// whenTaken tells the network when all that came before is with the server and the store knows it.
func (a *Account) whenTaken(kept func()) {
	a.progress.next.kept = append(a.progress.next.kept, kept)
	a.awaitServer()
}

func (a *Account) awaitServer() {
	p := &a.progress
	if p.waits || len(p.next.marks) == 0 && len(p.next.kept) == 0 && len(p.next.also) == 0 {
		return
	}
	p.waits, p.asked, p.next = true, p.next, reached{}
	a.busy++
	a.Stream.Confirmed(func() { a.mail.put(a.serverHasIt) })
}

// serverHasIt tells the store, and the network when that knows.
func (a *Account) serverHasIt() {
	a.busy--
	done := a.progress.asked
	a.progress.waits, a.progress.asked = false, reached{}
	changes := done.also
	for user, m := range done.marks {
		place := transports.TalkWith(user)
		if m.message != "" {
			changes = append(changes, a.cursorAt(place, m.message))
		}
		if !m.changed.IsZero() {
			changes = append(changes, store.PutChanged{Account: a.id, Place: PlaceKey(place), At: m.changed.UnixMilli()})
		}
	}
	a.Store.Write(func(err error) {
		if err != nil {
			return
		}
		for _, kept := range done.kept {
			kept()
		}
	}, changes...)
	a.awaitServer()
}

// reachedNow are the talks that were taken further than the store knows.
func (a *Account) reachedNow() map[transports.UserID]mark {
	all := maps.Clone(a.progress.asked.marks)
	for user, m := range a.progress.next.marks {
		put(&all, user, all[user].and(m))
	}
	return all
}

// reachedIn is the last message of a talk that was taken, where the store does not know of it yet.
func (a *Account) reachedIn(user transports.UserID) transports.MessageID {
	return a.progress.asked.marks[user].and(a.progress.next.marks[user]).message
}

// and is a mark with what was taken after it.
func (m mark) and(later mark) mark {
	if later.message != "" {
		m.message = later.message
	}
	if later.changed.After(m.changed) {
		m.changed = later.changed
	}
	return m
}
