package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"isthmus/core/relay"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
)

// Relay joins a real Multi-User Chat with rooms of networks.
type Relay struct {
	MUC stanza.JID
	// Nick is what the relay's own occupant is called, and on networks the account that it speaks through.
	Nick string
	// Puppets is how many people of the networks may have occupants of their own in the MUC; 0: none.
	Puppets int
	relay.Policy
	Limits relay.Limits
	Rooms  []RelayRoom
	// Password opens the MUC where it needs one.
	Password string
	// Transport is the domain whose bot it is; where it is empty, that of the first room.
	Transport string
}

// RelayRoom is a room of a network.
type RelayRoom struct {
	// Transport is the domain of one of the transports, Network the key of one of its networks in addresses, and Room the room's name there.
	Transport, Network, Room string
	// Owner is whose login there it uses, by bare JID; zero where the network needs none.
	Owner stanza.JID
	// Suffix ends the nicks of people of that room in the MUC.
	Suffix string
	// Connections is how many people of the MUC may have a connection of their own to the network, where they are called as in the MUC with
	// ConnectionSuffix; 0: the relay's account speaks for all.
	Connections      int
	ConnectionSuffix string
	// Password opens the room where it needs one.
	Password string
	// Paused: nothing passes for now.
	Paused bool
}

// relays are the relays. The goroutine of run owns them; the streams' readers and the hubs look at what is at work.
type relays struct {
	services map[string]*service // by domain
	log      *slog.Logger
	store    *store.Store
	// secret is what the ids of what they say are made of.
	secret   []byte
	keys     *seal.Keys
	consents consents
	vouching vouching
	// configured are those of the configuration, kept those that people have set up, in the order in which they have; hosts are the bots that
	// wait in MUCs for a word.
	configured []Relay
	kept       []kept
	hosts      map[stanza.JID]*host
	// welcome is what is said on both sides of a room that is new.
	welcome welcome
	// visiting are the logins that are used for a visit, and how often.
	visiting map[loginOf]int
	// wanted are those that shall work.
	wanted  map[stanza.JID]Relay
	running map[stanza.JID]*relaying
	// lines are the connections that they share: one for each network and name.
	lines map[string]*line
	work  chan func()
	now   atomic.Pointer[atWork]
	// ended is closed when all have left.
	ended   chan struct{}
	leaving sync.WaitGroup
}

// newRelays knows the relays of the configuration, or says which of them has a mistake. It hands the services what is theirs.
func newRelays(ctx context.Context, c Config, secret []byte, services []*service) (*relays, error) {
	all := &relays{services: map[string]*service{}, log: c.Log, store: c.Store, secret: secret, keys: c.Keys,
		configured: c.Relays, hosts: map[stanza.JID]*host{}, visiting: map[loginOf]int{}, wanted: map[stanza.JID]Relay{}, running: map[stanza.JID]*relaying{}, lines: map[string]*line{},
		work: make(chan func()), ended: make(chan struct{})}
	all.vouching.ask = all.askListed
	for _, s := range services {
		all.services[s.face.jid.Domain] = s
		s.relays, s.talk.relays = all, all
	}
	for _, r := range c.Relays {
		if err := all.check(r); err != nil {
			return nil, err
		}
	}
	if err := all.load(ctx); err != nil {
		return nil, err
	}
	for _, r := range all.merged() {
		all.wanted[r.MUC] = r
	}
	all.show() // the logins that they use, before any account begins
	return all, all.forgetOthers(ctx)
}

// bot is the domain of the transport whose bot a relay has.
func (r Relay) bot() string {
	if r.Transport == "" {
		return r.Rooms[0].Transport
	}
	return r.Transport
}

// check says what of a relay cannot be.
func (all *relays) check(r Relay) error {
	if all.services[r.bot()] == nil {
		return fmt.Errorf("relay %s: there is no transport %s", r.MUC, r.bot())
	}
	for _, room := range r.Rooms {
		if err := all.checkRoom(room); err != nil {
			return fmt.Errorf("relay %s: room %s of %s: %w", r.MUC, room.Room, room.Transport, err)
		}
	}
	return nil
}

// run has them work until ctx ends; their networks are told after that.
func (all *relays) run(ctx context.Context) {
	defer close(all.ended)
	if err := all.follow(); err != nil {
		all.log.Error("A relay cannot work.", "error", err)
	}
	for {
		select {
		case do := <-all.work:
			do()
		case <-ctx.Done():
			for _, r := range all.running {
				r.stop()
			}
			for muc := range all.running {
				all.end(muc)
			}
			all.leaving.Wait()
			return
		}
	}
}

// do has the goroutine of run do something, and waits for it. It is false where the gateway is ending, or ctx does first.
func (all *relays) do(ctx context.Context, what func()) bool {
	done := make(chan struct{})
	select {
	case all.work <- func() { defer close(done); what() }:
	case <-all.ended:
		return false
	case <-ctx.Done():
		return false
	}
	<-done
	return true
}

// reload puts the relays of a new configuration in force: those that are the same in it go on undisturbed.
func (all *relays) reload(ctx context.Context, configured []Relay) error {
	err := errors.New("the gateway is ending")
	all.do(ctx, func() {
		all.configured = configured
		err = all.follow()
	})
	return err
}

// follow has exactly those work that are wanted. Those with a mistake do not, and the error tells of them.
func (all *relays) follow() (problem error) {
	all.wanted = map[stanza.JID]Relay{}
	for _, r := range all.merged() {
		if err := all.check(r); err != nil {
			problem = errors.Join(problem, err)
			continue
		}
		all.wanted[r.MUC] = r
	}
	release := all.keepLines()
	defer release()
	for muc, r := range all.running {
		wanted, there := all.wanted[muc]
		if !reflect.DeepEqual(wanted, r.of) {
			all.end(muc)
			all.forgetRooms(r.of, wanted)
		}
		if !there {
			all.store.Write(nil, store.ForgetRelay{MUC: muc.String()})
		}
	}
	used := all.now.Load().logins
	all.show()
	all.switchLogins(used, all.now.Load().logins)
	for _, muc := range slices.SortedFunc(maps.Keys(all.wanted), func(x, y stanza.JID) int { return strings.Compare(x.String(), y.String()) }) {
		if all.running[muc] == nil {
			problem = errors.Join(problem, all.begin(all.wanted[muc]))
		}
	}
	return problem
}
