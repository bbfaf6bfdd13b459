package account

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"isthmus/core/store"
	"isthmus/transports"
)

const (
	// firstRead is how much is read of a place that was never read before, maxMissed of one that was left behind, in parts of historyPart.
	firstRead   = 50
	maxMissed   = 1000
	historyPart = 100
	// gapTimeout bounds how long what is live waits for what came before it, maxHeld how much of it.
	gapTimeout = 30 * time.Second
	maxHeld    = 10_000
	// maxTalks is how many talks are caught up at once after a connection was lost.
	maxTalks = 100
)

// gap is what lies between the last message of a place that was taken and now, while it is read. What happens meanwhile waits.
type gap struct {
	live []transports.Event
	// closed is called when it is closed, before anything of it is shown: whole tells that all of it could be read.
	closed func(whole bool)
	// then is called when all is shown.
	then func()
	// looks are those for what an earlier run owes there; resume goes on with it.
	looks  []*look
	resume func()
	// cut: the connection was lost meanwhile.
	cut bool
	// latest are the last messages of the places when they were read.
	latest map[transports.Place]transports.MessageID
}

// talks is the gap of all talks at once.
var talks = transports.Place{}

// waitsForGap keeps an event about messages for later while what came before it is read.
func (a *Account) waitsForGap(e transports.Event) bool {
	if len(a.gaps) == 0 {
		return false
	}
	var place transports.Place
	switch e := e.(type) {
	case transports.Message:
		place = e.Place
	case transports.Edited:
		place = e.Place
	case transports.Deleted:
		place = e.Place
	case transports.Reacted:
		place = e.Place
	case transports.Checkpoint:
		place = e.Place
	case transports.Read:
		place = e.Place
	default:
		return false
	}
	if place.Room == "" {
		place = talks
	}
	g := a.gaps[place]
	if g == nil {
		return false
	}
	if g.live = append(g.live, e); len(g.live) > maxHeld {
		a.log.Warn("Too much came in while what was missed was read, so it was not shown.", "place", place.ID())
		g.looks, g.latest = nil, nil // they are not there yet
		a.closeGap(place, g, nil, false)
	}
	return true
}

// cursor keeps how far a room was taken from a network whose history can be read; it goes with the message itself. Where
// something is missing before the message, it stays behind that.
func (a *Account) cursor(j *joined, id transports.MessageID) []store.Change {
	a.noteLatest(transports.InRoom(j.id), id)
	switch {
	case !a.remembers || id == "":
		return nil
	case !j.read:
		if len(j.ahead) < maxHeld {
			put(&j.ahead, id, true)
		}
		return nil
	}
	return []store.Change{a.cursorAt(transports.InRoom(j.id), id)}
}

func (a *Account) noteLatest(place transports.Place, id transports.MessageID) {
	if a.remembers && id != "" && a.resumes() {
		put(&a.latest, place, id)
	}
}

func (a *Account) cursorAt(place transports.Place, id transports.MessageID) store.Change {
	return store.PutCursor{Cursor: store.Cursor{Account: a.id, Place: PlaceKey(place), Message: string(id), At: time.Now().UnixMilli()}}
}

// markChange keeps how far the changes of messages in a place were taken, by the network's clock: a history that begins with a message tells of all changes
// since, also of those that were seen.
func (a *Account) markChange(place transports.Place, at time.Time) {
	switch {
	case place.Room == "":
		a.tookChange(place.User, at)
	case a.remembers && !at.IsZero():
		a.Store.Write(nil, store.PutChanged{Account: a.id, Place: PlaceKey(place), At: at.UnixMilli()})
	}
}

// catchUp takes what was said in a room since the last message that was taken, and then lets in who waits: they get it as the room's history.
func (a *Account) catchUp(j *joined) {
	place := transports.InRoom(j.id)
	history, ok := a.session.(transports.History)
	if !ok {
		j.read = true
		a.letIn(j)
		return
	}
	looks := a.looks(j.id)
	latest := map[transports.Place]transports.MessageID{}
	g := &gap{looks: looks, latest: latest, closed: func(whole bool) {
		if j.read = whole; whole {
			j.ahead = nil
		}
	}}
	ahead := maps.Clone(j.ahead)
	g.resume = func() {
		if a.rooms[j.id] == j && j.live && !g.cut {
			a.resume(j.id, g.looks)
		}
	}
	g.then = func() {
		if a.rooms[j.id] == j && j.live {
			a.letIn(j)
		}
	}
	a.openGap(place, g, func(l lookUp) ([]transports.Event, error) {
		a.lookThrough(l, history, looks)
		last, err := a.Store.Cursor(l.ctx, a.id, PlaceKey(place))
		if err != nil {
			return nil, err
		}
		latest[place] = transports.MessageID(last)
		events, err := missed(l, history, place, start{mark: mark{message: transports.MessageID(last)}, ahead: ahead, shared: a.About.StableIDs && last != ""})
		if reviewer, ok := history.(transports.Reviewer); ok && last != "" && err == nil {
			events = append(events, l.review(reviewer, place)...)
		}
		return events, err
	})
}

// catchUpTalks shows what was said in the talks of late while there was no connection.
func (a *Account) catchUpTalks() {
	history, ok := a.session.(transports.History)
	if !ok {
		return
	}
	looks := a.looks("")
	latest := map[transports.Place]transports.MessageID{}
	g := &gap{looks: looks, latest: latest}
	if a.owes("") && a.gaps[talks] == nil { // what the person says now comes after it
		resumed := a.said.wait()
		g.resume = func() {
			if !g.cut {
				a.said.first(func() { a.resume("", g.looks) })
			}
			resumed(nil)
		}
	}
	ahead := a.reachedNow()
	a.openGap(talks, g, func(l lookUp) ([]transports.Event, error) {
		a.lookThrough(l, history, looks)
		all, err := l.talks(history, ahead)
		var events []transports.Event
		for _, begin := range all {
			talk := transports.TalkWith(begin.user)
			latest[talk] = begin.message
			events = append(events, begin.first...)
			part, problem := missed(l, history, talk, begin)
			if reviewer, ok := history.(transports.Reviewer); ok && begin.message != "" && problem == nil {
				part = append(part, l.reviewTalk(reviewer, talk)...)
			}
			events, err = append(events, part...), errors.Join(err, problem)
		}
		return events, err
	})
}

// start is where what was missed of a place begins.
type start struct {
	user transports.UserID // of a talk
	mark
	// ahead are messages of a room that were taken although something before them was missing; shared tells that others write into its archive as well.
	ahead  map[transports.MessageID]bool
	shared bool
	// first is the message, where it is what the talk began with and nobody knows whether it was taken.
	first []transports.Event
	// since is when the talk may have begun, where nothing is known of it.
	since time.Time
}

// talks are those where something was said last; of some more was taken than the store knows.
func (l lookUp) talks(history transports.History, ahead map[transports.UserID]mark) ([]start, error) {
	cursors, err := l.store.Cursors(l.ctx, l.account, maxTalks)
	var all []start
	for _, c := range cursors {
		user, is := strings.CutPrefix(c.Place, talkPrefix)
		if !is || user == "" {
			continue
		}
		talk := start{user: transports.UserID(user), mark: mark{message: transports.MessageID(c.Message)}.and(ahead[transports.UserID(user)])}
		var first transports.Message
		if talk.message == "" && json.Unmarshal([]byte(c.Begun), &first) == nil {
			talk.message, talk.first = first.ID, []transports.Event{first}
		}
		all = append(all, talk)
		delete(ahead, talk.user)
	}
	for user, m := range ahead {
		if m.message != "" {
			all = append(all, start{user: user, mark: m})
		}
	}
	if err != nil {
		return all, err
	}
	fresh, err := l.newTalks(history, cursors, all)
	return append(all, fresh...), err
}

// talksBegin is the place of an account that says since when it has talks. It is one with nobody.
var talksBegin = PlaceKey(transports.TalkWith(""))

// newTalks are those with users who wrote for the first time while the account was away: since the last time that anything was taken.
func (l lookUp) newTalks(history transports.History, cursors []store.Cursor, known []start) ([]start, error) {
	correspondence, ok := history.(transports.Correspondence)
	if !ok {
		return nil, nil
	}
	if len(cursors) == 0 { // what was said before it was there is none of its business
		l.store.Write(nil, store.BeginCursor{Cursor: store.Cursor{Account: l.account, Place: talksBegin, At: time.Now().UnixMilli()}})
		return nil, nil
	}
	since := time.UnixMilli(cursors[0].At).Add(-skew)
	if i := slices.IndexFunc(cursors, func(c store.Cursor) bool { return c.Place == talksBegin }); i >= 0 && since.UnixMilli() < cursors[i].At {
		since = time.UnixMilli(cursors[i].At)
	}
	users, err := correspondence.Talks(l.ctx, since)
	if err != nil {
		return nil, err
	}
	var all []start
	for _, user := range users {
		if len(all) == maxTalks || slices.ContainsFunc(known, func(s start) bool { return s.user == user }) {
			continue
		}
		if last, err := l.store.Cursor(l.ctx, l.account, PlaceKey(transports.TalkWith(user))); err != nil || last != "" {
			continue // it is a talk that is known, but none of the last ones
		}
		all = append(all, start{user: user, since: since})
	}
	return all, nil
}

func (a *Account) openGap(place transports.Place, g *gap, read func(lookUp) ([]transports.Event, error)) {
	if a.gaps[place] != nil {
		return
	}
	put(&a.gaps, place, g)
	link := a.link.ctx
	a.commit(func(error) {
		a.async(func() func() {
			ctx, cancel := context.WithTimeout(link, gapTimeout)
			defer cancel()
			events, err := read(a.lookUp(ctx))
			if err != nil && link.Err() == nil {
				a.log.Warn("What was said while there was no connection could not be read.", "place", place.ID(), "error", err)
			}
			return func() {
				if link.Err() != nil { // what is owed waits for the next connection
					g.cut = true
				}
				a.closeGap(place, g, events, err == nil)
			}
		})
	})
}

// closeGap shows what was missed, and then what waited for it.
func (a *Account) closeGap(place transports.Place, g *gap, missed []transports.Event, whole bool) {
	if a.gaps[place] != g {
		return
	}
	drop(&a.gaps, place)
	if g.closed != nil {
		g.closed(whole)
	}
	for in, id := range g.latest {
		if a.latest[in] == "" && id != "" && a.resumes() {
			put(&a.latest, in, id)
		}
	}
	j := a.rooms[place.Room]
	unseen := j != nil && !j.view.Logged // who comes in finds nothing of it, so it is shown to them
	if g.resume != nil && !unseen {
		g.resume()
	}
	seen := map[transports.MessageID]bool{}
	for _, e := range missed {
		if m, ok := e.(transports.Message); ok {
			seen[m.ID] = true
		}
		g.happened(a, e)
	}
	for _, e := range g.live {
		if m, ok := e.(transports.Message); !ok || m.ID == "" || !seen[m.ID] {
			g.happened(a, e)
		}
	}
	if g.then != nil {
		g.then()
	}
	if g.resume != nil && unseen {
		g.resume()
	}
	switch { // what became owed meanwhile has another look
	case a.link.phase != online || g.cut || !a.owes(place.Room):
	case place == talks:
		a.catchUpTalks()
	case j != nil && j.live:
		a.catchUp(j)
	}
}

// happened shows something that happened, unless it is shown as what an earlier run owed.
func (g *gap) happened(a *Account, e transports.Event) {
	if !slices.ContainsFunc(g.looks, func(k *look) bool { return k.shows(e) }) {
		a.event(e)
	}
}

// lookThrough looks for what an earlier run owes, beside the account's goroutine.
func (a *Account) lookThrough(l lookUp, history transports.History, looks []*look) {
	for _, k := range looks {
		if err := k.read(l, history); err != nil && l.ctx.Err() == nil {
			a.log.Warn("What became of messages before the gateway was started again could not be read.", "place", k.place.ID(), "error", err)
		}
	}
}

// missed reads what came after a message, without what is known: what a client of the person's sent through the gateway, and what the archive has. An archive that is
// shared has what somebody else of the same network was shown, so there it counts what this account has taken.
func missed(l lookUp, history transports.History, place transports.Place, begin start) ([]transports.Event, error) {
	most, last := maxMissed, begin.message
	if last == "" {
		most = firstRead
	}
	changed, err := l.store.Changed(l.ctx, l.account, PlaceKey(place))
	if err != nil {
		return nil, err
	}
	changed = max(changed, begin.changed.UnixMilli())
	var upto int64
	if begin.shared {
		upto = l.row(place, begin.message).Seq
	}
	var all []transports.Event
	for more := true; more && len(all) < most; {
		var part []transports.Event
		var err error
		if part, more, err = history.After(l.ctx, place, last, min(historyPart, most-len(all))); err != nil {
			return all, err
		}
		before := last
		for _, e := range part {
			if m, ok := e.(transports.Message); ok {
				last = m.ID
				if begin.ahead[m.ID] || !m.At.IsZero() && m.At.Before(begin.since) || !begin.shared && l.taken(m) || begin.shared && l.takenBefore(m, upto) {
					continue
				}
			} else if at := changedAt(e); !at.IsZero() && at.UnixMilli() <= changed {
				continue
			}
			all = append(all, e)
		}
		if last == before { // nothing leads further
			break
		}
	}
	return all, nil
}

// changedAt is when a change of a message happened, the zero time where the network does not tell.
func changedAt(e transports.Event) time.Time {
	switch e := e.(type) {
	case transports.Edited:
		return e.At
	case transports.Deleted:
		return e.At
	case transports.Reacted:
		return e.At
	}
	return time.Time{}
}
