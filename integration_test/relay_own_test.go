package integration_test

import (
	"fmt"
	"os"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/transports"
)

func TestWhoHasAnAccountOfTheirOwnIsHeardThroughItByARelay(t *testing.T) {
	for _, k := range loopbackKinds {
		t.Run(k.name, func(t *testing.T) {
			w := k.start(t, logins)
			_, ida, id, _ := w.member(t, "bridge")
			robert := w.AddPerson(t, "robert")
			w.AddLogin(t, robert.ID, "robert", "sesame", "123456")
			robert.Join(t, id)
			alice, bob := w.client(t, "alice", "desk"), w.client(t, "bob", "desk")
			loggedIn(t, alice, "bridge")
			loggedIn(t, bob, "robert")
			mustMatch(t, stages(t, bob, loopbackNetwork+"@"+loopbackDomain, "configure", field("in_relays", "1")), completed)
			muc := "team@muc.localhost"
			if k.name == "ejabberd" {
				muc = "team@conference.localhost"
			}
			join(t, alice, muc, "alice")
			alice.Send(t, "<iq type='set' id='open' to='{muc}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"+
				"<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field><field var='muc#roomconfig_whois'><value>anyone</value></field></x></query></iq>", "muc", muc)
			alice.Expect(t, "iq[@type='result'][@id='open']")
			w.relays(t, muc, id)
			ida, robert = w.TakeOver(t, ida.ID), w.TakeOver(t, robert.ID)
			alice.Expect(t, "presence[not(@type)][@from='"+muc+"/relay']")
			join(t, bob, muc, "bob")
			ida.Say(t, id, "is anybody there?")
			bob.Expect(t, "message[@from='"+muc+"/Ida Lovelace [loopback]']/body[text()='is anybody there?']")
			for _, words := range []string{"one", "two", "three"} {
				say(t, bob, muc, words)
			}
			for _, words := range []string{"one", "two", "three"} {
				if m := ida.Hears(t, words); m.From.ID != robert.ID {
					t.Errorf("Ida hears %s from %+v", words, m.From)
				}
			}
			robert.Say(t, id, "one") // on the network itself, in words that he has used before
			alice.Expect(t, "message[@from='"+muc+"/robert [loopback]']/body[text()='one']")
			say(t, alice, muc, "the end")
			if m := ida.Hears(t, "the end"); m.From.Name != "alice" {
				t.Errorf("Ida hears the end from %+v", m.From)
			}
			bob.ExpectNone(t, "message[@from='"+muc+"/robert [loopback]']/body[text()~'two|three']", bob.Ping(t, "localhost"))
		})
	}
}

// relays has the gateway begin anew, with a relay that joins a MUC with a room of the account that alice has logged in to.
func (w *loopbackWorld) relays(t *testing.T, muc string, id transports.RoomID) {
	t.Helper()
	config, err := os.ReadFile(w.configPath())
	if err != nil {
		t.Fatal(err)
	}
	config = fmt.Appendf(config, "relays: [{muc: %s, rooms: [{transport: %s, network: %s, owner: alice@localhost, room: %q}]}]\n", muc, loopbackDomain, loopbackNetwork, id)
	if err := os.WriteFile(w.configPath(), config, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	w.run(t)
	w.Network = loopbackclient.Dial(t, w.control, loopbackNetwork)
}
