package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// phase is where the connection to the network stands.
type phase uint8

const (
	resting    phase = iota // not wanted
	connecting              // Run has begun, Online has not come
	online
	closing // no longer wanted, Run has not returned
	waiting // to be tried again, or the first time in its turn
)

// link is the connection of the session, as far as the account knows it.
type link struct {
	phase  phase
	ctx    context.Context
	cancel context.CancelFunc
	// failures counts the attempts since the connection last held.
	failures int
	since    time.Time
	through  string
	retry    *time.Timer
	// told: people in the rooms know that the connection was lost.
	told bool
	// fault is why it was lost, for people; complete: the network has told all rooms that the account is in.
	fault    string
	complete bool
}

const (
	firstWait = 2 * time.Second
	maxWait   = 10 * time.Minute
	// holds is how long a connection must have lasted for the next attempt to come soon.
	holds = time.Minute
)

// connect opens the session unless that is under way.
func (a *Account) connect(name string) {
	switch a.link.phase {
	case connecting, online, closing: // a closing one is opened again when it has ended
		return
	}
	if a.link.retry != nil {
		a.link.retry.Stop()
	}
	if a.session == nil {
		env := a.Env
		env.Log = a.log
		if a.login != nil && a.identity.Session == nil { // it has one already
			name = ""
		}
		open := a.identity.Session
		if open == nil {
			open = func(name string) (transports.Session, error) {
				return a.Driver.Open(transports.Account{Scope: a.scope, Person: PersonName(a.owner, a.Domain), Name: name, Options: a.Options.Get(a.where("")), Data: a.data()}, env)
			}
		}
		if a.identity.Session != nil && name == "" {
			name = a.self.Name
		}
		session, err := open(name)
		if err != nil {
			a.lost(err)
			return
		}
		a.session = session
		_, a.remembers = session.(transports.History)
		a.opens()
	}
	a.link.phase, a.link.complete = connecting, false
	if a.login != nil { // it is one that people look at
		a.showPresence()
	}
	a.link.ctx, a.link.cancel = context.WithCancel(context.Background())
	session, ctx := a.session, a.link.ctx
	a.log.Info("Connecting to the network.")
	a.busy++
	go func() {
		err := session.Run(ctx, func(e transports.Event) { a.mail.push(func() { a.event(e) }) })
		a.mail.put(func() {
			a.busy--
			a.ended(err)
		})
	}()
}

// PersonName is a plain ASCII word for a person, by which the network can tell people apart: the localpart of the people of the
// gateway's own domain, others with a mark that no two share.
func PersonName(who stanza.JID, domain string) string {
	word := []byte{}
	for i := range len(who.Local) {
		c := who.Local[i]
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			word = append(word, c)
		}
	}
	if len(word) == len(who.Local) && strings.HasSuffix(domain, "."+who.Domain) {
		return string(word)
	}
	sum := sha256.Sum256([]byte(who.Bare().String()))
	return string(word[:min(len(word), 4)]) + "x" + hex.EncodeToString(sum[:2])
}

// disconnectIfUnused closes the session when nobody is in a room any more; that of a login has other reasons.
func (a *Account) disconnectIfUnused() {
	if a.login == nil && !a.needed() {
		a.hangUp()
	}
}

// hangUp closes the session.
func (a *Account) hangUp() {
	switch a.link.phase {
	case connecting, online:
		a.link.phase = closing
		a.link.cancel()
	case waiting:
		a.link.retry.Stop()
		a.rest()
	}
}

func (a *Account) rest() {
	told := a.link.phase != resting
	a.link = link{}
	a.presencesGone()
	if told {
		a.showPresence()
	}
	a.session, a.remembers = nil, false
	a.closes()
	a.closes = func() {}
	a.self, a.can, a.listed = transports.User{}, transports.Capabilities{}, listing{}
	clear(a.asides)
}

// ended is what Run's return means.
func (a *Account) ended(err error) {
	wanted := a.needed()
	a.link.cancel()
	if a.link.phase == closing {
		a.log.Info("Disconnected from the network.")
		a.rest()
		if wanted {
			a.connect(a.wantedName())
		}
		return
	}
	if err == nil {
		err = &transports.Fault{Kind: transports.Offline, Text: "The network closed the connection."}
	}
	if a.link.phase == online && time.Since(a.link.since) > holds {
		a.link.failures = 0
	}
	a.lost(err)
}

// lost answers those who wait, and tries again where that may help.
func (a *Account) lost(err error) {
	fault := transports.AsFault(err)
	a.log.Warn("The connection to the network was lost or not made.", "error", err)
	if a.identity.Session != nil { // it may be open to the person no more
		a.session = nil
	}
	for _, j := range a.rooms {
		j.live, j.asked = false, false
		a.refuseArrivals(j, fault)
	}
	hopeless := final(fault.Kind) || fault.Kind == transports.Conflict && a.link.since.IsZero() && a.login == nil
	for _, j := range a.rooms {
		if hopeless {
			a.shut(j, fault.Text, xep.StatusTechnical)
		}
	}
	switch {
	case hopeless && a.login != nil:
		a.hold(fault)
	case hopeless && len(a.present) > 0:
		a.tell("There is no connection to " + a.name() + ": " + fault.Text)
		clear(a.present)
	}
	if !a.needed() {
		a.rest()
		return
	}
	if !a.link.told {
		a.link.told = true
		for _, j := range a.rooms {
			a.notice(j, "The connection to "+a.name()+" is lost: "+fault.Text+" Trying again.")
		}
	}
	a.link.phase, a.link.fault = waiting, fault.Text
	a.showPresence()
	a.presencesGone()
	wait := min(firstWait<<min(a.link.failures, 10), maxWait)
	wait = max(wait/2+rand.N(wait), fault.Wait) // spread, so that thousands do not come back in one second
	a.link.failures++
	a.retryAfter(wait)
}

func (a *Account) retryAfter(wait time.Duration) {
	a.link.retry = time.AfterFunc(wait, func() {
		a.mail.put(func() {
			if a.link.phase == waiting {
				a.connect(a.wantedName())
			}
		})
	})
}

// connectAfter connects an account that is in use since the gateway's start, when its turn has come; whoever joins a room is not kept waiting by that.
func (a *Account) connectAfter(wait time.Duration) {
	switch {
	case a.link.phase != resting:
	case wait <= 0:
		a.connect(a.wantedName())
	default:
		a.link.phase, a.link.fault = waiting, "The gateway was started again a moment ago."
		a.showPresence()
		a.retryAfter(wait)
	}
}

// final tells the faults that another attempt cannot mend.
func final(kind transports.FaultKind) bool {
	switch kind {
	case transports.BadCredentials, transports.Forbidden, transports.NotFound, transports.Gone, transports.Untrusted, transports.Invalid:
		return true
	}
	return false
}

// online is the beginning of a connection, or news of what it can do.
func (a *Account) online(e transports.Online) {
	a.self = e.Self
	a.newAbilities(e.Can)
	if a.link.phase != connecting {
		return
	}
	if a.link.since.IsZero() && len(a.debts) > 0 {
		a.remind()
	}
	a.link.phase = online
	a.link.since, a.link.through = time.Now(), e.Through
	a.keepIdentity() // only now is it more than a name that someone asked about
	a.log.Info("Connected to the network.", "as", e.Self.Name)
	a.showPresence()
	a.catchUpTalks()
	if a.link.told {
		a.link.told = false
		for _, j := range a.rooms {
			a.notice(j, "Connected to "+a.name()+" again.")
		}
	}
	for _, j := range a.rooms {
		if !a.can.Durable || len(j.arrivals) > 0 { // where membership is durable, the network says what the account is in
			a.askToEnter(j)
		}
	}
	a.shared = nil
	a.wishAgain()
	a.absentContacts()
	a.tellPresence()
	a.rosterChanged()
}

// offlineFault says why nothing can be sent now.
func (a *Account) offlineFault() error {
	if a.link.phase == resting && a.login != nil {
		return &transports.Fault{Kind: transports.Offline, Text: "Your account " + a.name() + " is not connected. " + a.status()}
	}
	if a.link.phase == resting {
		return &transports.Fault{Kind: transports.Offline, Text: "You are not connected to " + string(a.scope) + ". Join one of its rooms first."}
	}
	return &transports.Fault{Kind: transports.Offline, Text: "There is no connection to " + a.name() + " now. It is being tried again; send this later."}
}

var errStopping = errors.New("the gateway is shutting down")

// shutDown ends the account: people get told, with a status code of XEP-0045, the network hears goodbye.
func (a *Account) shutDown(reason string, code int) {
	a.stopping = true
	for _, j := range a.rooms {
		a.refuseArrivals(j, &transports.Fault{Kind: transports.Offline, Text: reason, Cause: errStopping})
	}
	for _, j := range a.rooms {
		if j.live && !j.kept { // who was inside finds what was said when they come back
			j.leftAt = time.Now()
			a.keepStaying(j)
		}
		a.expel(j, reason, code)
	}
	if a.link.phase == resting {
		a.showPresence()
	}
	a.hangUp()
}

// data is what the driver needs to open the account of a login.
func (a *Account) data() []byte {
	if a.login == nil {
		return nil
	}
	return a.login.Data
}
