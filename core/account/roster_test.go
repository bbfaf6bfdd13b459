package account

import (
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"isthmus/core/privilege"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// granted has alice's server grant the gateway her contact list and messages in her name.
func (w *world) granted(version, roster string) {
	w.shared.Grants = privilege.New(func(stanza.JID) bool { return true }, slog.New(slog.DiscardHandler))
	w.shared.Grants.Take(parse(w.t, `<message from='example.org' to='gw.example'><privilege xmlns='urn:xmpp:privilege:`+version+`'>
		<perm access='roster' type='`+roster+`'/><perm access='message' type='outgoing'/></privilege></message>`))
}

// list answers requests for alice's contact list as a server does which holds these entries, until none comes any more, and
// tells what was changed.
func (w *world) list(items string) (set []string) {
	w.t.Helper()
	for {
		w.waits(2 * time.Second)
		w.stream.mu.Lock()
		waiting := len(w.stream.requests)
		w.stream.mu.Unlock()
		if waiting == 0 {
			return set
		}
		w.stream.answers(w.t, func(iq *stanza.Stanza) *stanza.Stanza {
			if iq.Type == "get" {
				e, err := stanza.FromTokens(xml.NewDecoder(strings.NewReader(`<query xmlns='jabber:iq:roster'>` + items + `</query>`)))
				if err != nil {
					w.t.Fatal(err)
				}
				return iq.Result(e)
			}
			all, _ := xep.ParseRoster(parse(w.t, string(iq.Append(nil))))
			for _, i := range all {
				set = append(set, fmt.Sprintf("%s %s %q %q", i.Subscription, i.JID.Local, i.Name, i.Groups))
			}
			return iq.Result()
		})
	}
}

func (w *world) wants(what string, got []string, want ...string) {
	w.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func friend(name string, s transports.Subscription, groups ...string) transports.Contact {
	return transports.Contact{User: user(name), Subscription: s, Groups: groups}
}

const others = `<item jid='mum@example.org' name='Mum' subscription='both'/><item jid='bob%other@gw.example' name='Other' subscription='both'/>`

func TestContactsOfTheNetworkComeIntoTheListAndStayInStep(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.granted("2", "both")
		w.lists(transports.ContactLists)
		w.emits(transports.Contacts{Contacts: []transports.Contact{friend("Bob", transports.Both, "Work"), friend("Zoe", transports.To)}}, how("Zoe", transports.Away, ""))
		w.wants("set", w.list(others), `both bob%irc.net "Bob" ["Work"]`, `to zoe%irc.net "Zoe" ["IRC"]`)
		w.expect("alice@example.org: zoe is away")

		const now = others + `<item jid='bob%irc.net@gw.example' name='Bob' subscription='both'><group>Work</group></item>`
		w.emits(transports.ContactChanged{Contact: friend("Zoe", transports.To)})
		w.wants("what alice has taken out comes back", w.list(now))

		w.emits(transports.ContactChanged{Contact: friend("Bob", transports.To, "Play")})
		w.wants("set", w.list(now), `to bob%irc.net "Bob" ["Play"]`)

		w.account.RosterChanged()
		w.wants("set", w.list(others+`<item jid='bob%irc.net@gw.example' name='Bobby' subscription='to'><group>IRC</group></item>`))
		w.expectCommands(`contact bob "Bobby" []`)
		w.emits(transports.ContactRemoved{User: "bob"})
		w.wants("set", w.list(others+`<item jid='bob%irc.net@gw.example' name='Bobby' subscription='to'><group>IRC</group></item>`), `remove bob%irc.net "" []`)
		w.wants("set", w.list(others))
	})
}

func TestWhoIsOnlyShutOutIsInNoList(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.granted("2", "both")
		w.lists(transports.ContactLists)
		zoe := friend("Zoe", 0)
		zoe.Blocked = true
		w.emits(transports.Contacts{Contacts: []transports.Contact{friend("Bob", transports.Both), zoe}})
		w.wants("set", w.list(""), `both bob%irc.net "Bob" ["IRC"]`)
		bob := friend("Bob", 0)
		bob.Blocked = true
		w.emits(transports.ContactChanged{Contact: bob})
		w.wants("set", w.list(`<item jid='bob%irc.net@gw.example' name='Bob' subscription='both'><group>IRC</group></item>`), `remove bob%irc.net "" []`)
	})
}

func TestWhoAPersonHasAddedThemselvesIsNeverTakenOut(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.granted("2", "both")
		w.lists(0) // the network has a list, but nobody may change it
		const mine = `<item jid='bob%irc.net@gw.example' name='My Bob' subscription='both'/>`
		w.emits(transports.Contacts{Contacts: []transports.Contact{friend("Bob", transports.Both)}})
		w.wants("set", w.list(mine))
		w.emits(transports.Contacts{})
		w.wants("set", w.list(mine))
		w.expectCommands()
	})
}

func TestANetworkThatRefusesANameKeepsItsOwn(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.granted("2", "both")
		w.lists(transports.ContactLists)
		w.emits(transports.Contacts{Contacts: []transports.Contact{friend("Bob", transports.To)}})
		w.list("")
		w.forget()
		w.denies(transports.Invalid, "No such name.")
		w.account.RosterChanged()
		w.wants("set", w.list(`<item jid='bob%irc.net@gw.example' name='B' subscription='to'><group>IRC</group></item>`), `to bob%irc.net "Bob" ["IRC"]`)
		w.expect("alice@example.org: chat from irc.net@gw.example: The network did not take your changes to Bob: No such name.")
	})
}

func TestALargeListTakesFewRequests(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.granted("2", "both")
		w.lists(transports.ContactLists)
		var all []transports.Contact
		for i := range 2000 {
			all = append(all, friend(fmt.Sprintf("user%04d", i), transports.To))
		}
		w.emits(transports.Contacts{Contacts: all})
		requests := 0
		for {
			w.waits(2 * time.Second)
			w.stream.mu.Lock()
			waiting := len(w.stream.requests)
			w.stream.mu.Unlock()
			if waiting == 0 {
				break
			}
			if waiting > 1 {
				t.Fatalf("%d requests at once", waiting)
			}
			requests++
			w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza {
				return iq.Result(stanza.New("jabber:iq:roster", "query"))
			})
		}
		if requests != 41 {
			t.Errorf("%d requests", requests)
		}
		w.expect()
	})
}

func TestAServerThatGrantsAndRefusesIsNotAskedAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.granted("1", "both")
		w.lists(transports.ContactLists)
		w.sends(`<presence from='alice@example.org/phone' to='irc.net@gw.example'/>`)
		w.forget()
		w.emits(transports.Contacts{Contacts: []transports.Contact{friend("Bob", transports.To, "Work")}})
		w.waits(2 * time.Second)
		w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza { return iq.Result(stanza.New("jabber:iq:roster", "query")) })
		w.waits(time.Second)
		w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza {
			return &stanza.Stanza{Kind: stanza.IQ, Type: "error", ID: iq.ID, From: iq.To, To: iq.From}
		})
		w.settle()
		// What is left are clients that take contacts: alice's phone is asked.
		w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza {
			if iq.To != jid("alice@example.org/phone") {
				t.Errorf("%s was asked", iq.To)
			}
			return iq.Result(stanza.New("http://jabber.org/protocol/disco#info", "query").Add(stanza.New("http://jabber.org/protocol/disco#info", "feature", "var", xep.NSRosterExchange)))
		})
		w.settle()
		all := w.stream.raw()
		if len(all) != 1 || all[0].To != jid("alice@example.org/phone") || payload(all[0]) != `<x xmlns='http://jabber.org/protocol/rosterx'>`+
			`<item action='add' jid='bob%irc.net@gw.example' name='Bob'><group>Work</group></item></x>` {
			t.Errorf("offered %v", all)
		}
		w.emits(transports.ContactRemoved{User: "bob"})
		w.wants("set", w.list(`<item jid='bob%irc.net@gw.example' name='Bob' subscription='to'><group>Work</group></item>`))
		w.expect("alice@example.org: bob unsubscribe", "alice@example.org: bob unsubscribed")
	})
}

func TestAClientThatTookAContactIsToldOfItsNewName(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.lists(transports.ContactLists)
		w.sends(`<presence from='alice@example.org/phone' to='irc.net@gw.example'/>`)
		w.emits(transports.Contacts{Contacts: []transports.Contact{friend("Bob", transports.To, "Work")}})
		w.waits(2 * time.Second)
		w.forget()
		w.stream.answers(t, func(iq *stanza.Stanza) *stanza.Stanza {
			return iq.Result(stanza.New("http://jabber.org/protocol/disco#info", "query").Add(stanza.New("http://jabber.org/protocol/disco#info", "feature", "var", xep.NSRosterExchange)))
		})
		w.settle()
		renamed := friend("Bob", transports.To, "Work")
		renamed.User.Name = "Robert"
		w.emits(transports.ContactChanged{Contact: renamed})
		w.waits(2 * time.Second)
		w.emits(transports.ContactChanged{Contact: renamed})
		w.waits(2 * time.Second)
		var got []string
		for _, s := range w.stream.raw() {
			if s.Kind == stanza.Message {
				got = append(got, payload(s))
			}
		}
		const offer, of = `<x xmlns='http://jabber.org/protocol/rosterx'><item action='`, `' jid='bob%irc.net@gw.example' name='`
		w.wants("offered", got, offer+"add"+of+"Bob'><group>Work</group></item></x>", offer+"modify"+of+"Robert'><group>Work</group></item></x>")
	})
}

func TestWithoutPrivilegesThePersonIsAskedForOneContactAfterAnother(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.lists(transports.ContactLists)
		w.emits(transports.Contacts{Contacts: []transports.Contact{friend("Bob", transports.To), friend("Zoe", transports.To)}})
		w.waits(time.Minute)
		w.expect()
		text, ok := w.account.AddContacts(t.Context())
		if !ok || text != "Your contacts are being added: 2 in all. Where that needs your word, you are asked for one after another." {
			t.Error(text)
		}
		w.waits(2 * time.Second)
		w.expect("alice@example.org: bob subscribe called Bob")
		w.waits(time.Hour)
		w.expect()
		w.sends(toBob("subscribed"))
		w.expect("alice@example.org: zoe subscribe called Zoe")
		w.sends(toBob("subscribe"))
		w.expect("alice@example.org: bob subscribed", "alice@example.org: bob is gone")
		w.sends(`<presence type='unsubscribed' from='alice@example.org' to='zoe%irc.net@gw.example'/>`)
		w.waits(time.Minute)
		w.expect()
	})
}

func TestAnAccountThatEndsForGoodTakesItsContactsOut(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.granted("2", "both")
		w.lists(transports.ContactLists)
		w.emits(transports.Contacts{Contacts: []transports.Contact{friend("Bob", 0), friend("Zoe", 0)}})
		w.list("")
		w.sends(`<presence type='subscribe' from='alice@example.org' to='mum%irc.net@gw.example'/>`)
		w.emits(transports.SubscriptionAnswered{User: user("mum"), Granted: true})
		w.forget()
		w.account.TakeOutContacts()
		w.wants("set", w.list(""), `remove bob%irc.net "" []`, `remove zoe%irc.net "" []`)
		w.expect("alice@example.org: mum unsubscribe", "alice@example.org: mum unsubscribed")
		if left, err := w.store.Contacts(t.Context(), 7); err != nil || len(left) != 0 {
			t.Errorf("%v are left (%v)", left, err)
		}
	})
}
