package core

import (
	"context"
	"time"

	"isthmus/core/account"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/relay"
	"isthmus/transports"
)

// carryWithin is how long a command through somebody's own account may take.
const carryWithin = time.Minute

// ownAccounts finds the accounts through which people of a MUC want to be heard in a room: one of their own, that is not the relay's, and for which they have said so.
func (s *service) ownAccounts(room RelayRoom, scope func() transports.Scope) func(relay.Speaker) (relay.Own, bool) {
	return func(who relay.Speaker) (relay.Own, bool) {
		if who.JID.IsZero() {
			return relay.Own{}, false
		}
		for _, key := range s.logins.keysOf(who.JID) {
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
