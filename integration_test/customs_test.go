package integration_test

import (
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/xmppclient"
)

// This is where to find the scenario of each custom that people of XMPP-IRC gateways rely on.
//
// Addresses: rooms and talks (channels, people, occupants), "names that an address cannot hold", "anyone on the server", "a channel of this
// server alone" (&); TestOneFixedServer.
// Joining and leaving: rooms; "one nick is for all of a server", "who was never inside leaves in silence"; faults (nick in use, key, ban).
// Rosters: habits, "the server can be in the roster", "a presence to the server keeps it connected without a channel"; discovery.
// What is said: rooms, talks, habits; "ids of clients are kept, and nobody makes ours"; commands (encodings, Latin-1).
// Roles: rooms, "roles follow the modes"; "affiliations become modes", "higher signs are owners"; habits (bans, modes in words).
// Programs: habits (version), "IRC asks the client's version and pings it".
// Lists: habits, "the rooms are listed in order, a hundred of them"; discovery, "what passes in a room, and no commands at an occupant".
// History and archive: archives.
// Options: commands; TestServersThatPeopleNameThemselves (an unknown host too); TestPasswordsThatAPersonSets; archives (max_history_length, persistent);
// TestTheOperatorHasTheGatewayStayInEverybodysRooms.
// Floods: TestAFlood…; TestWhatIsSentToAServerIsPacedAndInOrder.
// Weather: netsplits, kills, bans, throttles, forced nicks, restarts; lifecycle.
var customs = []scenario{
	{"names that an address cannot hold are escaped", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		names := map[string]string{"#b@byfoot": `#b\40byfoot`, "#true/false": `#true\2ffalse`, "#host:80": `#host\3a80`, "#a&b": `#a\26b`}
		if strings.Contains(t.Name(), "ngircd") {
			delete(names, "#host:80") // which this server forbids
		}
		for name, local := range names {
			room := local + "%" + host + "@" + domain
			dora := w.onIRC(t, "dora", name)
			join(t, alice, room, "alice")
			say(t, alice, room, "in "+name)
			dora.Expect(t, "PRIVMSG "+name+" :in "+name)
			alice.Expect(t, "message[@from='"+room+"/alice']/body[text()='in "+name+"']")
			dora.Send(t, "QUIT")
			dora.ExpectEnd(t)
		}
	}},
	{"anyone on the server can be written to, by nick as the resource", func(t *testing.T, w *world) {
		_, room := w.channel()
		dora := w.onIRC(t, "dora")
		dora.Send(t, "NICK [Dora]")
		dora.Expect(t, " NICK ")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		join(t, alice, room, "alice")
		alice.Send(t, "<message to='%{host}@{domain}/[Dora]' type='chat' id='c1'><body>psst</body></message>", "host", host, "domain", domain)
		dora.Expect(t, `^:alice!\S+ PRIVMSG (?i:\[dora\]) :psst$`)
		dora.Say(t, "alice", "yes?")
		alice.Expect(t, "message[@from='[dora]%"+host+"@"+domain+"']/body[text()='yes?']")
	}},
	{"a channel of this server alone is a room where the server has such", func(t *testing.T, w *world) {
		if !strings.Contains(t.Name(), "ngircd") {
			t.Skip("this server has no channels that begin with &")
		}
		dora := w.onIRC(t, "dora", "&local")
		alice := w.client(t, "alice", "desk")
		room := `\26local%` + host + "@" + domain
		join(t, alice, room, "alice")
		say(t, alice, room, "hello")
		dora.Expect(t, "PRIVMSG &local :hello")
	}},
	{"one nick is for all of a server", func(t *testing.T, w *world) {
		_, room := w.channel()
		_, other := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, joinStanza, "room", other, "nick", "somebody")
		alice.Expect(t, "presence[not(@type)][@from='"+other+"/alice']/{muc#user}x[status[@code='110']][status[@code='210']]")
		alice.Expect(t, "message/subject")
		alice.Send(t, "<presence to='{room}/alison'/>", "room", room)
		var renamed []string // in whichever order
		for _, in := range []string{room, other} {
			renamed = append(renamed, "presence[@type='unavailable'][@from='"+in+"/alice']/{muc#user}x[item[@nick='alison']][status[@code='303']]", "presence[not(@type)][@from='"+in+"/alison']/{muc#user}x[status[@code='110']]")
		}
		alice.ExpectEach(t, renamed...)
		alice.Send(t, joinStanza, "room", room, "nick", "alice") // a client that lost its state, and its nick
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/alison']/{muc#user}x[status[@code='110']]")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/alison']/{muc#user}x[item[@nick='alice']][status[@code='303']]")
	}},
	{"who was never inside leaves in silence", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence type='unavailable' to='{room}/alice'/>", "room", room)
		alice.ExpectNone(t, "presence", alice.Ping(t, domain))
	}},
	{"someone's QUIT is seen only in the rooms that they share with one", func(t *testing.T, w *world) {
		shared, room := w.channel()
		_, other := w.channel()
		dora := w.onIRC(t, "dora", shared)
		alice := w.client(t, "alice", "desk")
		join(t, alice, other, "alice")
		join(t, alice, room, "alice")
		dora.Send(t, "QUIT :bye")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/dora']")
		alice.ExpectNone(t, "presence[@from='"+other+"/dora']", alice.Ping(t, domain))
	}},
	{"ids of clients are kept, and nobody makes ours", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<message to='{room}' type='groupchat' id='m1'><body>hello</body><origin-id xmlns='urn:xmpp:sid:0' id='o1'/><stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='{room}'/></message>", "room", room)
		alice.Expect(t, "message[@id='m1'][{urn:xmpp:sid:0}origin-id[@id='o1']][not({urn:xmpp:sid:0}stanza-id[@id='forged'])]/{urn:xmpp:sid:0}stanza-id[@by='"+room+"'][@id]")
		alice.Send(t, "<message to='{room}' type='groupchat'><body>without an id</body></message>", "room", room)
		alice.Expect(t, "message[@id]/body[text()='without an id']")
	}},
	{"affiliations become modes", func(t *testing.T, w *world) {
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora := w.onIRC(t, "dora", channel)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/dora']")
		for _, c := range []struct{ asked, mode, shown string }{
			{"affiliation='member'", `\+v`, "[@affiliation='member'][@role='participant']"},
			{"affiliation='admin'", `\+o`, "[@affiliation='admin'][@role='moderator']"},
			{"affiliation='member'", `-o`, "[@affiliation='member'][@role='participant']"},
			{"role='moderator'", `\+h`, "[@affiliation='member'][@role='moderator']"},
			{"affiliation='none'", `-\w*h`, "[@affiliation='none'][@role='participant']"},
		} {
			id := alice.NewID()
			alice.Send(t, "<iq type='set' id='{id}' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='dora' "+c.asked+"/></query></iq>", "id", id, "room", room)
			alice.ExpectEach(t, "iq[@type='result'][@id='"+id+"']", "presence[@from='"+room+"/dora']/{muc#user}x/item"+c.shown)
			dora.Expect(t, `^:alice!\S+ MODE `+channel+` \S*`+c.mode)
		}
	}},
	{"higher signs are owners", func(t *testing.T, w *world) {
		if strings.Contains(t.Name(), "ngircd") {
			t.Skip("on this server services alone give them")
		}
		channel, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		dora := w.onIRC(t, "dora", channel)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/dora']")
		oper := operator(t, w.irc, "services")
		const owner = "[@affiliation='owner'][@role='moderator']"
		seen := func(nick, standing string) {
			t.Helper()
			alice.Expect(t, "presence[@from='"+room+"/"+nick+"']/{muc#user}x/item"+standing)
		}
		set := func(affiliation string) {
			t.Helper()
			id := alice.NewID()
			alice.Send(t, "<iq type='set' id='{id}' to='{room}'><query xmlns='http://jabber.org/protocol/muc#admin'><item nick='dora' affiliation='{affiliation}'/></query></iq>",
				"id", id, "room", room, "affiliation", affiliation)
			standing := map[string]string{"owner": owner, "admin": "[@affiliation='admin'][@role='moderator']"}[affiliation]
			alice.ExpectEach(t, "iq[@type='result'][@id='"+id+"']", "presence[@from='"+room+"/dora']/{muc#user}x/item"+standing)
		}
		oper.Send(t, "SAMODE "+channel+" +q alice")
		seen("alice", owner)
		set("owner")
		dora.Expect(t, `^:alice!\S+ MODE `+channel+` \S*\+a\S* .*dora`)
		set("admin")
		dora.Expect(t, `^:alice!\S+ MODE `+channel+` `)
		oper.Send(t, "SAMODE "+channel+" +q dora")
		seen("dora", owner)
	}},
	{"IRC asks the client's version and pings it", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		alice.Manual(t, "jabber:iq:version")
		join(t, alice, room, "alice")
		dora.Send(t, "PRIVMSG alice :\x01VERSION\x01")
		asked := alice.Expect(t, "iq[@type='get']/{jabber:iq:version}query")
		alice.Send(t, "<iq type='result' id='{id}' to='{to}'><query xmlns='jabber:iq:version'><name>Tester</name><version>3.1</version><os>none</os></query></iq>", "id", asked.Attr("id"), "to", asked.Attr("from"))
		dora.Expect(t, "NOTICE dora :\x01VERSION Tester 3.1 none.*\x01")
		dora.Send(t, "PRIVMSG alice :\x01PING 42\x01")
		dora.Expect(t, "NOTICE dora :\x01PING 42\x01")
		alice.Send(t, "<iq type='get' id='p1' to='{room}/dora'><ping xmlns='urn:xmpp:ping'/></iq>", "room", room)
		token := dora.Expect(t, "PRIVMSG dora :\x01PING ([^\x01]*)\x01")[1]
		dora.Send(t, "NOTICE alice :\x01PING "+token+"\x01")
		alice.Expect(t, "iq[@type='result'][@id='p1'][@from='"+room+"/dora']")
	}},
	{"the rooms are listed in order, a hundred of them to who asks for no page", func(t *testing.T, w *world) {
		dora := w.onIRC(t, "dora")
		var many []string
		for i := range 104 {
			many = append(many, "JOIN #list"+string(rune('a'+i/26))+string(rune('a'+i%26)))
		}
		dora.Send(t, many...)
		dora.Expect(t, "JOIN :?#listdz")
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<iq type='get' id='d1' to='{server}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>", "server", host+"@"+domain)
		items := alice.Expect(t, "iq[@type='result'][@id='d1']/{disco#items}query/{http://jabber.org/protocol/rsm}set[first[@index='0']][last][count]").Children[0].Children
		var jids []string
		for _, item := range items {
			if jid := item.Attr("jid"); jid != "" {
				jids = append(jids, jid)
			}
		}
		for i := range jids[1:] {
			if jids[i] >= jids[i+1] {
				t.Fatalf("%s comes before %s", jids[i], jids[i+1])
			}
		}
		if len(jids) != 100 {
			t.Errorf("%d rooms are listed", len(jids))
		}
	}},
	{"what passes in a room is told, and there are no commands at an occupant", func(t *testing.T, w *world) {
		_, room := w.channel()
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<iq type='get' id='t1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info' node='http://jabber.org/protocol/muc#traffic'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='t1']/{disco#info}query[@node='http://jabber.org/protocol/muc#traffic']/feature[@var='jabber:x:oob']")
		alice.Send(t, commandsOf, "id", "t2", "to", room+"/alice")
		alice.Expect(t, "iq[@type='error'][@id='t2']/error[@type='cancel']/"+conditions+"feature-not-implemented")
		for _, to := range []string{room, host + "@" + domain} {
			alice.Send(t, "<iq type='get' id='t3' to='{to}'><query xmlns='jabber:iq:version'/></iq>", "to", to)
			alice.Expect(t, "iq[@type='result'][@id='t3']/{jabber:iq:version}query[name][version]")
		}
	}},
	{"as much is shown on joining as one has set, or as the client says", func(t *testing.T, w *world) {
		bob := w.client(t, "bob", "desk")
		_, room := w.channel()
		join(t, bob, room, "bob")
		for _, line := range []string{"one", "two", "three"} {
			say(t, bob, room, line)
			bob.Expect(t, "message/body[text()='"+line+"']")
		}
		shown := func(limit string) (lines []string) {
			t.Helper()
			bob.Send(t, "<presence to='{room}/bob'><x xmlns='http://jabber.org/protocol/muc'>"+limit+"</x></presence>", "room", room)
			bob.Expect(t, "presence[@from='"+room+"/bob']/{muc#user}x[status[@code='110']]")
			for {
				s := bob.Expect(t, "message")
				if s.Find("message/subject") != nil {
					return lines
				}
				lines = append(lines, s.Find("message/body").Text)
			}
		}
		run(t, bob, domain, "configure", "<field var='max_history_length'><value>2</value></field>")
		for limit, want := range map[string]string{"": "two three", "<history maxstanzas='3'/>": "one two three", "<history seconds='60'/>": "one two three",
			"<history seconds='0'/>": "", "<history since='2000-01-01T00:00:00Z' maxstanzas='1'/>": "three", "<history maxchars='1'/>": "", "<history maxchars='9999' maxstanzas='2'/>": "two three"} {
			if got := strings.Join(shown(limit), " "); got != want {
				t.Errorf("with %q %q is shown, want %q", limit, got, want)
			}
		}
		run(t, bob, domain, "configure", "<field var='max_history_length'><value>20</value></field>")
	}},
	{"the archive is read from a time to a time", func(t *testing.T, w *world) {
		alice := w.client(t, "alice", "desk")
		_, room := talkOfThree(t, w, alice)
		between := func(start, end string) *xmppclient.Element {
			t.Helper()
			id := alice.NewID()
			query := "<iq type='set' id='{id}' to='{room}'><query xmlns='urn:xmpp:mam:2' queryid='q'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>"
			for name, value := range map[string]string{"start": start, "end": end} {
				if value != "" {
					query += "<field var='" + name + "'><value>" + value + "</value></field>"
				}
			}
			alice.Send(t, query+"</x></query></iq>", "id", id, "room", room)
			return alice.Expect(t, "iq[@id='"+id+"']/{urn:xmpp:mam:2}fin[@complete='true']/{http://jabber.org/protocol/rsm}set/count")
		}
		hourAgo, soon := time.Now().UTC().Add(-time.Hour).Format(time.RFC3339), time.Now().UTC().Add(time.Hour).Format(time.RFC3339)
		for _, c := range []struct{ start, end, count string }{{"", "2000-06-07T00:00:00Z", "0"}, {"3016-06-07T00:00:00Z", "", "0"}, {hourAgo, "", "3"}, {hourAgo, soon, "3"}, {"", hourAgo, "0"}} {
			mustMatch(t, between(c.start, c.end), "iq/{urn:xmpp:mam:2}fin/{http://jabber.org/protocol/rsm}set/count[text()='"+c.count+"']")
		}
	}},
}
