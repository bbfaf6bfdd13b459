package relay

import (
	mathrand "math/rand/v2"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// standing is how one of ours stands in the MUC.
type standing uint8

const (
	outside standing = iota
	asked            // to be let in
	entered          // the bot's own presence has come, the end of the room's history has not
	inside
)

// bot is the relay's own occupant: it alone listens.
type bot struct {
	standing standing
	nick     string
	attempts int
	since    time.Time // of the standing
	retry    time.Time // when to try again, the zero time while that is not called for
	heard    time.Time // when the MUC was last heard
	pinging  bool
	// missed is since when something may have been said that the relay has not heard; the zero time before it was first inside.
	missed time.Time
	// first is when it was first inside: what was said before is none of its business.
	first time.Time
	// from is since when the MUC is asked what was said, the zero time for not at all. reading names the question to its archive, empty where none is under way, and
	// live is what the MUC says meanwhile; archived: the archive has answered; unread: it could not.
	from             time.Time
	reading          string
	live             []*stanza.Stanza
	archived, unread bool
	// attempt counts the attempts to come in.
	attempt int
	can     xep.RoomAbilities
	// why is why it could not come in, empty where it could or has not been answered; arrivals are done when one of both is known.
	why      string
	arrivals []func()
}

const (
	firstWait  = 2 * time.Second
	longWait   = 10 * time.Minute
	answerTime = 30 * time.Second
	// abilityTime is how long a MUC has to say what it can do before it is entered without knowing.
	abilityTime = 10 * time.Second
	// quiet is after how long a silence the bot asks whether it is still inside (XEP-0410 §3).
	quiet = time.Minute
	// maxMissed is how many messages are fetched that the relay has not heard, the last ones.
	maxMissed = 200
	// skew is how far the clocks of the MUC and of the gateway may differ.
	skew = 10 * time.Second
)

func (r *Relay) occupant(nick string) stanza.JID { return r.MUC.WithResource(nick) }

// enter has the bot enter, also where it may be inside already: then the room tells everything anew (XEP-0410 §4.1), with what was missed.
func (r *Relay) enter() {
	b := &r.bot
	if b.nick == "" {
		b.nick = r.Nick
	}
	switch b.standing {
	case inside:
		b.missed = b.heard
	case outside: // whoever has a nick now may be another
		clear(r.others)
	}
	for _, o := range r.others {
		o.seen = false
	}
	b.standing, b.since, b.retry, b.pinging = asked, time.Now(), time.Time{}, false
	for _, p := range r.puppets {
		p.seen = false
	}
	b.from, b.reading, b.archived, b.live = time.Time{}, "", false, nil
	if !b.missed.IsZero() {
		b.from = b.missed
		if len(r.flying) > 0 && r.flying[0].passed.Before(b.from) {
			b.from = r.flying[0].passed
		}
		if b.from = b.from.Add(-skew); b.from.Before(b.first) {
			b.from = b.first
		}
	}
	b.attempt++
	attempt := b.attempt
	r.Stream.Request(xep.AskAbilities(r.JID, r.MUC), abilityTime, func(answer *stanza.Stanza) {
		go r.post(func() {
			if answer != nil && answer.Type == "result" {
				b.can = xep.ParseAbilities(answer)
			}
			switch {
			case b.attempt != attempt || b.standing != asked:
			case answer == nil && time.Since(b.since) < abilityTime/2: // there was no stream to ask by
				r.tryAgain()
			default:
				r.askToEnter()
			}
		})
	})
}

// askToEnter is when it is known what the MUC can do. What was missed comes from its archive, or else with the history that it shows to who enters, which is shorter.
func (r *Relay) askToEnter() {
	since := r.bot.from
	if r.hasArchive() {
		since = time.Time{}
	}
	if !r.Stream.Pass(xep.Enter(r.JID, r.occupant(r.bot.nick), since, maxMissed, r.Password).Add(r.joins())) {
		r.tryAgain()
	}
}

func (r *Relay) hasArchive() bool { return r.bot.can.Archive && r.bot.can.StanzaIDs && !r.bot.unread }

// tryAgain waits longer each time, and not in step with others.
func (r *Relay) tryAgain() {
	b := &r.bot
	wait := min(firstWait<<min(b.attempts, 10), longWait)
	b.attempts++
	b.standing, b.since = outside, time.Now()
	b.retry = b.since.Add(wait/2 + mathrand.N(wait))
}

// lost tells that the bot is in the MUC no longer. Puppets outlive it only where the room does.
func (r *Relay) lost(why string) {
	r.Log.Warn("The relay is not in the MUC. It tries again.", "muc", r.MUC.String(), "reason", why)
	if r.bot.standing == inside {
		r.bot.missed = r.bot.heard
	}
	for _, p := range r.puppets {
		if p.standing != outside {
			r.depart(p, "")
		}
	}
	r.bot.why = why
	r.settled()
	r.tryAgain()
}

// lookAfterBot has it come back, and make sure that it is there.
func (r *Relay) lookAfterBot(now time.Time) {
	b := &r.bot
	switch {
	case b.standing == outside && !b.retry.IsZero() && !now.Before(b.retry):
		r.enter()
	case b.standing == asked && now.Sub(b.since) > answerTime:
		r.lost("the MUC does not answer")
	case b.standing == entered && now.Sub(b.since) > answerTime && b.reading == "": // a room without a subject, which none should be
		r.arrived()
	case b.standing == inside && len(r.flying) > 0 && now.Sub(r.flying[0].passed) > answerTime:
		r.enter()
	case b.standing == inside && now.Sub(b.heard) > quiet && !b.pinging:
		b.pinging = true
		r.Stream.Request(xep.Ping(r.JID, r.occupant(b.nick)), answerTime, func(answer *stanza.Stanza) {
			go r.post(func() { r.pinged(answer) })
		})
	}
}

func (r *Relay) pinged(answer *stanza.Stanza) {
	if !r.bot.pinging || r.bot.standing != inside {
		return
	}
	r.bot.pinging = false
	if xep.SelfPingSaysOutside(answer) {
		r.lost("the MUC says that it is not inside")
		return
	}
	r.bot.heard = time.Now()
}

// madeRoom is when the MUC was not there until the bot came in. A relay that has rooms opens it for others too (XEP-0045 §10.1.2); one that has none yet has nothing
// to do in a room that nobody has made.
func (r *Relay) madeRoom() (stays bool) {
	if len(r.rooms) > 0 {
		r.Stream.Request(xep.OpenRoom(r.JID, r.MUC), answerTime, func(*stanza.Stanza) { r.askAgain() })
		return true
	}
	r.Stream.Pass(gone(r.JID, r.occupant(r.bot.nick), ""))
	r.lost("there is no such room")
	return false
}

// askAgain finds out what a room can do that was not there when it was asked first.
func (r *Relay) askAgain() {
	r.Stream.Request(xep.AskAbilities(r.JID, r.MUC), abilityTime, func(answer *stanza.Stanza) {
		if answer != nil && answer.Type == "result" {
			go r.post(func() { r.bot.can = xep.ParseAbilities(answer) })
		}
	})
}

// notLetIn says for people what a refused join means (XEP-0045 §7.2).
var notLetIn = map[string]string{
	"not-authorized":        "the room has a password",
	"forbidden":             "the room has banned it",
	"registration-required": "only members may come in",
	"conflict":              "its nick is taken",
	"service-unavailable":   "the room is full",
	"item-not-found":        "there is no such room",
	"not-allowed":           "there is no such room, and it may not be made",
}

// botPresence takes what the MUC says of the bot itself.
func (r *Relay) botPresence(s *stanza.Stanza, o xep.Occupancy) {
	b := &r.bot
	switch {
	case s.Type == "error":
		if b.standing != asked {
			return
		}
		if s.Condition() == "conflict" {
			b.nick += "_"
			if len(b.nick) < len(r.Nick)+5 {
				r.enter()
				return
			}
			b.nick = r.Nick
		}
		r.lost(strings.TrimSpace(notLetIn[string(s.Condition())] + " " + s.Child("", "error").Child("urn:ietf:params:xml:ns:xmpp-stanzas", "text").Text()))
	case s.Type == "unavailable" && o.Has(xep.StatusRenamed):
		delete(r.voices, b.nick)
		b.nick = o.Nick
		r.speaksAs(b.nick, nil)
	case s.Type == "unavailable":
		if b.standing == outside || b.standing == asked && !o.Has(xep.StatusBanned, xep.StatusKicked) { // of a stay before this one
			return
		}
		why := "it was put out"
		if o.Reason != "" {
			why += ": " + o.Reason
		}
		r.lost(why)
		if moderated(o) {
			r.bot.retry = time.Now().Add(longWait)
		}
	case s.Type == "":
		b.nick = s.From.Resource
		r.speaksAs(b.nick, nil)
		if o.Has(xep.StatusCreated) && !r.madeRoom() {
			return
		}
		if b.standing == asked {
			b.standing, b.since = entered, time.Now()
		}
	}
}

// speaksAs notes under which nick one of ours is in the MUC; nil is the bot.
func (r *Relay) speaksAs(nick string, p *puppet) {
	if len(r.former) > maxLines {
		clear(r.former)
	}
	delete(r.others, nick)
	r.voices[nick], r.former[nick] = p, true
}

// leave has all of ours leave the MUC.
func (r *Relay) leave(status string) {
	for _, p := range r.puppets {
		if p.standing != outside {
			r.depart(p, status)
		}
	}
	r.Stream.Pass(gone(r.JID, r.occupant(r.bot.nick), status))
}

func gone(from, occupant stanza.JID, status string) *stanza.Stanza {
	s := &stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: from, To: occupant}
	if status != "" {
		s.Add(stanza.Text("", "status", status))
	}
	return s
}
