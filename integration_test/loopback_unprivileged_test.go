package integration_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/transports"
)

func TestWithoutPrivileges(t *testing.T) { everywhere(t, unprivilegedKinds, unprivileged) }

// unprivileged are scenarios on a server that grants the gateway nothing (XEP-0356).
var unprivileged = []loopbackScenario{
	{"contacts are offered to a client that takes them", func(t *testing.T, w *loopbackWorld) {
		ida := w.AddPerson(t, "Ida Offered")
		_, room := w.room(t)
		alice := w.client(t, "alice", "desk")
		alice.Manual(t, "http://jabber.org/protocol/disco#info")
		comesOnline(t, alice)
		alice.Send(t, "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>") // so that the server tells what changes (RFC 6121 §2.2)
		alice.Expect(t, "iq[@id='roster']")
		join(t, alice, room, "Alice")
		alice.Send(t, "<presence to='{domain}'/>", "domain", loopbackDomain)
		self, address := w.self(t, "Alice"), loopbackAddress(string(ida.ID))
		elsewhere := w.TakeOver(t, self)
		elsewhere.Do(t, transports.SetContact{User: ida.ID, Name: "Ida O", Groups: []string{"Work"}})
		asked := alice.Expect(t, "iq[@type='get'][@from='"+loopbackNetwork+"@"+loopbackDomain+"']/{disco#info}query")
		alice.Send(t, "<iq type='result' id='{id}' to='{to}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' type='pc'/>"+
			"<feature var='http://jabber.org/protocol/rosterx'/></query></iq>", "id", asked.Attr("id"), "to", asked.Attr("from"))
		offered := func(action, name string) string {
			return "message[@from='" + loopbackNetwork + "@" + loopbackDomain + "']/{http://jabber.org/protocol/rosterx}x/item[@action='" + action + "'][@jid='" + address + "'][@name='" + name + "'][group[text()='Work']]"
		}
		alice.Expect(t, offered("add", "Ida O"))

		// Her client takes it: it puts the contact into the list and asks for her presence.
		alice.Send(t, "<iq type='set' id='ro1'><query xmlns='jabber:iq:roster'><item jid='{ida}' name='Ida O'><group>Work</group></item></query></iq>", "ida", address)
		alice.Send(t, "<presence type='subscribe' to='{ida}'/>", "ida", address)
		loopbackclient.Expect(t, ida, func(e transports.SubscriptionAsked) bool { return e.From.ID == self })
		ida.Do(t, transports.Authorize{User: self, Allow: true})
		alice.Expect(t, "presence[@type='subscribed'][@from='"+address+"']")

		elsewhere.Do(t, transports.SetContact{User: ida.ID, Name: "Ida Lovelace", Groups: []string{"Work"}})
		alice.Expect(t, offered("modify", "Ida Lovelace"))
		ida.Quit(t, "gone for good")
		alice.ExpectEach(t, "presence[@type='unsubscribed'][@from='"+address+"']", "iq[@type='set']/{jabber:iq:roster}query/item[@jid='"+address+"'][@subscription='none']")
	}},
	{"contacts ask one after another where no client takes offers", func(t *testing.T, w *loopbackWorld) {
		_, room := w.room(t)
		bob := w.client(t, "bob", "desk")
		comesOnline(t, bob)
		join(t, bob, room, "Bob")
		elsewhere := w.TakeOver(t, w.self(t, "Bob"))
		asks := map[string]bool{}
		for _, name := range []string{"Ida One", "Ida Two"} {
			ida := w.AddPerson(t, name)
			elsewhere.Do(t, transports.SetContact{User: ida.ID, Name: name})
			asks[loopbackAddress(string(ida.ID))] = true
		}
		bob.ExpectNone(t, "presence[@type='subscribe']", bob.Ping(t, loopbackDomain)) // unasked, nobody does
		bob.Send(t, "<iq type='set' id='c1' to='{domain}'><command xmlns='http://jabber.org/protocol/commands' node='add-contacts' action='execute'/></iq>", "domain", loopbackDomain)
		for range 2 {
			s := bob.Expect(t, "presence[@type='subscribe'][@from~'@"+loopbackDomain+"$']/{http://jabber.org/protocol/nick}nick[text()~'^Ida ']")
			from := s.Attr("from")
			if !asks[from] {
				t.Fatalf("%s asks", from)
			}
			delete(asks, from)
			bob.ExpectNone(t, "presence[@type='subscribe']", bob.Ping(t, loopbackDomain))
			bob.Send(t, "<presence type='unsubscribed' to='{who}'/>", "who", from)
		}
	}},
	{"what was written elsewhere cannot be mistaken for the contact's words", func(t *testing.T, w *loopbackWorld) {
		ida := w.AddPerson(t, "Ida Written")
		_, room := w.room(t)
		alice := w.client(t, "alice", "phone")
		comesOnline(t, alice)
		join(t, alice, room, "Alice")
		w.TakeOver(t, w.self(t, "Alice")).Tell(t, ida.ID, "written elsewhere")
		s := alice.Expect(t, "message[body[text()~'written elsewhere']]")
		if from := s.Attr("from"); strings.HasPrefix(from, loopbackAddress(string(ida.ID))) {
			t.Errorf("it came from the contact: %s", s)
		}
	}},
}
