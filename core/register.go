package core

import (
	"context"
	"maps"
	"sync"

	"isthmus/core/account"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/transports"
)

// register finds the ids of the accounts that the store knows. All transports share it, hence the mutex; it is asked only
// when an account comes into use.
type register struct {
	mu    sync.Mutex
	ids   map[registeredAccount]int64
	store *store.Store
}

type registeredAccount struct{ transport, scope, owner string }

func newRegister(ctx context.Context, s *store.Store) (*register, error) {
	all, err := s.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	r := &register{ids: make(map[registeredAccount]int64, len(all)), store: s}
	for _, a := range all {
		r.ids[registeredAccount{a.Transport, a.Scope, a.Owner}] = a.ID
	}
	return r, nil
}

// account gives the identity of an account; one that is new is stored when it is kept.
func (r *register) account(transport string, owner stanza.JID, scope transports.Scope) account.Identity {
	key := registeredAccount{transport, string(scope), owner.String()}
	r.mu.Lock()
	defer r.mu.Unlock()
	if id, ok := r.ids[key]; ok {
		return account.Identity{ID: id}
	}
	id := store.NextID()
	return account.Identity{ID: id, Keep: func() {
		r.mu.Lock()
		r.ids[key] = id
		r.mu.Unlock() // Write may wait for the disk, and the hubs must not
		r.store.Write(nil, store.PutAccount{Account: store.Account{ID: id, Transport: transport, Scope: string(scope), Owner: owner.String()}})
	}}
}

// owners are the people who have accounts on a transport.
func (r *register) owners(transport string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for k := range r.ids {
		if k.transport == transport {
			all = append(all, k.owner)
		}
	}
	return all
}

// forget drops the identities of a person's accounts.
func (r *register) forget(transport string, owner stanza.JID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.ids, func(k registeredAccount, _ int64) bool { return k.transport == transport && k.owner == owner.String() })
}
