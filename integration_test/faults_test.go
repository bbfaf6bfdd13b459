package integration_test

import "testing"

const conditions = "{urn:ietf:params:xml:ns:xmpp-stanzas}"

var faults = []scenario{
	{"strangers are kept out, with a word", func(t *testing.T, w *world) {
		_, room := w.channel()
		carol := w.client(t, "carol", "desk")
		carol.Send(t, joinStanza, "room", room, "nick", "carol")
		carol.Expect(t, "presence[@type='error'][@from='"+room+"/carol']/error["+conditions+"forbidden]/"+conditions+"text[text()]")
		carol.Expect(t, carol.Ping(t, domain), "iq[@type='error']/error/"+conditions+"forbidden")
		say(t, carol, room, "let me in")
		carol.Expect(t, "message[@type='error']/error/"+conditions+"forbidden")
	}},
	{"a network that the operator has not opened is refused, with a word", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		alice.Send(t, joinStanza, "room", "#a%irc.elsewhere.example@"+domain, "nick", "alice")
		alice.Expect(t, "presence[@type='error']/error["+conditions+"text[text()~'irc.elsewhere.example']]")
	}},
	{"a taken nick is a conflict", func(t *testing.T, w *world) {
		_, room := w.channel()
		w.onIRC(t, "taken")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, joinStanza, "room", room, "nick", "taken")
		alice.Expect(t, "presence[@type='error'][@from='"+room+"/taken']/error[@type='cancel']/"+conditions+"conflict")
		join(t, alice, room, "alice")
	}},
	{"a room with a key wants the right one", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		dora.Send(t, "MODE "+channel+" +k open-sesame")
		dora.Expect(t, "MODE")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.Expect(t, "presence[@type='error'][@from='"+room+"/alice']/error[@type='auth']/"+conditions+"not-authorized")
		alice.Send(t, "<presence to='{room}/alice'><x xmlns='http://jabber.org/protocol/muc'><password>open-sesame</password></x></presence>", "room", room)
		alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x[status[@code='110']]")
	}},
	{"who is banned or not invited is told so", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		dora.Send(t, "MODE "+channel+" +i")
		dora.Expect(t, "MODE")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.Expect(t, "presence[@type='error'][@from='"+room+"/alice']/error["+conditions+"forbidden]/"+conditions+"text[text()]")
		dora.Send(t, "MODE "+channel+" -i+b alice!*@*")
		dora.Expect(t, "MODE")
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.Expect(t, "presence[@type='error'][@from='"+room+"/alice']/error["+conditions+"forbidden]/"+conditions+"text[text()]")
	}},
	{"what a moderated room refuses comes back to its sender", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		dora.Send(t, "MODE "+channel+" +m")
		dora.Expect(t, "MODE")
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		id := say(t, alice, room, "may I?")
		alice.Expect(t, "message[@type='error'][@id='"+id+"']/error["+conditions+"forbidden]/"+conditions+"text[text()]")
	}},
	{"a message to a room that one is not in comes back", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		id := say(t, alice, room, "hello?")
		alice.Expect(t, "message[@type='error'][@id='"+id+"']/error/"+conditions+"not-acceptable")
		alice.Send(t, "<presence type='unavailable' to='{room}/alice'/>", "room", room)
		alice.ExpectNone(t, "presence", alice.Ping(t, domain))
	}},
	{"odd addresses get an error and harm nobody", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		for _, to := range []string{"♥%" + host + "@" + domain, "%@" + domain + "/x", "#☃%irc.elsewhere.example@" + domain, "😀@" + domain} {
			alice.Send(t, "<iq type='get' id='odd' to='{to}'><query xmlns='jabber:iq:version'/></iq>", "to", to)
			alice.Expect(t, "iq[@type='error'][@id='odd']")
		}
		alice.Expect(t, alice.Ping(t, room+"/alice"), "iq[@type='result']")
	}},
}
