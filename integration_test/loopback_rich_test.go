package integration_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/integration_test/xmppclient"
	"isthmus/mapping/msgid"
	"isthmus/mapping/text"
	"isthmus/transports"
)

// inside is a room with Ida in it, and alice's client, both there.
func (w *loopbackWorld) inside(t *testing.T) (id transports.RoomID, room string, ida *loopbackclient.Person, alice *xmppclient.Client) {
	t.Helper()
	id, room = w.room(t)
	ida = w.AddPerson(t, "Ida Lovelace")
	ida.Join(t, id)
	alice = w.client(t, "alice", "desk")
	join(t, alice, room, "Alice")
	return id, room, ida, alice
}

// xmppID is how XMPP knows a message of the network.
func xmppID(id transports.MessageID) string { return msgid.Encode(string(id), 0) }

var loopbackRich = []loopbackScenario{
	{"a correction goes both ways", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		said := say(t, alice, room, "helo")
		heard := ida.Hears(t, "helo")
		alice.Send(t, "<message to='{room}' type='groupchat' id='fix1'><body>hello</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", said)
		if e := loopbackclient.Expect(t, ida, func(e transports.Edited) bool { return e.ID == heard.ID }); e.Text.String() != "hello" {
			t.Errorf("Ida sees %q", e.Text)
		}
		alice.Expect(t, "message[@id='fix1']/{urn:xmpp:message-correct:0}replace[@id='"+said+"']")
		hers := ida.Say(t, id, "hy")
		alice.Expect(t, "message[@id='"+xmppID(hers)+"']/body[text()='hy']")
		ida.Do(t, transports.Edit{Place: transports.InRoom(id), ID: hers, Text: text.Plain("hi")})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='hi']]/{urn:xmpp:message-correct:0}replace[@id='"+xmppID(hers)+"']")
	}},
	{"what is taken back is gone for both, and out of the archive", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		said := say(t, alice, room, "my secret")
		heard := ida.Hears(t, "my secret")
		alice.Expect(t, "message[@id='"+said+"']/{urn:xmpp:sid:0}stanza-id[@id='"+xmppID(heard.ID)+"']")
		alice.Send(t, "<message to='{room}' type='groupchat' id='r1'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/></message>", "room", room, "id", xmppID(heard.ID))
		loopbackclient.Expect(t, ida, func(e transports.Deleted) bool { return e.ID == heard.ID })
		alice.Expect(t, "message[@id='r1']/{urn:xmpp:message-retract:1}retract[@id='"+xmppID(heard.ID)+"']")
		hers := ida.Say(t, id, "her secret")
		alice.Expect(t, "message/body[text()='her secret']")
		ida.Do(t, transports.Delete{Place: transports.InRoom(id), ID: hers})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:message-retract:1}retract[@id='"+xmppID(hers)+"']")
		alice.Send(t, "<iq type='set' id='mam' to='{room}'><query xmlns='urn:xmpp:mam:2'/></iq>", "room", room)
		alice.ExpectNone(t, "message/{urn:xmpp:mam:2}result/{urn:xmpp:forward:0}forwarded/{jabber:client}message/body[text()~'secret']", "iq[@id='mam']/{urn:xmpp:mam:2}fin")
	}},
	{"reactions go both ways", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		hers := ida.Say(t, id, "we won")
		alice.Expect(t, "message/body[text()='we won']")
		alice.Send(t, "<message to='{room}' type='groupchat' id='re1'><reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>🎉</reaction></reactions></message>", "room", room, "id", xmppID(hers))
		if e := loopbackclient.Expect(t, ida, func(e transports.Reacted) bool { return e.ID == hers }); strings.Join(e.Emoji, "") != "🎉" || e.From.Name != "Alice" {
			t.Errorf("Ida sees %+v", e)
		}
		alice.Expect(t, "message[@id='re1']/{urn:xmpp:reactions:0}reactions/reaction[text()='🎉']")
		ida.Do(t, transports.React{Place: transports.InRoom(id), ID: hers, Emoji: []string{"👍"}})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:reactions:0}reactions[@id='"+xmppID(hers)+"']/reaction[text()='👍']")
		alice.Send(t, "<iq type='get' id='d1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
		alice.Expect(t, "iq[@id='d1']/{http://jabber.org/protocol/disco#info}query[feature[@var='urn:xmpp:reactions:0']][feature[@var='urn:xmpp:message-correct:0']][feature[@var='urn:xmpp:message-moderate:1']]")
	}},
	{"replies and threads keep what they belong to", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		hers := ida.Say(t, id, "who comes?")
		alice.Expect(t, "message/body[text()='who comes?']")
		alice.Send(t, "<message to='{room}' type='groupchat' id='a1'><body>&gt; who comes?\nI do</body><reply xmlns='urn:xmpp:reply:0' id='{id}'/>"+
			"<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='13'/></fallback></message>", "room", room, "id", xmppID(hers))
		mine := ida.Hears(t, "I do")
		if mine.ReplyTo == nil || mine.ReplyTo.ID != hers {
			t.Errorf("Ida heard %+v", mine)
		}
		alice.Expect(t, "message[@id='a1']/{urn:xmpp:reply:0}reply")
		ida.Post(t, transports.InRoom(id), transports.Message{Text: text.Plain("great"), ReplyTo: &transports.Reference{ID: mine.ID}})
		alice.Expect(t, "message[body[text()~'great']][{urn:xmpp:fallback:0}fallback[@for='urn:xmpp:reply:0']]/{urn:xmpp:reply:0}reply[@id='"+xmppID(mine.ID)+"'][@to='"+room+"/Alice']")
		ida.Post(t, transports.InRoom(id), transports.Message{Text: text.Plain("in the thread"), Thread: hers})
		alice.Expect(t, "message[body[text()='in the thread']][{urn:xmpp:reply:0}reply[@id='"+xmppID(hers)+"']]/thread[text()='"+msgid.Thread(string(hers))+"']")
		alice.Send(t, "<message to='{room}' type='groupchat' id='a2'><body>me too</body><thread>{thread}</thread></message>", "room", room, "thread", msgid.Thread(string(hers)))
		if heard := ida.Hears(t, "me too"); heard.Thread != hers {
			t.Errorf("Ida heard it in the thread %q", heard.Thread)
		}
	}},
	{"a moderator takes a message away", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "Alice") // the first who enters owns the room
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		hers := ida.Say(t, id, "buy this")
		alice.Expect(t, "message/body[text()='buy this']")
		alice.Send(t, "<iq type='set' id='mod1' to='{room}'><moderate id='{id}' xmlns='urn:xmpp:message-moderate:1'><retract xmlns='urn:xmpp:message-retract:1'/><reason>spam</reason></moderate></iq>",
			"room", room, "id", xmppID(hers))
		alice.Expect(t, "iq[@id='mod1'][@type='result']")
		loopbackclient.Expect(t, ida, func(e transports.Deleted) bool { return e.ID == hers })
		alice.Expect(t, "message[@from='"+room+"']/{urn:xmpp:message-retract:1}retract[@id='"+xmppID(hers)+"']/{urn:xmpp:message-moderate:1}moderated")
	}},
	{"people see each other type and read", func(t *testing.T, w *loopbackWorld) {
		_, room, ida, alice := w.inside(t)
		comesOnline(t, alice)
		to, self := loopbackAddress(string(ida.ID)), w.self(t, "Alice")
		hers := ida.Tell(t, self, "psst")
		alice.Expect(t, "message[@from='"+to+"'][@id='"+xmppID(hers)+"'][body[text()='psst']]/{urn:xmpp:chat-markers:0}markable")
		alice.Send(t, "<message to='{ida}' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>", "ida", to)
		loopbackclient.Expect(t, ida, func(e transports.Typing) bool { return e.On && e.From.ID == self })
		alice.Send(t, "<message to='{ida}' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/></message>", "ida", to, "id", xmppID(hers))
		loopbackclient.Expect(t, ida, func(e transports.Read) bool { return e.Upto == hers && e.By.ID == self })
		ida.Do(t, transports.SetTyping{Place: transports.TalkWith(self), On: true})
		alice.Expect(t, "message[@from='"+to+"']/{http://jabber.org/protocol/chatstates}composing")
		alice.Send(t, "<message to='{ida}' type='chat' id='c9'><body>what?</body></message>", "ida", to)
		mine := ida.Hears(t, "what?")
		ida.Do(t, transports.MarkRead{Place: transports.TalkWith(self), Upto: mine.ID})
		alice.Expect(t, "message[@from='"+to+"']/{urn:xmpp:chat-markers:0}displayed[@id='c9']")
		_ = room
	}},
	{"in a room people see each other type, and how far others have read", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		self := w.self(t, "Alice")
		hers := ida.Say(t, id, "who is there?")
		alice.Expect(t, "message[@id='"+xmppID(hers)+"']/{urn:xmpp:chat-markers:0}markable")
		alice.Send(t, "<message to='{room}' type='groupchat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>", "room", room)
		loopbackclient.Expect(t, ida, func(e transports.Typing) bool { return e.On && e.From.ID == self })
		alice.Send(t, "<message to='{room}' type='groupchat'><displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/></message>", "room", room, "id", xmppID(hers))
		loopbackclient.Expect(t, ida, func(e transports.Read) bool { return e.Upto == hers && e.By.ID == self })
		ida.Do(t, transports.SetTyping{Place: transports.InRoom(id), On: true})
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/{http://jabber.org/protocol/chatstates}composing")
		said := say(t, alice, room, "me")
		mine := ida.Hears(t, "me")
		alice.Expect(t, "message[@id='"+said+"']")
		ida.Do(t, transports.MarkRead{Place: transports.InRoom(id), Upto: mine.ID})
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/{urn:xmpp:chat-markers:0}displayed[@id='"+xmppID(mine.ID)+"']")
	}},
	{"who is named on one side is named on the other", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		say(t, alice, room, "@Ida Lovelace: look")
		heard := ida.Hears(t, "@Ida Lovelace: look")
		if len(heard.Text) != 1 || heard.Text[0].Spans[0].Ref != (text.Ref{Kind: text.MentionUser, ID: string(ida.ID)}) {
			t.Errorf("Ida heard %+v", heard.Text)
		}
		ida.Post(t, transports.InRoom(id), transports.Message{Text: text.Text{{Spans: []text.Span{{Text: "@Alice", Ref: text.Ref{Kind: text.MentionUser, ID: string(w.self(t, "Alice"))}}, {Text: " yes"}}}}})
		alice.Expect(t, "message[body[text()='@Alice yes']]/{urn:xmpp:reference:0}reference[@type='mention'][@begin='0'][@end='6']")
	}},
}
