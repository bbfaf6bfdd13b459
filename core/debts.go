package core

import (
	"context"
	"slices"
	"sync"
	"time"

	"isthmus/core/account"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// debts are what an earlier run that was not stopped in order owes people: the word that they are no longer in their
// rooms, and what became of messages that were on their way. Where a network tells that, the accounts find it out, each for
// its own; for the others nobody knows.
type debts struct {
	store     *store.Store
	domain    string
	occupants []store.Occupant

	mu       sync.Mutex // accounts come for theirs
	commands []store.Command
}

func readDebts(ctx context.Context, s *store.Store, domain string) (*debts, error) {
	d := &debts{store: s, domain: domain}
	var err error
	if d.occupants, err = s.Occupants(ctx, domain); err != nil {
		return d, err
	}
	d.commands, err = s.Commands(ctx, domain)
	return d, err
}

// settle pays them, before the first stanza is read: who joins again must not be put out by a late word.
func (d *debts) settle(reply func(*stanza.Stanza)) {
	var changes []store.Change
	for _, o := range d.occupants {
		reply(d.putOut(o))
		changes = append(changes, store.Exit{Occupant: o})
	}
	d.occupants = nil
	if len(changes) > 0 {
		d.store.Write(nil, changes...)
	}
	d.giveUp(reply, func(c store.Command) bool {
		_, answered := account.Answered(c)
		return answered || len(c.Data) == 0
	})
}

// claimWithin is how long accounts may take to come for what is theirs.
const claimWithin = 5 * time.Minute

// wait gives up what no account has come for in time, again and again, for accounts may leave theirs to the next.
func (d *debts) wait(ctx context.Context, reply func(*stanza.Stanza)) {
	for {
		select {
		case <-time.After(claimWithin):
			d.giveUp(reply, func(store.Command) bool { return true })
		case <-ctx.Done():
			return
		}
	}
}

// disown takes back what an account has come for and not found out.
func (d *debts) disown(commands []store.Command) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.commands = append(d.commands, commands...)
}

// claim hands what is owed by an account to it.
func (d *debts) claim(account int64) []store.Command {
	return d.take(func(c store.Command) bool { return c.Account == account && len(c.Data) > 0 })
}

func (d *debts) take(which func(store.Command) bool) (taken []store.Command) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.commands = slices.DeleteFunc(d.commands, func(c store.Command) bool {
		if which(c) {
			taken = append(taken, c)
			return true
		}
		return false
	})
	return taken
}

// giveUp tells people that nobody knows what became of messages.
func (d *debts) giveUp(reply func(*stanza.Stanza), which func(store.Command) bool) {
	var changes []store.Change
	told := map[[3]string]bool{}
	for _, c := range d.take(which) {
		if key := [3]string{c.From, c.To, c.Stanza}; !told[key] { // the lines of one message have one answer
			told[key] = true
			if answer, there := account.Answered(c); there {
				reply(answer)
			} else if e := unknownOutcome(c); e != nil {
				reply(e)
			}
		}
		changes = append(changes, store.End{ID: c.ID})
	}
	if len(changes) > 0 {
		d.store.Write(nil, changes...)
	}
}

// putOut tells an occupant that the service went down with them in the room (XEP-0045 §15.6.2: 332).
func (d *debts) putOut(o store.Occupant) *stanza.Stanza {
	room := stanza.JID{Local: o.Room, Domain: d.domain, Resource: o.Nick}
	person, _ := stanza.ParseJID(o.Person) // it came out of one
	p := &stanza.Stanza{Kind: stanza.Presence, Type: "unavailable", From: room, To: person.WithResource(o.Resource)}
	item := xep.OccupantItem{Affiliation: "none", Role: "none", Reason: "The gateway was restarted. Join again."}
	return p.Add(item.Element(xep.StatusShutdown, xep.StatusSelf))
}

func unknownOutcome(c store.Command) *stanza.Stanza {
	from, err := stanza.ParseJID(c.From)
	if err != nil {
		return nil
	}
	to, err := stanza.ParseJID(c.To)
	if err != nil {
		return nil
	}
	sent := &stanza.Stanza{Kind: stanza.Message, ID: c.Stanza, From: from, To: to}
	return sent.Refuse(&stanza.Error{Type: xmpp.Wait, Condition: xmpp.UndefinedCondition,
		Text: account.Unknown})
}
