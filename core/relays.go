package core

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"

	"isthmus/core/media"
	"isthmus/core/person"
	"isthmus/core/relay"
	"isthmus/core/shared"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// Relay joins a real Multi-User Chat with rooms of networks.
type Relay struct {
	MUC stanza.JID
	// Nick is what the relay's own occupant is called, and on networks the account that it speaks through.
	Nick string
	// Puppets is how many people of the networks may have occupants of their own in the MUC; 0: none.
	Puppets int
	// TopicsToMUC and TopicsFromMUC say which way topics are passed on.
	TopicsToMUC, TopicsFromMUC bool
	Rooms                      []RelayRoom
}

// RelayRoom is a room of a network.
type RelayRoom struct {
	// Transport is the domain of one of the transports, Network the key of one of its networks in addresses, and Room the room's name there.
	Transport, Network, Room string
	// Owner is whose login there it uses, by bare JID; zero where the network needs none.
	Owner stanza.JID
	// Suffix ends the nicks of people of that room in the MUC.
	Suffix string
}

// relays are the relays at work. The streams' readers ask for them.
type relays struct {
	byMUC map[stanza.JID]*relay.Relay
	// groups are the connections that they share: one for each network and name.
	groups  []*shared.Group
	openers map[string]*shared.Group
	// logins are those that they use.
	logins map[loginOf]bool
	// domains are those whose streams they use.
	domains map[string][]*relay.Relay
	// ended is closed when all have left.
	ended chan struct{}
}

// newRelays makes them, and hands the services what is theirs.
func newRelays(c Config, services []*service) (*relays, error) {
	all := &relays{byMUC: map[stanza.JID]*relay.Relay{}, openers: map[string]*shared.Group{}, logins: map[loginOf]bool{}, domains: map[string][]*relay.Relay{}, ended: make(chan struct{})}
	byDomain := map[string]*service{}
	for _, s := range services {
		byDomain[s.face.jid.Domain] = s
	}
	for _, configured := range c.Relays {
		if err := all.add(configured, byDomain, c.Log); err != nil {
			return nil, fmt.Errorf("relay %s: %w", configured.MUC, err)
		}
	}
	for _, s := range services {
		s.relays = all
	}
	return all, nil
}

func (all *relays) add(c Relay, services map[string]*service, log *slog.Logger) error {
	r := relay.Config{MUC: c.MUC, Nick: c.Nick, Puppets: c.Puppets, TopicsToMUC: c.TopicsToMUC, TopicsFromMUC: c.TopicsFromMUC,
		Log: log.With("relay", c.MUC.String())}
	used := map[string]bool{}
	for i, room := range c.Rooms {
		s := services[room.Transport]
		if s == nil {
			return fmt.Errorf("there is no transport %s", room.Transport)
		}
		if i == 0 {
			r.JID, r.Stream = stanza.JID{Local: botName, Domain: room.Transport, Resource: relay.Resource}, s.component
		}
		joined, err := all.room(s, c, room, fmt.Sprintf("%s %d", c.MUC, i))
		if err != nil {
			return fmt.Errorf("room %s of %s: %w", room.Room, room.Transport, err)
		}
		r.Rooms = append(r.Rooms, joined)
		used[room.Transport] = true
	}
	made := relay.New(r)
	all.byMUC[c.MUC] = made
	for domain := range used {
		all.domains[domain] = append(all.domains[domain], made)
	}
	return nil
}

// room is a room as a relay joins it: through a session that is shared with the other relays of the network.
func (all *relays) room(s *service, c Relay, room RelayRoom, name string) (relay.Room, error) {
	about := s.driver.About()
	session, scope, err := all.session(s, c, room, shared.Person{ID: transports.UserID(relayMark + name), Name: c.Nick, Owner: true})
	if err != nil {
		return relay.Room{}, err
	}
	name = room.Room
	if about.Fixed == "" {
		name += " on " + room.Network
	}
	suffix := room.Suffix
	if suffix == "" {
		suffix = " [" + about.Kind + "]"
	}
	joined := relay.Room{Name: name, Suffix: suffix, ID: transports.RoomID(room.Room), Domain: room.Transport, Session: session, Alone: room.Owner.IsZero(), Stream: s.component,
		Puppet: func(user transports.UserID) (stanza.JID, error) {
			local, err := s.addresses.Localpart(address.Address{Kind: address.User, Name: string(user), Key: room.Network})
			return stanza.JID{Local: local, Domain: room.Transport, Resource: relay.Resource}, err
		},
		Share: s.sharer(scope)}
	if s.media != nil {
		joined.Fetch = s.media.Fetch
	}
	return joined, nil
}

// session is how a relay is on a network: through somebody's login, or else through a connection that it shares with the relays of the same network and nick.
func (all *relays) session(s *service, c Relay, room RelayRoom, as shared.Person) (transports.Session, func() transports.Scope, error) {
	if !room.Owner.IsZero() {
		key := person.Key{Owner: room.Owner, Key: room.Network}
		all.logins[loginOf{room.Transport, key}] = true
		session := &throughLogin{service: s, key: key, as: as}
		return session, session.scope, nil
	}
	if about := s.driver.About(); !about.Open {
		return nil, nil, fmt.Errorf("%s needs a login; name whose it is under owner", about.Name)
	}
	scope, err := s.driver.Scope(room.Network)
	if err != nil {
		return nil, nil, err
	}
	opener := room.Transport + " " + string(scope) + " " + c.Nick
	group := all.openers[opener]
	if group == nil {
		group, err = shared.New(shared.Config{Log: s.log, Open: func() (transports.Session, error) {
			return s.driver.Open(transports.Account{Scope: scope, Person: "relay", Name: c.Nick}, s.groups.env)
		}})
		if err != nil {
			return nil, nil, err
		}
		all.openers[opener], all.groups = group, append(all.groups, group)
	}
	session := group.Attach(as)
	if files, ok := session.(transports.Files); ok && s.media != nil {
		s.media.Attach(scope, relayAccount, files)
	}
	return session, func() transports.Scope { return scope }, nil
}

// sharer finds where files that a relay has heard of can be fetched.
func (s *service) sharer(scope func() transports.Scope) func(context.Context, transports.File) (xep.File, error) {
	return func(ctx context.Context, f transports.File) (xep.File, error) {
		switch {
		case s.media != nil:
			return s.media.Share(ctx, media.Source{Scope: scope(), Account: relayAccount, File: f})
		case f.URL != "":
			return xep.File{URL: f.URL, Name: xep.CleanFileName(f.Name), Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height}, nil
		}
		return xep.File{}, &transports.Fault{Kind: transports.Unsupported, Text: "This gateway carries no files."}
	}
}

// relayAccount names the relays among those who can open files of a scope; it is no account of the store's.
const relayAccount = 0

// run has them work until ctx ends; their networks are told after that.
func (all *relays) run(ctx context.Context) {
	defer close(all.ended)
	connections, hangUp := context.WithCancel(context.Background())
	var connected, working sync.WaitGroup
	for _, g := range all.groups {
		connected.Go(func() { g.Run(connections) })
	}
	for _, r := range all.byMUC {
		working.Go(func() { r.Run(ctx) })
	}
	working.Wait()
	hangUp()
	connected.Wait()
}

// take hands a stanza to the relay that it is for; it is false for all others.
func (all *relays) take(s *stanza.Stanza) bool {
	if s.To.Resource != relay.Resource {
		return false
	}
	r := all.byMUC[s.From.Bare()]
	if r == nil {
		return false
	}
	r.Handle(s)
	return true
}

// unheard tells of the addresses of puppets, which hear what is said in a MUC by the relay's own occupant. It looks into the set of all relays, for a
// puppet's address may be in several.
func (all *relays) unheard(to []byte) bool {
	if len(all.byMUC) == 0 || !bytes.HasSuffix(to, puppetSuffix) {
		return false
	}
	for _, r := range all.byMUC {
		if r.IsPuppet(string(to)) {
			return true
		}
	}
	return false
}

var puppetSuffix = []byte("/" + relay.Resource)

// up tells those whose stream was lost that it is there again.
func (all *relays) up(domain string) {
	for _, r := range all.domains[domain] {
		r.Resync()
	}
}
