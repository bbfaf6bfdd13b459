package person

import (
	"context"
	"log/slog"
	"time"

	"isthmus/core/stanza"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// Account is what the hub needs of an account (account.Account).
type Account interface {
	// Handle takes a stanza without blocking; ended tells that the account takes none any more.
	Handle(s *stanza.Stanza, to address.Address) (taken, ended bool)
	Resync()
	// Start is called once, before all else: one that came by a login connects after a while, as far as its owner wants that. OwnerPresence
	// tells it that a client of theirs comes or goes.
	Start(after time.Duration)
	OwnerPresence(s *stanza.Stanza)
	// Stay brings it into a room that it stayed in before a restart; OptionsChanged has it look again at what its owner has set.
	Stay(room transports.RoomID, after time.Duration)
	OptionsChanged()
	// Disconnect closes its connection.
	Disconnect(reason string)
	// LimitRooms bounds the rooms that it may be in; 0 is no bound.
	LimitRooms(most int)
	// Stop ends it with the gateway, Dismiss for good: its owner may not use it any more.
	Stop(reason string)
	Dismiss(reason string)
	// Run begins its life; ended is called, and Done closed, when that is over.
	Run(ended func())
	Done() <-chan struct{}
}

// Key names an account: its owner, by bare JID, and the key by which addresses name it.
type Key struct {
	Owner stanza.JID
	Key   string
}

// Config is what a hub works with.
type Config struct {
	Domain    string
	Addresses address.Config
	// Policy holds until Reload.
	Policy Policy
	// Registered tells who has registered.
	Registered func(owner stanza.JID) bool
	// Seen hears of everything that a client of somebody's sends.
	Seen func(who stanza.JID)
	// Scope finds the scope of an account, or says why there is no such account.
	Scope func(Key) (transports.Scope, error)
	// Open makes the account of that key, within those limits.
	Open func(Key, transports.Scope, Limits) Account
	// Dialogue takes what belongs to a dialogue, wherever it is addressed, under the policy of now; it must not block.
	Dialogue func(s *stanza.Stanza, to address.Address, policy Policy) bool
	// Self answers what is addressed to the gateway itself; the keys are of the sender's accounts in use. It is false for what belongs
	// to the account that the gateway stands for, where Addresses.Fixed names one.
	Self func(s *stanza.Stanza, keys []string) bool
	// Reply hands an answer to the stream.
	Reply func(*stanza.Stanza)
	// Refusal is the answer for an error of Scope's.
	Refusal func(error) *stanza.Error
	Log     *slog.Logger
}

// Hub leads each stanza to the account that it concerns, and makes the accounts. One goroutine, Run, owns what it knows.
type Hub struct {
	Config
	work     chan func()
	accounts map[Key]Account
	// owned are the keys of each person's accounts, in order.
	owned map[stanza.JID][]string
	// dismissed are the accounts that end because their owners may not use them any more, and why.
	dismissed map[Key]*stanza.Error
	pace      pace
	stopping  bool
	done      chan struct{}
}

// backlog is how many stanzas may wait for the hub before the stream's reader waits; the hub itself waits for nobody.
const backlog = 1024

// sweepEvery is how often those who were quiet are forgotten.
const sweepEvery = 10 * time.Minute

// New makes a hub; Run starts it.
func New(c Config) *Hub {
	return &Hub{Config: c, work: make(chan func(), backlog), accounts: map[Key]Account{}, owned: map[stanza.JID][]string{}, dismissed: map[Key]*stanza.Error{}, pace: pace{}, done: make(chan struct{})}
}

// Run owns the hub until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	defer close(h.done)
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		select {
		case do := <-h.work:
			do()
		case now := <-sweep.C:
			h.pace.sweep(now)
		case <-ctx.Done():
			return
		}
	}
}

func (h *Hub) post(work func()) {
	select {
	case h.work <- work:
	case <-h.done:
	}
}

// Handle takes a stanza from the stream.
func (h *Hub) Handle(s *stanza.Stanza) { h.post(func() { h.route(s) }) }

// Stay brings an account back into a room that it stayed in, as far as its owner and the network are still allowed; if it is not connected, after a while.
func (h *Hub) Stay(key Key, room transports.RoomID, after time.Duration) {
	h.post(func() {
		a := h.accounts[key]
		if a == nil && h.Policy.Allows(key.Owner) {
			var refusal *stanza.Error
			if a, refusal = h.open(key, after); refusal != nil {
				h.Log.Warn("An account cannot come back into its room.", "account", key.Key, "person", key.Owner.String(), "error", refusal)
				return
			}
		}
		if a != nil {
			a.Stay(room, after)
		}
	})
}

// Start has an account in use that came by a login, as far as its owner is still allowed; it is connected after a while.
func (h *Hub) Start(key Key, after time.Duration) {
	h.post(func() {
		if a := h.accounts[key]; a != nil {
			select {
			case <-a.Done(): // the hub has not heard yet
				h.forget(key, a)
			default:
				return
			}
		}
		if !h.Policy.Allows(key.Owner) {
			return
		}
		if _, refusal := h.open(key, after); refusal != nil {
			h.Log.Warn("An account cannot be started.", "account", key.Key, "person", key.Owner.String(), "error", refusal)
		}
	})
}

// OptionsChanged has a person's accounts look again at what they have set.
func (h *Hub) OptionsChanged(owner stanza.JID) {
	h.post(func() {
		for _, k := range h.keys(owner) {
			key := Key{owner, k}
			a := h.accounts[key]
			if _, refusal := h.admit(key); refusal != nil { // a registration has ended
				h.dismiss(key, a, refusal)
				continue
			}
			a.OptionsChanged()
		}
	})
}

// Accounts are the accounts in use that a condition holds for.
func (h *Hub) Accounts(ctx context.Context, holds func(Key) bool) map[Key]Account {
	found := make(chan map[Key]Account, 1)
	h.post(func() {
		all := map[Key]Account{}
		for key, a := range h.accounts {
			if holds(key) {
				all[key] = a
			}
		}
		found <- all
	})
	select {
	case all := <-found:
		return all
	case <-h.done:
	case <-ctx.Done():
	}
	return nil
}

// Resync has every account make sure of who is still there.
func (h *Hub) Resync() {
	h.post(func() {
		for _, a := range h.accounts {
			a.Resync()
		}
	})
}

// Stop ends all accounts and returns when they have ended, or ctx has.
func (h *Hub) Stop(ctx context.Context, reason string) {
	all := make(chan []Account, 1)
	h.post(func() {
		h.stopping = true
		var accounts []Account
		for _, a := range h.accounts {
			a.Stop(reason)
			accounts = append(accounts, a)
		}
		all <- accounts
	})
	var accounts []Account
	select {
	case accounts = <-all:
	case <-h.done: // Run has ended, so nobody answers
	case <-ctx.Done():
	}
	for _, a := range accounts {
		select {
		case <-a.Done():
		case <-ctx.Done():
			return
		}
	}
}
