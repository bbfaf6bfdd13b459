package slack

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"isthmus/transports"
)

// ackTime is how long an event may take until it is on disk: Slack gives an acknowledgement three seconds, and sends again what has none then, a minute later, and
// five minutes later. https://docs.slack.dev/apis/events-api/#retries
const ackTime = 2 * time.Second

// lastAgain is after which time at the latest Slack sends an event for the last time.
const lastAgain = 10 * time.Minute

// payload is an event as it came.
type payload struct {
	Type       string          `json:"type"`
	Team       string          `json:"team_id"`
	Context    string          `json:"context_team_id"` // the workspace by which the app gets it
	Enterprise string          `json:"enterprise_id"`
	Event      json.RawMessage `json:"event"`
	EventID    string          `json:"event_id"`
	Shared     bool            `json:"is_ext_shared_channel"`
	Minute     int64           `json:"minute_rate_limited"` // with rateLimited
	Authorised []struct {
		Team       string `json:"team_id"`
		Enterprise string `json:"enterprise_id"`
	} `json:"authorizations"`
}

// delivered is an event that came to a connection.
type delivered struct {
	event json.RawMessage
	// again: Slack has sent it before, maybe to a gateway that crashed.
	again bool
	kept  func()
}

// delivery is an event on its way to the accounts that it concerns. It is acknowledged when all of them have it on disk, or when Slack would wait no longer:
// it is in memory then, and a crash would lose it. The app's mutex is for all of it.
type delivery struct {
	event string // its id
	left  int
	acks  []func() // more than one where it came again meanwhile
	late  *time.Timer
}

// dispatch gives an event to all connections of its workspace. It carries at most one of those who authorised the app, so each finds out what concerns it.
func (a *app) dispatch(e envelope, ack func(), log *slog.Logger) {
	var p payload
	if err := lenient(e.Payload, &p); err != nil || len(p.Event) == 0 && p.Type != rateLimited {
		log.Warn("Slack sent an event that cannot be read.", "error", err)
		ack()
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.Type == rateLimited {
		if a.seen.add(fmt.Sprint(rateLimited, p.Team, p.Minute)) { // it comes again where its acknowledgement did not arrive
			a.missed(p)
		}
		ack()
		return
	}
	if p.EventID != "" && !a.seen.add(p.EventID) { // it came before
		if d := a.pending[p.EventID]; d != nil {
			d.acks = append(d.acks, ack)
		} else {
			ack()
		}
		return
	}
	d := &delivery{event: p.EventID, acks: []func(){ack}}
	if d.event != "" {
		a.pending[d.event] = d
	}
	d.late = time.AfterFunc(ackTime, func() {
		log.Debug("An event is acknowledged before it is on disk.")
		a.mu.Lock()
		defer a.mu.Unlock()
		a.acknowledge(d)
	})
	w := &waiting{payload: p, delivery: d, again: e.Attempt > 0}
	if a.waiting.sockets > 1 || len(a.waiting.all) > 0 {
		a.waiting.add(w, a.release)
		return
	}
	a.give(w)
}

// give puts an event to the connections that it concerns.
func (a *app) give(w *waiting) {
	d := w.delivery
	for c := range a.sessions {
		if c.session.concerns(w.payload) && c.put(delivered{w.Event, w.again, func() { a.kept(d) }}) {
			d.left++
		}
	}
	if d.left == 0 {
		a.acknowledge(d)
	}
}

// kept takes that one of the accounts has an event on disk.
func (a *app) kept(d *delivery) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if d.left--; d.left == 0 {
		a.acknowledge(d)
	}
}

func (a *app) acknowledge(d *delivery) {
	d.late.Stop()
	delete(a.pending, d.event)
	for _, ack := range d.acks {
		ack()
	}
	d.acks = nil
}

// rateLimited is the type of a payload that tells that Slack leaves out events, for there were more than 30,000 in an hour. https://docs.slack.dev/apis/events-api/#rate-limiting
const rateLimited = "app_rate_limited"

// missed ends the connections of a workspace some of whose events Slack leaves out: what they miss is read from the history when they connect again.
func (a *app) missed(p payload) {
	for c := range a.sessions {
		if c.session.concerns(p) {
			c.end(&transports.Fault{Kind: transports.Offline, Wait: time.Minute,
				Text: "More happens in the workspace than Slack tells an app in an hour. What is missed is read in a minute."})
		}
	}
}
