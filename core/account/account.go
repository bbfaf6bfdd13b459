// Package account holds the goroutine that owns an account: its session on the network, its rooms and the people in them.
// The goroutine touches memory only: what takes time goes to the store, to lanes or to goroutines of its own, and comes back as work.
package account

import (
	"context"
	"log/slog"
	"time"

	"isthmus/core/avatar"
	"isthmus/core/lane"
	"isthmus/core/media"
	"isthmus/core/options"
	"isthmus/core/privilege"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// Stream is the way to the XMPP server (component.Component).
type Stream interface {
	// Reply hands over an answer and never blocks.
	Reply(*stanza.Stanza)
	// Show hands over what the network caused and blocks while the server does not keep up.
	Show(*stanza.Stanza)
	// Confirmed calls then once, maybe at once, when the server has all messages that were handed over before. Neither blocks.
	Confirmed(then func())
	// Request sends an IQ; answer is called once, with nil where none came in time.
	Request(iq *stanza.Stanza, deadline time.Duration, answer func(*stanza.Stanza))
}

// Transport is what the accounts of a transport share. It does not change.
type Transport struct {
	// Domain is the component's; it names the transport in the store as well.
	Domain    string
	About     transports.About
	Driver    transports.Driver
	Addresses address.Config
	Stream    Stream
	Store     *store.Store
	Options   *options.Book
	Env       transports.Env
	// Version is the gateway's.
	Version string
	// OccupantKey is the secret behind occupant-ids.
	OccupantKey *xep.OccupantKey
	// Pictures are those of users and rooms; nil where nobody needs any.
	Pictures *avatar.Cache
	// Emoji are the pictures of custom emoji; nil where their names are enough.
	Emoji *avatar.Emoji
	// Grants are what XMPP servers let the gateway do in the name of their people.
	Grants *privilege.Grants
	// Media carries files, nil where none are carried.
	Media *media.Transport
	Log   *slog.Logger
}

// Identity is how the store knows an account.
type Identity struct {
	ID int64
	// Keep stores an account that is new; nil for one that is there.
	Keep func()
	// Login is what it has from a login, nil for one that came into being by its use.
	Login *Login
	// Session makes its session instead of the driver, for the name that the person asked for; nil where it is not shared.
	Session func(name string) (transports.Session, error)
	// Owed are the entries of its commands in the journal of an earlier run, in the order of their making.
	Owed []store.Command
	// Disown takes back what of them the account leaves to whom comes next; nil where nobody does.
	Disown func([]store.Command)
}

// Account is a login and the goroutine that owns it.
type Account struct {
	*Transport
	identity Identity
	id       int64
	owner    stanza.JID
	scope    transports.Scope
	// key is how addresses name the account.
	key string
	// login is nil for an account that came into being by its use; why is the fault for which it is not tried again, and present
	// are the owner's clients that are online.
	login   *Login
	why     string
	present map[string]bool
	log     *slog.Logger
	mail    mailbox
	done    chan struct{}
	// over is called when the account has nothing left to do.
	over func()
	// lanes carry the commands to the session, in order within a place.
	lanes *lane.Lanes[transports.Place]
	// busy counts what will still come back as work.
	busy int

	session transports.Session
	// remembers: the network has a history.
	remembers bool
	// uploading are the turns of files that are fetched for the network.
	uploading chan struct{}
	// closes has clients get the network's files from the session no longer.
	closes func()
	link   link
	self   transports.User
	can    transports.Capabilities
	rooms  map[transports.RoomID]*joined
	asides asides
	// said keeps what the owner says in order where something has to be looked up first, told what others say in each talk.
	said     order
	told     orders
	progress progress
	// gaps are what is being read of what was missed.
	gaps map[transports.Place]*gap
	// known is what messages were last changed to.
	known known
	// authors are those of the last messages in rooms without an archive.
	authors authors
	// attached are the files of the owner's latest messages.
	attached attached
	// sending are the nonces of messages on their way, by which their echoes are known.
	sending map[int64]bool
	// destroying counts the rooms that the network was asked to destroy: its last word on it may come after the room is gone.
	destroying int
	// flying are the messages on their way to the network, with what waits to refer to them.
	flying map[flight][]func()
	// latest are the last messages that are known of each place, where commands can be gone on with after a crash.
	latest map[transports.Place]transports.MessageID
	// debts are what an earlier run owes until overdue, resuming those that are being paid.
	debts    []*debt
	overdue  *time.Timer
	resuming map[*stanza.Stanza]*debt
	// listed are the network\'s rooms as last listed; asking are those who wait for the list.
	listed listing
	asking []func(error)
	// seen is the account's own presence as its owner was last told.
	seen     string
	stopping bool
	// maxRooms bounds the rooms; 0 is no bound.
	maxRooms int

	contacts map[transports.UserID]*contact
	// dirty are the contacts whose presence is to be shown, presencesShown is when that was done last.
	dirty          []*contact
	presencesShown time.Time
	roster         roster
	// toAsk are the contacts that will ask the person, asked is the one who does.
	toAsk []*contact
	asked *contact
	// clients are the person's, by resource; shared is what the network was told of them; leaving runs when the last is gone.
	clients  map[string]*client
	shared   *transports.Presence
	sharedAt time.Time
	leaving  *time.Timer
	returns  returns
	fetching fetching
}

// maxCommands bounds the commands of an account that have not ended.
const maxCommands = 1000

// New makes an account of owner that may be in maxRooms rooms, 0 for any number; Run begins its life.
func New(t *Transport, identity Identity, owner stanza.JID, scope transports.Scope, key string, maxRooms int) *Account {
	a := &Account{Transport: t, identity: identity, id: identity.ID, owner: owner, scope: scope, key: key, maxRooms: maxRooms, login: identity.Login,
		done: make(chan struct{}), lanes: lane.New[transports.Place](maxCommands),
		rooms: map[transports.RoomID]*joined{}, closes: func() {}}
	a.log = slog.New(named{t.Log.Handler(), a})
	a.mail.open(a.turn)
	return a
}

// Run begins the account's life. It is over when there is nothing left to do, or Stop was called and everything is put away: then ended is
// called, and Done tells it as well.
func (a *Account) Run(ended func()) {
	a.over = ended
	go func() {
		a.recall()
		a.takeOver()
		a.turn()
	}()
}

// turn is the account's goroutine while there is work.
func (a *Account) turn() {
	var work []func()
	for {
		if work = a.mail.take(work); len(work) == 0 {
			return
		}
		for i, do := range work {
			do()
			work[i] = nil
		}
		if cap(work) > keptWork {
			work = nil
		}
		if a.idle() && a.mail.closeIfEmpty(a.leaveDebts) {
			close(a.done)
			a.over()
			return
		}
	}
}

// keptWork is how long a list of work may be whose memory is kept for the next.
const keptWork = 64

// Done is closed when the account's life is over.
func (a *Account) Done() <-chan struct{} { return a.done }

// Handle takes a stanza of the owner's addressed to the account, a room or a user of it. It never blocks: taken is false
// when the account is overloaded, or when it has ended, which ended tells.
func (a *Account) Handle(s *stanza.Stanza, to address.Address) (taken, ended bool) {
	return a.mail.offer(func() { a.handle(s, to) })
}

// Resync makes sure of who is still there, after the stream was lost.
func (a *Account) Resync() {
	a.mail.put(func() {
		a.pingPeople()
		a.presencesAgain()
		a.rosterChanged()
	})
}

// Stop puts everyone out, says goodbye to the network and ends the account; Done tells when.
func (a *Account) Stop(reason string) {
	a.mail.put(func() { a.shutDown(reason, xep.StatusShutdown) })
}

// Dismiss is Stop for someone who may not use the account any more: they are not to come back by themselves.
func (a *Account) Dismiss(reason string) {
	a.mail.put(func() {
		a.shutDown(reason, xep.StatusKicked)
		a.giveUp()
	})
}

// LimitRooms bounds the rooms that the account may be in; 0 is no bound. Those that it is in already stay.
func (a *Account) LimitRooms(most int) { a.mail.put(func() { a.maxRooms = most }) }

func (a *Account) idle() bool {
	return a.busy == 0 && a.link.phase == resting && (a.stopping || a.login == nil && len(a.rooms) == 0 && !a.busyWithDebts())
}

// async does slow work elsewhere; the function that it returns is done on the account's goroutine.
func (a *Account) async(slow func() func()) {
	a.busy++
	go func() {
		then := slow()
		a.mail.put(func() {
			a.busy--
			if then != nil {
				then()
			}
		})
	}()
}

// commit hands changes to the store; then runs on the account's goroutine when they are on disk, or with the error. With no changes it runs after those handed over before.
func (a *Account) commit(then func(error), changes ...store.Change) {
	a.busy++
	a.Store.Write(func(err error) {
		a.mail.put(func() {
			a.busy--
			then(err)
		})
	}, changes...)
}

// command hands a command to the session, after all that was asked for before; then tells how it ended. What is journaled is on disk before the network sees it, so that no crash can lose it in silence.
func (a *Account) command(c transports.Command, then func(transports.Result, error), journal ...store.Change) {
	a.prepared(c, nil, then, journal...)
}

// preparing makes a command ready when its turn has come; release is called when it has ended.
type preparing func(ctx context.Context) (ready transports.Command, release func(), err error)

// prepared is command for one that something slow has to be done for first, in its turn; prepare may be nil.
func (a *Account) prepared(c transports.Command, prepare preparing, then func(transports.Result, error), journal ...store.Change) {
	if !a.canAt(c.In()).Allows(c) {
		then(transports.Result{}, transports.ErrUnsupported)
		return
	}
	a.commit(func(err error) {
		if err != nil {
			a.log.Error("The store refused the journal's entry, so the command was not sent.", "error", err)
			then(transports.Result{}, &transports.Fault{Text: "The gateway could not write this down and did not send it.", Cause: err})
			return
		}
		a.do(c, prepare, then)
	}, journal...)
}

func (a *Account) do(c transports.Command, prepare preparing, then func(transports.Result, error)) {
	if a.link.phase != online {
		then(transports.Result{}, a.offlineFault())
		return
	}
	session, ctx := a.session, a.link.ctx
	a.busy++
	ended := func(r transports.Result, err error) {
		a.mail.put(func() {
			a.busy--
			then(r, err)
		})
	}
	work := func() {
		if prepare == nil {
			attempt(ctx, session, c, ended)
			return
		}
		ready, release, err := prepare(ctx)
		if err != nil {
			ended(transports.Result{}, err)
			return
		}
		attempt(ctx, session, ready, func(r transports.Result, err error) {
			release()
			ended(r, err)
		})
	}
	if _, leaving := c.(transports.Leave); leaving { // dropped, it would leave the account in a room that nobody sees
		a.lanes.Must(c.In(), work)
		return
	}
	if !a.lanes.Go(c.In(), work) {
		a.busy--
		then(transports.Result{}, &transports.Fault{Kind: transports.RateLimited, Text: "Too much is waiting to be sent. Wait a moment, then send it again."})
	}
}

// place is the JID of a room or user of this account. What cannot stand in an address (over 1,023 bytes) has the account's own.
func (a *Account) place(kind address.Kind, name string) stanza.JID {
	local, err := a.Addresses.Localpart(address.Address{Kind: kind, Name: name, Key: a.key})
	if err != nil {
		a.log.Warn("A name on the network is too long for an address.", "length", len(name))
		return a.jid()
	}
	return stanza.JID{Local: local, Domain: a.Domain}
}

func (a *Account) jid() stanza.JID {
	local, err := a.Addresses.Localpart(address.Address{Kind: address.Account, Key: a.key})
	if err != nil { // in fixed mode the component itself is the account
		local = ""
	}
	return stanza.JID{Local: local, Domain: a.Domain}
}

func (a *Account) userJID(id transports.UserID) stanza.JID {
	return a.place(address.User, string(id))
}
