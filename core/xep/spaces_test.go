package xep

import (
	"strings"
	"testing"

	"isthmus/core/stanza"
)

var team = Space{Service: stanza.JID{Local: "team", Domain: "gw.example"}, Node: "#s1", Name: "Reading & writing"}

func TestASpaceSaysWhatItIsAndWhatIsInIt(t *testing.T) {
	rendered(t, Spaces([]Space{team}), `<query xmlns='http://jabber.org/protocol/disco#items'><item jid='team@gw.example' node='#s1' name='Reading &amp; writing'/></query>`)
	inner := team
	inner.Node, inner.Name = "#s2", "Poems"
	rendered(t, team.Content([]Item{{JID: roomJID, Name: "Books"}}, []Space{inner}), `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='#s1'>`+
		`<item id='#go%irc.net@gw.example'><conference xmlns='urn:xmpp:bookmarks:1' name='Books'/></item>`+
		`<item id='#s2'><subscription xmlns='urn:xmpp:pubsub:subscription:0' server='team@gw.example' node='#s2'><title>Poems</title></subscription></item></items></pubsub>`)
	if info := string(team.Info().Query("#s1").Append(nil)); !strings.Contains(info, `<value>urn:xmpp:spaces:0</value>`) || !strings.Contains(info, `category='pubsub' type='leaf'`) {
		t.Error(info)
	}
}

func TestARoomSaysWhichSpaceItIsIn(t *testing.T) {
	info := string(RoomInfo("x", RoomFacts{Name: "Books"}).In(team).Query("").Append(nil))
	if !strings.Contains(info, `<value>xmpp:team@gw.example?;node=%23s1</value>`) || !strings.Contains(info, `<feature var='urn:xmpp:spaces:0'/>`) {
		t.Error(info)
	}
	if info = string(RoomInfo("x", RoomFacts{Name: "Books"}).In(Space{}).Query("").Append(nil)); strings.Contains(info, NSSpaces) {
		t.Error(info)
	}
}

func TestARequestForSpacesAloneIsKnown(t *testing.T) {
	const form = `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:pubsub-filter:0</value></field>` +
		`<field type='list-multi' var='included-types'><value>urn:xmpp:spaces:0</value><value/></field></x>`
	for filter, want := range map[string]bool{"": false, `<filter xmlns='urn:xmpp:pubsub-filter:0'>` + form + `</filter>`: true, `<filter xmlns='urn:xmpp:pubsub-filter:0'/>`: false} {
		if got := WantsSpaces(read(t, `<iq type='get' id='1'><query xmlns='http://jabber.org/protocol/disco#items'>`+filter+`</query></iq>`)); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
}
