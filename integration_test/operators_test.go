package integration_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"isthmus/integration_test/servers"
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
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
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
			until(t, "bob is let in by SIGHUP", func() bool { return bob.Expect(t, bob.Ping(t, domain)).Attr("type") == "result" })
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

func TestWhoIsLetInAgainIsBackInTheRoomsThatTheGatewayStaysIn(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	dora := w.onIRC(t, "dora", channel)
	bob, admin := w.client(t, "bob", "desk"), w.client(t, "admin", "desk")
	bob.Send(t, "<presence/>")
	join(t, bob, room, "bob")
	mustMatch(t, run(t, bob, room, "configure", "<field var='persistent'><value>true</value></field>"), "iq[@type='result']"+form+"[@status='completed']")
	bob.Send(t, "<presence type='subscribe' to='{domain}'/>", "domain", domain)
	leave(t, bob, room, "bob")
	dora.ExpectNone(t, `^:bob!\S+ (PART|QUIT)`)

	w.edit(t, people, "people: [alice@localhost, admin@localhost]")
	mustMatch(t, reload(t, admin), "iq[@type='result']"+form+"/note[text()~'put out: bob@localhost']")
	dora.Expect(t, `^:bob!\S+ QUIT`)
	bob.Expect(t, "presence[@type='unavailable'][@from='"+domain+"']")

	w.edit(t, "people: [alice@localhost, admin@localhost]", people)
	mustMatch(t, reload(t, admin), "iq[@type='result']"+form+"/note[text()~'In force now']")
	dora.Expect(t, `^:bob!\S+ JOIN`)
	bob.Expect(t, "presence[not(@type)][@from='"+domain+"']")
}

// deleteAccount has the XMPP server delete the account of a client's.
func (w *world) deleteAccount(t *testing.T, c *xmppclient.Client) {
	t.Helper()
	if w.xmpp.Name == "prosody" {
		c.Send(t, "<iq type='set' id='gone' to='{host}'><query xmlns='jabber:iq:register'><remove/></query></iq>", "host", servers.Host)
		return
	}
	user, _, _ := strings.Cut(c.Bare(), "@")
	response, err := http.Post("http://"+w.xmpp.HTTP+"/api/unregister", "application/json", strings.NewReader(fmt.Sprintf(`{"user":%q,"host":%q}`, user, servers.Host)))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("ejabberd does not delete the account: %s", response.Status)
	}
}

func TestAPersonWhoIsGoneIsCleanedUp(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			w := k.start(t, "")
			_, room := w.channel()
			alice, bob, admin := w.client(t, "alice", "desk"), w.client(t, "bob", "desk"), w.client(t, "admin", "desk")
			alice.Send(t, "<presence/>")
			bob.Send(t, "<presence/>")
			join(t, alice, room, "alice")
			for _, c := range []*xmppclient.Client{alice, bob} {
				c.Send(t, "<iq type='set' id='r1' to='{domain}'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'/></query></iq>", "domain", domain)
				c.ExpectEach(t, "iq[@type='result'][@id='r1']", "presence[@type='subscribe'][@from='"+domain+"']")
				c.Send(t, "<presence type='subscribed' to='{domain}'/>", "domain", domain)
				c.Send(t, "<presence type='subscribe' to='{domain}'/>", "domain", domain)
				c.Expect(t, "presence[not(@type)][@from='"+domain+"']")
				c.Drain(t, domain)
			}
			list := func() *xmppclient.Element {
				t.Helper()
				return run(t, admin, domain, "http://jabber.org/protocol/admin#get-registered-users-list", "")
			}
			registered := func(who, word string) string {
				return "iq[@type='result']" + form + "/{jabber:x:data}x/item[field[@var='person'][value[text()='" + who + "']]][field[@var='registered'][value[text()='" + word + "']]]"
			}
			mustMatch(t, list(), registered("alice@localhost", "yes"), registered("bob@localhost", "yes"))

			// When the server deletes an account, its registration ends, and what is kept stays.
			w.deleteAccount(t, bob)
			until(t, "bob is not registered any more", func() bool { return list().Matches(registered("bob@localhost", "no")) })
			mustMatch(t, list(), registered("alice@localhost", "yes"))
			mustMatch(t, run(t, admin, domain, "http://jabber.org/protocol/admin#get-user-lastlogin", "<field var='accountjid'><value>bob@localhost</value></field>"),
				"iq[@type='result']"+form+"/{jabber:x:data}x/field[@var='lastlogin']/value[text()~'^2[0-9-]+$']")
			mustMatch(t, run(t, admin, domain, "http://jabber.org/protocol/admin#get-online-users-num", ""), "iq"+form+"/{jabber:x:data}x/field[@var='onlineusersnum']/value[text()='1']")

			// The operator sees who has been away, and removes whom they choose.
			mustMatch(t, run(t, admin, domain, "clean-up", "<field var='days'><value>1</value></field>"), "iq[@type='result']"+form+"[@status='completed']/note[text()~'Everybody has been here within 1 days']")
			id := admin.NewID()
			admin.Send(t, "<iq type='set' id='{id}' to='{domain}'><command xmlns='http://jabber.org/protocol/commands' node='clean-up'><x xmlns='jabber:x:data' type='submit'><field var='days'><value>0</value></field></x></command></iq>", "id", id, "domain", domain)
			offered := admin.Expect(t, "iq[@type='result'][@id='"+id+"']")
			mustMatch(t, offered, "iq"+form+"[@status='executing']/{jabber:x:data}x/field[@var='accountjids'][option[@label~'bob@localhost, last here 2.*registered: no'][value[text()='bob@localhost']]]")
			id = admin.NewID()
			admin.Send(t, "<iq type='set' id='{id}' to='{domain}'><command xmlns='http://jabber.org/protocol/commands' node='clean-up' sessionid='{session}' action='complete'>"+
				"<x xmlns='jabber:x:data' type='submit'><field var='accountjids'><value>bob@localhost</value></field></x></command></iq>",
				"id", id, "domain", domain, "session", offered.Find("iq"+form).Attr("sessionid"))
			admin.Expect(t, "iq[@id='"+id+"']"+form+"[@status='completed']/note[text()='Removed: bob@localhost.']")
			if left := list(); left.Matches("iq"+form+"/{jabber:x:data}x/item/field[@var='person']/value[text()='bob@localhost']") || !left.Matches(registered("alice@localhost", "yes")) {
				t.Errorf("after the removal: %s", left)
			}
			say(t, alice, room, "still here")
			alice.Expect(t, "message[@from='"+room+"/alice']/body[text()='still here']")

			// Who takes the gateway out of the contact list is no longer registered.
			alice.Send(t, "<iq type='set' id='r2'><query xmlns='jabber:iq:roster'><item jid='{domain}' subscription='remove'/></query></iq>", "domain", domain)
			until(t, "alice is not registered any more", func() bool { return list().Matches(registered("alice@localhost", "no")) })
		})
	}
}

func TestAPersonGetsAllThatIsKeptOfThem(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			w := k.start(t, "")
			_, room := w.channel()
			alice := w.client(t, "alice", "desk")
			join(t, alice, room, "alice")
			say(t, alice, room, "words to keep")
			alice.Expect(t, "message[@from='"+room+"/alice']/body[text()='words to keep']")
			mustMatch(t, run(t, alice, host+"@"+domain, "configure", "<field var='pass'><value>hunter2</value></field><field var='realname'><value>Alice L</value></field>"), "iq[@type='result']"+form+"[@status='completed']")
			done := run(t, alice, domain, "export", "")
			mustMatch(t, done, "iq[@type='result']"+form+"[@status='completed']/note[text()~'isthmus.jsonl.gz']")
			url := regexp.MustCompile(`http\S+`).FindString(done.Find("iq" + form + "/note").Text)
			response, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			content, err := gzip.NewReader(response.Body)
			if err != nil {
				t.Fatalf("%s: %s: %v", url, response.Status, err)
			}
			all, err := io.ReadAll(content)
			if err != nil || !strings.Contains(string(all), "words to keep") || !strings.Contains(string(all), "Alice L") || strings.Contains(string(all), "hunter2") {
				t.Errorf("%v: %s", err, all)
			}
		})
	}
}
