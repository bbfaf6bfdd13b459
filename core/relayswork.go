package core

import (
	"context"
	"fmt"
	"slices"

	"isthmus/core/relay"
	"isthmus/core/stanza"
	"isthmus/core/store"
)

// relaying is a relay at work.
type relaying struct {
	of   Relay
	star *relay.Relay
	stop context.CancelFunc
	done chan struct{}
	// lines are the connections that it uses.
	lines []*line
}

// welcome are words for a room, by its key, of the relay of a MUC.
type welcome struct {
	muc         stanza.JID
	room, words string
}

// atWork is what others look at; it never changes.
type atWork struct {
	byMUC map[stanza.JID]*relay.Relay
	// byDomain are those that use the stream of a domain.
	byDomain map[string][]*relay.Relay
	// logins are those that they use.
	logins map[loginOf]bool
}

// begin has a relay work.
func (all *relays) begin(c Relay) error {
	r := &relaying{of: c, done: make(chan struct{})}
	bot := all.services[c.bot()]
	memory := relayMemory{all.store, c.MUC.String()}
	made := relay.Config{MUC: c.MUC, Nick: c.Nick, Puppets: c.Puppets, Policy: c.Policy, Limits: c.Limits, Password: c.Password, Memory: memory, Secret: all.secret,
		JID: stanza.JID{Local: botName, Domain: c.bot(), Resource: relay.Resource}, Stream: bot.component, Asked: all.asked(c.MUC, bot),
		Log: all.log.With("relay", c.MUC.String())}
	made.Face = bot.facesOf(made.JID)
	for i, room := range c.Rooms {
		s := all.services[room.Transport]
		joined, err := all.room(s, r, room, fmt.Sprintf("%s %d", c.MUC, i))
		if err != nil {
			all.release(r)
			return fmt.Errorf("relay %s: room %s of %s: %w", c.MUC, room.Room, room.Transport, err)
		}
		if all.welcome.muc == c.MUC && all.welcome.room == room.key() {
			joined.Welcome = all.welcome.words
		}
		made.Rooms = append(made.Rooms, joined)
	}
	r.star = relay.New(made)
	all.running[c.MUC] = r
	all.show()
	all.vouching.learn(c.MUC.Domain)
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

// forgetRooms forgets up to where rooms were heard that a relay has no more: what is said there meanwhile is not passed on if it has them again.
func (all *relays) forgetRooms(was, is Relay) {
	for _, room := range was.Rooms {
		if !slices.ContainsFunc(is.Rooms, func(other RelayRoom) bool { return other.key() == room.key() && !other.Paused }) {
			all.store.Write(nil, store.DropRelayMark{MUC: was.MUC.String(), Room: room.key()})
		}
	}
}

// forgetOthers forgets relays that are no more since the gateway ran last.
func (all *relays) forgetOthers(ctx context.Context) error {
	mucs, err := all.store.RememberedRelays(ctx)
	if err != nil {
		return fmt.Errorf("reading the relays from the store: %w", err)
	}
	for _, text := range mucs {
		if muc, err := stanza.ParseJID(text); err != nil || all.wanted[muc].MUC.IsZero() {
			all.store.Write(nil, store.ForgetRelay{MUC: text})
		}
	}
	return nil
}

// show lets others see what is at work now.
func (all *relays) show() {
	now := &atWork{byMUC: map[stanza.JID]*relay.Relay{}, byDomain: map[string][]*relay.Relay{}, logins: map[loginOf]bool{}}
	for muc, r := range all.running {
		now.byMUC[muc] = r.star
		domains := []string{r.of.bot()}
		for _, room := range r.of.Rooms {
			if !slices.Contains(domains, room.Transport) {
				domains = append(domains, room.Transport)
			}
		}
		for _, d := range domains {
			now.byDomain[d] = append(now.byDomain[d], r.star)
		}
	}
	for _, r := range all.wanted {
		for _, room := range r.Rooms {
			if !room.Owner.IsZero() {
				now.logins[room.login()] = true
			}
		}
	}
	for l := range all.visiting {
		now.logins[l] = true
	}
	all.now.Store(now)
}

// up tells those whose stream was lost that it is there again.
func (all *relays) up(domain string) {
	for _, r := range all.now.Load().byDomain[domain] {
		all.vouching.learn(r.MUC.Domain)
		r.Resync()
	}
}
