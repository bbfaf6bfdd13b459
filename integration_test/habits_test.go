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
		alice.Expect(t, "presence[@type='unavailable'][@from='"+server+"']")
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.Expect(t, "presence[not(@type)][@from='"+server+"']")
		alice.Expect(t, "message/subject")
		leave(t, alice, room, "alice")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+server+"']")
		alice.Send(t, "<presence type='unsubscribe' to='{server}'/>", "server", server)
	}},
}
