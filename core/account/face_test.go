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
		w.expectCommands("list the rooms") // once for all pages
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
		w.sends(iq("laptop", "get", "#go%irc.net@gw.example", admin+`<item affiliation='outcast'/></query>`))
		w.expect("laptop: q refused: not-acceptable: You are not in this room. Join it first.")
	})
}
