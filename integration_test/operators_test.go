package integration_test

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"isthmus/integration_test/xmppclient"
)

// edit changes the configuration file, one text for another.
func (w *world) edit(t *testing.T, pairs ...string) {
	t.Helper()
	config, err := os.ReadFile(w.configPath())
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(string(config), pairs[i]) {
			t.Fatalf("the configuration has no %q:\n%s", pairs[i], config)
		}
	}
	if err := os.WriteFile(w.configPath(), []byte(strings.NewReplacer(pairs...).Replace(string(config))), 0o600); err != nil {
		t.Fatal(err)
	}
}

// reload has the operator reload the configuration, and gives what the gateway says.
func reload(t *testing.T, admin *xmppclient.Client) *xmppclient.Element {
	t.Helper()
	return run(t, admin, domain, "reload", "")
}

const (
	people = "people: [alice@localhost, bob@localhost, admin@localhost]"
	out    = "/{muc#user}x[item[@affiliation='none'][@role='none'][reason]][status[@code='110']][status[@code='307']]"
)

func TestAnOperatorChangesTheConfigurationWhileTheGatewayRuns(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			w := k.start(t, "")
			_, room := w.channel()
			_, other := w.channel()
			alice, bob, admin := w.client(t, "alice", "desk"), w.client(t, "bob", "desk"), w.client(t, "admin", "desk")
			join(t, alice, room, "alice")
			join(t, bob, room, "bob")
			alice.Expect(t, "presence[@from='"+room+"/bob']")
			refused := func(c *xmppclient.Client, room, condition string) {
				t.Helper()
				c.Send(t, joinStanza, "room", room, "nick", "nick")
				c.Expect(t, "presence[@type='error'][@from='"+room+"/nick']/error["+conditions+condition+"]/"+conditions+"text")
			}

			// Who is taken out of the list is put out, and nobody else.
			w.edit(t, people, "people: [alice@localhost, admin@localhost]")
			mustMatch(t, reload(t, admin), "iq[@type='result']"+form+"[@status='completed']/note[text()~'In force now: "+domain+": people. These people were put out: bob@localhost.']")
			bob.Expect(t, "presence[@type='unavailable'][@from='"+room+"/bob']"+out)
			alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/bob']")
			refused(bob, room, "forbidden")
			say(t, alice, room, "still here")
			alice.Expect(t, "message[@from='"+room+"/alice']/body[text()='still here']")

			// A mistake changes nothing.
			w.edit(t, "people: [alice@localhost, admin@localhost]", "people: [a b]")
			mustMatch(t, reload(t, admin), "iq[@type='error']/error["+conditions+"not-acceptable]/"+conditions+"text[text()~'Nothing was changed.*people: .a b. is neither']")
			refused(bob, room, "forbidden")

			// A signal does the same as the command.
			w.edit(t, "people: [a b]", people)
			w.gateway.Signal(syscall.SIGHUP)
			for deadline := time.Now().Add(xmppclient.Patience); bob.Expect(t, bob.Ping(t, domain)).Attr("type") != "result"; {
				if time.Now().After(deadline) {
					t.Fatal("the gateway does not read its configuration when it gets SIGHUP")
				}
			}
			join(t, bob, room, "bob")
			alice.Expect(t, "presence[@from='"+room+"/bob']")

			// Limits hold for who comes now.
			w.edit(t, people, people+"\n    limits: {rooms: 1}")
			mustMatch(t, reload(t, admin), "iq[@type='result']"+form+"/note[text()~'In force now: "+domain+": limits']")
			refused(bob, other, "resource-constraint")

			// A network may be for some only.
			w.edit(t, "limits: {rooms: 1}", "network_people: {"+host+": [alice@localhost]}")
			mustMatch(t, reload(t, admin), "iq[@type='result']"+form+"/note[text()~'put out: bob@localhost']")
			bob.Expect(t, "presence[@type='unavailable'][@from='"+room+"/bob']"+out)
			refused(bob, room, "forbidden")

			// Registration may be needed, and may be for some only.
			w.edit(t, "network_people: {"+host+": [alice@localhost]}", "registration: [bob@localhost]\n    registration_required: true")
			mustMatch(t, reload(t, admin), "iq[@type='result']"+form+"/note[text()~'put out: alice@localhost']")
			alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']"+out)
			refused(alice, room, "registration-required")
			alice.Send(t, "<iq type='get' id='r0' to='{domain}'><query xmlns='jabber:iq:register'/></iq>", "domain", domain)
			alice.Expect(t, "iq[@type='error'][@id='r0']/error["+conditions+"not-allowed]")
			refused(bob, room, "registration-required")
			bob.Send(t, "<iq type='set' id='r1' to='{domain}'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'/></query></iq>", "domain", domain)
			bob.Expect(t, "iq[@type='result'][@id='r1']")
			join(t, bob, room, "bob")

			// What needs a restart is named, and networks can be taken away.
			w.edit(t, "host: "+host, "host: irc.elsewhere.example", "tcp://", "tcp://localhost.invalid:1#")
			mustMatch(t, reload(t, admin), "iq[@type='result']"+form+"[note[@type='info'][text()~'options.*put out: bob@localhost']][note[@type='warn'][text()~'Restart.*"+domain+": server']]")
			bob.Expect(t, "presence[@type='unavailable'][@from='"+room+"/bob']"+out)
			refused(bob, room, "forbidden")
			mustMatch(t, run(t, bob, domain, "reload", ""), "iq[@type='error']/error/"+conditions+"forbidden")
		})
	}
}
