package xep

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRequestsToEnterAreRead(t *testing.T) {
	now := time.Date(2024, 1, 2, 12, 0, 0, 0, time.UTC)
	all := HistoryLimits{MaxChars: -1, MaxStanzas: -1}
	for _, c := range []struct {
		x    string
		want JoinRequest
		no   bool
	}{
		{x: ``, want: JoinRequest{History: all}, no: true},
		{x: `<x xmlns='http://jabber.org/protocol/muc#user'/>`, want: JoinRequest{History: all}, no: true},
		{x: `<x xmlns='http://jabber.org/protocol/muc'/>`, want: JoinRequest{History: all}},
		{x: `<x xmlns='http://jabber.org/protocol/muc'><password>sesam &amp; co</password></x>`, want: JoinRequest{Password: "sesam & co", History: all}},
		{x: `<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>`, want: JoinRequest{History: HistoryLimits{MaxChars: -1}}},
		{x: `<x xmlns='http://jabber.org/protocol/muc'><history maxchars='65000' maxstanzas='20'/></x>`,
			want: JoinRequest{History: HistoryLimits{MaxChars: 65000, MaxStanzas: 20}}},
		{x: `<x xmlns='http://jabber.org/protocol/muc'><history seconds='60'/></x>`,
			want: JoinRequest{History: HistoryLimits{MaxChars: -1, MaxStanzas: -1, Since: now.Add(-time.Minute)}}},
		{x: `<x xmlns='http://jabber.org/protocol/muc'><history since='2024-01-02T11:00:00Z' seconds='60'/></x>`,
			want: JoinRequest{History: HistoryLimits{MaxChars: -1, MaxStanzas: -1, Since: now.Add(-time.Minute)}}},
		{x: `<x xmlns='http://jabber.org/protocol/muc'><history since='2024-01-02T11:59:30Z' seconds='60'/></x>`,
			want: JoinRequest{History: HistoryLimits{MaxChars: -1, MaxStanzas: -1, Since: now.Add(-30 * time.Second)}}},
		{x: `<x xmlns='http://jabber.org/protocol/muc'><history maxchars='-1' maxstanzas='x' since='then' seconds=''/></x>`, want: JoinRequest{History: all}},
	} {
		got, ok := ParseJoin(read(t, `<presence>`+c.x+`</presence>`), now)
		if diff := cmp.Diff(c.want, got); diff != "" || ok == c.no {
			t.Errorf("%s: %v\n%s", c.x, ok, diff)
		}
	}
}

func TestAHugeNumberOfSecondsIsThePastAndNotTheFuture(t *testing.T) {
	now := time.Date(2024, 1, 2, 12, 0, 0, 0, time.UTC)
	j, _ := ParseJoin(read(t, `<presence><x xmlns='http://jabber.org/protocol/muc'><history seconds='13835058055'/></x></presence>`), now)
	if !j.History.Since.Before(now.AddDate(-60, 0, 0)) {
		t.Fatalf("history since %v", j.History.Since)
	}
}

func TestOccupantsAreDescribed(t *testing.T) {
	rendered(t, OccupantItem{Affiliation: "none", Role: "participant"}.Element(),
		`<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/></x>`)
	rendered(t, OccupantItem{Affiliation: "owner", Role: "none", JID: aliceJID, Nick: "new", Actor: "bob", Reason: "a < b"}.Element(StatusRenamed, StatusSelf),
		`<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='none' nick='new' jid='alice@example.org/phone'>`+
			`<actor nick='bob'/><reason>a &lt; b</reason></item><status code='303'/><status code='110'/></x>`)
	rendered(t, PrivateMark(), `<x xmlns='http://jabber.org/protocol/muc#user'/>`)
}

func TestRequestsOfModeratorsAreRead(t *testing.T) {
	const admin = `<query xmlns='http://jabber.org/protocol/muc#admin'>`
	for _, c := range []struct {
		text string
		want []AdminItem
		ok   bool
	}{
		{`<iq type='set'>` + admin + `<item nick='bob' role='none'><reason>Spam</reason></item></query></iq>`,
			[]AdminItem{{Nick: "bob", Role: "none", Reason: "Spam"}}, true},
		{`<iq type='set'>` + admin + `<item jid='b@x' affiliation='outcast'/><item nick='c' role='visitor'/></query></iq>`,
			[]AdminItem{{JID: "b@x", Affiliation: "outcast"}, {Nick: "c", Role: "visitor"}}, true},
		{`<iq type='set'>` + admin + `</query></iq>`, nil, true},
		{`<iq type='set'>` + admin + `<item xmlns='urn:other' nick='bob' role='none'/></query></iq>`, nil, true},
		{`<iq type='get'>` + admin + `<item affiliation='outcast'/></query></iq>`, []AdminItem{{Affiliation: "outcast"}}, true},
		{`<iq type='result'>` + admin + `<item affiliation='outcast'/></query></iq>`, nil, false},
		{`<iq type='set'><query xmlns='http://jabber.org/protocol/muc#owner'/></iq>`, nil, false},
	} {
		got, ok := ParseAdmin(read(t, c.text))
		if diff := cmp.Diff(c.want, got); diff != "" || ok != c.ok {
			t.Errorf("%s: %v\n%s", c.text, ok, diff)
		}
	}
}
