package account

import (
	"testing"
	"time"

	"isthmus/core/options"
	"isthmus/transports"
)

// loggedIn is a story in which alice's account came by a login, and the gateway has just started. She has the account in her roster.
func loggedIn(t *testing.T, tell func(t *testing.T, w *world)) {
	story(t, func(t *testing.T, w *world) {
		w.account.Stop("")
		<-w.account.Done()
		w.shared.About.Open, w.shared.Addresses.Bot = false, "isthmus"
		w.login = &Login{Name: "Alice's", Data: []byte("token"), Keep: func(data []byte) { w.network.record("keep " + string(data)) }}
		w.set(subscribed, "true")
		w.open()
		w.account.Start(0)
		w.settle()
		tell(t, w)
	})
}

// set sets one option of the account.
func (w *world) set(name, value string) {
	w.shared.Options.Set(options.Where{Person: "alice@example.org", Scope: "irc.net"}, transports.Options{name: {value}, subscribed: {"true"}}, nil)
}

// comes is a client of alice's that comes online, which the gateway hears of; goes is one that goes.
func (w *world) comes(resource string) {
	w.account.OwnerPresence(parse(w.t, `<presence`+from(resource)+`to='gw.example'/>`))
}

func (w *world) goes(resource string) {
	w.account.OwnerPresence(parse(w.t, `<presence type='unavailable'`+from(resource)+`to='gw.example'/>`))
}

func (w *world) accepts() {
	w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Durable: true}})
}

const account = "alice@example.org: irc.net "

func TestAnAccountOfALoginIsConnectedWithoutAnyone(t *testing.T) {
	loggedIn(t, func(t *testing.T, w *world) {
		w.expectCommands("connect")
		if a := w.network.accounts[0]; string(a.Data) != "token" || a.Name != "" {
			t.Errorf("opened as %+v", a)
		}
		w.expect(account + "is away (Connecting.)")
		w.accepts()
		w.expect(account + "is here")
		w.emits(transports.Credentials{Data: []byte("fresh")})
		w.expectCommands("keep fresh")
		w.breaks(transports.Offline, "The network does not answer.")
		w.expect(account + "is away (The network does not answer. It is being tried again.)")
		w.waits(time.Minute)
		w.expect() // another try is no news
		w.expectCommands("connect")
		w.accepts()
		w.expect(account + "is here")
	})
}

func TestWithoutAConnectionARoomSaysWhy(t *testing.T) {
	loggedIn(t, func(t *testing.T, w *world) {
		w.accepts()
		w.account.Disconnect("")
		w.forget()
		w.sends(join("phone", "alice"))
		w.expect("phone: presence refused: remote-server-timeout: Your account Alice's is not connected. You have disconnected it. To connect it again, write “connect irc.net” to isthmus@gw.example.")
		w.expectCommands()
	})
}

func TestRefusedCredentialsAreToldOnceAndNotTriedAgain(t *testing.T) {
	loggedIn(t, func(t *testing.T, w *world) {
		w.forget()
		const words = "The token is not valid any more. To log in again, write “login” to isthmus@gw.example, or use the command “Log in” of gw.example."
		w.breaks(transports.BadCredentials, "The token is not valid any more.")
		w.expect("alice@example.org: chat from irc.net@gw.example: Your account Alice's is not connected any more. "+words, account+"is xa ("+words+")")
		w.waits(24 * time.Hour)
		w.expect()
		w.expectCommands()

		w.account.Stop("Restart.")
		<-w.account.Done()
		w.expect(account + "is gone")
		w.open()
		w.account.Start(0)
		w.expect(account + "is xa (" + words + ")")
		w.expectCommands()

		w.account.Renew("Alice's", []byte("new"))
		w.expectCommands("connect")
		if a := w.network.accounts[1]; string(a.Data) != "new" {
			t.Errorf("opened with %q", a.Data)
		}
		w.accepts()
		w.expect(account+"is away (Connecting.)", account+"is here")
	})
}

func TestWhatAnotherTryCannotMendWaitsForAWord(t *testing.T) {
	loggedIn(t, func(t *testing.T, w *world) {
		w.forget()
		w.breaks(transports.Untrusted, "The certificate has expired.")
		w.expect("alice@example.org: chat from irc.net@gw.example: Your account Alice's is not connected any more. The certificate has expired. To connect it again, write “connect irc.net” to isthmus@gw.example.",
			account+"is xa (The certificate has expired. To connect it again, write “connect irc.net” to isthmus@gw.example.)")
		w.account.Connect()
		w.expectCommands("connect")
	})
}

func TestADisconnectedAccountStaysDisconnected(t *testing.T) {
	loggedIn(t, func(t *testing.T, w *world) {
		w.accepts()
		w.forget()
		w.account.Disconnect("")
		w.expectCommands("goodbye")
		w.expect(account + "is gone (You have disconnected it. To connect it again, write “connect irc.net” to isthmus@gw.example.)")
		w.account.Stop("Restart.")
		<-w.account.Done()
		w.open()
		w.account.Start(0)
		w.expectCommands()
		w.account.Connect()
		w.expectCommands("connect")
	})
}

func TestAnAccountFollowsItsOwnerWhereTheyWish(t *testing.T) {
	loggedIn(t, func(t *testing.T, w *world) {
		w.accepts()
		w.forget()
		w.set(OnlyWhileOnline, "true")
		w.account.OptionsChanged()
		w.expectCommands("goodbye")
		w.expect(account + "is gone (It is connected while you are online.)")
		w.comes("phone")
		w.comes("desk")
		w.expectCommands("connect")
		w.accepts()
		w.goes("phone")
		w.expectCommands()
		w.goes("desk")
		w.expectCommands("goodbye")
		w.account.Stop("Restart.")
		<-w.account.Done()
		w.forget()
		w.open()
		w.account.Start(0)
		w.settle()
		probe := w.stream.raw()
		if len(probe) == 0 || probe[0].Type != "probe" || probe[0].From != jid("gw.example") || probe[0].To != jid("alice@example.org") {
			t.Errorf("who is online was asked by %v", probe) // RFC 6121 §4.3
		}
		w.expectCommands()
	})
}

func TestALoginThatIsMadeAnewTakesTheOldOnesPlaceAtOnce(t *testing.T) {
	loggedIn(t, func(t *testing.T, w *world) {
		w.accepts()
		w.forget()
		w.account.Renew("Alice's", []byte("new"))
		w.expectCommands("goodbye", "connect")
		if a := w.network.accounts[1]; string(a.Data) != "new" {
			t.Errorf("opened with %q", a.Data)
		}
	})
}
