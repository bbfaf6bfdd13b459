package slack

import (
	"slices"
	"time"
)

// settle is how long an event waits for earlier ones while there is more than one socket: Slack sends each over any one of them, and one may be behind the other.
const settle = 300 * time.Millisecond

// waiting is an event that earlier ones may still follow.
type waiting struct {
	payload
	*delivery
	again bool
	at    string // when it happened, by Slack's clock
	until time.Time
}

// queue has events in the order in which they happened. The app's mutex is for all of it.
type queue struct {
	sockets int
	all     []*waiting
	timer   *time.Timer
}

// happenedAt is when an event happened. One that does not tell is as old as can be.
func (p *payload) happenedAt() string {
	var e struct {
		At string `json:"event_ts"`
		TS string `json:"ts"`
	}
	_ = lenient(p.Event, &e)
	return first(e.At, e.TS)
}

// add has an event wait for its turn, after which release is called. Of two of the same time, the one that came first is first.
func (q *queue) add(w *waiting, release func()) {
	w.at, w.until = w.happenedAt(), time.Now().Add(settle)
	i := len(q.all)
	for i > 0 && compareTS(q.all[i-1].at, w.at) > 0 {
		i--
	}
	q.all = slices.Insert(q.all, i, w)
	if q.timer == nil {
		q.timer = time.AfterFunc(settle, release)
	}
}

// due takes out those that have waited long enough, with all that happened before them; all where there is one socket only. It tells how long the rest wait.
func (q *queue) due() (due []*waiting, rest time.Duration) {
	now, n := time.Now(), 0
	for i, w := range q.all {
		if q.sockets < 2 || !now.Before(w.until) {
			n = i + 1
		}
	}
	due = slices.Clone(q.all[:n])
	q.all = slices.Delete(q.all, 0, n)
	for _, w := range q.all {
		if wait := w.until.Sub(now); rest == 0 || wait < rest {
			rest = wait
		}
	}
	return due, rest
}

// opened takes how many sockets there are.
func (a *app) opened(sockets int) {
	a.mu.Lock()
	a.waiting.sockets = sockets
	a.mu.Unlock()
	a.release()
}

// release gives the events whose turn has come to those whom they concern.
func (a *app) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	due, rest := a.waiting.due()
	for _, w := range due {
		a.give(w)
	}
	switch {
	case a.waiting.timer == nil:
	case rest > 0:
		a.waiting.timer.Reset(rest)
	default:
		a.waiting.timer.Stop()
		a.waiting.timer = nil
	}
}
