package integration_test

import (
	"testing"

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
		alice.Send(t, "<message to='{ida}' type='chat' id='c2'><body>hello?</body></message>", "ida", loopbackAddress(string(ida.ID)))
		alice.Expect(t, "message[@type='error'][@id='c2']/error/"+conditions+"text[text()~'Nobody knows']")
		w.Deny(t, "Send", nil)
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
