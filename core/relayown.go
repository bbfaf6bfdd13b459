package core

import (
	"context"
	"slices"
	"time"

	"isthmus/core/account"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/relay"
	"isthmus/core/stanza"
	"isthmus/transports"
)

// carryWithin is how long a command through somebody's own account may take.
const carryWithin = time.Minute

// vouched is who somebody of a MUC is for the networks: any server can run a MUC and say that an occupant is whoever it likes. A MUC that the operator has configured is
// believed, any other for the people of its own server.
func (all *relays) vouched(muc stanza.JID) func(stanza.JID) stanza.JID {
	if slices.ContainsFunc(all.configured, func(r Relay) bool { return r.MUC == muc }) {
		return func(person stanza.JID) stanza.JID { return person }
	}
	return func(person stanza.JID) stanza.JID {
		if all.vouching.of(person, muc) {
			return person
		}
		return stanza.JID{}
	}
}

// ownAccounts finds the accounts through which people of a MUC want to be heard in a room: one of their own, that is not the relay's, and for which they have said so.
func (s *service) ownAccounts(room RelayRoom, scope func() transports.Scope, vouched func(stanza.JID) stanza.JID) func(relay.Speaker) (relay.Own, bool) {
	return func(who relay.Speaker) (relay.Own, bool) {
		owner := vouched(who.JID)
		if owner.IsZero() {
			return relay.Own{}, false
		}
		for _, key := range s.logins.keysOf(owner) {
			a, _ := s.logins.get(key)
			wants := s.options.Get(options.Where{Person: key.Owner.String(), Scope: key.Key}).Get(account.Fields, account.InRelays) == "true"
			if wants && a.scope == scope() && key != room.login().key {
				return relay.Own{User: a.self, Do: s.carry(key)}, true
			}
		}
		return relay.Own{}, false
	}
}

// carry has an account carry out commands.
func (s *service) carry(key person.Key) func(context.Context, transports.Command, func(transports.Result, error)) {
	return func(ctx context.Context, c transports.Command, done func(transports.Result, error)) {
		ctx, cancel := context.WithTimeout(ctx, carryWithin)
		defer cancel()
		for _, a := range s.hub.Accounts(ctx, func(k person.Key) bool { return k == key }) {
			done(a.(*account.Account).Carry(ctx, c))
			return
		}
		done(transports.Result{}, noLogin)
	}
}
