package relay

import (
	"fmt"
	"regexp"
	"time"

	"golang.org/x/time/rate"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// Limits are what the operator lets through.
type Limits struct {
	// PerPerson and PerRelay are how many messages a minute are passed on, of one person and of all together; as many may come at once. 0: any number.
	PerPerson, PerRelay int
	// IgnoreNicks and IgnoreTexts are whose messages, and which, are not passed on; nil for none.
	IgnoreNicks, IgnoreTexts *regexp.Regexp
}

// flood is what of one person, or of all, came too fast.
type flood struct {
	limiter *rate.Limiter
	last    time.Time
	// dropped is how much was left out and nobody was told of yet.
	dropped int
}

const (
	// floodOver is for how long nothing more must have been left out for people to be told how much it was.
	floodOver = 10 * time.Second
	// maxFloods is how many people are counted; who has been silent for a minute has all of it again.
	maxFloods = 5000
)

func newFlood(perMinute int) *flood {
	limit := rate.Limit(float64(perMinute) / 60)
	if perMinute == 0 {
		limit = rate.Inf
	}
	return &flood{limiter: rate.NewLimiter(limit, max(perMinute, 1))}
}

// admits tells whether something of somebody's is passed on. What comes too fast is not, and how much that was is told once it is over: tell is given the number.
func (r *Relay) admits(key string, tell func(n int)) bool {
	f := r.floods[key]
	if f == nil {
		if len(r.floods) >= maxFloods {
			for key, old := range r.floods {
				if old.dropped == 0 && time.Since(old.last) > time.Minute {
					delete(r.floods, key)
				}
			}
		}
		f = newFlood(r.Limits.PerPerson)
		r.floods[key] = f
	}
	f.last = time.Now()
	if r.replaying { // it did not come as fast as it does now
		return true
	}
	if !f.limiter.Allow() {
		r.leaveOut(f, tell)
		return false
	}
	if !r.all.limiter.Allow() {
		r.leaveOut(&r.all, func(n int) {
			r.say(notPassedOn(n, "", "") + ", for all together came too fast.")
		})
		return false
	}
	return true
}

// admits tells whether something of a user's is passed on.
func (f *foreign) admits(u transports.User, t text.Text) bool {
	r := f.relay
	if r.Limits.ignores(u.Name, t) {
		r.Log.Debug("A message was not passed on, as the operator wants it.", "room", f.Name)
		return false
	}
	return r.admits(f.key(u.ID), func(n int) {
		r.say(notPassedOn(n, f.attributed(u.Name), "") + ": too many at once.")
		r.tell(f, notPassedOn(n, u.Name, "the chat room that this room is joined with")+": too many at once.")
	})
}

// admitsOwn is the same for somebody of the MUC.
func (r *Relay) admitsOwn(author, nick, body string) bool {
	if r.Limits.ignores(nick, text.Plain(body)) {
		r.Log.Debug("A message was not passed on, as the operator wants it.")
		return false
	}
	return r.admits(author, func(n int) {
		r.whisper(nick, notPassedOn(n, "yours", r.names())+": too many at once.")
	})
}

func (r *Relay) leaveOut(f *flood, tell func(n int)) {
	if f.dropped++; f.dropped > 1 {
		return
	}
	var look func(seen int)
	look = func(seen int) {
		r.after(floodOver, func() {
			if f.dropped > seen {
				look(f.dropped)
				return
			}
			n := f.dropped
			f.dropped = 0
			tell(n)
		})
	}
	look(1)
}

// notPassedOn says how many messages of somebody's were left out on their way to somewhere.
func notPassedOn(n int, whose, where string) string {
	what, were := fmt.Sprint(n, " messages"), " were"
	if n == 1 {
		what, were = "A message", " was"
	}
	if whose != "" {
		what += " of " + whose
	}
	if where != "" {
		where = " to " + where
	}
	return what + were + " not passed on" + where
}

// ignores tells whether the operator wants something not to be passed on.
func (l Limits) ignores(name string, t text.Text) bool {
	return l.IgnoreNicks != nil && l.IgnoreNicks.MatchString(name) || l.IgnoreTexts != nil && len(t) > 0 && l.IgnoreTexts.MatchString(t.String())
}
