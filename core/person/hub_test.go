package person

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
	"isthmus/mapping/address"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

// account is a fake one; it lives until it is stopped or retired.
type account struct {
	key      Key
	got      []string
	full     bool
	ended    bool
	resynced int
	changed  int
	stayed   []transports.RoomID
	started  int
	presence []string
	stopped  string
	rooms    int
	stays    bool // does not end when it is stopped
	done     chan struct{}
}

func (a *account) Handle(s *stanza.Stanza, to address.Address) (taken, ended bool) {
	if a.ended || a.full {
		return false, a.ended
	}
	a.got = append(a.got, s.ID+" to "+to.Kind.String())
	return true, false
}

func (a *account) Resync()             { a.resynced++ }
func (a *account) Start(time.Duration) { a.started++ }
func (a *account) OwnerPresence(s *stanza.Stanza) {
	a.presence = append(a.presence, s.From.Resource+" "+s.Type)
}
func (a *account) Stay(room transports.RoomID, _ time.Duration) { a.stayed = append(a.stayed, room) }
func (a *account) Disconnect(string)                            {}
func (a *account) OptionsChanged()                              { a.changed++ }
func (a *account) LimitRooms(most int)                          { a.rooms = most }
func (a *account) Dismiss(reason string)                        { a.Stop("dismissed: " + reason) }

func (a *account) Stop(reason string) {
	if a.stopped = reason; !a.stays {
		close(a.done)
	}
}

func (a *account) Run(ended func()) {
	go func() {
		<-a.done
		ended()
	}()
}
func (a *account) Done() <-chan struct{} { return a.done }

// world is a hub with fake accounts.
type world struct {
	t        *testing.T
	hub      *Hub
	accounts []*account
	mu       sync.Mutex
	replies  []string
	self     []string
	seen     []string
	// registered is who has registered, as a bare JID.
	registered string
}

func story(t *testing.T, people []string, tell func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t}
		w.hub = New(Config{
			Domain: "gw.example", Addresses: address.Config{Sigils: "#", Bot: "isthmus"}, Policy: Policy{People: people, Limits: Limits{Networks: 50}}, Log: slog.New(slog.DiscardHandler),
			Seen:       func(who stanza.JID) { w.seen = append(w.seen, who.String()) },
			Registered: func(owner stanza.JID) bool { return owner.String() == w.registered },
			Scope: func(key Key) (transports.Scope, error) {
				if strings.HasPrefix(key.Key, "bad") {
					return "", errors.New("no such network")
				}
				return transports.Scope(key.Key), nil
			},
			Open: func(key Key, _ transports.Scope, limits Limits) Account {
				a := &account{key: key, rooms: limits.Rooms, done: make(chan struct{})}
				w.accounts = append(w.accounts, a)
				return a
			},
			Dialogue: func(*stanza.Stanza, address.Address, Policy) bool { return false },
			Self: func(s *stanza.Stanza, _ []string) bool {
				if w.hub.Addresses.Fixed != "" {
					return false
				}
				w.self = append(w.self, s.ID)
				return true
			},
			Reply: func(s *stanza.Stanza) {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.replies = append(w.replies, fmt.Sprintf("%s to %s: %s", s.ID, s.To, s.Condition()))
			},
			Refusal: func(err error) *stanza.Error {
				return &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: err.Error()}
			},
		})
		ctx, cancel := context.WithCancel(t.Context())
		go w.hub.Run(ctx)
		t.Cleanup(func() {
			cancel()
			for _, a := range w.accounts {
				select {
				case <-a.done:
				default:
					close(a.done)
				}
			}
		})
		tell(t, w)
	})
}

func (w *world) sends(kind stanza.Kind, typ, id, from, to string) {
	w.t.Helper()
	s := &stanza.Stanza{Kind: kind, Type: typ, ID: id}
	var errs [2]error
	s.From, errs[0] = stanza.ParseJID(from)
	s.To, errs[1] = stanza.ParseJID(to)
	if err := errors.Join(errs[:]...); err != nil {
		w.t.Fatal(err)
	}
	w.hub.Handle(s)
	synctest.Wait()
}

func (w *world) expect(want ...string) {
	w.t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.replies, want) {
		w.t.Errorf("answers %q, want %q", w.replies, want)
	}
	w.replies = nil
}

const phone = "alice@example.org/phone"

func TestNobodyMayUseItWhoIsNotNamed(t *testing.T) {
	for _, c := range []struct {
		people  []string
		from    string
		allowed bool
	}{
		{nil, phone, false},
		{[]string{"example.org"}, phone, true},
		{[]string{"example.org"}, "alice@sub.example.org/x", false},
		{[]string{"example.org"}, "alice@example.org.evil.net/x", false},
		{[]string{"example.org"}, "example.org@evil.net/x", false},
		{[]string{"example.org"}, "example.org", true},
		{[]string{"alice@example.org"}, phone, true},
		{[]string{"alice@example.org"}, "ALICE@Example.ORG/phone", true},
		{[]string{"alice@example.org"}, "bob@example.org/phone", false},
		{[]string{"alice@example.org"}, "example.org", false},
		{[]string{"alice@example.org", "example.net"}, "zoe@example.net", true},
		{[]string{""}, phone, false},
	} {
		j, err := stanza.ParseJID(c.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Policy{People: c.people}).Allows(j); got != c.allowed {
			t.Errorf("%q allow %s: %v", c.people, c.from, got)
		}
	}
}

func TestTheRefusalNamesDomainsAndNobodysAddress(t *testing.T) {
	text := Policy{People: []string{"example.org", "boss@example.net"}}.refusal().Text
	if !strings.Contains(text, "example.org") || strings.Contains(text, "boss") {
		t.Error(text)
	}
	if text = (Policy{People: []string{"boss@example.net"}}).refusal().Text; strings.Contains(text, "boss") {
		t.Error(text)
	}
}

func TestStrangersAreRefusedAndReachNothing(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		for _, to := range []string{"gw.example", "irc.net@gw.example", "#go%irc.net@gw.example/x", "isthmus@gw.example"} {
			w.sends(stanza.IQ, "get", "q", "mallory@evil.net/x", to)
			w.sends(stanza.Message, "chat", "m", "mallory@evil.net/x", to)
			w.sends(stanza.Presence, "", "p", "mallory@evil.net/x", to)
			want := []string{"q to mallory@evil.net/x: forbidden", "m to mallory@evil.net/x: forbidden", "p to mallory@evil.net/x: forbidden"}
			if to == "gw.example" { // a server that grants it sends the presences of all its people there
				want = want[:2]
			}
			w.expect(want...)
		}
		if len(w.accounts) != 0 || len(w.self) != 0 {
			t.Errorf("%d accounts, the gateway got %q", len(w.accounts), w.self)
		}
	})
}

func TestOnlyWhatWantsAnAnswerIsRefused(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		for _, c := range []struct {
			kind stanza.Kind
			typ  string
			want int
		}{
			{stanza.IQ, "get", 1}, {stanza.IQ, "set", 1}, {stanza.IQ, "result", 0}, {stanza.IQ, "error", 0},
			{stanza.Message, "", 1}, {stanza.Message, "groupchat", 1}, {stanza.Message, "error", 0},
			{stanza.Presence, "", 1}, {stanza.Presence, "subscribe", 1}, {stanza.Presence, "probe", 1}, {stanza.Presence, "unavailable", 0},
			{stanza.Presence, "unsubscribed", 0}, {stanza.Presence, "error", 0},
		} {
			for _, way := range [][2]string{{"mallory@evil.net/x", "gw.example"}, {phone, "#go@gw.example"}, {phone, "bad.net@gw.example"}, {phone, "isthmus@gw.example"}} {
				w.sends(c.kind, c.typ, "x", way[0], way[1])
				want := c.want
				if c.kind == stanza.Presence && c.typ == "" && way[1] == "gw.example" {
					want = 0
				}
				if got := len(w.replies); got != want {
					t.Errorf("%s of type %q from %s to %s has %d answers", c.kind, c.typ, way[0], way[1], got)
				}
				w.replies = nil
			}
		}
		if len(w.accounts) != 0 {
			t.Errorf("%d accounts", len(w.accounts))
		}
	})
}

func TestAddressesLeadToWhatTheyName(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.sends(stanza.IQ, "get", "1", phone, "gw.example")
		w.sends(stanza.IQ, "get", "2", phone, "irc.net@gw.example")
		w.sends(stanza.Presence, "", "3", "alice@example.org/laptop", "#go%irc.net@gw.example/alice")
		w.sends(stanza.Message, "chat", "4", phone, "bob%irc.net@gw.example")
		w.sends(stanza.Message, "chat", "5", phone, "bob%other.net@gw.example")
		w.sends(stanza.Message, "chat", "6", "zoe@example.org/x", "bob%irc.net@gw.example")
		w.sends(stanza.IQ, "get", "7", phone, "isthmus@gw.example")
		w.sends(stanza.IQ, "get", "8", phone, "#go@gw.example") // a room without its network
		w.sends(stanza.IQ, "get", "9", phone, "bad.net@gw.example")
		w.expect("7 to "+phone+": service-unavailable", "8 to "+phone+": jid-malformed", "9 to "+phone+": item-not-found")
		var got []string
		for _, a := range w.accounts {
			got = append(got, fmt.Sprint(a.key.Owner, " ", a.key.Key, " ", a.got))
		}
		want := []string{"alice@example.org irc.net [2 to account 3 to room 4 to user]", "alice@example.org other.net [5 to user]", "zoe@example.org irc.net [6 to user]"}
		if !slices.Equal(got, want) || !slices.Equal(w.self, []string{"1"}) {
			t.Errorf("accounts %q, the gateway %q", got, w.self)
		}
	})
}

func TestOnePersonCannotFillTheMemory(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		for i := range 50 {
			w.sends(stanza.Presence, "", "p", phone, fmt.Sprintf("#go%%n%d.net@gw.example/x", i))
		}
		w.expect()
		w.sends(stanza.Presence, "", "p", phone, "#go%more.net@gw.example/x")
		w.expect("p to " + phone + ": resource-constraint")
		w.sends(stanza.Presence, "", "p", "zoe@example.org/x", "#go%more.net@gw.example/x") // others are not concerned
		w.sends(stanza.Presence, "", "p", phone, "#go%n3.net@gw.example/x")
		w.expect()
		close(w.accounts[0].done)
		synctest.Wait()
		w.sends(stanza.Presence, "", "p", phone, "#go%more.net@gw.example/x")
		w.expect()
	})
}

func TestAFullAccountSaysSo(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.sends(stanza.Message, "chat", "1", phone, "bob%irc.net@gw.example")
		w.accounts[0].full = true
		w.sends(stanza.Message, "chat", "2", phone, "bob%irc.net@gw.example")
		w.sends(stanza.IQ, "result", "3", phone, "bob%irc.net@gw.example")
		w.expect("2 to " + phone + ": resource-constraint")
	})
}

func TestAnAccountThatHasEndedIsReplaced(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.sends(stanza.Message, "chat", "1", phone, "bob%irc.net@gw.example")
		first := w.accounts[0]
		first.ended = true // its mailbox is closed, its Run has not returned yet
		w.sends(stanza.Message, "chat", "2", phone, "bob%irc.net@gw.example")
		if len(w.accounts) != 2 || !slices.Equal(w.accounts[1].got, []string{"2 to user"}) {
			t.Fatalf("%d accounts", len(w.accounts))
		}
		close(first.done) // the late word of its end does not take the new one out
		w.sends(stanza.Message, "chat", "3", phone, "bob%irc.net@gw.example")
		if len(w.accounts) != 2 || len(w.hub.accounts) != 1 || len(w.hub.owned[w.accounts[0].key.Owner]) != 1 {
			t.Fatalf("%d accounts were made, the hub knows %d", len(w.accounts), len(w.hub.accounts))
		}
		close(w.accounts[1].done)
		synctest.Wait()
		if len(w.hub.accounts) != 0 || len(w.hub.owned) != 0 {
			t.Fatalf("the hub still knows %d accounts of %d people", len(w.hub.accounts), len(w.hub.owned))
		}
	})
}

func TestResyncReachesEveryAccount(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.sends(stanza.Message, "chat", "1", phone, "bob%irc.net@gw.example")
		w.sends(stanza.Message, "chat", "1", phone, "bob%other.net@gw.example")
		w.hub.Resync()
		synctest.Wait()
		if w.accounts[0].resynced+w.accounts[1].resynced != 2 {
			t.Error("an account was left out")
		}
	})
}

func TestStopEndsAllAccountsAndTakesNoNewOnes(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.sends(stanza.Message, "chat", "1", phone, "bob%irc.net@gw.example")
		w.hub.Stop(t.Context(), "Bye.")
		if w.accounts[0].stopped != "Bye." {
			t.Error("the account was not stopped")
		}
		synctest.Wait()
		w.sends(stanza.Message, "chat", "2", phone, "bob%irc.net@gw.example")
		w.expect("2 to " + phone + ": service-unavailable")
	})
}

func TestStopDoesNotWaitLongerThanItMay(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.sends(stanza.Message, "chat", "1", phone, "bob%irc.net@gw.example")
		w.accounts[0].stays = true
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		w.hub.Stop(ctx, "Bye.")
		if ctx.Err() == nil {
			t.Error("it returned before the account had ended")
		}
	})
}

func TestStopOfAHubThatHasEndedReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Config{Log: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		h.Run(ctx)
		h.Stop(t.Context(), "Bye.")
		h.Resync()
	})
}

func TestAccountsComeBackIntoTheirRoomsOnlyForWhoIsStillAllowed(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		alice := stanza.JID{Local: "alice", Domain: "example.org"}
		w.hub.Stay(Key{alice, "irc.net"}, "#go", 0)
		w.hub.Stay(Key{stanza.JID{Local: "mallory", Domain: "evil.example"}, "irc.net"}, "#go", 0)
		w.hub.OptionsChanged(alice)
		synctest.Wait()
		if len(w.accounts) != 1 || len(w.accounts[0].stayed) != 1 || w.accounts[0].changed != 1 {
			t.Errorf("%d accounts", len(w.accounts))
		}
	})
}

func TestOfAFixedNetworkTheGatewayIsTheAccount(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.hub.Addresses.Fixed = "irc.net"
		w.sends(stanza.Message, "chat", "m1", phone, "gw.example")
		w.sends(stanza.Message, "groupchat", "m2", phone, "#go%x@gw.example")
		if len(w.accounts) != 1 || w.accounts[0].key.Key != "irc.net" || !slices.Equal(w.accounts[0].got, []string{"m1 to account", "m2 to room"}) {
			t.Errorf("the accounts are %+v", w.accounts)
		}
	})
}

func TestOnlyClientsCountAsBeingHere(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.sends(stanza.IQ, "get", "1", phone, "gw.example")
		w.sends(stanza.Message, "error", "2", phone, "gw.example")
		w.sends(stanza.Presence, "unsubscribe", "3", "alice@example.org", "gw.example")
		w.sends(stanza.IQ, "get", "4", "mallory@evil.example/x", "gw.example")
		if !slices.Equal(w.seen, []string{phone}) {
			t.Errorf("seen: %q", w.seen)
		}
	})
}

func TestAnAccountOfALoginIsStartedOnceAndFollowsItsOwner(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		alice := stanza.JID{Local: "alice", Domain: "example.org"}
		for _, key := range []Key{{alice, "work"}, {alice, "work"}, {alice, "home"}, {alice, "bad"}, {stanza.JID{Local: "eve", Domain: "evil.example"}, "work"}} {
			w.hub.Start(key, 0)
			synctest.Wait()
		}
		if len(w.accounts) != 2 || w.accounts[0].started != 1 || w.accounts[1].started != 1 {
			t.Fatalf("started: %+v", w.accounts)
		}
		w.sends(stanza.Presence, "", "p1", phone, "gw.example")
		w.sends(stanza.Presence, "probe", "p2", phone, "gw.example")
		w.sends(stanza.Presence, "unavailable", "p3", phone, "gw.example")
		w.sends(stanza.Presence, "", "p4", "bob@example.org/desk", "gw.example")
		for _, a := range w.accounts {
			if !slices.Equal(a.presence, []string{"phone ", "phone unavailable"}) {
				t.Errorf("%s heard %q", a.key.Key, a.presence)
			}
		}
		if !slices.Equal(w.self, []string{"p1", "p2", "p3", "p4"}) { // the gateway has them too
			t.Errorf("the gateway heard %q", w.self)
		}
		close(w.accounts[0].done)
		w.hub.Start(Key{alice, "work"}, 0)
		synctest.Wait()
		if len(w.accounts) != 3 || w.accounts[2].started != 1 {
			t.Errorf("after its end it was not made anew: %d accounts", len(w.accounts))
		}
	})
}

func TestWhoIsDismissedHearsWhyWhileTheirAccountEnds(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.sends(stanza.Message, "chat", "1", phone, "bob%irc.net@gw.example")
		w.accounts[0].stays = true
		w.hub.Reload(t.Context(), Policy{People: []string{"example.org"}, RegistrationRequired: true})
		synctest.Wait()
		w.sends(stanza.Message, "chat", "2", phone, "bob%irc.net@gw.example")
		w.expect("2 to " + phone + ": registration-required")
	})
}
