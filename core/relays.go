package core

import (
	"bytes"
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
	"isthmus/core/stanza"
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
}

// relays are the relays. The goroutine of run owns them; the streams' readers and the hubs look at what is at work.
type relays struct {
	services map[string]*service // by domain
	log      *slog.Logger
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

// relaying is a relay at work.
type relaying struct {
	of   Relay
	star *relay.Relay
	stop context.CancelFunc
	done chan struct{}
	// lines are the connections that it uses.
	lines []*line
}

// atWork is what others look at; it never changes.
type atWork struct {
	byMUC map[stanza.JID]*relay.Relay
	// byDomain are those that use the stream of a domain.
	byDomain map[string][]*relay.Relay
	// logins are those that they use.
	logins map[loginOf]bool
}

// newRelays knows the relays of the configuration, or says which of them has a mistake. It hands the services what is theirs.
func newRelays(c Config, services []*service) (*relays, error) {
	all := &relays{services: map[string]*service{}, log: c.Log, wanted: map[stanza.JID]Relay{}, running: map[stanza.JID]*relaying{}, lines: map[string]*line{},
		work: make(chan func()), ended: make(chan struct{})}
	for _, s := range services {
		all.services[s.face.jid.Domain] = s
		s.relays = all
	}
	for _, r := range c.Relays {
		if err := all.check(r); err != nil {
			return nil, err
		}
		all.wanted[r.MUC] = r
	}
	all.show() // the logins that they use, before any account begins
	return all, nil
}

// check says what of a relay cannot be.
func (all *relays) check(r Relay) error {
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
	if err := all.follow(slices.Collect(maps.Values(all.wanted))); err != nil {
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
	all.do(ctx, func() { err = all.follow(configured) })
	return err
}

// follow has exactly these work. Those with a mistake do not, and the error tells of them.
func (all *relays) follow(wanted []Relay) (problem error) {
	all.wanted = map[stanza.JID]Relay{}
	for _, r := range wanted {
		if err := all.check(r); err != nil {
			problem = errors.Join(problem, err)
			continue
		}
		all.wanted[r.MUC] = r
	}
	for muc, r := range all.running {
		if !reflect.DeepEqual(all.wanted[muc], r.of) {
			all.end(muc)
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

// begin has a relay work.
func (all *relays) begin(c Relay) error {
	r := &relaying{of: c, done: make(chan struct{})}
	made := relay.Config{MUC: c.MUC, Nick: c.Nick, Puppets: c.Puppets, Policy: c.Policy, Limits: c.Limits,
		Log: all.log.With("relay", c.MUC.String())}
	for i, room := range c.Rooms {
		s := all.services[room.Transport]
		if i == 0 {
			made.JID, made.Stream = stanza.JID{Local: botName, Domain: room.Transport, Resource: relay.Resource}, s.component
		}
		joined, err := all.room(s, r, room, fmt.Sprintf("%s %d", c.MUC, i))
		if err != nil {
			all.release(r)
			return fmt.Errorf("relay %s: room %s of %s: %w", c.MUC, room.Room, room.Transport, err)
		}
		made.Rooms = append(made.Rooms, joined)
	}
	r.star = relay.New(made)
	all.running[c.MUC] = r
	all.show()
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.star.Run(ctx); close(r.done) }()
	return nil
}

// end has a relay leave its rooms, and waits until it has.
func (all *relays) end(muc stanza.JID) {
	r := all.running[muc]
	r.stop()
	<-r.done
	delete(all.running, muc)
	all.show()
	all.release(r)
}

// show lets others see what is at work now.
func (all *relays) show() {
	now := &atWork{byMUC: map[stanza.JID]*relay.Relay{}, byDomain: map[string][]*relay.Relay{}, logins: map[loginOf]bool{}}
	for muc, r := range all.running {
		now.byMUC[muc] = r.star
		for _, room := range r.of.Rooms {
			if !slices.Contains(now.byDomain[room.Transport], r.star) {
				now.byDomain[room.Transport] = append(now.byDomain[room.Transport], r.star)
			}
		}
	}
	for _, r := range all.wanted {
		for _, room := range r.Rooms {
			if !room.Owner.IsZero() {
				now.logins[room.login()] = true
			}
		}
	}
	all.now.Store(now)
}

// take hands a stanza to the relay that it is for; it is false for all others.
func (all *relays) take(s *stanza.Stanza) bool {
	if s.To.Resource != relay.Resource {
		return false
	}
	r := all.now.Load().byMUC[s.From.Bare()]
	if r == nil {
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

// up tells those whose stream was lost that it is there again.
func (all *relays) up(domain string) {
	for _, r := range all.now.Load().byDomain[domain] {
		r.Resync()
	}
}
