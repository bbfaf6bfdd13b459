package integration_test

import (
	"fmt"
	"testing"

	"isthmus/integration_test/xmppclient"
)

const archiveQuery = "<iq type='set' id='{id}' to='{room}'><query xmlns='urn:xmpp:mam:2' queryid='q'><x xmlns='jabber:x:data' type='submit'>" +
	"<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field></x><set xmlns='http://jabber.org/protocol/rsm'>"

func archived(room, nick, body string) string {
	return "message[@from='" + room + "']/{urn:xmpp:mam:2}result[@queryid='q'][@id]/{urn:xmpp:forward:0}forwarded[{urn:xmpp:delay}delay[@stamp]]" +
		"/{jabber:client}message[@type='groupchat'][@from='" + room + "/" + nick + "']/body[text()='" + body + "']"
}

// talkOfThree has alice and dora say one, two, three in a room.
func talkOfThree(t *testing.T, w *world, alice *xmppclient.Client) (channel, room string) {
	t.Helper()
	channel, room = w.channel()
	dora := w.onIRC(t, "dora", channel)
	join(t, alice, room, "alice")
	say(t, alice, room, "one")
	alice.Expect(t, "message/body[text()='one']")
	dora.Say(t, channel, "two")
	alice.Expect(t, "message/body[text()='two']")
	say(t, alice, room, "three")
	alice.Expect(t, "message/body[text()='three']")
	return channel, room
}

var archives = []scenario{
	{"who comes back sees what was said, in order", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		_, room := talkOfThree(t, w, alice)
		leave(t, alice, room, "alice")
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x[status[@code='110']]")
		for _, said := range [][2]string{{"alice", "one"}, {"dora", "two"}, {"alice", "three"}} {
			alice.ExpectNext(t, "message[@type='groupchat'][@from='"+room+"/"+said[0]+"'][{urn:xmpp:delay}delay[@stamp]]/body[text()='"+said[1]+"']", "message/{urn:xmpp:sid:0}stanza-id[@id]")
		}
		alice.ExpectNext(t, "message/subject")
	}},
	{"a client asks for as much history as it wants", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		_, room := talkOfThree(t, w, alice)
		for limit, first := range map[string]string{"maxstanzas='1'": "message/body[text()='three']", "maxchars='0'": "message/subject", "since='2000-01-01T00:00:00Z'": "message/body[text()='one']"} {
			alice.Send(t, "<presence to='{room}/alice'><x xmlns='http://jabber.org/protocol/muc'><history "+limit+"/></x></presence>", "room", room)
			alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x[status[@code='110']]")
			if alice.ExpectNext(t, first).Find("message/subject") == nil {
				alice.Expect(t, "message/subject")
			}
		}
	}},
	{"the archive is paged in both directions", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		_, room := talkOfThree(t, w, alice)
		alice.Ignore("presence") // what the server says of hosts comes when it comes
		alice.Send(t, archiveQuery+"<max>2</max></set></query></iq>", "id", "a1", "room", room)
		alice.ExpectNext(t, archived(room, "alice", "one"))
		alice.ExpectNext(t, archived(room, "dora", "two"))
		fin := alice.ExpectNext(t, "iq[@type='result'][@id='a1']/{urn:xmpp:mam:2}fin[not(@complete)]/{http://jabber.org/protocol/rsm}set[count[text()='3']][first[@index='0']]")
		last := fin.Find("iq/{urn:xmpp:mam:2}fin/{http://jabber.org/protocol/rsm}set/last").Text
		alice.Send(t, archiveQuery+"<max>2</max><after>{after}</after></set></query></iq>", "id", "a2", "room", room, "after", last)
		alice.ExpectNext(t, archived(room, "alice", "three"))
		alice.ExpectNext(t, "iq[@type='result'][@id='a2']/{urn:xmpp:mam:2}fin[@complete='true']")
		alice.Send(t, archiveQuery+"<max>1</max><before/></set></query></iq>", "id", "a3", "room", room)
		alice.ExpectNext(t, archived(room, "alice", "three"))
		alice.ExpectNext(t, "iq[@type='result'][@id='a3']/{urn:xmpp:mam:2}fin[not(@complete)]")
		alice.Send(t, archiveQuery+"<max>1</max><before>{before}</before></set></query></iq>", "id", "a4", "room", room, "before", last)
		alice.ExpectNext(t, archived(room, "alice", "one"))
		alice.Send(t, archiveQuery+"<max>0</max></set></query></iq>", "id", "a5", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='a5']/{urn:xmpp:mam:2}fin/{http://jabber.org/protocol/rsm}set/count[text()='3']")
		alice.Send(t, archiveQuery+"<after>nonsense</after></set></query></iq>", "id", "a6", "room", room)
		alice.Expect(t, "iq[@type='error'][@id='a6']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}item-not-found")
		alice.Send(t, "<iq type='get' id='a7' to='{room}'><query xmlns='urn:xmpp:mam:2'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='a7']/{urn:xmpp:mam:2}query/{jabber:x:data}x[field[@var='start']][field[@var='end']]")
	}},
	{"a client filters the archive, turns a page round, and asks where the archive begins and ends", func(t *testing.T, w *world) {
		const filtered = "<iq type='set' id='{id}' to='{room}'><query xmlns='urn:xmpp:mam:2' queryid='q'><x xmlns='jabber:x:data' type='submit'>" +
			"<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='{field}'><value>{value}</value></field></x>"
		alice := w.client(t, "alice", "desk")
		_, room := talkOfThree(t, w, alice)
		alice.Ignore("presence") // what the server says of hosts comes when it comes
		alice.Send(t, "<iq type='get' id='i1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
		alice.Expect(t, "iq[@id='i1']/{disco#info}query[feature[@var='urn:xmpp:mam:2']][feature[@var='urn:xmpp:mam:2#extended']]")
		alice.Send(t, filtered+"</query></iq>", "id", "f1", "room", room, "field", "with", "value", room+"/dora")
		two := alice.ExpectNext(t, archived(room, "dora", "two"),
			"message/{urn:xmpp:mam:2}result/{urn:xmpp:forward:0}forwarded/{jabber:client}message/{muc#user}x/item[@jid='"+userAddress("dora")+"']").Find("message/{urn:xmpp:mam:2}result").Attr("id")
		alice.ExpectNext(t, "iq[@id='f1'][@type='result']/{urn:xmpp:mam:2}fin[@complete='true']")
		alice.Send(t, filtered+"</query></iq>", "id", "f2", "room", room, "field", "after-id", "value", two)
		alice.ExpectNext(t, archived(room, "alice", "three"))
		alice.Expect(t, "iq[@id='f2'][@type='result']")
		alice.Send(t, filtered+"</query></iq>", "id", "f3", "room", room, "field", "ids", "value", two)
		alice.ExpectNext(t, archived(room, "dora", "two"))
		alice.Expect(t, "iq[@id='f3'][@type='result']")
		alice.Send(t, filtered+"</query></iq>", "id", "f4", "room", room, "field", "colour", "value", "red")
		alice.Expect(t, "iq[@id='f4'][@type='error']/error/"+conditions+"feature-not-implemented")
		alice.Send(t, archiveQuery+"<max>2</max></set><flip-page/></query></iq>", "id", "f5", "room", room)
		alice.ExpectNext(t, archived(room, "dora", "two"))
		alice.ExpectNext(t, archived(room, "alice", "one"))
		alice.Expect(t, "iq[@id='f5'][@type='result']/{urn:xmpp:mam:2}fin/{http://jabber.org/protocol/rsm}set/last[text()='"+two+"']")
		alice.Send(t, "<iq type='get' id='m1' to='{room}'><metadata xmlns='urn:xmpp:mam:2'/></iq>", "room", room)
		alice.Expect(t, "iq[@id='m1'][@type='result']/{urn:xmpp:mam:2}metadata[start[@id][@timestamp]][end[@id!='"+two+"']]")
	}},
	{"whoever wants nothing archived says so in their client", func(t *testing.T, w *world) {
		const prefs = "<iq type='set' id='{id}' to='{room}'><prefs xmlns='urn:xmpp:mam:2' default='{default}'><always/><never/></prefs></iq>"
		alice := w.client(t, "alice", "desk")
		_, room := talkOfThree(t, w, alice)
		alice.Send(t, prefs, "id", "p1", "room", room, "default", "never")
		alice.ExpectEach(t, "iq[@id='p1'][@type='result']/{urn:xmpp:mam:2}prefs[@default='never']", "message[not(body)]/{muc#user}x[status[@code='171']]")
		say(t, alice, room, "off the record")
		alice.Expect(t, "message/body[text()='off the record']")
		if n := len(archivedIDs(t, alice, room)); n != 3 {
			t.Errorf("the archive has %d messages", n)
		}
		alice.Send(t, prefs, "id", "p2", "room", room, "default", "roster")
		alice.Expect(t, "iq[@id='p2'][@type='error']/error/"+conditions+"feature-not-implemented")
		alice.Send(t, prefs, "id", "p3", "room", room, "default", "always")
		alice.ExpectEach(t, "iq[@id='p3'][@type='result']", "message[not(body)]/{muc#user}x[status[@code='170']]")
	}},
	{"nobody reads another person's archive", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		_, room := talkOfThree(t, w, alice)
		bob := w.client(t, "bob", "desk")
		bob.Send(t, archiveQuery+"</set></query></iq>", "id", "a1", "room", room)
		bob.ExpectNext(t, "iq[@type='result'][@id='a1']/{urn:xmpp:mam:2}fin[@complete='true']/{http://jabber.org/protocol/rsm}set/count[text()='0']")
	}},
}

// heard waits until the archive of a room has so many messages.
func (w *world) heard(t *testing.T, c *xmppclient.Client, room string, messages int) {
	t.Helper()
	until(t, fmt.Sprintf("the archive has %d messages", messages), func() bool { return len(archivedIDs(t, c, room)) >= messages })
}

// archivedIDs gives the ids of all the messages in a room's archive, page by page.
func archivedIDs(t *testing.T, c *xmppclient.Client, room string) []string {
	t.Helper()
	var ids []string
	for _, m := range wholeArchive(t, c, room) {
		ids = append(ids, m.Attr("id"))
	}
	return ids
}

// wholeArchive are all messages in the archive of a room.
func wholeArchive(t *testing.T, c *xmppclient.Client, room string) []*xmppclient.Element {
	t.Helper()
	var all []*xmppclient.Element
	for after := ""; ; {
		page := archiveQuery + "<max>100</max>"
		if after != "" {
			page += "<after>{after}</after>"
		}
		query := c.NewID()
		c.Send(t, page+"</set></query></iq>", "id", query, "room", room, "after", after)
		for {
			s := c.Expect(t, "*")
			if result := s.Find("message/{urn:xmpp:mam:2}result"); result != nil {
				after = result.Attr("id")
				all = append(all, s.Find("message/{urn:xmpp:mam:2}result/{urn:xmpp:forward:0}forwarded/{jabber:client}message"))
			}
			if s.Attr("id") == query {
				if s.Find("iq/{urn:xmpp:mam:2}fin[@complete='true']") != nil {
					return all
				}
				break
			}
		}
	}
}
