// Package core joins the parts of the gateway: for each transport a component, a driver, a hub and their accounts, over
// one store.
package core

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"isthmus/core/account"
	"isthmus/core/avatar"
	"isthmus/core/component"
	"isthmus/core/dialog"
	"isthmus/core/media"
	"isthmus/core/options"
	"isthmus/core/person"
	"isthmus/core/privilege"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/web"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"

	"golang.org/x/sync/errgroup"
)

// Transport is one component domain and the driver behind it.
type Transport struct {
	Driver    transports.Driver
	Component component.Config
	// Policy says who may use it, and how much; nobody else may.
	Policy person.Policy
	// PrivateNetworks are the private address ranges that it may connect to.
	PrivateNetworks []netip.Prefix
	// StayByDefault has the gateway stay in the rooms of everyone who has not said otherwise.
	StayByDefault bool
}

// Config is what a gateway works with.
type Config struct {
	Store *store.Store
	// Keys seal the secrets among people's options.
	Keys       *seal.Keys
	Transports []Transport
	Relays     []Relay
	// Keep says what the archive keeps.
	Keep    Keep
	Version string
	// Contacts are URIs by which people reach the operator, such as mailto:admin@example.org.
	Contacts []string
	// Web is the public listener, nil for none; Private is where metrics and profiles are served, empty for nowhere.
	Web     *web.Config
	Private string
	Files   Files
	Log     *slog.Logger
	// Reread reads and checks the configuration anew, for an operator who wants that; nil where it cannot be. Reloads tells when one
	// wants it from outside the gateway.
	Reread  func() (Reading, error)
	Reloads <-chan os.Signal
}

// How long the parts of an orderly stop may take; together they stay below the ten seconds after which a service manager kills.
const (
	stopAccounts = 6 * time.Second
	stopStream   = 2 * time.Second
)

// Run serves until ctx ends, then puts everyone out, says goodbye to the networks and returns. The store stays open. An
// error means that a transport could not be started.
func Run(ctx context.Context, c Config) error {
	key, err := OccupantKey(ctx, c.Store)
	if err != nil {
		return err
	}
	if _, err := countingSince(ctx, c.Store); err != nil {
		return err
	}
	known, err := newRegister(ctx, c.Store)
	if err != nil {
		return fmt.Errorf("reading the accounts from the store: %w", err)
	}
	sites, err := openSites(c)
	if err != nil {
		return err
	}
	defer sites.close()
	files, err := newMedia(ctx, c, sites.public)
	if err != nil {
		return err
	}
	again := newReloads(c)
	var services []*service // all are made before the first one runs, so that a mistake in one leaves none behind
	for _, t := range c.Transports {
		s, err := newService(ctx, c, t, key, known, again, files)
		if err != nil {
			return fmt.Errorf("transport %s: %w", t.Component.Domain, err)
		}
		services = append(services, s)
		sites.pages(t.Component.Domain, t.Driver)
		sites.showPortraits(s, c)
	}
	relays, err := newRelays(ctx, c, key, services)
	if err != nil {
		return err
	}
	again.relays = relays
	sites.measure(&metrics{version: c.Version, store: c.Store, services: services, files: files})
	group, ctx := errgroup.WithContext(ctx)
	sites.serve(ctx, group)
	if files != nil {
		group.Go(func() error { files.Expire(ctx, c.Files.Unused); return nil })
	}
	for _, s := range services {
		group.Go(func() error { return s.run(ctx) })
	}
	group.Go(func() error { relays.run(ctx); return nil })
	group.Go(func() error { again.run(ctx, services); return nil })
	group.Go(func() error { again.retention.run(ctx); return nil })
	return group.Wait()
}

// OccupantKey is the secret from which occupant-ids are made; it is made once for a store.
func OccupantKey(ctx context.Context, s *store.Store) ([]byte, error) {
	key, err := s.Setting(ctx, "occupant-key", randomKey)
	if err != nil {
		return nil, fmt.Errorf("reading the key of occupant-ids from the store: %w", err)
	}
	return key, nil
}

func randomKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	return key
}

// service is a transport at work.
type service struct {
	log       *slog.Logger
	driver    transports.Driver
	component *component.Component
	hub       *person.Hub
	faces     *dialog.Faces
	pictures  *avatar.Cache
	options   *options.Book
	logins    *logins
	groups    *groups
	debts     *debts
	face      *face
	guard     *guard
	grants    *privilege.Grants
	// policy is what the hub has, for who reads it beside the hub's goroutine.
	policy    atomic.Pointer[person.Policy]
	addresses address.Config
	roster    *roster
	media     *media.Transport
	relays    *relays
	talk      *dialogues
}

func newService(ctx context.Context, c Config, t Transport, key []byte, known *register, again *reloads, files *media.Media) (*service, error) {
	domain := t.Component.Domain
	log := c.Log.With("transport", domain)
	s := &service{log: log, driver: t.Driver}
	var err error
	if s.debts, err = readDebts(ctx, c.Store, domain); err != nil {
		return nil, err
	}
	about := t.Driver.About()
	addresses := address.Config{Sigils: about.Sigils, Fixed: string(about.Fixed), Bot: botName}
	if err := addresses.Validate(); err != nil {
		return nil, err
	}
	t.Component.Log = log
	t.Component.Unheard = func(to []byte) bool { return s.relays.unheard(to) }
	s.policy.Store(&t.Policy)
	s.grants = privilege.New(func(domain stanza.JID) bool { return s.policy.Load().AllowsDomain(domain) }, log)
	s.component = component.New(t.Component, func(st *stanza.Stanza) {
		if !s.relays.take(st) && !s.grants.Take(st) && !s.rosterPushed(st) {
			s.hub.Handle(st)
		}
	}, s.up)
	set, err := options.Load(ctx, c.Store, c.Keys, domain, about, log)
	if err != nil {
		return nil, err
	}
	s.options = set
	if t.StayByDefault {
		set.StayByDefault()
	}
	if _, ok := t.Driver.(transports.LoginDriver); len(about.Flows) > 0 && !ok {
		return nil, errors.New("its driver has ways to log in but no login")
	}
	if s.logins, err = loadLogins(ctx, c.Store, c.Keys, domain, log); err != nil {
		return nil, err
	}
	s.guard = newGuard(t.PrivateNetworks)
	dial := s.guard.dialer().DialContext
	pictures := avatar.New(domain, c.Store, log)
	s.pictures = pictures
	shared := &account.Transport{
		Domain: domain, About: about, Driver: t.Driver, Addresses: addresses, Stream: s.component, Store: c.Store, Options: set,
		Env: transports.Env{Log: log, Dial: dial, HTTP: client(dial)}, Version: c.Version, OccupantKey: xep.NewOccupantKey(key), Grants: s.grants, Pictures: pictures, Emoji: avatar.NewEmoji(pictures, client(dial)), Log: log,
		Media: s.files(c, files, domain),
	}
	s.media = shared.Media
	s.face = &face{info: xep.GatewayInfo(about.Kind, about.Name), version: c.Version, jid: stanza.JID{Domain: domain}, fixed: about.Fixed != "", started: time.Now(), reply: s.component.Reply}
	if s.face.fixed {
		s.face.info.Name += ": " + string(about.Fixed)
	}
	s.face.info.Contacts = c.Contacts
	s.addresses = addresses
	s.roster = &roster{jid: s.face.jid, allows: func(who stanza.JID) bool { return s.policy.Load().Allows(who) }, options: set, reply: s.component.Reply}
	s.face.watch, s.face.watches = s.roster.watch, s.roster.watches
	s.faces = dialog.New(s.component.Reply)
	s.groups = &groups{driver: t.Driver, domain: domain, env: shared.Env, logins: s.logins, store: c.Store, known: known, running: map[int64]*running{},
		faces: &portraits{jid: s.face.jid, request: s.component.Request, all: map[string]*portrait{}}}
	if shared.Media != nil {
		s.groups.faces.put = byUpload(shared.Media)
	}
	talk := &dialogues{groups: s.groups, domain: domain, addresses: addresses, driver: t.Driver, about: about, options: set,
		store: c.Store, known: known, faces: s.faces, reply: s.component.Reply, reload: again.ask,
		logins: s.logins, open: newTurnstile(maxOpen), env: shared.Env, log: log, media: shared.Media, exporting: make(chan struct{}, 1)}
	s.hub = person.New(person.Config{
		Domain: domain, Addresses: addresses, Policy: t.Policy, Registered: talk.registered, Seen: newAttendance(domain, c.Store).note, Log: log, Dialogue: talk.handle,
		Scope: talk.scope, Self: func(st *stanza.Stanza, keys []string) bool {
			return s.face.handle(st, talk.items(st.From.Bare(), keys))
		}, Reply: s.component.Reply, Refusal: account.Refusal,
		Open: func(key person.Key, scope transports.Scope, limits person.Limits) person.Account {
			identity := known.account(domain, key.Owner, scope)
			if a, ok := s.logins.get(key); ok {
				identity = s.groupIdentity(key, a)
			} else if a, ok := s.logins.openedTo(key.Owner, key.Key); ok {
				identity = s.groups.identity(identity, key.Owner, a.id)
			}
			identity.Owed, identity.Disown = s.debts.claim(identity.ID), s.debts.disown
			return account.New(shared, identity, key.Owner, scope, key.Key, limits.Rooms)
		},
	})
	talk.hub, s.talk = s.hub, talk
	return s, nil
}

// accountJIDs are the addresses of accounts; one that is too long for an address is left out.
func accountJIDs(addresses address.Config, domain string, keys []string) []stanza.JID {
	var all []stanza.JID
	for _, key := range keys {
		if local, err := addresses.Localpart(address.Address{Kind: address.Account, Key: key}); err == nil {
			all = append(all, stanza.JID{Local: local, Domain: domain})
		}
	}
	return all
}

// botName is the localpart kept for the gateway's own voice, so that no host or nick can take it.
const botName = "isthmus"

// up is called when the stream is there, before its first stanza.
func (s *service) up(first bool) {
	s.relays.up(s.face.jid.Domain)
	if first {
		s.debts.settle(s.component.Reply)
		s.comeBack()
		s.roster.tell(s.face.available)
		s.roster.probe(s.addresses)
		return
	}
	s.hub.Resync()
}

// startsPerSecond is how many accounts are connected in a second when the gateway starts.
const startsPerSecond = 20

// comeBack has those accounts in use that need no client of their owner's for that, as far as they are allowed. They are connected one after another.
func (s *service) comeBack() {
	turns := map[person.Key]time.Duration{}
	after := func(key person.Key) time.Duration {
		if _, ok := turns[key]; !ok {
			turns[key] = time.Duration(len(turns)/startsPerSecond) * time.Second
		}
		return turns[key]
	}
	for _, key := range s.logins.keysOf(stanza.JID{}) {
		s.hub.Start(key, after(key))
	}
	account.Return(s.options, func(owner stanza.JID, scope transports.Scope, room transports.RoomID) {
		key := person.Key{Owner: owner, Key: string(scope)}
		s.hub.Stay(key, room, after(key))
	})
}

// run serves until ctx ends, and then stops in order: people, networks, stream.
func (s *service) run(ctx context.Context) error {
	var parts sync.WaitGroup
	defer parts.Wait()
	streamCtx, stopStreaming := context.WithCancel(context.Background())
	defer stopStreaming()
	failed := make(chan error, 2)
	parts.Go(func() { failed <- s.component.Run(streamCtx) })
	parts.Go(func() { s.hub.Run(streamCtx) })
	parts.Go(func() { s.faces.Run(streamCtx) })
	parts.Go(func() { s.groups.run(streamCtx) })
	parts.Go(func() { s.debts.wait(streamCtx, s.component.Reply) })
	parts.Go(func() { failed <- s.driver.Run(streamCtx) })
	select {
	case <-ctx.Done():
	case err := <-failed:
		return err
	}
	s.log.Info("Stopping: everyone is put out of the rooms and the networks are told.")
	ending, cancel := context.WithTimeout(context.Background(), stopAccounts)
	defer cancel()
	s.hub.Stop(ending, "The gateway is shutting down.")
	s.roster.tell(s.roster.gone)
	select {
	case <-s.relays.ended:
	case <-ending.Done():
	}
	flushing, cancel := context.WithTimeout(context.Background(), stopStream)
	defer cancel()
	if err := s.component.Flush(flushing); err != nil {
		s.log.Warn("The XMPP server has not confirmed everything that was sent to it.", "error", err)
	}
	return nil
}
