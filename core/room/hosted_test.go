package room

import (
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

const (
	user1 = `<x xmlns='http://jabber.org/protocol/muc#user'>`
	toA   = ` to='alice@example.org/phone'`
	toB   = ` to='alice@example.org/laptop'`
)

func from(nick string) string { return ` from='#go%irc.net@gw.example/` + nick + `'` }

func TestWhoEntersSeesTheOthersFirstAndThemselvesLast(t *testing.T) {
	h := hosted("alice", "bob")
	expectStanzas(t, slices.Collect(h.Enter(phone, "alice")),
		`<presence`+from("bob")+toA+`>`+user1+`<item affiliation='none' role='participant' jid='bob%irc.net@gw.example'/></x></presence>`,
		`<presence`+from("alice")+toA+`>`+user1+`<item affiliation='none' role='participant' jid='alice@example.org/phone'/>`+
			`<status code='100'/><status code='110'/></x></presence>`)
	if !h.Has(phone) || h.Has(laptop) || len(h.People()) != 1 {
		t.Fatalf("inside: %v", h.People())
	}
}

func TestWhoIsGivenAnotherNickIsTold(t *testing.T) {
	h := hosted("alice")
	expectStanzas(t, slices.Collect(h.Enter(phone, "ally")),
		`<presence`+from("alice")+toA+`>`+user1+`<item affiliation='none' role='participant' jid='alice@example.org/phone'/>`+
			`<status code='100'/><status code='210'/><status code='110'/></x></presence>`)
}

func TestSelfIsLastInAnyOrderOfMembers(t *testing.T) {
	h := hosted("alice", "bob", "carol", "dave", "erin", "zoe")
	for range 20 {
		all := slices.Collect(h.Enter(phone, "alice"))
		if len(all) != 6 || all[5].From.Resource != "alice" {
			t.Fatalf("the last presence is of %s", all[len(all)-1].From)
		}
	}
	if len(h.People()) != 1 {
		t.Fatal("who enters again is inside twice")
	}
}

func TestPresencesCarryTheOccupantID(t *testing.T) {
	h := hosted("alice", "bob")
	m, _ := h.Member("bob")
	for _, s := range append(slices.Collect(h.Enter(phone, "alice"))[:1], h.Show(Went{Member: m})...) {
		if got := s.Child("urn:xmpp:occupant-id:0", "occupant-id").Attr("id"); got != m.Occupant || got == "" {
			t.Errorf("%s has the occupant-id %q", s.Append(nil), got)
		}
	}
}

func TestARenameIsSeenAsLeavingAndComing(t *testing.T) {
	h := hosted("alice", "bob")
	h.Enter(phone, "alice")
	h.Enter(laptop, "alice")
	change := h.Apply(transports.UserRenamed{Was: "alice", User: user("alicia")})[0]
	gone := func(to, jid string) string { // XEP-0045 §7.6
		return `<presence type='unavailable'` + from("alice") + to + `>` + user1 + `<item affiliation='none' role='participant' nick='alicia' jid='` + jid + `'/>` +
			`<status code='303'/><status code='110'/></x></presence>`
	}
	here := func(to, jid string) string {
		return `<presence` + from("alicia") + to + `>` + user1 + `<item affiliation='none' role='participant' jid='` + jid + `'/><status code='110'/></x></presence>`
	}
	expectStanzas(t, h.Show(change),
		gone(toA, "alice@example.org/phone"), here(toA, "alice@example.org/phone"),
		gone(toB, "alice@example.org/laptop"), here(toB, "alice@example.org/laptop"))

	h.Remove(laptop)
	expectStanzas(t, h.Show(h.Apply(transports.UserRenamed{Was: "bob", User: user("rob")})[0]),
		`<presence type='unavailable'`+from("bob")+toA+`>`+user1+`<item affiliation='none' role='participant' nick='rob' jid='rob%irc.net@gw.example'/><status code='303'/></x></presence>`,
		`<presence`+from("rob")+toA+`>`+user1+`<item affiliation='none' role='participant' jid='rob%irc.net@gw.example'/></x></presence>`)
}

func TestHowSomeoneWentIsSeen(t *testing.T) {
	for _, c := range []struct {
		event  transports.Event
		item   string
		status string
	}{
		{transports.MemberLeft{User: user("bob")}, `<item affiliation='none' role='none' jid='bob%irc.net@gw.example'/>`, ``},
		{transports.MemberLeft{User: user("bob"), Cause: transports.Kicked, By: "carol", Reason: "spam"}, // XEP-0045 §8.2
			`<item affiliation='none' role='none' jid='bob%irc.net@gw.example'><actor nick='carol'/><reason>spam</reason></item><status code='307'/>`, `<status>spam</status>`},
		{transports.MemberLeft{User: user("bob"), Cause: transports.Banned, By: "carol"}, // XEP-0045 §9.1
			`<item affiliation='outcast' role='none' jid='bob%irc.net@gw.example'><actor nick='carol'/></item><status code='301'/>`, ``},
		{transports.MemberLeft{User: user("bob"), Cause: transports.Removed}, `<item affiliation='none' role='none' jid='bob%irc.net@gw.example'/><status code='333'/>`, ``},
		{transports.UserLeft{User: user("bob"), Cause: transports.Removed, Reason: "*.net *.split"}, // XEP-0045 §15.6.2
			`<item affiliation='none' role='none' jid='bob%irc.net@gw.example'><reason>*.net *.split</reason></item><status code='333'/>`, `<status>*.net *.split</status>`},
		{transports.UserLeft{User: user("bob"), Reason: "bye"}, `<item affiliation='none' role='none' jid='bob%irc.net@gw.example'><reason>bye</reason></item>`, `<status>bye</status>`},
	} {
		h := hosted("alice", "bob")
		h.Enter(phone, "alice")
		changes := h.Apply(c.event)
		if len(changes) != 1 {
			t.Fatalf("%+v: %d changes", c.event, len(changes))
		}
		expectStanzas(t, h.Show(changes[0]),
			`<presence type='unavailable'`+from("bob")+toA+`>`+user1+c.item+`</x>`+c.status+`</presence>`)
	}
}

func TestWhoIsKickedKnowsThatItIsThem(t *testing.T) {
	h := hosted("alice", "bob")
	h.Enter(phone, "alice")
	changes := h.Apply(transports.MemberLeft{User: user("alice"), Cause: transports.Kicked, By: "bob"})
	expectStanzas(t, h.Show(changes[0]),
		`<presence type='unavailable'`+from("alice")+toA+`>`+user1+`<item affiliation='none' role='none' jid='alice@example.org/phone'><actor nick='bob'/></item>`+
			`<status code='307'/><status code='110'/></x></presence>`)
}

func TestAnotherStandingIsSeenWithWhoGaveIt(t *testing.T) {
	h := hosted("alice", "bob")
	h.Enter(phone, "alice")
	changes := h.Apply(transports.MemberChanged{By: "carol",
		Member: transports.Member{User: user("bob"), Affiliation: transports.Owner, Role: transports.Moderator}})
	expectStanzas(t, h.Show(changes[0]),
		`<presence`+from("bob")+toA+`>`+user1+`<item affiliation='owner' role='moderator' jid='bob%irc.net@gw.example'><actor nick='carol'/></item></x></presence>`)
}

func TestWhoLeavesIsToldAndNobodyElse(t *testing.T) {
	h := hosted("alice")
	h.Enter(phone, "alice")
	h.Enter(laptop, "alice")
	expectStanzas(t, []*stanza.Stanza{h.Leave(phone)}, // XEP-0045 §7.14
		`<presence type='unavailable'`+from("alice")+toA+`>`+user1+`<item affiliation='none' role='none' jid='alice@example.org/phone'/><status code='110'/></x></presence>`)
	if h.Has(phone) || !h.Has(laptop) {
		t.Fatalf("inside: %v", h.People())
	}
}

func TestAtTheEndEveryoneIsPutOut(t *testing.T) {
	h := hosted("alice", "bob")
	h.Enter(phone, "alice")
	h.Enter(laptop, "alice")
	out := func(to, jid string) string {
		return `<presence type='unavailable'` + from("alice") + to + `>` + user1 + `<item affiliation='none' role='none' jid='` + jid + `'><reason>Stopped.</reason></item>` +
			`<status code='332'/><status code='110'/></x><status>Stopped.</status></presence>`
	}
	expectStanzas(t, h.Expel("Stopped.", xep.StatusShutdown), out(toA, "alice@example.org/phone"), out(toB, "alice@example.org/laptop"))
	if len(h.People()) != 0 {
		t.Fatal("someone is still inside")
	}
}

func TestASubjectIsAlwaysSent(t *testing.T) {
	h := hosted("alice", "Bob")
	expectStanzas(t, []*stanza.Stanza{h.Subject(phone)}, // XEP-0045 §7.2.15: an empty one too
		`<message type='groupchat' from='#go%irc.net@gw.example'`+toA+`><subject/></message>`)
	h.Enter(phone, "alice")
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	changes := h.Apply(transports.TopicChanged{Topic: transports.Topic{Text: "a & b", By: "Bob", At: at}})
	expectStanzas(t, h.Show(changes[0]),
		`<message type='groupchat'`+from("Bob")+toA+`><subject>a &amp; b</subject>`+
			`<delay xmlns='urn:xmpp:delay' from='#go%irc.net@gw.example' stamp='2024-01-02T03:04:05.000Z'/></message>`)
}

func TestMessages(t *testing.T) {
	h := hosted("alice", "bob")
	content := stanza.Text("", "body", "hi").Append(nil)
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	expectStanzas(t, []*stanza.Stanza{
		h.Message(phone, Said{ID: "m", StanzaID: "s", Nick: "bob", Content: content}),
		h.Message(phone, Said{ID: "m", StanzaID: "s", Nick: "bob", At: at, Content: content}),
		h.Message(phone, Said{ID: "m", Content: content}),
	},
		`<message type='groupchat' id='m'`+from("bob")+toA+`><stanza-id xmlns='urn:xmpp:sid:0' by='#go%irc.net@gw.example' id='s'/><body>hi</body></message>`,
		`<message type='groupchat' id='m'`+from("bob")+toA+`><stanza-id xmlns='urn:xmpp:sid:0' by='#go%irc.net@gw.example' id='s'/>`+
			`<delay xmlns='urn:xmpp:delay' from='#go%irc.net@gw.example' stamp='2024-01-02T03:04:05.000Z'/><body>hi</body></message>`,
		`<message type='groupchat' id='m' from='#go%irc.net@gw.example'`+toA+`><body>hi</body></message>`)
}

func TestMembersAreFoundByTheirAddress(t *testing.T) {
	h := hosted("alice", "bob")
	if m, ok := h.ByRealJID("bob%irc.net@gw.example"); !ok || m.ID != "bob" {
		t.Fatalf("%+v, %v", m, ok)
	}
	for _, jid := range []string{"", "carol%irc.net@gw.example"} {
		if m, ok := h.ByRealJID(jid); ok {
			t.Fatalf("%q is %+v", jid, m)
		}
	}
}

func TestWordsOfStandings(t *testing.T) {
	for i, word := range strings.Fields("none outcast member admin owner") {
		if a, ok := ParseAffiliation(word); !ok || int(a) != i {
			t.Errorf("%s is %d, %v", word, a, ok)
		}
	}
	for i, word := range strings.Fields("none visitor participant moderator") {
		if r, ok := ParseRole(word); !ok || int(r) != i {
			t.Errorf("%s is %d, %v", word, r, ok)
		}
	}
	if _, ok := ParseAffiliation("moderator"); ok {
		t.Error("moderator is no affiliation")
	}
	if _, ok := ParseRole(""); ok {
		t.Error("nothing is no role")
	}
}

func TestOtherRulesAreAnotherConfiguration(t *testing.T) {
	h := hosted("alice")
	h.Logged = true
	h.Apply(state("alice"))
	expectStanzas(t, slices.Collect(h.Enter(phone, "alice")),
		`<presence`+from("alice")+toA+`>`+user1+`<item affiliation='none' role='participant' jid='alice@example.org/phone'/>`+
			`<status code='100'/><status code='170'/><status code='110'/></x></presence>`)
	now := state("alice")
	now.Rules.Moderated = true
	changes := h.Apply(now)
	if len(changes) != 1 {
		t.Fatalf("changes %v", changes)
	}
	expectStanzas(t, h.Show(changes[0]), // XEP-0045 §10.2.1
		`<message type='groupchat' from='#go%irc.net@gw.example'`+toA+`>`+user1+`<status code='104'/></x></message>`)
	if again := h.Apply(now); len(again) != 0 {
		t.Errorf("nothing changed, but %v", again)
	}
}

func TestWhenARoomIsDestroyedEveryoneIsPutOut(t *testing.T) {
	h := hosted("alice", "bob")
	h.Enter(phone, "alice")
	expectStanzas(t, h.Destroy("done"), // XEP-0045 §10.9
		`<presence type='unavailable'`+from("alice")+toA+`>`+user1+`<item affiliation='none' role='none' jid='alice@example.org/phone'/>`+
			`<status code='110'/><destroy><reason>done</reason></destroy></x></presence>`)
	if len(h.People()) != 0 {
		t.Fatal("someone is still inside")
	}
}

func TestWhereSomeoneConnectsFromIsInTheirAddress(t *testing.T) {
	h := &Hosted{Room: New(roomJID, xep.NewOccupantKey([]byte("key"))), RealJID: func(id transports.UserID) stanza.JID {
		return stanza.JID{Local: string(id) + "%irc.net", Domain: "gw.example"}
	}}
	h.Enter(stanza.JID{Local: "alice", Domain: "example.org", Resource: "phone"}, "")
	bob := transports.User{ID: "bob", Name: "bob", Origin: "~bob@host.example"}
	shown := func(e transports.Event) string {
		var all string
		for _, c := range h.Apply(e) {
			for _, s := range h.Show(c) {
				all += string(s.Append(nil))
			}
		}
		return all
	}
	if got := shown(transports.MemberChanged{Member: transports.Member{User: bob, Role: transports.Participant}}); !strings.Contains(got, "jid='bob%irc.net@gw.example/~bob@host.example'") {
		t.Error(got)
	}
	if m, ok := h.ByRealJID("bob%irc.net@gw.example/~bob@host.example"); !ok || m.ID != "bob" {
		t.Error("not found by it")
	}
	if got := shown(transports.MemberChanged{Member: transports.Member{User: transports.User{ID: "bob", Name: "bob"}, Role: transports.Moderator}}); !strings.Contains(got, "/~bob@host.example") {
		t.Error("forgotten: " + got)
	}
	if got := shown(transports.UserRenamed{Was: "bob", User: transports.User{ID: "rob", Name: "rob", Origin: "~bob@cloak"}}); !strings.Contains(got, "jid='rob%irc.net@gw.example/~bob@cloak'") {
		t.Error(got)
	}
}
