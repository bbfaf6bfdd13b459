package integration_test

import (
	"testing"
)

var discovery = []scenario{
	{"the gateway says what it is", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<iq type='get' id='d1' to='{domain}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "domain", domain)
		info := alice.Expect(t, "iq[@type='result'][@id='d1']/{disco#info}query[identity[@category='gateway'][@type='irc']][feature[@var='jabber:iq:version']][feature[@var='urn:xmpp:ping']]")
		alice.Send(t, "<iq type='get' id='v1' to='{domain}'><query xmlns='jabber:iq:version'/></iq>", "domain", domain)
		alice.Expect(t, "iq[@type='result'][@id='v1']/{jabber:iq:version}query[name[text()='Isthmus']][version[text()]]")
		alice.Expect(t, alice.Ping(t, domain), "iq[@type='result']")
		alice.Send(t, "<presence to='{domain}' type='subscribe'/>", "domain", domain)
		alice.Send(t, "<presence/>")
		caps := alice.Expect(t, "presence[@from='"+domain+"'][not(@type)]/{http://jabber.org/protocol/caps}c[@hash='sha-1'][@ver]").Find("presence/{http://jabber.org/protocol/caps}c")
		alice.Send(t, "<iq type='get' id='d2' to='{domain}'><query xmlns='http://jabber.org/protocol/disco#info' node='{node}'/></iq>",
			"domain", domain, "node", caps.Attr("node")+"#"+caps.Attr("ver"))
		again := alice.Expect(t, "iq[@type='result'][@id='d2']")
		if got, want := len(again.Children[0].Children), len(info.Children[0].Children); got != want {
			t.Errorf("the node of the capabilities has %d entries, the gateway %d", got, want)
		}
	}},
	{"a room says what it is, and who is inside only to who is inside", func(t *testing.T, w *world) {
		channel, room := w.channel()
		w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<iq type='get' id='i0' to='{room}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='i0']/{disco#items}query[not(item)]")
		join(t, alice, room, "alice")
		alice.Send(t, "<iq type='get' id='d1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='d1']/{disco#info}query[identity[@category='conference'][@type='irc'][@name='"+channel+" on "+host+"']]"+
			"[feature[@var='http://jabber.org/protocol/muc']][feature[@var='urn:xmpp:mam:2']][feature[@var='urn:xmpp:occupant-id:0']][feature[@var='muc_nonanonymous']]")
		alice.Send(t, "<iq type='get' id='i1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='i1']/{disco#items}query[item[@jid='"+room+"/dora']][item[@jid='"+room+"/alice']]")
	}},
	{"every unknown request is answered once", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		for _, to := range []string{domain, host + "@" + domain, room, room + "/alice", userAddress("dora"), "%" + host + "@" + domain + "/dora"} {
			alice.Send(t, "<iq type='get' id='u1' to='{to}'><query xmlns='urn:example:unknown'/></iq>", "to", to)
			alice.Expect(t, "iq[@type='error'][@id='u1'][@from='"+to+"']/error[@type='cancel']/{urn:ietf:params:xml:ns:xmpp-stanzas}service-unavailable")
			alice.ExpectNone(t, "iq[@id='u1']", alice.Ping(t, domain))
		}
	}},
	{"a self-ping tells whether one is still inside", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		alice.Expect(t, alice.Ping(t, room+"/alice"), "iq[@type='error']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}not-acceptable")
		join(t, alice, room, "alice")
		alice.Expect(t, alice.Ping(t, room+"/alice"), "iq[@type='result']")
	}},
}
