package integration_test

import (
	"testing"
	"time"

	"isthmus/integration_test/loopbackclient"
	"isthmus/integration_test/xmppclient"
	"isthmus/transports"
)

// logins is a network on which accounts come by logins alone, and membership lasts.
const logins = `      logins: true
      durable: true
`

func TestLogins(t *testing.T) {
	t.Parallel()
	for _, k := range loopbackKinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			w := k.start(t, logins)
			for _, s := range loginScenarios {
				t.Run(s.name, func(t *testing.T) { s.run(t, w) })
			}
		})
	}
}

// stages executes a command and hands in a form for each of these fields (as XML), in the session that it gives; the last answer is given back.
func stages(t *testing.T, c *xmppclient.Client, to, node string, fields ...string) *xmppclient.Element {
	t.Helper()
	id := c.NewID()
	c.Send(t, execute, "id", id, "to", to, "node", node)
	answer := c.Expect(t, "iq[@id='"+id+"']")
	for _, f := range fields {
		mustMatch(t, answer, "iq[@type='result']"+form+"[@status='executing']")
		if t.Failed() {
			t.FailNow()
		}
		id = c.NewID()
		c.Send(t, "<iq type='set' id='{id}' to='{to}'><command xmlns='http://jabber.org/protocol/commands' node='{node}' sessionid='{session}' action='next'>"+
			"<x xmlns='jabber:x:data' type='submit'>"+f+"</x></command></iq>", "id", id, "to", to, "node", node, "session", answer.Find("iq"+form).Attr("sessionid"))
		answer = c.Expect(t, "iq[@id='"+id+"']")
	}
	return answer
}

func field(name, value string) string {
	return "<field var='" + name + "'><value>" + value + "</value></field>"
}

// member is a user of the network who can log in by a name, and is in a room where Ida is as well.
func (w *loopbackWorld) member(t *testing.T, name string) (self transports.UserID, ida *loopbackclient.Person, id transports.RoomID, room string) {
	t.Helper()
	id, room = w.room(t)
	user := w.AddPerson(t, name)
	w.AddLogin(t, user.ID, name, "sesame", "123456")
	ida = w.AddPerson(t, "Ida Lovelace")
	ida.Join(t, id)
	user.Join(t, id)
	return user.ID, ida, id, room
}

// loggedIn logs in by the form.
func loggedIn(t *testing.T, c *xmppclient.Client, name string, more ...string) {
	t.Helper()
	answer := stages(t, c, loopbackDomain, "login", append([]string{field("way", "form"), field("name", name) + field("password", "sesame")}, more...)...)
	mustMatch(t, answer, "iq[@type='result']"+form+"[@status='completed']/note[text()~'You are logged in']")
}

const completed = "iq[@type='result']" + form + "[@status='completed']"

// loggedOut ends an account of a scenario.
func loggedOut(t *testing.T, c *xmppclient.Client, key string) {
	t.Helper()
	mustMatch(t, stages(t, c, loopbackDomain, "logout", field("account", key)), completed+"/note[text()~'You are logged out']")
}

// account is the presence of an account, as a person has it in the roster.
func account(key, show, status string) string {
	p := "presence[not(@type)][@from='" + key + "@" + loopbackDomain + "']"
	if show == "" {
		return p + "[not(show)]"
	}
	return p + "[show[text()='" + show + "']][status[text()~'" + status + "']]"
}

var loginScenarios = []loopbackScenario{
	{"a person logs in by a form and is in the rooms that the account is in", func(t *testing.T, w *loopbackWorld) {
		self, ida, id, room := w.member(t, "ada")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		answer := stages(t, alice, loopbackDomain, "login", field("way", "form"), field("name", "ada")+field("password", "wrong"))
		mustMatch(t, answer, "iq[@type='result']"+form+"[@status='executing'][note[@type='error'][text()~'password is wrong']]/{jabber:x:data}x/field[@var='name'][value[text()='ada']]")
		alice.Send(t, "<iq type='set' id='again' to='{to}'><command xmlns='http://jabber.org/protocol/commands' node='login' sessionid='{session}'><x xmlns='jabber:x:data' type='submit'>"+
			field("name", "ada")+field("password", "sesame")+"</x></command></iq>", "to", loopbackDomain, "session", answer.Find("iq"+form).Attr("sessionid"))
		alice.ExpectEach(t, "presence[@type='subscribe'][@from='"+loopbackDomain+"']", "presence[@type='subscribe'][@from='"+loopbackNetwork+"@"+loopbackDomain+"']",
			"iq[@id='again']"+form+"[@status='completed']/note[text()~'You are logged in']")
		alice.Send(t, "<presence type='subscribe' to='{account}'/>", "account", loopbackNetwork+"@"+loopbackDomain)
		alice.Expect(t, account(loopbackNetwork, "", ""))

		items := "<iq type='get' id='{id}' to='{to}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>"
		alice.Send(t, items, "id", "i1", "to", loopbackDomain)
		alice.Expect(t, "iq[@type='result'][@id='i1']/{disco#items}query/item[@jid='"+loopbackNetwork+"@"+loopbackDomain+"'][@name='ada on loopback']")
		alice.Send(t, items, "id", "i2", "to", loopbackNetwork+"@"+loopbackDomain)
		alice.Expect(t, "iq[@type='result'][@id='i2']/{disco#items}query/item[@jid='"+room+"']")

		// What is said while nobody is inside is shown to who comes in, and stands in the archive.
		ida.Say(t, id, "is anybody here?")
		alice.Send(t, "<message to='isthmus@{domain}' type='chat'><body>list</body></message>", "domain", loopbackDomain)
		alice.Expect(t, "message[@from='isthmus@"+loopbackDomain+"']/body[text()~'"+room+"']")
		archived := func() {
			q := alice.NewID()
			alice.Send(t, archiveQuery+"</set></query></iq>", "id", q, "room", room)
			alice.Expect(t, "message[@from='"+room+"']/{urn:xmpp:mam:2}result/{urn:xmpp:forward:0}forwarded/{jabber:client}message/body[text()='is anybody here?']")
			alice.Expect(t, "iq[@id='"+q+"']")
		}
		archived()
		alice.Send(t, joinStanza, "room", room, "nick", "ada")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='is anybody here?']")
		alice.Expect(t, "message[@type='groupchat']/subject")
		say(t, alice, room, "I am")
		ida.Hears(t, "I am")

		// Closing the client leaves nothing; the word does.
		leave(t, alice, room, "ada")
		ida.Say(t, id, "and now?")
		alice.Send(t, joinStanza, "room", room, "nick", "ada")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='and now?']")
		alice.Expect(t, "message[@type='groupchat']/subject")
		mustMatch(t, stages(t, alice, room, "leave", ""), completed+"/note[text()~'You have left']")
		loopbackclient.Expect(t, ida, func(e transports.MemberLeft) bool { return e.User.ID == self && e.Room == id })
		said := say(t, alice, room, "am I out?")
		alice.Expect(t, "message[@type='error'][@id='"+said+"']/error/"+conditions+"not-acceptable")
		loggedOut(t, alice, loopbackNetwork)
	}},
	{"a second account has a name of its own", func(t *testing.T, w *loopbackWorld) {
		_, _, _, room := w.member(t, "bee")
		second := w.AddPerson(t, "ben")
		w.AddLogin(t, second.ID, "ben", "", "654321")
		bob := w.client(t, "bob", "desk")
		loggedIn(t, bob, "bee")
		answer := stages(t, bob, loopbackDomain, "login", field("way", "code"), field("name", "ben"), field("code", "654321"))
		mustMatch(t, answer, "iq"+form+"[@status='executing']/{jabber:x:data}x/field[@var='alias']")
		mustMatch(t, stages(t, bob, loopbackDomain, "login", field("way", "code"), field("name", "ben"), field("code", "654321"), field("alias", "Work")),
			completed+"/note[text()~'The account is work@"+loopbackDomain+"']")
		join(t, bob, room, "bee")
		answer = stages(t, bob, loopbackDomain, "accounts")
		mustMatch(t, answer, completed+"[not(note)]/{jabber:x:data}x[item[field[@var='account'][value[text()='loopback']]]][item[field[@var='account'][value[text()='work']]]]")
		mustMatch(t, stages(t, bob, loopbackDomain, "rename", field("account", "work"), field("alias", "job")), completed+"/note[text()~'is called job now']")
		loggedOut(t, bob, "job")
		loggedOut(t, bob, loopbackNetwork)
		bob.Send(t, joinStanza, "room", room, "nick", "bee")
		bob.Expect(t, "presence[@type='error'][@from='"+room+"/bee']/error/"+conditions+"registration-required")
	}},
	{"the bot waits for another device", func(t *testing.T, w *loopbackWorld) {
		self, _, _, _ := w.member(t, "cleo")
		carol := w.client(t, "carol", "desk")
		carol.Send(t, "<message to='isthmus@{domain}' type='chat'><body>login link</body></message>", "domain", loopbackDomain)
		carol.Expect(t, "message[@from='isthmus@"+loopbackDomain+"']/body[text()~'https://loopback.invalid/login/']")
		if !w.Approve(t, w.Shown(t)[0], self, nil) {
			t.Fatal("no login waits")
		}
		carol.Expect(t, "message[@from='isthmus@"+loopbackDomain+"']/body[text()~'You are logged in as cleo']")
		loggedOut(t, carol, loopbackNetwork)
	}},
	{"who is refused is told once, and logs in again", func(t *testing.T, w *loopbackWorld) {
		self, _, _, room := w.member(t, "dot")
		alice, phone := w.client(t, "alice", "desk"), w.client(t, "alice", "phone")
		alice.Send(t, "<presence/>")
		comesOnline(t, phone) // it sees how the account stands, whatever the other one waits for
		loggedIn(t, alice, "dot")
		alice.Send(t, "<presence type='subscribe' to='{account}'/>", "account", loopbackNetwork+"@"+loopbackDomain)
		phone.Expect(t, account(loopbackNetwork, "", ""))
		join(t, alice, room, "dot")
		w.Revoke(t, self)
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/dot'][status[text()~'credentials']]/{muc#user}x[status[@code='110']]")
		alice.Expect(t, "message[@from='"+loopbackNetwork+"@"+loopbackDomain+"']/body[text()~'not connected any more'][text()~'login']")
		phone.Expect(t, account(loopbackNetwork, "xa", "Log in again"))
		alice.Send(t, joinStanza, "room", room, "nick", "dot")
		alice.Expect(t, "presence[@type='error'][@from='"+room+"/dot']/error/"+conditions+"text[text()~'not connected'][text()~'login']")
		loggedIn(t, alice, "dot")
		phone.Expect(t, account(loopbackNetwork, "", ""))
		join(t, alice, room, "dot")
		loggedOut(t, alice, loopbackNetwork)
		said := say(t, alice, room, "am I out?")
		alice.Expect(t, "message[@type='error'][@id='"+said+"']/error/"+conditions+"registration-required")
	}},
	{"rooms of an account are bookmarks of the person, and what was read elsewhere is read", func(t *testing.T, w *loopbackWorld) {
		self, ida, id, room := w.member(t, "fay")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		loggedIn(t, alice, "fay")
		alice.Send(t, "<presence type='subscribe' to='{account}'/>", "account", loopbackNetwork+"@"+loopbackDomain)
		alice.Expect(t, account(loopbackNetwork, "", ""))
		node := func(name, shows string) {
			t.Helper()
			for deadline := time.Now().Add(xmppclient.Patience); time.Now().Before(deadline); { // the gateway asks her server when it is connected, and nobody is told of the end of that
				q := alice.NewID()
				alice.Send(t, "<iq type='get' id='{id}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='{node}'/></pubsub></iq>", "id", q, "node", name)
				if alice.Expect(t, "iq[@id='"+q+"']").Matches("iq/{http://jabber.org/protocol/pubsub}pubsub/items/item[@id='" + room + "']/" + shows) {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Fatalf("the node %s has no %s", name, shows)
		}
		if privileged(t) { // what ejabberd 23.01 grants holds no requests in a person's name
			node("urn:xmpp:bookmarks:1", "{urn:xmpp:bookmarks:1}conference[@autojoin='true'][nick[text()='fay']]")
		}
		join(t, alice, room, "fay")
		hers := ida.Say(t, id, "have you read this?")
		alice.Expect(t, "message/body[text()='have you read this?']")
		w.TakeOver(t, self).Do(t, transports.MarkRead{Place: transports.InRoom(id), Upto: hers})
		if privileged(t) {
			node("urn:xmpp:mds:displayed:0", "{urn:xmpp:mds:displayed:0}displayed/{urn:xmpp:sid:0}stanza-id[@id='"+xmppID(hers)+"'][@by='"+room+"']")
		} else {
			alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/fay']/{urn:xmpp:chat-markers:0}displayed[@id='"+xmppID(hers)+"']")
		}
		loggedOut(t, alice, loopbackNetwork)
	}},
	{"a thread with a room of its own is told", func(t *testing.T, w *loopbackWorld) {
		_, ida, id, _ := w.member(t, "hal")
		bob := w.client(t, "bob", "desk")
		bob.Send(t, "<presence/>")
		loggedIn(t, bob, "hal")
		bob.Send(t, "<presence type='subscribe' to='{account}'/>", "account", loopbackNetwork+"@"+loopbackDomain)
		bob.Expect(t, account(loopbackNetwork, "", ""))
		thread := loopbackAddress(string(ida.AddThread(t, id, ida.Say(t, id, "who wants cake?"), "Cake")))
		bob.Expect(t, "message[@from='"+thread+"'][{jabber:x:conference}x[@jid='"+thread+"']]/{muc#user}x/invite/reason[text()~'^A thread .* was begun in Room']")
		join(t, bob, thread, "hal")
		loggedOut(t, bob, loopbackNetwork)
	}},
	{"the spaces of the network are found, and the rooms in them", func(t *testing.T, w *loopbackWorld) {
		self, _, _, _ := w.member(t, "gil")
		space := w.AddSpace(t, "The club")
		inside := w.AddRoom(t, "The bar", space)
		w.TakeOver(t, self).Join(t, inside)
		bob := w.client(t, "bob", "desk")
		bob.Send(t, "<presence/>")
		loggedIn(t, bob, "gil")
		at := loopbackNetwork + "@" + loopbackDomain
		bob.Send(t, "<presence type='subscribe' to='{account}'/>", "account", at)
		bob.Expect(t, account(loopbackNetwork, "", ""))
		bob.Send(t, "<iq type='get' id='sp1' to='{to}'><query xmlns='http://jabber.org/protocol/disco#items'><filter xmlns='urn:xmpp:pubsub-filter:0'><x xmlns='jabber:x:data' type='submit'>"+
			"<field var='included-types'><value>urn:xmpp:spaces:0</value></field></x></filter></query></iq>", "to", at)
		bob.Expect(t, "iq[@type='result'][@id='sp1']/{disco#items}query/item[@node='"+string(space)+"'][@name='The club']")
		bob.Send(t, "<iq type='get' id='sp2' to='{to}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='{node}'/></pubsub></iq>", "to", at, "node", string(space))
		bob.Expect(t, "iq[@type='result'][@id='sp2']/{http://jabber.org/protocol/pubsub}pubsub/items/item[@id='"+loopbackAddress(string(inside))+"']/{urn:xmpp:bookmarks:1}conference[@name='The bar']")
		loggedOut(t, bob, loopbackNetwork)
	}},
	{"accounts come back after a restart, with the credentials of now", func(t *testing.T, w *loopbackWorld) {
		self, _, _, room := w.member(t, "eve")
		bob := w.client(t, "bob", "desk")
		bob.Send(t, "<presence/>")
		loggedIn(t, bob, "eve")
		bob.Send(t, "<presence type='subscribe' to='{account}'/>", "account", loopbackNetwork+"@"+loopbackDomain)
		bob.Expect(t, account(loopbackNetwork, "", ""))
		w.Renew(t, self)
		join(t, bob, room, "eve")
		if err := w.gateway.Stop(); err != nil {
			t.Fatal(err)
		}
		bob.Expect(t, "presence[@type='unavailable'][@from='"+loopbackNetwork+"@"+loopbackDomain+"']")
		w.start()
		bob.Expect(t, account(loopbackNetwork, "", ""))
		join(t, bob, room, "eve")
		id2 := bob.NewID()
		bob.Send(t, "<iq type='set' id='{id}' to='{to}'><query xmlns='jabber:iq:register'><remove/></query></iq>", "id", id2, "to", loopbackDomain)
		bob.Expect(t, "iq[@type='result'][@id='"+id2+"']")
		mustMatch(t, stages(t, bob, loopbackDomain, "accounts"), completed+"/note[text()~'You have no account']")
	}},
}
