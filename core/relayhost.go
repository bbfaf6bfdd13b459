package core

import (
	"bytes"
	"context"
	"strings"
	"time"

	"isthmus/core/dialog"
	"isthmus/core/relay"
	"isthmus/core/stanza"
	"isthmus/core/xep"
)

// host is the stay of a bot in a MUC that is joined with nothing yet: it waits there for a word.
type host struct {
	transport, password string
	// visits is how many dialogues need it; until is when it leaves else.
	visits int
	until  time.Time
}

// patient is how long a bot waits in a MUC for somebody to say what it is to do.
const patient = 15 * time.Minute

// hosted has a bot of a transport in a MUC, if there is none yet, until release is called; star is the one that is there.
func (all *relays) hosted(ctx context.Context, transport string, muc stanza.JID, password string) (star *relay.Relay, release func()) {
	counted := false
	all.do(ctx, func() {
		if h := all.host(muc, transport, password); h != nil {
			h.visits++
			star, counted = all.followed(muc), true
		}
	})
	if !counted {
		return nil, func() {}
	}
	return star, func() {
		go all.do(context.Background(), func() {
			if h := all.hosts[muc]; h != nil {
				h.visits--
				all.leaveHosts()
			}
		})
	}
}

// maxHosts is in how many MUCs bots wait at most.
const maxHosts = 500

// host is the stay of a bot in a MUC, a new one where there is none yet; nil where there are too many.
func (all *relays) host(muc stanza.JID, transport, password string) *host {
	h := all.hosts[muc]
	if h == nil && len(all.hosts) < maxHosts {
		h = &host{transport: transport, password: password}
		all.hosts[muc] = h
	}
	return h
}

// followed puts what is wanted in force, and gives the star of a MUC.
func (all *relays) followed(muc stanza.JID) *relay.Relay {
	if err := all.follow(); err != nil {
		all.log.Error("A relay cannot work.", "error", err)
	}
	if r := all.running[muc]; r != nil {
		return r.star
	}
	return nil
}

// unhost ends a bot's waiting, for the relay keeps it there.
func (all *relays) unhost(muc stanza.JID) {
	if h := all.hosts[muc]; h != nil {
		h.until = time.Time{}
	}
}

// leaveHosts has those bots leave for whom nobody has had a word.
func (all *relays) leaveHosts() {
	left := false
	for muc, h := range all.hosts {
		if h.visits <= 0 && !time.Now().Before(h.until) {
			delete(all.hosts, muc)
			left = true
		}
	}
	if left {
		if err := all.follow(); err != nil {
			all.log.Error("A relay cannot work.", "error", err)
		}
	}
}

// invited takes an invitation of the bot into a MUC (XEP-0045 §7.8.2, XEP-0249): it comes where the operator lets people set up relays.
func (all *relays) invited(s *stanza.Stanza) bool {
	if s.To.Local != botName {
		return false
	}
	muc, by, password, ok := xep.ParseInvitation(s)
	at := all.services[s.To.Domain]
	if !ok || at == nil {
		return false
	}
	settle := func(who stanza.JID) {
		switch {
		case all.services[muc.Domain] != nil:
			at.component.Reply(s.Refuse(ownRoom(muc)))
		case !at.policy.Load().AllowsRelay(who, muc):
			at.component.Reply(s.Refuse(at.talk.notAllowed(who)))
		default:
			all.stay(at, muc, password, s.Refuse(busyHosting))
		}
	}
	if s.From.Bare() == by {
		settle(by)
	} else {
		all.vouching.believed(by, muc, settle)
	}
	return true
}

// stay has a bot come into a MUC and wait for a word; refusal is the answer where that cannot be.
func (all *relays) stay(at *service, muc stanza.JID, password string, refusal *stanza.Stanza) {
	go all.do(context.Background(), func() {
		h := all.host(muc, at.face.jid.Domain, password)
		if h == nil {
			at.component.Reply(refusal)
			return
		}
		h.password, h.until = password, time.Now().Add(patient)
		if star := all.followed(muc); star != nil && len(all.running[muc].of.Rooms) == 0 {
			star.Greet("Hello. I can join this room with a room of " + at.driver.About().Name + ". An owner or admin of this room writes: " + usualNick + ": " + at.talk.usage() + ". Without that I leave in a while.")
		}
		time.AfterFunc(patient+time.Second, func() { all.do(context.Background(), all.leaveHosts) })
	})
}

// asked takes what people of a MUC ask the bot. It is called by the relay's goroutine, and does not block.
func (all *relays) asked(muc stanza.JID, s *service) func(relay.Asked) bool {
	return func(a relay.Asked) bool {
		shown := a.Person
		a.Person = stanza.JID{}
		if strings.HasPrefix(strings.ToLower(a.Words), relay.Agree+" ") {
			awaited := all.consents.give(muc, strings.ToLower(strings.TrimSpace(a.Words)), a.Rules)
			if star := all.now.Load().byMUC[muc]; awaited && !a.Rules && star != nil {
				star.Whisper(a.Nick, notOwner.Text)
			}
			return awaited
		}
		if a.Aloud && !s.talk.inMUC(muc, a).Has(a.Words) && !strings.EqualFold(a.Words, "cancel") {
			return false
		}
		if a.Past {
			return true
		}
		all.vouching.believed(shown, muc, func(who stanza.JID) {
			a.Person = who
			operator := !who.IsZero() && s.policy.Load().Operator(who)
			s.faces.ChatAloud(a.Chat, s.talk.inMUC(muc, a), dialog.Asker{Person: a.Chat.From, Occupant: true, Operator: operator, Place: muc.String()})
		})
		return true
	}
}

// take hands a stanza to the relay that it is for; it is false for all others.
func (all *relays) take(s *stanza.Stanza) bool {
	if s.Kind == stanza.Message && all.invited(s) {
		return true
	}
	card := s.To.Resource == "" && xep.IsVCard(s) // of an occupant: servers hand that to the bare JID
	if s.To.Resource != relay.Resource && !card {
		return false
	}
	r := all.now.Load().byMUC[s.From.Bare()]
	if r == nil || card && !r.IsPuppet(s.To.WithResource(relay.Resource).String()) {
		return false
	}
	r.Handle(s)
	return true
}

// unheard tells of the addresses of puppets, which hear what is said in a MUC by the relay's own occupant. It looks into the set of all relays, for a
// puppet's address may be in several.
func (all *relays) unheard(to []byte) bool {
	now := all.now.Load()
	if len(now.byMUC) == 0 || !bytes.HasSuffix(to, puppetSuffix) {
		return false
	}
	for _, r := range now.byMUC {
		if r.IsPuppet(string(to)) {
			return true
		}
	}
	return false
}

var puppetSuffix = []byte("/" + relay.Resource)
