package integration_test

import (
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
)

var loopbackHistory = []loopbackScenario{
	{"who was away reads what was said meanwhile, and what became of it", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "Alice")
		ida.Say(t, id, "one")
		alice.Expect(t, "message/body[text()='one']")
		leave(t, alice, room, "Alice")
		ida.Say(t, id, "two")
		draft := ida.Say(t, id, "a draft")
		ida.Do(t, transports.Edit{Place: transports.InRoom(id), ID: draft, Text: text.Plain("the text")})
		ida.Say(t, id, "three")
		alice.Send(t, joinStanza, "room", room, "nick", "Alice")
		alice.Expect(t, "presence[@from='"+room+"/Alice']/{muc#user}x[status[@code='110']]")
		for _, words := range []string{"one", "two", "a draft", "the text", "three"} {
			alice.ExpectNext(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace'][{urn:xmpp:delay}delay[@stamp]]/body[text()='"+words+"']", "message/{urn:xmpp:sid:0}stanza-id[@id]")
		}
		alice.ExpectNext(t, "message[@type='groupchat']/subject")
	}},
	{"who writes for the first time while the connection is cut is heard when it is back", func(t *testing.T, w *loopbackWorld) {
		_, _, _, alice := w.inside(t)
		comesOnline(t, alice)
		self, zoe := w.self(t, "Alice"), w.AddPerson(t, "Zoe")
		w.Refuse(t, self, &transports.Fault{Kind: transports.Offline, Text: "The network is down."})
		w.Cut(t, self, nil)
		alice.Expect(t, "message/body[text()~'was cut']")
		zoe.Tell(t, self, "is this you?")
		w.Refuse(t, self, nil)
		alice.Expect(t, "message[@type='chat'][@from='"+loopbackAddress(string(zoe.ID))+"']/body[text()='is this you?']")
	}},
	{"what was said while the connection was cut comes when it is back, in order and once", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "Alice")
		self := w.self(t, "Alice")
		ida.Say(t, id, "before")
		alice.Expect(t, "message/body[text()='before']")
		w.Refuse(t, self, &transports.Fault{Kind: transports.Offline, Text: "The network is down."})
		w.Cut(t, self, nil)
		alice.Expect(t, "message[@from='"+room+"']/body[text()~'was cut']")
		for _, words := range []string{"one", "two", "three"} {
			ida.Say(t, id, words)
		}
		w.Refuse(t, self, nil)
		for _, words := range []string{"one", "two", "three"} {
			alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/Ida Lovelace']/body[text()='"+words+"']")
		}
		ida.Say(t, id, "after")
		alice.Expect(t, "message/body[text()='after']")
		alice.ExpectNone(t, "message/body[text()='three']", alice.Ping(t, loopbackDomain))
	}},
}
