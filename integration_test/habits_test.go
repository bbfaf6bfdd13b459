package integration_test

import "testing"

// What people of other gateways are used to (beside rooms, talks and settings).
var habits = []scenario{
	{"a message to the server is a raw line, and answers come from it", func(t *testing.T, w *world) {
		channel, room := w.channel()
		w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		join(t, alice, room, "alice")
		alice.Send(t, "<message type='chat' to='{server}' id='l1'><body>WHOIS dora</body></message>", "server", host+"@"+domain)
		alice.Expect(t, "message[@from='"+host+"@"+domain+"']/body[text()~'dora']")
	}},
	{"/mode and the like are commands, other slashes are text", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora := w.onIRC(t, "dora", channel)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/dora']")
		say(t, alice, room, "/mode +o dora")
		dora.Expect(t, `MODE `+channel+` \+o :?dora`)
		alice.ExpectEach(t, "message[@from='"+room+"/alice']/body[text()='/mode +o dora']", "presence[@from='"+room+"/dora']/{muc#user}x/item[@role='moderator']")
		say(t, alice, room, "/usr/bin is a folder")
		dora.Expect(t, "PRIVMSG "+channel+" :/usr/bin is a folder")
	}},
	{"invitations go both ways", func(t *testing.T, w *world) {
		_, room := w.channel()
		dora := w.onIRC(t, "dora")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		join(t, alice, room, "alice")
		alice.Send(t, "<message to='{room}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='{dora}'/></x></message>", "room", room, "dora", userAddress("dora"))
		dora.Expect(t, `^:alice!\S+ INVITE dora`)
		alice.Expect(t, "message[@from='"+room+"']/body[text()~'dora has been invited']")
		bob := w.client(t, "bob", "desk")
		comesOnline(t, bob)
		alice.Send(t, "<message to='{room}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='bob@localhost'/></x></message>", "room", room)
		bob.Expect(t, "message[@from='"+room+"']/{muc#user}x/invite[@from='"+alice.JID+"']")
		other, otherRoom := w.channel()
		dora.Join(t, other)
		dora.Send(t, "INVITE alice "+other)
		alice.Expect(t, "message[@from='"+otherRoom+"']/{muc#user}x/invite[@from='"+userAddress("dora")+"']")
	}},
	{"programs ask each other for their version", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<iq type='get' id='v1' to='{room}/dora'><query xmlns='jabber:iq:version'/></iq>", "room", room)
		dora.Expect(t, "PRIVMSG dora :\x01VERSION\x01")
		dora.Send(t, "NOTICE alice :\x01VERSION irssi 1.4\x01")
		alice.Expect(t, "iq[@type='result'][@id='v1']/{jabber:iq:version}query/name[text()~'irssi']")
	}},
	{"the network's rooms are listed", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<iq type='get' id='d1' to='{server}'><query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'><max>100</max></set></query></iq>", "server", host+"@"+domain)
		alice.Expect(t, "iq[@type='result'][@id='d1']/{disco#items}query[item[@jid='"+roomAddress(channel)+"']][{http://jabber.org/protocol/rsm}set[count]]")
	}},
	{"a ban acts, and is listed", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora := w.onIRC(t, "dora", channel)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/dora']")
		alice.Send(t, "<iq type='set' id='b1' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='dora' affiliation='outcast'><reason>spam</reason></item></query></iq>", "room", room)
		dora.Expect(t, `^:alice!\S+ KICK `+channel+` dora :spam$`)
		alice.ExpectEach(t, "iq[@type='result'][@id='b1']", "presence[@type='unavailable'][@from='"+room+"/dora']/{muc#user}x[item[@affiliation='outcast']][status[@code='301']]")
		dora.Send(t, "JOIN "+channel)
		dora.Expect(t, " 474 ")
		alice.Send(t, "<iq type='get' id='b2' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='outcast'/></query></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='b2']/{muc#admin}query/item[@affiliation='outcast']")
	}},
	{"the server can be in the roster", func(t *testing.T, w *world) {
		_, room := w.channel()
		server := host + "@" + domain
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		alice.Send(t, "<presence type='subscribe' to='{server}'/>", "server", server)
		alice.Expect(t, "presence[@type='subscribe'][@from='"+server+"']")
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.Expect(t, "presence[not(@type)][@from='"+server+"']")
		alice.Expect(t, "message/subject")
		leave(t, alice, room, "alice")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+server+"']")
		alice.Send(t, "<presence type='unsubscribe' to='{server}'/>", "server", server)
		alice.Expect(t, "presence[@type='unavailable'][@from='"+server+"']")
	}},
	{"a presence to the server keeps it connected without a channel", func(t *testing.T, w *world) {
		dora := w.onIRC(t, "dora")
		server := host + "@" + domain
		bob := w.client(t, "bob", "desk")
		bob.Send(t, "<presence/>")
		mustMatch(t, run(t, bob, server, "configure", "<field var='nick'><value>bobby</value></field>"), "iq[@type='result']"+form+"[@status='completed']")
		bob.Send(t, "<presence to='{server}'/>", "server", server)
		for dora.Send(t, "WHOIS bobby"); dora.Expect(t, ` (311|401) `)[1] == "401"; dora.Send(t, "WHOIS bobby") {
		}
		dora.Say(t, "bobby", "are you there?")
		bob.Expect(t, "message[@type='chat'][@from='"+userAddress("dora")+"']/body[text()='are you there?']")
		bob.Send(t, "<presence type='unavailable' to='{server}'/>", "server", server)
		for dora.Send(t, "WHOIS bobby"); dora.Expect(t, ` (311|401) `)[1] == "311"; dora.Send(t, "WHOIS bobby") {
		}
		run(t, bob, server, "configure", "<field var='nick'><value/></field>")
	}},
	{"a raw QUIT is meant: the channels are left and stay so", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<message type='chat' to='{server}' id='l1'><body>QUIT bye</body></message>", "server", host+"@"+domain)
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[status[@code='110']]")
		alice.Expect(t, alice.Ping(t, room+"/alice"), "iq[@type='error']/error/"+conditions+"not-acceptable")
	}},
	{"a notice that names a channel is shown there", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora.Send(t, "NOTICE alice :["+channel+"] Welcome here.")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/dora']/body[text()='["+channel+"] Welcome here.']")
	}},
	{"changes of modes without a meaning in XMPP are told in the room", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		say(t, alice, room, "/mode +k SECRET")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/body[text()='Mode "+channel+" [+k SECRET] by alice']")
	}},
}
