package integration_test

import (
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/integration_test/xmppclient"
	"isthmus/transports"
)

// two are two people of the XMPP server in one room of the network in memory: it is a chat room for both.
type two struct {
	alice, bob *xmppclient.Client
	id         transports.RoomID
	room       string
}

// inOneRoom has alice, who owns the room, and bob join, and waits until they see each other.
func inOneRoom(t *testing.T, w *loopbackWorld) two {
	t.Helper()
	id, room := w.room(t)
	alice, bob := w.client(t, "alice", "desk"), w.client(t, "bob", "desk")
	join(t, alice, room, "Alice")
	join(t, bob, room, "Bob")
	alice.Expect(t, "presence[not(@type)][@from='"+room+"/Bob']/{muc#user}x/item[@affiliation='none'][@role='participant']")
	return two{alice, bob, id, room}
}

// does has alice change something of a member, which she sees happen.
func (p two) does(t *testing.T, item, sees string) {
	t.Helper()
	id := p.alice.NewID()
	p.alice.Send(t, adminQuery+item+"</query></iq>", "type", "set", "id", id, "room", p.room)
	p.alice.ExpectEach(t, "iq[@type='result'][@id='"+id+"']", sees)
}

var loopbackRooms = []loopbackScenario{
	{"someone who joins sees who is there, themselves last, and the topic", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		ida.Do(t, transports.SetTopic{Room: id, Text: "All about notes"})
		alice := w.client(t, "alice", "desk")
		alice.Send(t, joinStanza, "room", room, "nick", "Alice")
		alice.ExpectNext(t, "presence[@from='"+room+"/Ida Lovelace']/{muc#user}x/item[@affiliation='owner'][@role='moderator'][@jid='"+loopbackAddress(string(ida.ID))+"']",
			"presence/{urn:xmpp:occupant-id:0}occupant-id[@id]")
		alice.ExpectNext(t, "presence[@from='"+room+"/Alice']/{muc#user}x[status[@code='110']]")
		alice.ExpectNext(t, "message[@type='groupchat']/subject[text()='All about notes']")
		say(t, alice, room, "hello")
		ida.Hears(t, "hello")
		ida.Say(t, id, "hello, Alice")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='hello, Alice']", "message/{urn:xmpp:sid:0}stanza-id[@id][@by='"+room+"']")
	}},
	{"a message has the same id for everyone", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		id := say(t, p.alice, p.room, "hello, Bob")
		mine := p.alice.Expect(t, "message[@type='groupchat'][@id='"+id+"']/body[text()='hello, Bob']", "message/{urn:xmpp:sid:0}stanza-id[@id]")
		theirs := p.bob.Expect(t, "message[@type='groupchat'][@from='"+p.room+"/Alice']/body[text()='hello, Bob']", "message/{urn:xmpp:sid:0}stanza-id[@id]")
		if a, b := stanzaID(mine), stanzaID(theirs); a != b {
			t.Errorf("alice's copy has the stanza-id %q, bob's %q", a, b)
		}
	}},
	{"a nick change is seen", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		p.alice.Send(t, "<presence to='{room}/Alicia'/>", "room", p.room)
		for _, c := range []*xmppclient.Client{p.alice, p.bob} {
			c.Expect(t, "presence[@type='unavailable'][@from='"+p.room+"/Alice']/{muc#user}x[item[@nick='Alicia']][status[@code='303']]")
			c.Expect(t, "presence[not(@type)][@from='"+p.room+"/Alicia']")
		}
		p.alice.Send(t, "<presence to='{room}/Alice'/>", "room", p.room)
		p.bob.Expect(t, "presence[not(@type)][@from='"+p.room+"/Alice']")
	}},
	{"hats are seen with their colours, and when others are worn", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		ida.Wear(t, id, transports.Hat{ID: "scribe", Title: "Scribe", Colour: 0xff0000}, transports.Hat{ID: "guest", Title: "Guest"})
		alice := w.client(t, "alice", "desk")
		alice.Send(t, joinStanza, "room", room, "nick", "Alice")
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']/{urn:xmpp:hats:0}hats[hat[@title='Scribe'][@hue='12.2'][@uri~'^xmpp:']][hat[@title='Guest'][not(@hue)]]")
		alice.Expect(t, "message[@type='groupchat']/subject")
		ida.Wear(t, id, transports.Hat{ID: "guest", Title: "Guest"})
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace']/{urn:xmpp:hats:0}hats[hat[@title='Guest']][not(hat[@title='Scribe'])]")
		ida.Wear(t, id)
		alice.Expect(t, "presence[@from='"+room+"/Ida Lovelace'][{muc#user}x][not({urn:xmpp:hats:0}hats)]")
		alice.Send(t, "<iq type='get' id='hats' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
		alice.Expect(t, "iq[@id='hats']/{disco#info}query/feature[@var='urn:xmpp:hats:0']")
	}},
	{"the subject is seen", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		p.bob.Send(t, "<message to='{room}' type='groupchat'><subject>All about two</subject></message>", "room", p.room)
		for _, c := range []*xmppclient.Client{p.alice, p.bob} {
			c.Expect(t, "message[@type='groupchat'][@from='"+p.room+"/Bob'][not(body)]/subject[text()='All about two']")
		}
	}},
	{"a kick puts out and lets in again", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		mustMatch(t, administers(t, p.bob, "set", p.room, "<item nick='Alice' role='none'/>"), "iq[@type='error']/error/"+conditions+"forbidden")
		const kicked = "/{muc#user}x[item[@role='none'][actor[@nick='Alice']][reason[text()='enough']]][status[@code='307']]"
		p.does(t, "<item nick='Bob' role='none'><reason>enough</reason></item>", "presence[@type='unavailable'][@from='"+p.room+"/Bob']"+kicked)
		p.bob.Expect(t, "presence[@type='unavailable'][@from='"+p.room+"/Bob']"+kicked, "presence/{muc#user}x[status[@code='110']]")
		join(t, p.bob, p.room, "Bob")
	}},
	{"a ban puts out, and in comes who it is lifted from", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		p.does(t, "<item nick='Bob' affiliation='outcast'><reason>spam</reason></item>",
			"presence[@type='unavailable'][@from='"+p.room+"/Bob']/{muc#user}x[status[@code='301']]")
		p.bob.Expect(t, "presence[@type='unavailable'][@from='"+p.room+"/Bob']/{muc#user}x[item[@affiliation='outcast'][reason[text()='spam']]][status[@code='301']][status[@code='110']]")
		p.bob.Send(t, joinStanza, "room", p.room, "nick", "Bob")
		p.bob.Expect(t, "presence[@type='error'][@from~'^"+`\#`+"']/error/"+conditions+"forbidden")
		banned := administers(t, p.alice, "get", p.room, "<item affiliation='outcast'/>")
		mustMatch(t, banned, "iq[@type='result']/{muc#admin}query/item[@affiliation='outcast'][@jid]")
		jid := banned.Children[0].Children[0].Attr("jid")
		mustMatch(t, administers(t, p.alice, "set", p.room, "<item affiliation='none' jid='"+xmppclient.Escape(jid)+"'/>"), "iq[@type='result']")
		join(t, p.bob, p.room, "Bob")
	}},
	{"voice is taken and given", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		p.does(t, "<item nick='Bob' role='visitor'/>", "presence[@from='"+p.room+"/Bob']/{muc#user}x/item[@role='visitor']")
		p.bob.Expect(t, "presence[@from='"+p.room+"/Bob']/{muc#user}x[item[@role='visitor']][status[@code='110']]")
		p.does(t, "<item nick='Bob' role='participant'/>", "presence[@from='"+p.room+"/Bob']/{muc#user}x/item[@role='participant']")
		p.bob.Expect(t, "presence[@from='"+p.room+"/Bob']/{muc#user}x/item[@role='participant']")
		p.does(t, "<item nick='Bob' affiliation='admin'/>", "presence[@from='"+p.room+"/Bob']/{muc#user}x/item[@affiliation='admin']")
		p.bob.Expect(t, "presence[@from='"+p.room+"/Bob']/{muc#user}x/item[@affiliation='admin'][@role='moderator']")
	}},
	{"an invitation leads into the room", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		_, other := w.room(t)
		join(t, p.alice, other, "Alice")
		comesOnline(t, p.bob)
		p.alice.Send(t, "<message to='{room}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='{bob}'><reason>come over</reason></invite></x></message>",
			"room", other, "bob", loopbackAddress(string(w.self(t, "Bob"))))
		p.bob.Expect(t, "message/{muc#user}x/invite[@from]/reason[text()='come over']", "message/{jabber:x:conference}x[@jid='"+other+"']")
		join(t, p.bob, other, "Bob")
	}},
	{"a private message reaches the one occupant, and the answer comes back", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		comesOnline(t, p.alice)
		comesOnline(t, p.bob)
		p.alice.Send(t, "<message to='{room}/Bob' type='chat' id='c1'><body>psst</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>", "room", p.room)
		from := loopbackAddress(string(w.self(t, "Alice")))
		p.bob.Expect(t, "message[@type='chat'][@from='"+from+"']/body[text()='psst']")
		p.bob.Send(t, "<message to='{alice}' type='chat' id='c2'><body>what?</body></message>", "alice", from)
		p.alice.Expect(t, "message[@type='chat'][@from='"+p.room+"/Bob'][@to='"+p.alice.JID+"']/body[text()='what?']")
	}},
	{"one who leaves is seen to leave", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		leave(t, p.bob, p.room, "Bob")
		p.alice.Expect(t, "presence[@type='unavailable'][@from='"+p.room+"/Bob']/{muc#user}x/item[@role='none']")
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, p.id)
		p.alice.Expect(t, "presence[@from='"+p.room+"/Ida Lovelace']")
		p.alice.Abort(t)
		loopbackclient.Expect(t, ida, func(e transports.MemberLeft) bool { return e.Room == p.id && e.User.Name == "Alice" })
	}},
	{"who is in a room of a thousand sees them all", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		w.Fill(t, id, 1000)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "Alice")
		say(t, alice, room, "so many")
		ida.Hears(t, "so many")
	}},
}

// stanzaID is the id that a room gave a message (XEP-0359).
func stanzaID(message *xmppclient.Element) string {
	for _, child := range message.Children {
		if child.Name == "stanza-id" {
			return child.Attr("id")
		}
	}
	return ""
}
