package account

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"isthmus/core/options"
	"isthmus/transports"
)

// lists is a network with contacts, on which alice is online without a room.
func (w *world) lists(more transports.Feature) {
	w.sends(join("phone", "alice"))
	w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.Subscriptions | transports.Presences | more}}, state("alice"))
	w.forget()
}

// toBob is a presence of that type to bob.
func toBob(kind string) string {
	return `<presence type='` + kind + `' from='alice@example.org' to='bob%irc.net@gw.example'/>`
}

func how(name string, show transports.Show, status string) transports.PresenceChanged {
	return transports.PresenceChanged{User: user(name), Presence: transports.Presence{Show: show, Status: status}}
}

func TestAContactIsAskedForAndSeen(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.lists(0)
		w.sends(`<presence type='subscribe' from='alice@example.org' to='bob%irc.net@gw.example'><status>It is me.</status></presence>`)
		w.expectCommands("subscribe bob true (It is me.)")
		w.expect()
		w.emits(transports.SubscriptionAnswered{User: user("Bob"), Granted: true})
		w.expect("alice@example.org: bob subscribed", "alice@example.org: bob is gone")

		away := how("Bob", transports.Away, "lunch")
		away.Presence.Since = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		w.emits(away)
		w.expect("alice@example.org: bob is away (lunch) since 2026-05-01T12:00:00.000Z")
		w.sends(toBob("probe"))
		w.expect("alice@example.org: bob is away (lunch) since 2026-05-01T12:00:00.000Z")
		w.sends(toBob("subscribe"))
		w.expectCommands()
		w.expect("alice@example.org: bob subscribed", "alice@example.org: bob is away (lunch) since 2026-05-01T12:00:00.000Z")

		w.sends(toBob("unsubscribe"))
		w.expectCommands("subscribe bob false")
		w.expect("alice@example.org: bob is gone")
		w.emits(how("Bob", transports.Present, ""))
		w.waits(time.Minute)
		w.expect()
	})
}

func TestAContactThatTheNetworkRefusesIsNotLeftPending(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.lists(0)
		w.denies(transports.NotFound, "There is no Bob.")
		w.sends(toBob("subscribe"))
		w.expect("alice@example.org: bob unsubscribed (There is no Bob.)")
		w.network.answer = nil
		w.sends(toBob("subscribe"))
		w.emits(transports.SubscriptionAnswered{User: user("Bob")})
		w.expect("alice@example.org: bob unsubscribed")
	})
}

func TestRoomsAreNoContacts(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(`<presence type='subscribe' from='alice@example.org' to='#go%irc.net@gw.example'/>`)
		w.expect("alice@example.org: #go unsubscribed (A room cannot be a contact. Join it instead.)")
		w.sends(`<presence type='subscribe' from='alice@example.org' to='%irc.net@gw.example'/>`)
		w.expect("alice@example.org:  unsubscribed (This address is of nobody. Write the nick as its resource: %network@gateway/nick.)")
	})
}

func TestOnANetworkWithoutSubscriptionsWhoExistsIsAContactAtOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(toBob("subscribe"))
		w.expect("alice@example.org: bob subscribed", "alice@example.org: bob is gone")
		w.emits(how("bob", transports.Chatty, ""))
		w.expect("phone: bob is chat", "alice@example.org: bob is chat")
	})
}

func TestContactsOutliveTheAccountAndAreAskedForAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(toBob("subscribe")) // there is no connection yet
		w.expect("alice@example.org: bob subscribed", "alice@example.org: bob is gone")
		w.lists(0)
		w.sends(`<presence type='subscribe' from='alice@example.org' to='zoe%irc.net@gw.example'/>`)
		w.emits(transports.SubscriptionAnswered{User: user("zoe"), Granted: true}, how("zoe", transports.Present, ""))
		w.forget()
		w.account.Stop("restart")
		<-w.account.Done()
		w.expect("phone: alice is gone 332 110 (restart)", "alice@example.org: bob is gone", "alice@example.org: zoe is gone")
		w.network.taken()

		w.open()
		w.sends(join("phone", "alice"))
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.Subscriptions}})
		w.settle()
		asked := w.network.taken() // of different places, so side by side
		slices.Sort(asked)
		if want := []string{"connect", "join #go", "subscribe bob true", "subscribe zoe true"}; !slices.Equal(asked, want) {
			t.Errorf("the network was asked for %q", asked)
		}
		w.emits(transports.SubscriptionAnswered{User: user("zoe"), Granted: true}, how("zoe", transports.Busy, ""))
		w.expect("alice@example.org: zoe is dnd")
		w.waits(settling + presenceGap) // alice may have seen bob before
		w.expect("alice@example.org: bob is gone")
		w.emits(transports.SubscriptionAnswered{User: user("bob")})
		w.expect("alice@example.org: bob unsubscribed")
		w.breaks(transports.Offline, "Reset.")
		w.expect("phone: presence refused: remote-server-timeout: Reset.", "alice@example.org: zoe is gone")
	})
}

func TestUnderLoadOnlyTheLastPresenceCounts(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.lists(0)
		w.sends(toBob("subscribe"))
		w.emits(transports.SubscriptionAnswered{User: user("Bob"), Granted: true}, how("Bob", transports.Present, ""))
		w.forget()
		w.waits(2 * time.Second)
		w.emits(how("Bob", transports.Away, "1"))
		w.emits(how("Bob", transports.Away, "2"), how("Bob", transports.Absent, ""), how("Bob", transports.Busy, "3"))
		w.expect("alice@example.org: bob is away (1)")
		w.waits(2 * time.Second)
		w.expect("alice@example.org: bob is dnd (3)")
	})
}

func TestARequestFromTheNetworkReachesThePersonAndTheAnswerGoesBack(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.lists(0)
		w.emits(transports.SubscriptionAsked{From: user("Bob"), Text: "Hello?"})
		w.expect("alice@example.org: bob subscribe (Hello?) called Bob")
		w.sends(toBob("subscribed"))
		w.expectCommands("authorize bob true")
		w.emits(transports.SubscriptionAsked{From: user("Bob")})
		w.sends(toBob("unsubscribed"))
		w.expectCommands("authorize bob false")
		w.sends(toBob("unsubscribed"))
		w.expectCommands()
	})
}

func TestTheNetworkLearnsHowThePersonIs(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.lists(0)
		w.waits(2 * tellGap)
		w.sends(`<presence from='alice@example.org/phone' to='irc.net@gw.example'><show>away</show><status>bus</status></presence>`)
		w.expectCommands("presence 3 (bus)")
		w.waits(2 * tellGap)
		w.sends(`<presence from='alice@example.org/desk' to='bob%irc.net@gw.example'><show>chat</show></presence>`)
		w.sends(`<presence from='alice@example.org/desk' to='bob%irc.net@gw.example'><show>xa</show></presence>`)
		w.sends(`<presence from='alice@example.org/desk' to='bob%irc.net@gw.example'><show>dnd</show></presence>`)
		w.expectCommands("presence 2")
		w.waits(2 * tellGap)
		w.expectCommands("presence 5")
		w.sends(`<presence from='alice@example.org/desk' to='#go%irc.net@gw.example'/>`)
		w.waits(2 * tellGap)
		w.forget()
		w.sends(`<presence type='unavailable' from='alice@example.org/desk' to='bob%irc.net@gw.example'/>`)
		w.waits(2 * tellGap)
		w.expectCommands("presence 3 (bus)")
		w.sends(`<presence type='unavailable' from='alice@example.org/phone' to='irc.net@gw.example'/>`)
		w.expectCommands()
		w.waits(10 * time.Second)
		w.sends(`<presence from='alice@example.org/phone' to='irc.net@gw.example'/>`)
		w.expectCommands("presence 1")
		w.sends(`<presence type='unavailable' from='alice@example.org/phone' to='irc.net@gw.example'/>`)
		w.waits(time.Minute)
		w.expectCommands("presence 0")
	})
}

func TestAPersonMayKeepTheirPresenceToThemselves(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.shared.Options.Set(options.Where{Person: "alice@example.org"}, transports.Options{"share_presence": {"false"}}, nil)
		w.lists(0)
		w.sends(`<presence from='alice@example.org/phone' to='irc.net@gw.example'><show>away</show></presence>`)
		w.expectCommands()
		w.shared.Options.Set(options.Where{Person: "alice@example.org"}, transports.Options{}, nil)
		w.account.OptionsChanged()
		w.expectCommands("presence 3")
	})
}

func TestAClientThatAsksKnowsNobodyByThat(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.lists(0)
		w.sends(`<presence type='probe' from='alice@example.org/phone' to='bob%irc.net@gw.example'/>`)
		w.expect("phone: bob is gone")
		w.expectCommands()
		w.sends(toBob("probe")) // her server knows that he is a contact
		w.expect("alice@example.org: bob is gone")
		w.expectCommands("subscribe bob true")
	})
}

func TestContactsAreBounded(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.lists(0)
		w.account.mail.put(func() {
			for i := range maxContacts {
				id := transports.UserID(fmt.Sprint("user", i))
				put(&w.account.contacts, id, &contact{user: transports.User{ID: id}})
			}
		})
		w.sends(toBob("subscribe"))
		w.expect("alice@example.org: bob unsubscribed (You have too many contacts here. Remove one first.)")
	})
}
