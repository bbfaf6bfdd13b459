package xep

import (
	"slices"
	"testing"

	"isthmus/core/stanza"
)

func TestTheCapabilitiesHashIsThatOfTheStandardsExample(t *testing.T) {
	// XEP-0115 §5.2
	exodus := Info{Category: "client", Type: "pc", Name: "Exodus 0.9.1", Features: []string{
		"http://jabber.org/protocol/disco#items", "http://jabber.org/protocol/caps",
		"http://jabber.org/protocol/muc", "http://jabber.org/protocol/disco#info"}}
	if got := exodus.hash(); got != "QgayPKawpkPSDYmwT/WM94uAlu0=" {
		t.Fatal(got)
	}
	rendered(t, exodus.Caps(), `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:x-isthmus:gateway' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>`)
	if got := exodus.CapsNode(); got != "urn:x-isthmus:gateway#QgayPKawpkPSDYmwT/WM94uAlu0=" {
		t.Fatal(got)
	}
}

func TestDiscoveryRequestsAreFoundWithTheirNode(t *testing.T) {
	for _, c := range []struct {
		text        string
		info, items bool
		node        string
	}{
		{`<iq type='get'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`, true, false, ""},
		{`<iq type='get'><query xmlns='http://jabber.org/protocol/disco#info' node='n'/></iq>`, true, false, "n"},
		{`<iq type='get'><query xmlns='http://jabber.org/protocol/disco#items' node='n'/></iq>`, false, true, "n"},
		{`<iq type='set'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`, false, false, ""},
		{`<message type='get'><query xmlns='http://jabber.org/protocol/disco#info'/></message>`, false, false, ""},
		{`<iq type='get'><query xmlns='urn:other'/></iq>`, false, false, ""},
		{`<iq type='get'/>`, false, false, ""},
	} {
		s := read(t, c.text)
		infoNode, info := IsInfo(s)
		itemsNode, items := IsItems(s)
		if info != c.info || items != c.items || infoNode+itemsNode != c.node {
			t.Errorf("%s: info %v %q, items %v %q", c.text, info, infoNode, items, itemsNode)
		}
	}
}

func TestDiscoveryAnswers(t *testing.T) {
	i := Info{Category: "conference", Type: "irc", Name: "a & b", Features: []string{"urn:a"}}
	rendered(t, i.Query(""), `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='irc' name='a &amp; b'/><identity category='conference' type='text' name='a &amp; b'/><feature var='urn:a'/></query>`)
	rendered(t, i.Query("n"), `<query xmlns='http://jabber.org/protocol/disco#info' node='n'><identity category='conference' type='irc' name='a &amp; b'/><identity category='conference' type='text' name='a &amp; b'/><feature var='urn:a'/></query>`)
	rendered(t, Items("", []Item{{roomJID.WithResource("bob"), "bob"}, {JID: roomJID}}),
		`<query xmlns='http://jabber.org/protocol/disco#items'><item jid='#go%irc.net@gw.example/bob' name='bob'/><item jid='#go%irc.net@gw.example'/></query>`)
	rendered(t, Items("n", nil), `<query xmlns='http://jabber.org/protocol/disco#items' node='n'/>`)
}

func TestFeaturesAreSortedAndNoneIsThereTwice(t *testing.T) {
	for _, i := range everyInfo() {
		if !slices.IsSorted(i.Features) || len(slices.Compact(slices.Clone(i.Features))) != len(i.Features) {
			t.Errorf("%s/%s: %q", i.Category, i.Type, i.Features)
		}
	}
}

func everyInfo() []Info {
	return []Info{GatewayInfo("irc", "IRC"), AccountInfo("irc", "irc.net"), UserInfo("bob"),
		RoomInfo("irc", RoomFacts{Name: "#go", Hats: true}).In(team).Offering(NSCorrect, NSRetract, NSTombstones, NSModerate, NSModerateOld, NSReactions, NSReply, NSFallback, NSChatStates, NSMarkers),
		CommandInfo("Join"), CommandListInfo("Commands")}
}

func TestAPingIsNoDiscovery(t *testing.T) {
	s := Ping(roomJID, aliceJID)
	if _, ok := IsInfo(s); ok || s.Kind != stanza.IQ {
		t.Fatal("a ping was taken for a disco#info request")
	}
}
