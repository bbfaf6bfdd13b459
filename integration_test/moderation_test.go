package integration_test

import (
	"testing"

	"isthmus/integration_test/xmppclient"
)

const adminQuery = "<iq type='{type}' id='{id}' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'>"

// administers sends an admin request with one item and gives the answer, be it a result or an error.
func administers(t *testing.T, c *xmppclient.Client, kind, room, item string) *xmppclient.Element {
	t.Helper()
	id := c.NewID()
	c.Send(t, adminQuery+item+"</query></iq>", "type", kind, "id", id, "room", room)
	return c.Expect(t, "iq[@id='"+id+"'][@type~'result|error']")
}

var moderation = []scenario{
	{"in a moderated channel who has no voice is a visitor, until they get one or all may speak again", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora.Send(t, "MODE "+channel+" +m")
		alice.ExpectEach(t, "presence[@from='"+room+"/alice']/{muc#user}x/item[@role='visitor']", "message[@type='groupchat'][not(body)]/{muc#user}x[status[@code='104']]")
		alice.Send(t, "<iq type='get' id='i1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='i1']/{disco#info}query[feature[@var='muc_moderated']]")
		id := say(t, alice, room, "may I?")
		alice.Expect(t, "message[@type='error'][@id='"+id+"']/error/"+conditions+"forbidden")
		alice.Send(t, "<message to='{room}' id='voice'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field></x></message>", "room", room)
		alice.Expect(t, "message[@type='error'][@id='voice']/error["+conditions+"text[text()~'moderators']]/"+conditions+"feature-not-implemented")
		dora.Send(t, "MODE "+channel+" +v alice")
		alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x/item[@affiliation='member'][@role='participant'][actor[@nick='dora']]")
		say(t, alice, room, "thank you")
		dora.Expect(t, "PRIVMSG "+channel+" :thank you$")
		dora.Send(t, "MODE "+channel+" -v alice")
		alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x/item[@affiliation='none'][@role='visitor']")
		dora.Send(t, "MODE "+channel+" -m")
		alice.ExpectEach(t, "presence[@from='"+room+"/alice']/{muc#user}x/item[@role='participant']", "message[not(body)]/{muc#user}x[status[@code='104']]")
	}},
	{"lists tell who moderates, who has a voice, and who is banned, and the ban is lifted from there", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora := w.onIRC(t, "dora", channel)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/dora']")
		const item = "iq[@type='result']/{muc#admin}query"
		mustMatch(t, administers(t, alice, "get", room, "<item role='moderator'/>"), item+"[item[@nick='alice'][@affiliation='admin']][not(item[@nick='dora'])]")
		mustMatch(t, administers(t, alice, "get", room, "<item role='participant'/>"), item+"[item[@nick='dora']]")
		mustMatch(t, administers(t, alice, "get", room, "<item affiliation='owner'/>"), item+"[not(item)]")
		administers(t, alice, "set", room, "<item nick='dora' affiliation='member'/>")
		mustMatch(t, administers(t, alice, "get", room, "<item affiliation='member'/>"), item+"[item[@nick='dora']]")
		administers(t, alice, "set", room, "<item nick='dora' affiliation='admin'/>")
		mustMatch(t, administers(t, alice, "get", room, "<item affiliation='admin'/>"), item+"[item[@nick='dora']][item[@nick='alice']]")
		mustMatch(t, administers(t, alice, "set", room, "<item nick='dora' affiliation='none'/>"), "iq[@type='result']")
		mustMatch(t, administers(t, alice, "set", room, "<item nick='dora' affiliation='outcast'/>"), "iq[@type='result']")
		banned := administers(t, alice, "get", room, "<item affiliation='outcast'/>")
		mustMatch(t, banned, item+"[item[@affiliation='outcast'][@jid]]")
		jid := banned.Children[0].Children[0].Attr("jid")
		mustMatch(t, administers(t, alice, "set", room, "<item affiliation='none' jid='"+xmppclient.Escape(jid)+"'/>"), "iq[@type='result']")
		mustMatch(t, administers(t, alice, "get", room, "<item affiliation='outcast'/>"), item+"[not(item)]")
		dora.Join(t, channel)
	}},
	{"a room tells what it is, and which nick is mine", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<message to='{room}' type='groupchat' id='s1'><subject>All about rooms</subject></message>", "room", room)
		alice.Expect(t, "message[@type='groupchat']/subject[text()='All about rooms']")
		alice.Send(t, "<iq type='get' id='i1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
		info := alice.Expect(t, "iq[@type='result'][@id='i1']")
		const facts = "iq/{disco#info}query/{jabber:x:data}x[@type='result'][field[@var='FORM_TYPE'][value[text()='http://jabber.org/protocol/muc#roominfo']]]"
		mustMatch(t, info, facts+"[field[@var='muc#roominfo_subject'][value[text()='All about rooms']]][field[@var='muc#roominfo_occupants'][value[text()='1']]]")
		mustMatch(t, info, "iq/{disco#info}query[feature[@var='muc_open']][feature[@var='muc_unsecured']][feature[@var='muc_temporary']]")
		alice.Send(t, "<message to='{room}' type='groupchat' id='m1'><body>/mode +ik sesame</body></message>", "room", room)
		alice.Expect(t, "message[not(body)]/{muc#user}x[status[@code='104']]")
		alice.Send(t, "<iq type='get' id='i2' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='i2']/{disco#info}query[not(feature[@var='muc_open'])][feature[@var='muc_passwordprotected']]")
		alice.Send(t, "<iq type='get' id='n1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'/></iq>", "room", roomAddress(channel+"-other"))
		alice.Expect(t, "iq[@type='result'][@id='n1']/{disco#info}query[identity[@category='conference'][@name='alice']]")
		alice.Send(t, "<iq type='get' id='r1' to='{room}'><query xmlns='jabber:iq:register'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='error'][@id='r1']/error["+conditions+"text[text()~'reserve']]/"+conditions+"feature-not-implemented")
	}},
	{"to destroy a persistent room is to leave it for good", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		const destroy = "<iq type='set' id='{id}' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'><destroy><reason>moved</reason></destroy></query></iq>"
		alice.Send(t, destroy, "room", room, "id", "d1")
		alice.Expect(t, "iq[@type='error'][@id='d1']/error["+conditions+"text[text()~'Leave it']]/"+conditions+"feature-not-implemented")
		alice.Send(t, "<iq type='set' id='o1' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>"+
			"<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field><field var='persistent'><value>true</value></field></x></query></iq>", "room", room)
		alice.ExpectEach(t, "iq[@type='result'][@id='o1']", "message[not(body)]/{muc#user}x[status[@code='104']]")
		alice.Send(t, destroy, "room", room, "id", "d2")
		alice.ExpectEach(t, "iq[@type='result'][@id='d2']", "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[status[@code='110']][destroy[reason[text()='moved']]]")
		dora.Expect(t, `^:alice!\S+ (PART|QUIT)`)
	}},
}
