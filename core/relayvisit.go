package core

import (
	"context"
	"crypto/rand"
	"sync"

	"isthmus/core/relay"
	"isthmus/core/shared"
	"isthmus/core/stanza"
	"isthmus/transports"
)

// visit is a session to look into a room that is in no relay yet.
func (all *relays) visit(ctx context.Context, room RelayRoom) (session transports.Session, release func(), err error) {
	r := &relaying{of: Relay{Nick: usualNick}}
	at := all.services[room.Transport]
	ok := all.do(ctx, func() {
		if !room.Owner.IsZero() {
			all.visiting[room.login()]++
			_ = all.follow() // its account becomes one of several who use it
		}
		session, _, err = all.session(at, r, room, shared.Person{ID: transports.UserID(relayMark + rand.Text()), Name: usualNick, Owner: true, Itself: true})
	})
	if !ok {
		return nil, nil, &transports.Fault{Kind: transports.Offline, Text: "The gateway is busy. Try again in a moment."}
	}
	return session, func() {
		go all.do(context.Background(), func() {
			all.release(r)
			if l := room.login(); !room.Owner.IsZero() {
				if all.visiting[l]--; all.visiting[l] <= 0 {
					delete(all.visiting, l)
				}
				_ = all.follow()
			}
		})
	}, err
}

func (all *relays) takenNow(ctx context.Context, room RelayRoom) (muc stanza.JID) {
	all.do(ctx, func() { muc = all.taken(room) })
	return muc
}

// stillMay tells whether who has asked in a MUC is still there, and owns it or administers it, or is an operator.
func (all *relays) stillMay(ctx context.Context, muc stanza.JID, a *relay.Asked, operator bool) bool {
	star := all.now.Load().byMUC[muc]
	if star == nil {
		return false
	}
	rule := star.RulesAs(ctx, a.Nick, a.Person)
	return rule == relay.Rules || rule == relay.RulesNot && operator && !a.Person.IsZero()
}

// tell says something in a MUC, where there is a relay.
func (all *relays) tell(muc stanza.JID, words string) {
	if star := all.now.Load().byMUC[muc]; star != nil {
		star.Greet(words)
	}
}

// state says for people how a room of a relay is.
func (all *relays) state(ctx context.Context, k listed) string {
	if k.paused.any() {
		return k.paused.says()
	}
	star := all.now.Load().byMUC[k.muc]
	if star == nil {
		return "does not work; ask the operator of the gateway, whose log says why"
	}
	return star.State(ctx, k.room.Transport, transports.RoomID(k.room.Room))
}

// consents are the words that are waited for in MUCs. Relays' goroutines and dialogues share them, hence the mutex.
type consents struct {
	mu  sync.Mutex
	all map[consent]func()
}

type consent struct {
	muc   stanza.JID
	words string
}

// wait calls agreed, once, when who may has said words in a MUC, until cancel is called.
func (c *consents) wait(muc stanza.JID, words string, agreed func()) (cancel func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[consent]func(){}
	}
	c.all[consent{muc, words}] = agreed
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.all, consent{muc, words})
	}
}

// give is what somebody has said; it is false for what nobody waits for.
func (c *consents) give(muc stanza.JID, words string, rules bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	agreed := c.all[consent{muc, words}]
	if agreed == nil {
		return false
	}
	if rules {
		delete(c.all, consent{muc, words})
		agreed()
	}
	return true
}
