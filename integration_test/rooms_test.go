package integration_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/xmppclient"
)

var rooms = []scenario{
	{"someone who joins sees who is there, themselves last, and the topic", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		dora.Send(t, "TOPIC "+channel+" :All about tests")
		dora.Expect(t, "TOPIC")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.ExpectNext(t, "presence[@from='"+room+"/dora']/{muc#user}x/item[@affiliation='admin'][@role='moderator'][@jid~'^"+userAddress("dora")+"(/~?dora@.*)?$']",
			"presence/{urn:xmpp:occupant-id:0}occupant-id[@id]")
		alice.ExpectNext(t, "presence[@from='"+room+"/alice']/{muc#user}x[item[@affiliation='none'][@role='participant']][status[@code='110']][status[@code='100']]")
		alice.ExpectNext(t, "message[@type='groupchat']/subject[text()='All about tests']", "message[not(body)]")
		dora.Expect(t, `^:alice!\S+ JOIN`)
	}},
	{"people on both sides talk, and the sender sees the message confirmed", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<message to='{room}' type='groupchat' id='m1'><body>hello, IRC</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/></message>", "room", room)
		dora.Expect(t, `^:alice!\S+ PRIVMSG `+channel+` :hello, IRC$`)
		alice.Expect(t, "message[@type='groupchat'][@id='m1'][@from='"+room+"/alice']/body[text()='hello, IRC']",
			"message/{urn:xmpp:sid:0}origin-id[@id='o1']", "message/{urn:xmpp:sid:0}stanza-id[@id][@by='"+room+"']", "message/{urn:xmpp:occupant-id:0}occupant-id")
		dora.Say(t, channel, "hello, \x02XMPP\x02 <&>")
		alice.ExpectNext(t, "message[@type='groupchat'][@id][@from='"+room+"/dora']/body[text()='hello, *XMPP* <&>']", "message/{urn:xmpp:sid:0}stanza-id[@id]")
	}},
	{"actions and notices come through in both directions", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		say(t, alice, room, "/me waves")
		dora.Expect(t, "PRIVMSG "+channel+" :\x01ACTION waves\x01$")
		dora.Say(t, channel, "\x01ACTION waves back\x01")
		alice.Expect(t, "message[@from='"+room+"/dora']/body[text()='/me waves back']")
		dora.Send(t, "NOTICE "+channel+" :take note")
		alice.Expect(t, "message[@from='"+room+"/dora']/body[text()='take note']")
	}},
	{"a message of several lines becomes several, the first keeps its id", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		id := say(t, alice, room, "one\ntwo\n\nthree")
		for _, line := range []string{"one", "two", "three"} {
			dora.Expect(t, "PRIVMSG "+channel+" :"+line+"$")
		}
		alice.ExpectNext(t, "message[@id='"+id+"']/body[text()='one']")
		alice.ExpectNext(t, "message[@id!='"+id+"']/body[text()='two']")
		alice.ExpectNext(t, "message[@id!='"+id+"']/body[text()='three']")
	}},
	{"a long message reaches IRC whole, in lines that the server does not cut", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		long := strings.TrimSpace(strings.Repeat("Grüße aus der langen Zeile ", 60))
		id := say(t, alice, room, long)
		alice.Expect(t, "message[@id='"+id+"']/body[text()='"+long+"']")
		var got []string
		for heard := 0; heard < len(long); {
			piece := dora.Expect(t, "PRIVMSG "+channel+" :(.*)$")[1]
			got = append(got, strings.TrimSpace(piece))
			heard = len(strings.Join(got, " "))
		}
		if joined := strings.Join(got, " "); joined != long {
			t.Errorf("IRC got %q", joined)
		}
	}},
	{"a nick change shows the new nick everywhere", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora.Send(t, "NICK dorothy")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/dora']/{muc#user}x[item[@nick='dorothy']][status[@code='303']]")
		alice.ExpectNext(t, "presence[not(@type)][@from='"+room+"/dorothy']")
		alice.Send(t, "<presence to='{room}/alicia'/>", "room", room)
		dora.Expect(t, `^:alice!\S+ NICK :?alicia$`)
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[item[@nick='alicia']][status[@code='303']][status[@code='110']]")
		alice.ExpectNext(t, "presence[not(@type)][@from='"+room+"/alicia']/{muc#user}x[status[@code='110']]")
		alice.Send(t, "<presence to='{room}/dorothy' id='p1'/>", "room", room)
		alice.Expect(t, "presence[@type='error']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}conflict")
	}},
	{"people are seen to come and go", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora := w.onIRC(t, "dora", channel)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/dora']/{muc#user}x[not(status)]")
		dora.Send(t, "PART "+channel+" :lunch")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/dora']/{muc#user}x/item[@role='none']", "presence/status[text()~'lunch']")
		dora.Join(t, channel)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/dora']")
		dora.Send(t, "QUIT :bye")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/dora']")
		rob := w.onIRC(t, "rob", channel)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/rob']")
		rob.Close()
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/rob']")
	}},
	{"a kick shows who did it and why, and the kicked one is out", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		rob := w.onIRC(t, "rob", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora.Send(t, "KICK "+channel+" rob :spam")
		rob.Expect(t, "KICK")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/rob']/{muc#user}x[item[@role='none'][actor[@nick='dora']][reason[text()='spam']]][status[@code='307']]")
		dora.Send(t, "KICK "+channel+" alice :you too")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alice']/{muc#user}x[item/actor[@nick='dora']][status[@code='307']][status[@code='110']]")
		say(t, alice, room, "still here?")
		alice.Expect(t, "message[@type='error']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}not-acceptable")
		join(t, alice, room, "alice")
	}},
	{"a moderator kicks and gives voice", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora := w.onIRC(t, "dora", channel)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/dora']")
		alice.Send(t, "<iq type='set' id='voice' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='dora' affiliation='member'/></query></iq>", "room", room)
		dora.Expect(t, `MODE `+channel+` \+v :?dora`)
		alice.ExpectEach(t, "iq[@type='result'][@id='voice']", "presence[@from='"+room+"/dora']/{muc#user}x/item[@affiliation='member'][@role='participant']")
		alice.Send(t, "<iq type='set' id='kick' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='dora' role='none'><reason>enough</reason></item></query></iq>", "room", room)
		dora.Expect(t, `^:alice!\S+ KICK `+channel+` dora :enough$`)
		alice.ExpectEach(t, "iq[@type='result'][@id='kick']", "presence[@type='unavailable'][@from='"+room+"/dora']/{muc#user}x[status[@code='307']]")
	}},
	{"who is no operator is told so", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<iq type='set' id='kick' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='dora' role='none'/></query></iq>", "room", room)
		alice.Expect(t, "iq[@type='error'][@id='kick']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}forbidden")
		dora.Send(t, "MODE "+channel+" +t")
		dora.ExpectNone(t, " 482 ") // some servers have set it already, and say nothing
		alice.Send(t, "<message to='{room}' type='groupchat' id='s1'><subject>mine</subject></message>", "room", room)
		alice.Expect(t, "message[@type='error'][@id='s1']/error[{urn:ietf:params:xml:ns:xmpp-stanzas}forbidden]/{urn:ietf:params:xml:ns:xmpp-stanzas}text")
	}},
	{"roles follow the modes", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora.Send(t, "MODE "+channel+" +v alice")
		alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x[item[@affiliation='member'][@role='participant']][status[@code='110']]")
		dora.Send(t, "MODE "+channel+" +o alice")
		alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x/item[@affiliation='admin'][@role='moderator']")
		dora.Send(t, "MODE "+channel+" -o alice")
		alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x/item[@affiliation='member'][@role='participant']")
		dora.Send(t, "MODE "+channel+" -v alice")
		alice.Expect(t, "presence[@from='"+room+"/alice']/{muc#user}x/item[@affiliation='none'][@role='participant']")
		dora.Send(t, "MODE "+channel+" +b *!*@spam.example")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/body[text()~'spam.example']")
	}},
	{"the topic is the subject, in both directions", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora := w.onIRC(t, "dora", channel)
		alice.Send(t, "<message to='{room}' type='groupchat'><subject>two\nlines</subject></message>", "room", room)
		dora.Expect(t, `^:alice!\S+ TOPIC `+channel+` :two lines$`)
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"/alice'][not(body)]/subject[text()='two lines']")
	}},
	{"all of a person's clients are one occupant, and the last one closes the door", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		desk, phone := w.client(t, "alice", "desk"), w.client(t, "alice", "phone")
		join(t, desk, room, "alice")
		dora.Expect(t, "JOIN")
		phone.Send(t, joinStanza, "room", room, "nick", "other")
		phone.ExpectNext(t, "presence[@from='"+room+"/dora']")
		phone.ExpectNext(t, "presence[@from='"+room+"/alice']/{muc#user}x[status[@code='110']][status[@code='210']]")
		phone.ExpectNext(t, "message/subject")
		desk.ExpectNone(t, "presence", desk.Ping(t, "localhost"))
		id := say(t, desk, room, "from the desk")
		for _, c := range []*xmppclient.Client{desk, phone} {
			c.ExpectNext(t, "message[@id='"+id+"'][@from='"+room+"/alice'][@to='"+c.JID+"']")
		}
		leave(t, desk, room, "alice")
		dora.Say(t, channel, "who is left?")
		phone.Expect(t, "message/body[text()='who is left?']")
		desk.ExpectNone(t, "message", desk.Ping(t, "localhost"))
		phone.Abort(t)
		dora.Expect(t, `^:alice!\S+ (PART|QUIT)`)
	}},
	{"a client that lost its state joins again and gets everything", func(t *testing.T, w *world) {
		channel, room := w.channel()
		w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, joinStanza, "room", room, "nick", "alice")
		alice.ExpectNext(t, "presence[@from='"+room+"/dora']")
		alice.ExpectNext(t, "presence[@from='"+room+"/alice']/{muc#user}x[status[@code='110']]")
		alice.ExpectNext(t, "message/subject")
	}},
	{"an error from one client removes that client alone", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		desk, phone := w.client(t, "alice", "desk"), w.client(t, "alice", "phone")
		join(t, desk, room, "alice")
		join(t, phone, room, "alice")
		phone.Send(t, "<message type='error' to='{room}'><error type='cancel'><recipient-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>", "room", room)
		phone.Expect(t, phone.Ping(t, domain))
		dora.Say(t, channel, "anyone?")
		desk.Expect(t, "message/body[text()='anyone?']")
		phone.ExpectNone(t, "message", phone.Ping(t, domain))
	}},
}
