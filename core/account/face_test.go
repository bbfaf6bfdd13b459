package account

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/core/stanza"
	"isthmus/transports"
)

func TestALineToTheAccountIsForTheServer(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(`<message type='chat' id='m1'` + from("phone") + `to='irc.net@gw.example'><body>WHOIS bob</body><request xmlns='urn:xmpp:receipts'/></message>`)
		w.expectCommands("instruct : WHOIS bob")
		w.expect("phone: chat from irc.net@gw.example: receipt of m1")
		w.sends(chat("phone", "m0", "irc.net@gw.example", "\n"))
		w.expect("phone: m0 refused: bad-request: The message has no text.")
		w.denies(transports.Invalid, "There is no such command.")
		w.sends(chat("phone", "m2", "irc.net@gw.example", "FROB"))
		w.expect("phone: m2 refused: not-acceptable: There is no such command.")
	})
}

func TestOnlyKnownWordsAfterASlashAreCommands(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.shared.About.Slashes = []string{"mode"}
		w.inside("bob")
		w.sends(groupchat("phone", "m1", "/mode +t"))
		w.sends(groupchat("phone", "m2", "/etc/passwd is a file"))
		w.expectCommands("instruct #go: mode +t", "send #go /etc/passwd is a file")
		w.expect("phone: <alice> /mode +t", "phone: <alice> /etc/passwd is a file") // each is confirmed
		if rows := w.rows(); len(rows) != 1 {
			t.Errorf("the archive has %d rows", len(rows))
		}
		w.denies(transports.Forbidden, "You are no operator.")
		w.sends(groupchat("phone", "m3", "/mode +t"))
		w.expect("phone: m3 refused: forbidden: You are no operator.")
	})
}

func TestInvitationsGoBothWays(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		invite := func(to string) string {
			return `<message` + from("phone") + `to='#go%irc.net@gw.example' id='i1'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='` + to + `'><reason>come</reason></invite></x></message>`
		}
		w.sends(invite("carol%irc.net@gw.example"))
		w.expectCommands("invite #go carol (come)")
		w.expect("phone: <#go> carol has been invited to #go")
		for _, to := range []string{"Carol", "#any%irc.net@gw.example/Carol", "carol%other.net@gw.example"} {
			w.sends(invite(to))
			w.expectCommands("invite #go carol (come)")
		}
		w.forget()
		w.sends(invite("dora@example.net"))
		w.settle()
		got := w.stream.raw()
		if len(got) != 1 || got[0].To != jid("dora@example.net") || got[0].From != jid("#go%irc.net@gw.example") ||
			!strings.Contains(string(got[0].Append(nil)), "<invite from='alice@example.org/phone'><reason>come</reason></invite>") {
			t.Errorf("passed on: %v", got)
		}
		w.sends(invite("irc.net@gw.example"))
		w.expect("phone: i1 refused: bad-request: irc.net@gw.example is nobody on irc.net.")
		w.emits(transports.Invited{Room: "#den", By: user("bob"), Reason: "we are here"})
		w.settle()
		got = w.stream.raw()
		if len(got) != 1 || got[0].To != jid("alice@example.org") || got[0].From != jid("#den%irc.net@gw.example") ||
			!strings.Contains(string(got[0].Append(nil)), "<invite from='bob%irc.net@gw.example'>") {
			t.Errorf("invited by: %v", got)
		}
	})
}

func TestProgramsAskEachOther(t *testing.T) {
	const version = `<query xmlns='jabber:iq:version'/>`
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.network.answer = func(transports.Command) (transports.Result, error, bool) {
			return transports.Result{Text: "WeeChat 4"}, nil, false
		}
		w.sends(iq("phone", "get", "#go%irc.net@gw.example/bob", version))
		w.expectCommands("ask bob 0")
		w.expect("phone: q result <query xmlns='jabber:iq:version'><name>WeeChat 4</name><version/></query>")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example/bob", ping))
		w.expectCommands("ask bob 1")
		w.expect("phone: q result ")

		w.emits(transports.Asked{ID: 5, From: user("bob"), Question: transports.AboutVersion})
		w.stream.answers(t, func(request *stanza.Stanza) *stanza.Stanza {
			if request.To != jid("alice@example.org/phone") || request.From != jid("#go%irc.net@gw.example/bob") {
				t.Errorf("asked %s", request.Append(nil))
			}
			return request.Result(stanza.New("jabber:iq:version", "query").Add(stanza.Text("jabber:iq:version", "name", "Dino"), stanza.Text("jabber:iq:version", "version", "0.5")))
		})
		w.expectCommands(`answer bob 5 "Dino 0.5"`)
	})
}

func TestTheNetworksRoomsAreListedInPages(t *testing.T) {
	const items = "http://jabber.org/protocol/disco#items"
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		for i := range 250 {
			w.network.listings = append(w.network.listings, transports.Listing{Room: transports.RoomID(fmt.Sprintf("#r%03d", i)), Name: fmt.Sprintf("#R%03d", i)})
		}
		page := func(set string) (first string, n int, end *stanza.Element) {
			t.Helper()
			w.sends(iq("phone", "get", "irc.net@gw.example", `<query xmlns='`+items+`'>`+set+`</query>`))
			w.settle()
			got := w.stream.raw()
			if len(got) != 1 || got[0].Type != "result" {
				t.Fatalf("answered by %v", got)
			}
			for _, e := range got[0].Payload[0].Children() {
				if e.Name == "item" {
					if n++; n == 1 {
						first = e.Attr("name")
					}
				} else {
					end = e
				}
			}
			return first, n, end
		}
		if first, n, _ := page(""); n != 100 || first != "#R000" {
			t.Errorf("without pages: %d from %s", n, first)
		}
		const rsm = `<set xmlns='http://jabber.org/protocol/rsm'>`
		first, n, end := page(rsm + `<max>40</max><after>#r099%irc.net@gw.example</after></set>`)
		if n != 40 || first != "#R100" || end.Child("", "count").Text() != "250" || end.Child("", "first").Attr("index") != "100" {
			t.Errorf("after 99: %d from %s, %s", n, first, end.Append(nil))
		}
		if first, n, _ = page(rsm + `<max>20</max><before/></set>`); n != 20 || first != "#R230" {
			t.Errorf("the last: %d from %s", n, first)
		}
		if first, n, end = page(rsm + `<max>7</max><index>100</index></set>`); n != 7 || first != "#R100" || end.Child("", "first").Attr("index") != "100" {
			t.Errorf("by number: %d from %s", n, first)
		}
		if _, n, end = page(rsm + `<max>0</max></set>`); n != 0 || end.Child("", "count").Text() != "250" || end.Child("", "first") != nil {
			t.Errorf("only counted: %d, %s", n, end.Append(nil))
		}
		if first, n, _ = page(rsm + `<max>7</max><before>#r003%irc.net@gw.example</before></set>`); n != 3 || first != "#R000" {
			t.Errorf("before 3: %d from %s", n, first)
		}
		w.expectCommands("list the rooms") // once for all pages
		w.sends(iq("phone", "get", "irc.net@gw.example", `<query xmlns='`+items+`'>`+rsm+`<index>250</index></set></query>`))
		w.expect("phone: q refused: item-not-found: There is no such page of the list (any more).")
		w.sends(iq("phone", "get", "irc.net@gw.example", `<query xmlns='`+items+`'>`+rsm+`<after>nonsense</after></set></query>`))
		w.expect("phone: q refused: item-not-found: There is no such page of the list (any more).")
	})
}

func TestListsHoldThoseInTheRoomAndThoseWhomTheNetworkKeeps(t *testing.T) {
	const admin = `<query xmlns='http://jabber.org/protocol/muc#admin'>`
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(transports.MemberChanged{Room: "#go", Member: transports.Member{User: user("bob"), Affiliation: transports.Admin, Role: transports.Moderator}})
		w.forget()
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", admin+`<item affiliation='admin'/></query>`))
		w.expect("phone: q result <query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='admin' role='moderator' nick='bob' jid='bob%irc.net@gw.example'/></query>")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", admin+`<item affiliation='outcast'/></query>`))
		w.expect(`phone: q result <query xmlns='http://jabber.org/protocol/muc#admin'><item affiliation='outcast' jid='*!*\40spam.example%irc.net@gw.example'/></query>`)
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", admin+`<item affiliation='none' jid='*!*\40spam.example%irc.net@gw.example'/></query>`))
		w.expectCommands("affiliation #go *!*@spam.example 0") // as it stands in the list
		w.forget()
		for _, nobody := range []string{"alice@example.org", "dora%other.net@gw.example", "irc.net@gw.example", "@"} {
			w.sends(iq("phone", "set", "#go%irc.net@gw.example", admin+`<item affiliation='outcast' jid='`+nobody+`'/></query>`))
			w.expect("phone: q refused: item-not-found: Nobody of that nick is in the room.")
		}
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", admin+`<item role='visitor' jid='dora%irc.net@gw.example'/></query>`))
		w.expect("phone: q refused: item-not-found: Nobody of that nick is in the room.")
		w.sends(iq("laptop", "get", "#go%irc.net@gw.example", admin+`<item affiliation='outcast'/></query>`))
		w.expect("laptop: q refused: not-acceptable: You are not in this room. Join it first.")
	})
}

func TestWhatRoomsHereDoNotHaveIsRefusedInWords(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(`<message` + from("phone") + `to='#go%irc.net@gw.example' id='v1'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>` +
			`<value>http://jabber.org/protocol/muc#request</value></field><field var='muc#role'><value>participant</value></field></x></message>`)
		w.expect("phone: v1 refused: feature-not-implemented: The network has no requests for a voice. Write to one of the room's moderators.")
		w.sends(`<message` + from("laptop") + `to='#den%irc.net@gw.example' id='d1'><x xmlns='http://jabber.org/protocol/muc#user'><decline to='bob%irc.net@gw.example'/></x></message>`)
		w.expect("laptop: d1 refused: feature-not-implemented: The network has no answer to an invitation, so who invited you was not told.")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", `<query xmlns='jabber:iq:register'/>`))
		w.expect("phone: q refused: feature-not-implemented: Rooms here keep no register of nicks. The network may have a service that reserves them.")
	})
}

func TestARoomTellsWhoIsInsideMore(t *testing.T) {
	const question = `<query xmlns='http://jabber.org/protocol/disco#info'/>`
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		now := state("alice", "bob")
		now.Topic.Text, now.Rules = "All about Go", transports.Rules{Moderated: true, MembersOnly: true, Locked: true, Hidden: true}
		w.emits(now)
		w.expect("phone: <#go> 104 ", `phone: subject "All about Go"`)
		ask := func(resource string) string {
			w.sends(iq(resource, "get", "#go%irc.net@gw.example", question))
			w.settle()
			return string(w.stream.raw()[0].Append(nil))
		}
		inside, outside := ask("phone"), ask("laptop")
		for _, part := range []string{"muc_moderated", "muc_passwordprotected", "muc_hidden", "muc_temporary", "muc#maxhistoryfetch"} {
			if !strings.Contains(inside, part) || !strings.Contains(outside, part) {
				t.Errorf("%s is not told: %s", part, outside)
			}
		}
		for _, part := range []string{"<value>All about Go</value>", "muc#roominfo_occupants' label='Occupants'><value>2</value>"} {
			if !strings.Contains(inside, part) || strings.Contains(outside, part) {
				t.Errorf("%s is for who is inside: %s", part, inside)
			}
		}
		w.sends(iq("phone", "get", "#den%irc.net@gw.example", `<query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'/>`))
		w.expect("phone: q result <query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'><identity category='conference' type='text' name='alice'/></query>")
	})
}

func TestTheOccupantsOfALargeRoomComeInPages(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		var crowd []string
		for i := range 1500 {
			crowd = append(crowd, fmt.Sprintf("Bob%04d", i))
		}
		w.inside(crowd...)
		page := func(set string) *stanza.Element {
			t.Helper()
			w.sends(iq("phone", "get", "#go%irc.net@gw.example", `<query xmlns='http://jabber.org/protocol/disco#items'>`+set+`</query>`))
			w.settle()
			return w.stream.raw()[0].Payload[0]
		}
		first := page("").Children()
		set := first[len(first)-1]
		if len(first) != 1001 || set.Child("", "last").Text() != "#go%irc.net@gw.example/Bob0999" || set.Child("", "count").Text() != "1501" {
			t.Fatalf("%d items, %s", len(first)-1, set.Append(nil))
		}
		rest := page(`<set xmlns='http://jabber.org/protocol/rsm'><after>#go%irc.net@gw.example/Bob0999</after></set>`).Children()
		if len(rest) != 502 || rest[500].Attr("name") != "alice" {
			t.Errorf("%d items", len(rest)-1)
		}
	})
}
