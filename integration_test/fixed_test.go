package integration_test

import (
	"fmt"
	"testing"
)

// fixed is what happens where the whole domain is one IRC server: rooms are #channel@domain, users nick@domain, the domain is the server.
var fixed = []scenario{
	{"a channel and a person have addresses without a server", func(t *testing.T, w *world) {
		dora := w.onIRC(t, "Dora", "#lobby")
		room := "#lobby@" + domain
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		join(t, alice, room, "alice")
		say(t, alice, room, "hello")
		dora.Expect(t, `^:alice!\S+ PRIVMSG #lobby :hello$`)
		alice.Expect(t, "message[@from='"+room+"/alice']/body[text()='hello']")
		dora.Say(t, "alice", "psst")
		alice.Expect(t, "message[@type='chat'][@from='dora@"+domain+"']/body[text()='psst']")
		alice.Send(t, "<message to='dora@{domain}' type='chat' id='c1'><body>yes?</body></message>", "domain", domain)
		dora.Expect(t, `^:alice!\S+ PRIVMSG Dora :yes\?$`)
		alice.Send(t, archiveQuery+"</set></query></iq>", "id", "a1", "room", room)
		alice.Expect(t, archived(room, "alice", "hello"))
		alice.Expect(t, alice.Ping(t, room+"/alice"), "iq[@type='result']")
		alice.Send(t, "<iq type='get' id='d1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='d1']/{disco#info}query[identity[@category='conference'][@type='irc'][@name='#lobby on "+host+"']]")
	}},
	{"a percent sign is part of a channel's name", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		join(t, alice, "#foo%bar@"+domain, "alice")
		w.onIRC(t, "dora", "#foo%bar").Send(t, "NAMES #foo%bar")
	}},
	{"the domain is the server: raw lines, its rooms, its presence", func(t *testing.T, w *world) {
		dora := w.onIRC(t, "dora")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		alice.Send(t, "<presence type='subscribe' to='{domain}'/>", "domain", domain)
		alice.Send(t, joinStanza, "room", "#domain@"+domain, "nick", "alice")
		alice.Expect(t, "presence[not(@type)][@from='"+domain+"']")
		alice.Expect(t, "message/subject")
		alice.Send(t, "<message type='chat' to='{domain}' id='l1'><body>WHOIS dora</body></message>", "domain", domain)
		alice.Expect(t, "message[@from='"+domain+"']/body[text()~'dora']")
		alice.Send(t, "<iq type='get' id='i1' to='{domain}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>", "domain", domain)
		alice.Expect(t, "iq[@type='result'][@id='i1']/{disco#items}query[item[@jid='#domain@"+domain+"']]")
		alice.Send(t, "<iq type='get' id='i2' to='{domain}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "domain", domain)
		alice.Expect(t, "iq[@type='result'][@id='i2']/{disco#info}query[identity[@category='gateway'][@type='irc']][identity[@category='conference'][@type='irc']]")
		dora.ExpectNone(t, "WHOIS")
		leave(t, alice, "#domain@"+domain, "alice")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+domain+"']")
	}},
	{"the commands of the gateway and of the server are at the domain", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		alice.Send(t, commandsOf, "id", "c1", "to", domain)
		alice.Expect(t, "iq[@type='result'][@id='c1']/{disco#items}query[item[@node='global-configure']][item[@node='server-configure']][item[@node='get-irc-connection-info']][item[@node='ping']]")
		mustMatch(t, run(t, alice, domain, "get-irc-connection-info", ""), "iq"+form+"/note[text()='You are not connected to the IRC server "+host+"']")
		mustMatch(t, run(t, alice, domain, "global-configure", "<field var='max_history_length'><value>42</value></field>"), "iq[@type='result']"+form+"[@status='completed']")
		mustMatch(t, run(t, alice, domain, "server-configure", "<field var='realname'><value>Alice</value></field>"), "iq[@type='result']"+form+"[@status='completed']")
		join(t, alice, "#commands@"+domain, "alice")
		mustMatch(t, run(t, alice, domain, "get-irc-connection-info", ""), "iq"+form+"/note[text()~'Connected to IRC server "+host+" on port'][text()~'#commands from 1 resource: desk']")
		alice.Send(t, "<iq type='get' id='o1' to='#commands@{domain}'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>", "domain", domain)
		alice.Expect(t, "iq[@type='result'][@id='o1']/{muc#owner}query/{jabber:x:data}x[field[@var='persistent']]")
		alice.Send(t, "<iq type='set' id='g1' to='{domain}'><query xmlns='jabber:iq:gateway'><prompt>#go-nuts</prompt></query></iq>", "domain", domain)
		alice.Expect(t, "iq[@type='result'][@id='g1']/{jabber:iq:gateway}query/jid[text()='#go-nuts@"+domain+"']")
	}},
}

func TestOneFixedServer(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	if err := w.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	w.configure(t, "sqlite:"+w.dir+"/fixed.db", fmt.Sprintf("{host: %s, address: %q, plain: true, burst: 200, rate: 200}\n      fixed: %s", host, w.irc.Plain, host))
	w.run(t)
	for _, s := range fixed {
		t.Run(s.name, func(t *testing.T) { s.run(t, w) })
	}
}
