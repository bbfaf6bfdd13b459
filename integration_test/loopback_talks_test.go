package integration_test

import (
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/mapping/text"
	"isthmus/transports"
)

var loopbackTalks = []loopbackScenario{
	{"a talk in both directions, with a receipt", func(t *testing.T, w *loopbackWorld) {
		_, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		join(t, alice, room, "Alice")
		to := loopbackAddress(string(ida.ID))
		alice.Send(t, "<message to='{ida}' type='chat' id='c1'><body>*psst*</body><request xmlns='urn:xmpp:receipts'/></message>", "ida", to)
		if heard := ida.Hears(t, "psst"); !heard.Text.Equal(text.ParseStyling("*psst*")) || heard.From.Name != "Alice" {
			t.Errorf("Ida heard %+v", heard)
		}
		alice.Expect(t, "message[@from='"+to+"']/{urn:xmpp:receipts}received[@id='c1']")
		ida.Tell(t, w.self(t, "Alice"), "what is it?")
		alice.Expect(t, "message[@type='chat'][@from='"+to+"']/body[text()='what is it?']")
	}},
	{"in a talk messages are corrected, taken back, reacted to and answered in both directions, also older ones", func(t *testing.T, w *loopbackWorld) {
		_, _, ida, alice := w.inside(t)
		comesOnline(t, alice)
		to, self := loopbackAddress(string(ida.ID)), w.self(t, "Alice")
		talk := transports.TalkWith(self)
		tell := func(id, payload string) {
			t.Helper()
			alice.Send(t, "<message to='{ida}' type='chat' id='{id}'>"+payload+"<request xmlns='urn:xmpp:receipts'/></message>", "ida", to, "id", id)
			alice.Expect(t, "message[@from='"+to+"']/{urn:xmpp:receipts}received[@id='"+id+"']")
		}
		tell("c1", "<body>teh first</body>")
		first := ida.Hears(t, "teh first")
		tell("c2", "<body>the second</body>")
		second := ida.Hears(t, "the second")
		tell("c3", "<body>the first</body><replace xmlns='urn:xmpp:message-correct:0' id='c1'/>")
		loopbackclient.Expect(t, ida, func(e transports.Edited) bool { return e.ID == first.ID && e.Text.String() == "the first" })
		tell("c4", "<retract xmlns='urn:xmpp:message-retract:1' id='c2'/>")
		loopbackclient.Expect(t, ida, func(e transports.Deleted) bool { return e.ID == second.ID })

		said := ida.Tell(t, self, "waht?")
		alice.Expect(t, "message[@from='"+to+"'][@id='"+xmppID(said)+"']/body[text()='waht?']")
		ida.Do(t, transports.Edit{Place: talk, ID: said, Text: text.Plain("what?")})
		alice.Expect(t, "message[@from='"+to+"'][body[text()='what?']]/{urn:xmpp:message-correct:0}replace[@id='"+xmppID(said)+"']")
		tell("c5", "<reactions xmlns='urn:xmpp:reactions:0' id='"+xmppID(said)+"'><reaction>🤔</reaction></reactions>")
		loopbackclient.Expect(t, ida, func(e transports.Reacted) bool { return e.ID == said && len(e.Emoji) == 1 && e.Emoji[0] == "🤔" })
		tell("c6", "<body>&gt; what?\nnever mind</body><reply xmlns='urn:xmpp:reply:0' to='"+to+"' id='"+xmppID(said)+"'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='8'/></fallback>")
		mine := ida.Hears(t, "never mind")
		if mine.ReplyTo == nil || mine.ReplyTo.ID != said {
			t.Errorf("Ida heard %+v", mine)
		}
		ida.Do(t, transports.React{Place: talk, ID: mine.ID, Emoji: []string{"👍"}})
		alice.Expect(t, "message[@from='"+to+"']/{urn:xmpp:reactions:0}reactions[@id='c6']/reaction[text()='👍']")
		ida.Post(t, talk, transports.Message{Text: text.Plain("all right"), ReplyTo: &transports.Reference{ID: mine.ID}})
		alice.Expect(t, "message[@from='"+to+"'][body[text()~'all right']]/{urn:xmpp:reply:0}reply[@id='c6']")
		ida.Do(t, transports.Delete{Place: talk, ID: said})
		alice.Expect(t, "message[@from='"+to+"']/{urn:xmpp:message-retract:1}retract[@id='"+xmppID(said)+"']")
	}},
	{"what the network refuses comes back with its words", func(t *testing.T, w *loopbackWorld) {
		_, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "Alice")
		ida.Do(t, transports.Block{User: w.self(t, "Alice"), On: true})
		alice.Send(t, "<message to='{ida}' type='chat' id='c1'><body>hello?</body></message>", "ida", loopbackAddress(string(ida.ID)))
		alice.Expect(t, "message[@type='error'][@id='c1']/error["+conditions+"forbidden]/"+conditions+"text[text()~'takes no messages from you']")
		ida.Do(t, transports.Block{User: w.self(t, "Alice")})
		w.Deny(t, "Send", &transports.Fault{Kind: transports.UnknownOutcome, Text: "Nobody knows whether it arrived."})
		alice.Send(t, "<message to='{ida}' type='chat' id='c2'><body>hello?</body><request xmlns='urn:xmpp:receipts'/></message>", "ida", loopbackAddress(string(ida.ID)))
		alice.Expect(t, "message/{urn:xmpp:receipts}received[@id='c2']") // its history tells
		w.Deny(t, "Send", nil)
		if times := countSaid(t, ida, transports.TalkWith(w.self(t, "Alice")))["hello?"]; times != 1 {
			t.Errorf("Ida has it %d times", times)
		}
	}},
	{"a connection that was cut comes back, and the room with it", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "Alice")
		w.Cut(t, w.self(t, "Alice"), &transports.Fault{Kind: transports.Offline, Text: "The cable was cut."})
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/body[text()~'The cable was cut']")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/body[text()~'again']")
		say(t, alice, room, "here I am")
		ida.Hears(t, "here I am")
	}},
}
