package integration_test

import "testing"

var talks = []scenario{
	{"a private talk with someone on IRC, by their address", func(t *testing.T, w *world) {
		_, room := w.channel()
		dora := w.onIRC(t, "Dora")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		join(t, alice, room, "alice")
		alice.Send(t, "<message to='{dora}' type='chat' id='c1'><body>psst</body><request xmlns='urn:xmpp:receipts'/></message>", "dora", userAddress("dora"))
		dora.Expect(t, `^:alice!\S+ PRIVMSG Dora :psst$`)
		alice.Expect(t, "message[@from='"+userAddress("dora")+"']/{urn:xmpp:receipts}received[@id='c1']")
		dora.Say(t, "alice", "what is it?")
		alice.Expect(t, "message[@type='chat'][@from='"+userAddress("dora")+"'][@to='alice@localhost'][@id]/body[text()='what is it?']")
	}},
	{"a private message to an occupant is answered by the occupant", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "Dora", channel)
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		join(t, alice, room, "alice")
		alice.Send(t, "<message to='{room}/Dora' type='chat' id='c1'><body>psst</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>", "room", room)
		dora.Expect(t, `^:alice!\S+ PRIVMSG Dora :psst$`)
		dora.Say(t, "alice", "what?")
		alice.Expect(t, "message[@type='chat'][@from='"+room+"/Dora'][@to='"+alice.JID+"']/body[text()='what?']", "message/{muc#user}x")
		dora.Send(t, "NICK Dorothy")
		dora.Say(t, "alice", "it is still me")
		alice.Expect(t, "message[@type='chat'][@from='"+room+"/Dorothy']/body[text()='it is still me']")
	}},
	{"a message to nobody comes back", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<message to='{nobody}' type='chat' id='c1'><body>hello?</body></message>", "nobody", userAddress("nobody"))
		alice.Expect(t, "message[@type='error'][@id='c1'][@from='"+userAddress("nobody")+"']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}item-not-found")
		alice.Send(t, "<message to='{room}/nobody' type='chat' id='c2'><body>hello?</body></message>", "room", room)
		alice.Expect(t, "message[@type='error'][@id='c2']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}item-not-found")
	}},
	{"an encrypted message is refused, and its fallback goes nowhere", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<message to='{room}' type='groupchat' id='e1'><body>I sent you an OMEMO encrypted message</body><encrypted xmlns='eu.siacs.conversations.axolotl'/></message>", "room", room)
		alice.Expect(t, "message[@type='error'][@id='e1']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}text[text()~'encrypt']")
		dora.ExpectNone(t, "OMEMO")
	}},
}
