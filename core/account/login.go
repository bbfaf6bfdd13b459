package account

import (
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// Login is what an account has that came by a login, and not by being used.
type Login struct {
	// Name is what people call the account.
	Name string
	// Data is what the driver needs to open it.
	Data []byte
	// Keep stores data that takes the place of what was there.
	Keep func(data []byte)
}

// What the core keeps of such an account among its options.
const (
	// disconnected marks that the person does not want it connected.
	disconnected = "disconnected"
	// refused is the network's word for why it does not let the account in, which another login alone can change.
	refused = "refused"
)

// Start connects an account of a login after a while, as far as its owner wants that. It is called once, before all else.
func (a *Account) Start(after time.Duration) {
	if a.login == nil {
		return
	}
	a.mail.put(func() {
		a.why = a.remembered(refused)
		if a.follows() { // whoever is online has not said so to this run of the gateway
			a.Stream.Show(&stanza.Stanza{Kind: stanza.Presence, Type: "probe", From: stanza.JID{Domain: a.Domain}, To: a.owner})
		}
		if a.needed() {
			a.connectAfter(after)
		} else {
			a.showPresence()
		}
	})
}

// Connect has the account connected from now on, and tried at once where that is being waited for.
func (a *Account) Connect() {
	a.mail.put(func() {
		a.why = ""
		a.remember("", refused, "")
		a.remember("", disconnected, "")
		if a.link.phase == waiting {
			a.connect(a.wantedName())
		}
		a.adjust()
	})
}

// Renew takes what another login to the same account came to.
func (a *Account) Renew(name string, data []byte) {
	a.mail.put(func() {
		a.login.Name, a.login.Data = name, data
		a.release()
	})
	a.Connect()
}

// OwnerPresence takes a presence of one of its owner's clients to the gateway.
func (a *Account) OwnerPresence(s *stanza.Stanza) {
	a.mail.offer(func() { a.attend(s) })
}

// attend keeps which of its owner's clients are online, and whether the account is to be connected for that (XEP-0100 §4.4, §4.5).
func (a *Account) attend(s *stanza.Stanza) {
	a.clientPresence(s, false)
	switch {
	case a.login == nil || s.From.Resource == "":
		return
	case s.Type == "":
		put(&a.present, s.From.Resource, true)
	case s.Type == "unavailable":
		delete(a.present, s.From.Resource)
	}
	a.adjust()
}

// needed tells whether a connection is wanted: while someone is in a room or shows the account a presence, or of a login, unless the network has refused it for good,
// or its owner does not want one now.
func (a *Account) needed() bool {
	if a.login == nil {
		return (len(a.rooms) > 0 || len(a.present) > 0 || a.destroying > 0) && !a.stopping
	}
	return !a.stopping && a.why == "" && a.remembered(disconnected) == "" && (!a.follows() || len(a.present) > 0)
}

// follows tells whether the account is connected only while its owner is online.
func (a *Account) follows() bool {
	return a.login != nil && a.Options.Get(a.where("")).Get(Fields, OnlyWhileOnline) == "true"
}

// adjust makes a connection where one is wanted, and ends it where none is.
func (a *Account) adjust() {
	switch {
	case a.login == nil:
	case a.needed() && a.link.phase == resting:
		a.connect(a.wantedName())
	case !a.needed():
		a.release()
	}
}

// release closes the connection of an account of a login, whoever is in its rooms.
func (a *Account) release() {
	if a.link.phase == resting || a.link.phase == closing {
		return
	}
	said := &transports.Fault{Kind: transports.Offline, Text: "Your account " + a.name() + " is disconnected."}
	for _, j := range a.rooms {
		j.live, j.asked = false, false
		a.refuseArrivals(j, said)
		a.shut(j, said.Text, xep.StatusTechnical)
	}
	a.hangUp()
}

// shut puts everyone out of a room. Where the account is a member of it all the same, the room stays known.
func (a *Account) shut(j *joined, reason string, code int) {
	if !j.view.Durable {
		a.expel(j, reason, code)
		return
	}
	if len(j.view.People()) > 0 {
		j.leftAt = time.Now()
	}
	j.kept = true
	a.putOut(j, reason, code)
}

// hold stops trying what the network has refused for good, and tells the owner once what to do.
func (a *Account) hold(fault *transports.Fault) {
	a.why = fault.Text
	if fault.Kind == transports.BadCredentials || fault.Kind == transports.Gone {
		a.remember("", refused, fault.Text)
	}
	a.tell("Your account " + a.name() + " is not connected any more. " + a.why + " " + a.advice())
}

// advice is how the owner has the account connected again.
func (a *Account) advice() string {
	bot := stanza.JID{Local: a.Addresses.Bot, Domain: a.Domain}.String()
	if a.remembered(refused) != "" {
		return "To log in again, write “login” to " + bot + ", or use the command “Log in” of " + a.Domain + "."
	}
	return "To connect it again, write “connect " + a.key + "” to " + bot + "."
}

// remembered is a value that the core keeps among the account's options.
func (a *Account) remembered(name string) string { return a.Options.Get(a.where("")).Get(nil, name) }

// name is what people call the account.
func (a *Account) name() string {
	if a.login != nil && a.login.Name != "" {
		return a.login.Name
	}
	return string(a.scope)
}

// refreshed keeps data that the network gives in place of what it gave before.
func (a *Account) refreshed(e transports.Credentials) {
	if a.login == nil {
		a.log.Error("A driver gave credentials for an account that has none.")
		return
	}
	a.login.Data = e.Data
	a.login.Keep(e.Data)
}

// OnlyWhileOnline is the name of the field by which an account follows its owner.
const OnlyWhileOnline = "only_while_online"

// Fields are what a person sets for an account of a login, before the driver's own.
var Fields = []transports.Field{
	{Name: OnlyWhileOnline, Label: "Connect only while I am online", Kind: transports.Switch, Default: []string{"false"},
		Help: "The account is connected always, else only while one of your clients is online. For that the gateway must be in your contact list and see your presence."},
	{Name: InRelays, Label: "Be heard as myself through relays", Kind: transports.Switch, Default: []string{"false"},
		Help: "What you say in a chat room that is joined with one of this network is said there through this account. For that the chat room must show your address to the relay."},
}
