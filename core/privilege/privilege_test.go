package privilege

import (
	"encoding/xml"
	"log/slog"
	"strings"
	"testing"

	"isthmus/core/stanza"
)

func read(t *testing.T, text string) *stanza.Stanza {
	t.Helper()
	e, err := stanza.FromTokens(xml.NewDecoder(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	from, err := stanza.ParseJID(e.Attr("from"))
	if err != nil {
		t.Fatal(err)
	}
	return &stanza.Stanza{Kind: stanza.Kind(e.Name), Type: e.Attr("type"), ID: e.Attr("id"), From: from, Payload: e.Children()}
}

const perms = `<privilege xmlns='urn:xmpp:privilege:2'><perm access='roster' type='both'/><perm access='message' type='outgoing'/></privilege></message>`

var (
	alice   = stanza.JID{Local: "alice", Domain: "example.org", Resource: "phone"}
	mallory = stanza.JID{Local: "mallory", Domain: "evil.example"}
)

func grants() *Grants {
	return New(func(j stanza.JID) bool { return j.Domain == "example.org" }, slog.New(slog.DiscardHandler))
}

func TestAServerSpeaksForItsOwnPeopleAlone(t *testing.T) {
	g := grants()
	for text, taken := range map[string]bool{
		`<message from='example.org'>` + perms:                              true,
		`<message from='evil.example'>` + perms:                             true,
		`<message from='mallory@example.org'>` + perms:                      false,
		`<message from='example.org/x'>` + perms:                            false,
		`<message from='example.org'><body>hi</body></message>`:             false,
		`<message type='error' from='example.org'><body>x</body></message>`: false,
	} {
		if got := g.Take(read(t, text)); got != taken {
			t.Errorf("%s: taken is %v", text, got)
		}
	}
	if !g.Of(alice).Messages || !g.Of(alice).WriteRoster || g.Of(mallory).Space != "" {
		t.Errorf("alice has %+v, mallory %+v", g.Of(alice), g.Of(mallory))
	}
	if (*Grants)(nil).Of(alice).Space != "" {
		t.Error("nothing grants something")
	}
}

func TestWhatIsGrantedAndThenRefusedIsTriedNoMore(t *testing.T) {
	g := grants()
	g.Take(read(t, `<message from='example.org'>`+perms))
	g.RosterFailed(alice)
	if g.Of(alice).WriteRoster || !g.Of(alice).ReadRoster {
		t.Errorf("%+v", g.Of(alice))
	}
	told := 0
	g.Sent("m1", func() { told++ })
	g.Sent("m2", func() { told += 10 })
	refusal := read(t, `<message type='error' id='m1' from='example.org'><privilege xmlns='urn:xmpp:privilege:2'/><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`)
	if !g.Take(refusal) || told != 1 || g.Of(alice).Messages {
		t.Errorf("told %d, grant %+v", told, g.Of(alice))
	}
	if g.Take(refusal); told != 1 {
		t.Error("a refusal is told twice")
	}
	g.Take(read(t, `<message from='example.org'>`+perms))
	if !g.Of(alice).WriteRoster || !g.Of(alice).Messages {
		t.Error("a new grant does not hold")
	}
}
