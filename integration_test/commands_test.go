package integration_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/xmppclient"
)

const (
	execute = "<iq type='set' id='{id}' to='{to}'><command xmlns='http://jabber.org/protocol/commands' node='{node}' action='execute'/></iq>"
	form    = "/{http://jabber.org/protocol/commands}command"
)

// run executes a command that asks, hands in the fields (as XML), and gives the last answer.
func run(t *testing.T, c *xmppclient.Client, to, node, fields string) *xmppclient.Element {
	t.Helper()
	id := c.NewID()
	c.Send(t, execute, "id", id, "to", to, "node", node)
	answer := c.Expect(t, "iq[@id='"+id+"']")
	if fields == "" || answer.Attr("type") != "result" {
		return answer
	}
	session := answer.Find("iq" + form).Attr("sessionid")
	id = c.NewID()
	c.Send(t, "<iq type='set' id='{id}' to='{to}'><command xmlns='http://jabber.org/protocol/commands' node='{node}' sessionid='{session}' action='complete'>"+
		"<x xmlns='jabber:x:data' type='submit'>"+fields+"</x></command></iq>", "id", id, "to", to, "node", node, "session", session)
	return c.Expect(t, "iq[@id='"+id+"']")
}

func mustMatch(t *testing.T, e *xmppclient.Element, patterns ...string) {
	t.Helper()
	for _, p := range patterns {
		if !e.Matches(p) {
			t.Errorf("%s does not fit\n%s", e, p)
		}
	}
}

const commandsOf = "<iq type='get' id='{id}' to='{to}'><query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/></iq>"

var commands = []scenario{
	{"commands are found where they belong, and operators have more", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice, admin := w.client(t, "alice", "desk"), w.client(t, "admin", "desk")
		list := func(c *xmppclient.Client, to string) *xmppclient.Element {
			id := c.NewID()
			c.Send(t, commandsOf, "id", id, "to", to)
			return c.Expect(t, "iq[@type='result'][@id='"+id+"']")
		}
		mustMatch(t, list(alice, domain), "iq/{disco#items}query[item[@node='configure']][item[@node='ping']][item[@node='disconnect-from-irc-servers']][not(item[@node='disconnect-user'])]")
		mustMatch(t, list(admin, domain), "iq/{disco#items}query[item[@node='disconnect-user']][item[@node='http://jabber.org/protocol/admin#announce']]")
		mustMatch(t, list(alice, host+"@"+domain), "iq/{disco#items}query[item[@node='configure']][item[@node='get-irc-connection-info']]")
		mustMatch(t, list(alice, room), "iq/{disco#items}query[item[@node='configure']]")
		mustMatch(t, run(t, alice, domain, "ping", ""), "iq[@type='result']"+form+"[@status='completed']/note[text()='Pong']")
		mustMatch(t, run(t, alice, domain, "disconnect-user", ""), "iq[@type='error']")
		join(t, alice, room, "alice")
		mustMatch(t, run(t, alice, room+"/alice", "configure", ""), "iq[@type='error']/error/"+conditions+"feature-not-implemented")
	}},
	{"a person is told which settings have no effect on a network that the operator has described", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		id := alice.NewID()
		alice.Send(t, execute, "id", id, "to", host+"@"+domain, "node", "configure")
		alice.Expect(t, "iq[@id='"+id+"']"+form+"/{jabber:x:data}x[field[@var='address']][field[@var='ports']]/instructions[text()~'set by the operator']")
	}},
	{"a person's settings for a network are used at the next connection", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		bob := w.client(t, "bob", "desk")
		done := run(t, bob, host+"@"+domain, "configure", "<field var='realname'><value>Robert the Great</value></field><field var='username'><value>robert</value></field>")
		mustMatch(t, done, "iq[@type='result']"+form+"[@status='completed']")
		join(t, bob, room, "bob")
		dora.Send(t, "WHOIS bob")
		dora.Expect(t, ` 311 dora bob ~?robert \S+ \* :Robert the Great`)
		mustMatch(t, run(t, bob, host+"@"+domain, "get-irc-connection-info", ""), "iq"+form+"/note[text()~'Connected to IRC server "+host+" on port'][text()~'"+channel+" from 1 resource: desk']")
		id := bob.NewID()
		bob.Send(t, execute, "id", id, "to", host+"@"+domain, "node", "configure")
		bob.Expect(t, "iq[@id='"+id+"']"+form+"[@status='executing']/{jabber:x:data}x[field[@var='realname'][value[text()='Robert the Great']]]")
		done = run(t, bob, host+"@"+domain, "configure", "<field var='realname'><value/></field><field var='username'><value/></field>")
		mustMatch(t, done, "iq[@type='result']"+form+"[@status='completed']")
	}},
	{"people disconnect themselves from a server, and an operator anyone", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice, admin := w.client(t, "alice", "desk"), w.client(t, "admin", "desk")
		gone := func(nick, reason string) string {
			return "presence[@type='unavailable'][@from='" + room + "/" + nick + "'][status[text()='" + reason + "']]/{muc#user}x[status[@code='110']]"
		}
		goodbye := "<field var='irc-servers'><value>" + host + "</value></field><field var='quit-message'><value>that is all</value></field>"
		join(t, alice, room, "alice")
		run(t, alice, domain, "disconnect-from-irc-servers", goodbye)
		join(t, alice, room, "alice") // the answer of the command came after what it did
		mustMatch(t, run(t, alice, domain, "disconnect-from-irc-server", goodbye), "iq[@type='result']"+form+"[@status='completed'][@node='disconnect-from-irc-server']/note[text()='alice@localhost was disconnected from 1 IRC server.']")
		join(t, alice, room, "alice")
		id := admin.NewID()
		admin.Send(t, execute, "id", id, "to", domain, "node", "disconnect-from-irc-servers")
		asked := admin.Expect(t, "iq[@id='"+id+"']"+form+"[@status='executing'][actions[next]]/{jabber:x:data}x/field[@var='jid'][@type='list-single'][option[value[text()='alice@localhost']]]")
		next := func(action, fields string) *xmppclient.Element {
			id := admin.NewID()
			admin.Send(t, "<iq type='set' id='{id}' to='{to}'><command xmlns='http://jabber.org/protocol/commands' node='disconnect-from-irc-servers' sessionid='{session}' action='{action}'>"+
				"<x xmlns='jabber:x:data' type='submit'>"+fields+"</x></command></iq>", "id", id, "to", domain, "session", asked.Find("iq"+form).Attr("sessionid"), "action", action)
			return admin.Expect(t, "iq[@id='"+id+"']")
		}
		mustMatch(t, next("next", "<field var='jid'><value>alice@localhost</value></field>"), "iq"+form+"/{jabber:x:data}x[field[@var='irc-servers'][@type='list-multi'][option[value[text()='"+host+"']]]][field[@var='quit-message']]")
		mustMatch(t, next("complete", goodbye), "iq"+form+"[@status='completed']")
		alice.Expect(t, gone("alice", "that is all"))
	}},
	{"a channel's own word on its archive may be unset", func(t *testing.T, w *world) {
		_, room := w.channel()
		bob := w.client(t, "bob", "desk")
		now := func(value string) {
			t.Helper()
			id := bob.NewID()
			bob.Send(t, execute, "id", id, "to", room, "node", "configure")
			bob.Expect(t, "iq[@id='"+id+"']"+form+"/{jabber:x:data}x/field[@var='record_history'][@type='list-single'][value[text()='"+value+"']][option[value[text()='unset']]]")
		}
		now("unset")
		join(t, bob, room, "bob")
		run(t, bob, room, "configure", "<field var='record_history'><value>false</value></field>")
		now("false")
		say(t, bob, room, "off the record")
		bob.Expect(t, "message/body[text()='off the record']")
		run(t, bob, room, "configure", "<field var='record_history'><value>unset</value></field>")
		now("unset")
		say(t, bob, room, "on the record")
		bob.Expect(t, "message/body[text()='on the record']")
		bob.Send(t, archiveQuery+"</set></query></iq>", "id", "a1", "room", room)
		bob.ExpectNext(t, archived(room, "bob", "on the record"))
		run(t, bob, domain, "configure", "<field var='record_history'><value>0</value></field>")
		say(t, bob, room, "off again")
		bob.Expect(t, "message/body[text()='off again']")
		run(t, bob, domain, "configure", "<field var='record_history'><value>1</value></field>")
		if n := len(archivedIDs(t, bob, room)); n != 1 {
			t.Errorf("the archive has %d messages, want 1", n)
		}
	}},
	{"encodings of a server and of a channel, in and out", func(t *testing.T, w *world) {
		channel, room := w.channel()
		other, otherRoom := w.channel()
		dora := w.onIRC(t, "dora", channel, other)
		bob := w.client(t, "bob", "desk")
		mustMatch(t, run(t, bob, otherRoom, "configure", "<field var='encoding_in'><value>windows-1251</value></field><field var='encoding_out'><value>windows-1251</value></field>"), "iq"+form+"[@status='completed']")
		mustMatch(t, run(t, bob, host+"@"+domain, "configure", "<field var='encoding_in'><value>latin-9</value></field><field var='encoding_out'><value>latin-9</value></field>"), "iq"+form+"[@status='completed']")
		join(t, bob, room, "bob")
		join(t, bob, otherRoom, "bob")
		dora.Send(t, "PRIVMSG "+channel+" :5 \xa4", "PRIVMSG "+channel+" :5 €", "PRIVMSG "+other+" :\xef\xf0\xe8")
		bob.Expect(t, "message[@from='"+room+"/dora']/body[text()='5 €']")
		bob.Expect(t, "message[@from='"+room+"/dora']/body[text()='5 €']")
		bob.Expect(t, "message[@from='"+otherRoom+"/dora']/body[text()='при']")
		for channel, want := range map[string]string{channel: "6 \xa4", other: "\xef\xf0\xe8"} {
			say(t, bob, roomAddress(channel), map[string]string{"6 \xa4": "6 €", "\xef\xf0\xe8": "при"}[want])
			if got := dora.Expect(t, `^:bob\S+ PRIVMSG `+channel+` :(.*)$`)[1]; got != want {
				t.Errorf("%s hears %q, want %q", channel, got, want)
			}
		}
		run(t, bob, host+"@"+domain, "configure", "<field var='encoding_in'><value/></field><field var='encoding_out'><value/></field>")
	}},
	{"text that is not UTF-8 is read as Latin-1", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora.Say(t, channel, "caf\xe9")
		alice.Expect(t, "message[@from='"+room+"/dora']/body[text()='café']")
	}},
	{"the gateway stays in a persistent room, and tells later what was said", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<iq type='get' id='o1' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='o1']/{muc#owner}query/{jabber:x:data}x[@type='form'][field[@var='FORM_TYPE'][value[text()='http://jabber.org/protocol/muc#roomconfig']]][field[@var='persistent'][@type='boolean']][field[@var='encoding_in']]")
		alice.Send(t, "<iq type='set' id='o0' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query></iq>", "room", room)
		alice.Expect(t, "iq[@type='error'][@id='o0']/error/"+conditions+"feature-not-implemented")
		persistent := func(value string) {
			alice.Send(t, "<iq type='set' id='o2' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"+
				"<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field><field var='persistent'><value>{value}</value></field></x></query></iq>", "room", room, "value", value)
			alice.Expect(t, "iq[@type='result'][@id='o2']")
		}
		persistent("true")
		leave(t, alice, room, "alice")
		dora.Say(t, channel, "while you were out")
		dora.ExpectNone(t, `^:alice!\S+ (PART|QUIT)`)
		w.heard(t, alice, room, 1)
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x[status[@code='110']]")
		alice.ExpectNext(t, "message[@from='"+room+"/dora'][{urn:xmpp:delay}delay]/body[text()='while you were out']")
		alice.ExpectNext(t, "message/subject")
		leave(t, alice, room, "alice")
		persistent("false")
		dora.Expect(t, `^:alice!\S+ (PART|QUIT)`)
	}},
	{"the bot does by chat what the commands do", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		bot := "isthmus@" + domain
		ask := func(text, answer string) {
			t.Helper()
			alice.Send(t, "<message type='chat' to='{bot}' id='b1'><body>{text}</body></message>", "bot", bot, "text", text)
			alice.Expect(t, "message[@type='chat'][@from='"+bot+"']/body[text()~'"+answer+"']")
		}
		ask("help", "join")
		alice.Send(t, "<message type='chat' to='{domain}' id='b0'><body>ping</body></message>", "domain", domain)
		alice.Expect(t, "message[@from='"+domain+"']/body[text()~'Pong']")
		ask("ping", "Pong")
		alice.Send(t, "<message type='chat' to='{bot}' id='b1'><body>join #somewhere {host}</body></message>", "bot", bot, "host", host)
		alice.ExpectEach(t, "message[@from='"+bot+"'][{jabber:x:conference}x[@jid='#somewhere%"+host+"@"+domain+"']]",
			"message[@type='chat'][@from='"+bot+"']/body[text()~'xmpp:#somewhere%"+host+"@"+domain+"']")
		ask("list", "You are in no room")
		ask("list "+host, "not connected to "+host)
		join(t, alice, room, "alice")
		ask("list", strings.TrimPrefix(room, "#"))
		ask("list "+host, strings.TrimPrefix(room, "#"))
		ask("list "+host+" nothing-like-this", "lists no such room")
		ask("status", "connected")
		ask("frobnicate", "help")
	}},
	{"someone registers, and everything of theirs goes when they leave", func(t *testing.T, w *world) {
		_, room := w.channel()
		bob := w.client(t, "bob", "desk")
		bob.Send(t, "<iq type='get' id='r1' to='{domain}'><query xmlns='jabber:iq:register'/></iq>", "domain", domain)
		bob.Expect(t, "iq[@type='result'][@id='r1']/{jabber:iq:register}query[{jabber:x:data}x][not(registered)]")
		bob.Send(t, "<iq type='set' id='r2' to='{domain}'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'><field var='max_history_length'><value>7</value></field></x></query></iq>", "domain", domain)
		bob.Expect(t, "iq[@type='result'][@id='r2']")
		bob.Send(t, "<iq type='get' id='r3' to='{domain}'><query xmlns='jabber:iq:register'/></iq>", "domain", domain)
		bob.Expect(t, "iq[@type='result'][@id='r3']/{jabber:iq:register}query[registered]/{jabber:x:data}x/field[@var='max_history_length']/value[text()='7']")
		join(t, bob, room, "bob")
		say(t, bob, room, "soon gone")
		bob.Expect(t, "message/body[text()='soon gone']")
		bob.Send(t, "<iq type='set' id='r4' to='{domain}'><query xmlns='jabber:iq:register'><remove/></query></iq>", "domain", domain)
		bob.ExpectEach(t, "iq[@type='result'][@id='r4']", "presence[@type='unavailable'][@from='"+room+"/bob']/{muc#user}x[status[@code='110']]")
		bob.Send(t, archiveQuery+"</set></query></iq>", "id", "r5", "room", room)
		bob.Expect(t, "iq[@type='result'][@id='r5']/{urn:xmpp:mam:2}fin/{http://jabber.org/protocol/rsm}set/count[text()='0']")
	}},
	{"a client turns a name and a network into an address", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<iq type='get' id='g1' to='{domain}'><query xmlns='jabber:iq:gateway'/></iq>", "domain", domain)
		alice.Expect(t, "iq[@type='result'][@id='g1']/{jabber:iq:gateway}query[desc][prompt]")
		alice.Send(t, "<iq type='set' id='g2' to='{domain}'><query xmlns='jabber:iq:gateway'><prompt>#go-nuts, {host}</prompt></query></iq>", "domain", domain, "host", host)
		alice.Expect(t, "iq[@type='result'][@id='g2']/{jabber:iq:gateway}query/jid[text()='#go-nuts%"+host+"@"+domain+"']")
	}},
	{"an operator sees who is connected, tells them something, and disconnects one", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice, admin := w.client(t, "alice", "desk"), w.client(t, "admin", "desk")
		alice.Send(t, "<presence/>")
		join(t, alice, room, "alice")
		mustMatch(t, run(t, admin, domain, "http://jabber.org/protocol/admin#get-online-users-list", ""), "iq"+form+"/{jabber:x:data}x[@type='result']/item[field[value[text()='alice@localhost']]]")
		mustMatch(t, run(t, admin, domain, "http://jabber.org/protocol/admin#announce", "<field var='announcement'><value>A restart at noon.</value></field>"), "iq[@type='result']"+form+"[@status='completed']")
		alice.Expect(t, "message[@from='isthmus@"+domain+"']/body[text()='A restart at noon.']")
		mustMatch(t, run(t, admin, domain, "disconnect-user", "<field var='jids'><value>alice@localhost</value></field><field var='quit-message'><value>enough</value></field>"), "iq[@type='result']"+form+"[@status='completed']")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[status[@code='110']]")
	}},
}
