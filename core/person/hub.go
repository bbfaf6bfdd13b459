package person

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
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

func (h *Hub) route(s *stanza.Stanza) {
	if !h.Policy.Allows(s.From) {
		if s.To.Local != "" || !update(s) { // servers that grant it send the presences of all their people (XEP-0356 §6), who have asked for nothing
			h.refuse(s, h.Policy.refusal())
		}
		return
	}
	if s.From.Resource != "" && s.Type != "error" { // a server speaks for people who are gone, too
		h.Seen(s.From)
	}
	if counts(s) && !h.pace.allows(s.From, h.Policy.Limits.Stanzas, time.Now()) && refusable(s) {
		h.refuse(s, tooFast)
		return
	}
	to, err := h.Addresses.Parse(s.To.Local)
	if err != nil {
		h.refuse(s, &stanza.Error{Type: xmpp.Modify, Condition: xmpp.JIDMalformed, Text: err.Error()})
		return
	}
	if h.Dialogue(s, to, h.Policy) {
		return
	}
	switch to.Kind {
	case address.Gateway:
		h.follow(s)
		if !h.Self(s, h.keys(s.From.Bare())) {
			h.deliver(s, address.Address{Kind: address.Account, Key: h.Addresses.Fixed})
		}
	case address.Bot:
		h.refuse(s, &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ServiceUnavailable})
	default:
		h.deliver(s, to)
	}
}

// follow tells a person's accounts that a client of theirs comes or goes (XEP-0100 §4.4, §4.5).
func (h *Hub) follow(s *stanza.Stanza) {
	owner := s.From.Bare()
	if s.Kind != stanza.Presence || s.Type != "" && s.Type != "unavailable" {
		return
	}
	for _, key := range h.owned[owner] {
		h.accounts[Key{owner, key}].OwnerPresence(s)
	}
}

// keys are those of a person's accounts, in order.
func (h *Hub) keys(owner stanza.JID) []string {
	return slices.Clone(h.owned[owner])
}

func (h *Hub) deliver(s *stanza.Stanza, to address.Address) {
	key := Key{s.From.Bare(), to.Key}
	for {
		a := h.accounts[key]
		if a == nil {
			var refusal *stanza.Error
			if a, refusal = h.open(key, 0); refusal != nil {
				h.refuse(s, refusal)
				return
			}
		}
		if refusal := h.dismissed[key]; refusal != nil { // it has not ended yet
			h.refuse(s, refusal)
			return
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

// open makes an account; where it connects without being asked, it does so after a while.
func (h *Hub) open(key Key, after time.Duration) (Account, *stanza.Error) {
	if h.stopping {
		return nil, &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ServiceUnavailable, Text: "The gateway is shutting down. Try again in a moment."}
	}
	scope, refusal := h.admit(key)
	if refusal != nil {
		return nil, refusal
	}
	if most := h.Policy.Limits.Networks; most > 0 && len(h.owned[key.Owner]) >= most {
		return nil, h.Policy.tooManyNetworks()
	}
	a := h.Open(key, scope, h.Policy.Limits)
	h.accounts[key] = a
	h.owned[key.Owner] = append(h.owned[key.Owner], key.Key)
	slices.Sort(h.owned[key.Owner])
	a.Start(after)
	go func() {
		a.Run()
		h.post(func() { h.forget(key, a) })
	}()
	return a, nil
}

// admit finds the scope of an account, or says why its owner may not have it.
func (h *Hub) admit(key Key) (transports.Scope, *stanza.Error) {
	if !h.Policy.Allows(key.Owner) {
		return "", h.Policy.refusal()
	}
	scope, err := h.Scope(key)
	if err != nil {
		return "", h.Refusal(err)
	}
	return scope, h.Policy.RefuseNetwork(key.Owner, scope, h.Registered)
}

// dismiss ends an account that may not be any more.
func (h *Hub) dismiss(key Key, a Account, refusal *stanza.Error) {
	h.dismissed[key] = refusal
	a.Dismiss(refusal.Text)
}

// forget takes out an account that has ended, once.
func (h *Hub) forget(key Key, a Account) {
	if h.accounts[key] != a {
		return
	}
	delete(h.accounts, key)
	delete(h.dismissed, key)
	h.owned[key.Owner] = slices.DeleteFunc(h.owned[key.Owner], func(k string) bool { return k == key.Key })
	if len(h.owned[key.Owner]) == 0 {
		delete(h.owned, key.Owner)
	}
}

// refuse answers with an error what wants an answer.
func (h *Hub) refuse(s *stanza.Stanza, e *stanza.Error) {
	if refusable(s) {
		h.Reply(s.Refuse(e))
	}
}

// counts tells what is bound by the pace: all but what a server sends by itself to each of a person's contacts, when the person comes
// or changes their presence (RFC 6121 §4.2.2, §4.3.1). Of thousands of contacts that is thousands at once.
func counts(s *stanza.Stanza) bool {
	byServer := s.Type == "unavailable" || s.Type == "probe" && s.From.Resource == ""
	return !update(s) && !(s.Kind == stanza.Presence && byServer)
}

// update tells of a presence that asks for nothing: with an error, a client that is in a room would take itself for outside.
func update(s *stanza.Stanza) bool {
	_, joins := xep.ParseJoin(s, time.Time{})
	return s.Kind == stanza.Presence && s.Type == "" && !joins
}

// refusable tells what wants an answer: no errors (RFC 6120 §8.3.1), results, or presences of who goes.
func refusable(s *stanza.Stanza) bool {
	if s.Type == "error" || s.Type == "result" {
		return false
	}
	return s.Kind != stanza.Presence || s.Type == "" || s.Type == "subscribe" || s.Type == "probe"
}
