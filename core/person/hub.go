package person

import (
	"context"
	"log/slog"
	"slices"

	"isthmus/core/stanza"
	"isthmus/mapping/address"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// Account is what the hub needs of an account (account.Account).
type Account interface {
	// Handle takes a stanza without blocking; ended tells that the account takes none any more.
	Handle(s *stanza.Stanza, to address.Address) (taken, ended bool)
	Resync()
	// Stay brings it into a room that it stayed in before a restart; OptionsChanged has it look again at what its owner has set.
	Stay(room transports.RoomID)
	OptionsChanged()
	// Disconnect closes its connection.
	Disconnect(reason string)
	Stop(reason string)
	Run()
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
	Policy    Policy
	// Scope finds the scope of a key (transports.Driver.Scope).
	Scope func(key string) (transports.Scope, error)
	// Open makes the account of that key.
	Open func(Key, transports.Scope) Account
	// Dialogue takes what belongs to a dialogue, wherever it is addressed; it must not block.
	Dialogue func(s *stanza.Stanza, to address.Address) bool
	// Self answers what is addressed to the gateway itself; the keys are of the sender's accounts in use. It is false for what belongs
	// to the account that the gateway stands for, where Addresses.Fixed names one.
	Self func(s *stanza.Stanza, keys []string) bool
	// Reply hands an answer to the stream.
	Reply func(*stanza.Stanza)
	// Refusal is the answer for a fault of the driver's.
	Refusal func(error) *stanza.Error
	Log     *slog.Logger
}

// Hub leads each stanza to the account that it concerns, and makes the accounts. One goroutine, Run, owns what it knows.
type Hub struct {
	Config
	work     chan func()
	accounts map[Key]Account
	// owned counts the accounts of each person.
	owned    map[stanza.JID]int
	stopping bool
	done     chan struct{}
}

// maxAccounts bounds the accounts that one person may have in use on a transport, so that nobody fills the memory with names of hosts.
const maxAccounts = 50

// backlog is how many stanzas may wait for the hub before the stream's reader waits; the hub itself waits for nobody.
const backlog = 1024

// New makes a hub; Run starts it.
func New(c Config) *Hub {
	return &Hub{Config: c, work: make(chan func(), backlog), accounts: map[Key]Account{}, owned: map[stanza.JID]int{}, done: make(chan struct{})}
}

// Run owns the hub until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	defer close(h.done)
	for {
		select {
		case do := <-h.work:
			do()
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

// Stay brings an account back into a room that it stayed in, as far as its owner and the network are still allowed.
func (h *Hub) Stay(key Key, room transports.RoomID) {
	h.post(func() {
		a := h.accounts[key]
		if a == nil && h.Policy.Allows(key.Owner) {
			var refusal *stanza.Error
			if a, refusal = h.open(key); refusal != nil {
				h.Log.Warn("An account cannot come back into its room.", "account", key.Key, "person", key.Owner.String(), "error", refusal)
				return
			}
		}
		if a != nil {
			a.Stay(room)
		}
	})
}

// OptionsChanged has a person's accounts look again at what they have set.
func (h *Hub) OptionsChanged(owner stanza.JID) {
	h.post(func() {
		for key, a := range h.accounts {
			if key.Owner == owner {
				a.OptionsChanged()
			}
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

func (h *Hub) route(s *stanza.Stanza) {
	if !h.Policy.Allows(s.From) {
		h.refuse(s, h.Policy.refusal())
		return
	}
	to, err := h.Addresses.Parse(s.To.Local)
	if err != nil {
		h.refuse(s, &stanza.Error{Type: xmpp.Modify, Condition: xmpp.JIDMalformed, Text: err.Error()})
		return
	}
	if h.Dialogue(s, to) {
		return
	}
	switch to.Kind {
	case address.Gateway:
		if !h.Self(s, h.keys(s.From.Bare())) {
			h.deliver(s, address.Address{Kind: address.Account, Key: h.Addresses.Fixed})
		}
	case address.Bot:
		h.refuse(s, &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ServiceUnavailable})
	default:
		h.deliver(s, to)
	}
}

// keys are those of a person's accounts, in order.
func (h *Hub) keys(owner stanza.JID) []string {
	if h.owned[owner] == 0 {
		return nil
	}
	var keys []string
	for k := range h.accounts {
		if k.Owner == owner {
			keys = append(keys, k.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (h *Hub) deliver(s *stanza.Stanza, to address.Address) {
	key := Key{s.From.Bare(), to.Key}
	for {
		a := h.accounts[key]
		if a == nil {
			var refusal *stanza.Error
			if a, refusal = h.open(key); refusal != nil {
				h.refuse(s, refusal)
				return
			}
		}
		taken, ended := a.Handle(s, to)
		if ended {
			h.forget(key, a)
			continue
		}
		if !taken {
			h.refuse(s, &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ResourceConstraint, Text: "Too much is waiting to be sent. Wait a moment, then send it again."})
		}
		return
	}
}

func (h *Hub) open(key Key) (Account, *stanza.Error) {
	if h.stopping {
		return nil, &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ServiceUnavailable, Text: "The gateway is shutting down. Try again in a moment."}
	}
	scope, err := h.Scope(key.Key)
	if err != nil {
		return nil, h.Refusal(err)
	}
	if h.owned[key.Owner] >= maxAccounts {
		return nil, &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ResourceConstraint, Text: "You are connected to too many networks. Leave one first."}
	}
	a := h.Open(key, scope)
	h.accounts[key] = a
	h.owned[key.Owner]++
	go func() {
		a.Run()
		h.post(func() { h.forget(key, a) })
	}()
	return a, nil
}

// forget takes out an account that has ended, once.
func (h *Hub) forget(key Key, a Account) {
	if h.accounts[key] != a {
		return
	}
	delete(h.accounts, key)
	if h.owned[key.Owner]--; h.owned[key.Owner] == 0 {
		delete(h.owned, key.Owner)
	}
}

// refuse answers with an error what wants an answer: no errors (RFC 6120 §8.3.1), results, or presences of who goes.
func (h *Hub) refuse(s *stanza.Stanza, e *stanza.Error) {
	switch {
	case s.Type == "error" || s.Type == "result":
	case s.Kind == stanza.Presence && s.Type != "" && s.Type != "subscribe" && s.Type != "probe":
	default:
		h.Reply(s.Refuse(e))
	}
}
