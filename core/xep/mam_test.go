package xep

import (
	"strings"
	"testing"
	"time"

	"isthmus/core/stanza"

	"github.com/google/go-cmp/cmp"
)

func query(children string) string {
	return `<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2' queryid='f27'>` + children + `</query></iq>`
}

func submitted(fields string) string {
	return `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>` + fields + `</x>`
}

func TestArchiveQueriesAreRead(t *testing.T) {
	june := time.Date(2010, 6, 7, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		text string
		want ArchiveQuery
	}{
		{query(``), ArchiveQuery{Page: Paging{Max: -1}}},
		{query(submitted(`<field var='start'><value>2010-06-07T00:00:00Z</value></field>`)), ArchiveQuery{Since: june, Page: Paging{Max: -1}}},
		{query(submitted(`<field var='start'><value>2010-06-07T00:00:00Z</value></field><field var='end'><value>2010-06-08T00:00:00Z</value></field>`)),
			ArchiveQuery{Since: june, Until: june.Add(24 * time.Hour), Page: Paging{Max: -1}}},
		{query(submitted(`<field var='with'><value>bob@example.org</value></field>`)), ArchiveQuery{With: "bob@example.org", Page: Paging{Max: -1}}},
		{query(submitted(`<field var='after-id'><value>a</value></field><field var='before-id'><value>b</value></field>`)), ArchiveQuery{After: "a", Before: "b", Page: Paging{Max: -1}}},
		{query(submitted(`<field var='ids'><value>a</value><value>b</value></field>`) + `<flip-page/>`), ArchiveQuery{IDs: []string{"a", "b"}, Flipped: true, Page: Paging{Max: -1}}},
		{query(submitted(`<field var='{urn:example}colour'><value>red</value></field>`)), ArchiveQuery{Unknown: "{urn:example}colour", Page: Paging{Max: -1}}},
		{query(submitted(`<field var='start'/>`) + `<set xmlns='http://jabber.org/protocol/rsm'><max>10</max></set>`), ArchiveQuery{Page: Paging{Max: 10}}},
	} {
		got, problem := ParseArchiveQuery(read(t, c.text))
		c.want.ID = "f27"
		if diff := cmp.Diff(c.want, got); diff != "" || problem != "" {
			t.Errorf("%s: %s\n%s", c.text, problem, diff)
		}
	}
}

func TestArchiveQueriesThatCannotBeObeyedAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		query(submitted(`<field var='start'><value>yesterday</value></field>`)):                      "yesterday",
		query(submitted(`<field var='end'><value>2010-06-07</value></field>`)):                       "2010-06-07",
		query(`<set xmlns='http://jabber.org/protocol/rsm'><max>many</max></set>`):                   "not a number",
		query(`<x xmlns='jabber:x:data' type='submit'><surprise/></x>`):                              "not of the type urn:xmpp:mam:2",
		query(`<x xmlns='jabber:x:data' type='form'/>`):                                              "submit",
		query(submitted(`<field var='ids'>` + strings.Repeat(`<value>a</value>`, 501) + `</field>`)): "too many",
	} {
		if _, problem := ParseArchiveQuery(read(t, text)); !strings.Contains(problem, says) {
			t.Errorf("%s: %q", text, problem)
		}
	}
}

func TestOnlyIQsAreArchiveQueries(t *testing.T) {
	for text, want := range map[string]bool{
		query(``): true,
		`<iq type='get'><query xmlns='urn:xmpp:mam:2'/></iq>`:           true,
		`<iq type='result'><query xmlns='urn:xmpp:mam:2'/></iq>`:        false,
		`<message type='set'><query xmlns='urn:xmpp:mam:2'/></message>`: false,
		`<iq type='set'><query xmlns='urn:xmpp:mam:1'/></iq>`:           false,
	} {
		if got := IsArchiveQuery(read(t, text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestTheFormOfTheArchiveNamesItsFilters(t *testing.T) {
	got := string(ArchiveForm().Append(nil))
	for _, part := range []string{`<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='form'>`, `var='FORM_TYPE'`,
		`<value>urn:xmpp:mam:2</value>`, `var='with'`, `var='start'`, `var='end'`,
		`<field type='list-multi' var='ids'><validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:string'><open/></validate></field>`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s lacks %s", got, part)
		}
	}
}

func TestArchivedMessagesKeepTheirContentAndTheClientsNamespace(t *testing.T) {
	content := stanza.Text("", "body", "a < b").Append(nil)
	message := ArchivedMessage(roomJID.WithResource("bob"), stanza.JID{Local: "bob%irc.net", Domain: "gw.example"}, "m1", content)
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	rendered(t, ArchiveResult("f27", "28482", at, message),
		`<result xmlns='urn:xmpp:mam:2' queryid='f27' id='28482'><forwarded xmlns='urn:xmpp:forward:0'>`+
			`<delay xmlns='urn:xmpp:delay' stamp='2024-01-02T03:04:05.000Z'/>`+
			`<message xmlns='jabber:client' type='groupchat' from='#go%irc.net@gw.example/bob' id='m1'><body>a &lt; b</body>`+
			`<x xmlns='http://jabber.org/protocol/muc#user'><item jid='bob%irc.net@gw.example'/></x></message>`+
			`</forwarded></result>`)
	rendered(t, ArchiveEnd(false, Set("", "", 0, 0, 1000)), `<fin xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><count>0</count></set></fin>`)
	rendered(t, ArchiveEnd(true, nil), `<fin xmlns='urn:xmpp:mam:2' complete='true'/>`)
}

func TestWhereAnArchiveBeginsAndEnds(t *testing.T) {
	if !IsArchiveMetadata(read(t, `<iq type='get'><metadata xmlns='urn:xmpp:mam:2'/></iq>`)) || IsArchiveMetadata(read(t, query(``))) {
		t.Error("the question is not known")
	}
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	rendered(t, ArchiveMetadata(ArchiveEdge{"a", at}, ArchiveEdge{"b", at}),
		`<metadata xmlns='urn:xmpp:mam:2'><start id='a' timestamp='2024-01-02T03:04:05.000Z'/><end id='b' timestamp='2024-01-02T03:04:05.000Z'/></metadata>`)
	rendered(t, ArchiveMetadata(), `<metadata xmlns='urn:xmpp:mam:2'/>`)
}
