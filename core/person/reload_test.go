package person

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
	"isthmus/transports"
)

const room = "#go%irc.net@gw.example/x"

// reload puts another policy in force and gives whom that put out.
func (w *world) reload(p Policy) []string {
	w.t.Helper()
	out := w.hub.Reload(w.t.Context(), p)
	synctest.Wait()
	return out
}

func TestWhoIsNoLongerAllowedIsPutOut(t *testing.T) {
	story(t, []string{"example.org", "zoe@example.net"}, func(t *testing.T, w *world) {
		w.sends(stanza.Presence, "", "1", phone, room)
		w.sends(stanza.Presence, "", "2", "zoe@example.net/x", room)
		w.sends(stanza.Presence, "", "3", "zoe@example.net/x", "#go%other.net@gw.example/x")
		out := w.reload(Policy{People: List{"example.org"}, Limits: Limits{Rooms: 7}})
		if !slices.Equal(out, []string{"zoe@example.net"}) {
			t.Errorf("put out: %q", out)
		}
		if a := w.accounts[0]; a.stopped != "" || a.rooms != 7 {
			t.Errorf("alice: %+v", a)
		}
		for _, a := range w.accounts[1:] {
			if a.stopped != "dismissed: This gateway is for the people of example.org. Ask its operator to let you in." {
				t.Errorf("zoe hears %q", a.stopped)
			}
		}
		w.sends(stanza.Presence, "", "4", "zoe@example.net/x", room)
		w.expect("4 to zoe@example.net/x: forbidden")
	})
}

func TestANetworkMayBeForSomeOnly(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.sends(stanza.Presence, "", "1", phone, room)
		policy := Policy{People: List{"example.org"}, Networks: map[transports.Scope]List{"irc.net": {"bob@example.org"}}}
		if out := w.reload(policy); !slices.Equal(out, []string{"alice@example.org"}) {
			t.Errorf("put out: %q", out)
		}
		w.sends(stanza.Presence, "", "2", phone, room)
		w.expect("2 to " + phone + ": forbidden")
		w.sends(stanza.Presence, "", "3", phone, "#go%other.net@gw.example/x")
		w.sends(stanza.Presence, "", "4", "bob@example.org/x", room)
		w.expect()
	})
}

func TestAnOperatorMayAskForRegistration(t *testing.T) {
	story(t, []string{"example.org"}, func(t *testing.T, w *world) {
		w.registered = "bob@example.org"
		w.sends(stanza.Presence, "", "1", phone, room)
		w.sends(stanza.Presence, "", "2", "bob@example.org/x", room)
		if out := w.reload(Policy{People: List{"example.org"}, RegistrationRequired: true}); !slices.Equal(out, []string{"alice@example.org"}) {
			t.Errorf("put out: %q", out)
		}
		w.sends(stanza.Presence, "", "3", phone, room)
		w.expect("3 to " + phone + ": registration-required")
		w.sends(stanza.IQ, "get", "4", phone, "gw.example") // where one registers
		w.sends(stanza.Presence, "", "5", "bob@example.org/x", room)
		w.expect()
	})
}

func TestTheEndOfANeededRegistrationPutsOut(t *testing.T) {
	story(t, nil, func(t *testing.T, w *world) {
		w.registered = "alice@example.org"
		w.reload(Policy{People: List{"example.org"}, RegistrationRequired: true})
		w.sends(stanza.Presence, "", "1", phone, room)
		w.hub.OptionsChanged(stanza.JID{Local: "alice", Domain: "example.org"})
		synctest.Wait()
		if a := w.accounts[0]; a.stopped != "" || a.changed != 1 {
			t.Errorf("%+v", a)
		}
		w.registered = ""
		w.hub.OptionsChanged(stanza.JID{Local: "alice", Domain: "example.org"})
		synctest.Wait()
		if w.accounts[0].stopped == "" {
			t.Error("the account goes on")
		}
	})
}

func TestWhoMayRegister(t *testing.T) {
	alice := stanza.JID{Local: "alice", Domain: "example.org"}
	people := List{"example.org"}
	for _, c := range []struct {
		policy Policy
		want   bool
	}{
		{Policy{People: people}, true},
		{Policy{People: List{"example.net"}}, false},
		{Policy{People: people, Registration: &List{}}, false},
		{Policy{People: people, Registration: &List{"alice@example.org"}}, true},
		{Policy{People: List{"example.net"}, Registration: &List{"alice@example.org"}}, false},
	} {
		if got := c.policy.MayRegister(alice); got != c.want {
			t.Errorf("%+v: %v", c.policy, got)
		}
	}
}

func TestWhoSendsTooMuchIsToldAndHarmsNobodyElse(t *testing.T) {
	story(t, nil, func(t *testing.T, w *world) {
		w.reload(Policy{People: List{"example.org"}, Limits: Limits{Stanzas: 1}})
		for range burst {
			w.sends(stanza.Message, "chat", "m", phone, "bob%irc.net@gw.example")
		}
		w.expect()
		w.sends(stanza.Message, "chat", "more", "alice@example.org/desk", "bob%irc.net@gw.example")
		w.sends(stanza.Presence, "", "away", phone, room)           // with an error the client would think that it is outside
		w.sends(stanza.Presence, "unavailable", "bye", phone, room) // whoever goes may go
		w.sends(stanza.Message, "chat", "m", "bob@example.org/x", "bob%irc.net@gw.example")
		w.expect("more to alice@example.org/desk: policy-violation")
		if got := w.accounts[0].got; got[len(got)-1] != "bye to room" {
			t.Errorf("the account got %q", got)
		}
		w.sends(stanza.Presence, "probe", "how", "alice@example.org", "bob%irc.net@gw.example") // her server asks so for each of her contacts
		w.expect()
		w.sends(stanza.Presence, "probe", "how", phone, "bob%irc.net@gw.example")
		w.expect("how to alice@example.org/phone: policy-violation")
		time.Sleep(time.Second)
		w.sends(stanza.Message, "chat", "m", phone, "bob%irc.net@gw.example")
		w.expect()
		time.Sleep(sweepEvery)
		synctest.Wait()
		if len(w.hub.pace) != 0 {
			t.Error("who is quiet is not forgotten")
		}
	})
}
