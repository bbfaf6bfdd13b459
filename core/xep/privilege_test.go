package xep

import (
	"slices"
	"testing"

	"isthmus/core/stanza"
)

func TestPrivilegesAreReadAsServersWriteThem(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"by the standard": {`<message from='example.org' to='gw.example'><privilege xmlns='urn:xmpp:privilege:2'><perm access='roster' type='both'/>
			<perm access='message' type='outgoing'/><perm access='iq'><namespace ns='http://jabber.org/protocol/pubsub' type='set'/></perm></privilege></message>`,
			"urn:xmpp:privilege:2 read write messages"},
		"nested wrongly, as Prosody 0.12 does": {`<message from='example.org' to='gw.example'><privilege xmlns='urn:xmpp:privilege:2'><perm access='roster' type='get'>
			<perm access='iq'><namespace ns='urn:a' type='both'><namespace ns='http://jabber.org/protocol/pubsub' type='both'><perm access='message' type='outgoing'/></namespace></namespace></perm></perm></privilege></message>`,
			"urn:xmpp:privilege:2 read messages"},
		"the older version": {`<message from='example.org' to='gw.example'><privilege xmlns='urn:xmpp:privilege:1'><perm access='roster' type='set'/><perm access='presence' type='managed_entity'/><perm access='message' type='none'/></privilege></message>`,
			"urn:xmpp:privilege:1 write presences"},
		"an error is none": {`<message type='error' from='example.org'><privilege xmlns='urn:xmpp:privilege:1'/></message>`, ""},
		"another message":  {`<message from='example.org'><body>hi</body></message>`, ""},
	} {
		g, ok := ParsePrivileges(read(t, c.text))
		got := g.Space
		for _, p := range []struct {
			on   bool
			word string
		}{{g.ReadRoster, "read"}, {g.WriteRoster, "write"}, {g.Messages, "messages"}, {g.Presences, "presences"}} {
			if p.on {
				got += " " + p.word
			}
		}
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	g, _ := ParsePrivileges(read(t, `<message><privilege xmlns='urn:xmpp:privilege:2'><perm access='iq'><namespace ns='urn:a' type='get'><namespace ns='urn:b' type='both'/></namespace></perm></privilege></message>`))
	if !g.AllowsIQ("get", "urn:a") || g.AllowsIQ("set", "urn:a") || !g.AllowsIQ("set", "urn:b") || g.AllowsIQ("get", "urn:c") {
		t.Errorf("the requests are %v", g.IQs)
	}
}

func TestMessagesAndRequestsInAPersonsName(t *testing.T) {
	gateway, bob := stanza.JID{Domain: "gw.example"}, stanza.JID{Local: "bob%irc.net", Domain: "gw.example"}
	g := Grant{Space: nsPrivilege2}
	m := &stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: "1", From: aliceJID.Bare(), To: bob, Payload: []*stanza.Element{stanza.Text("", "body", "hi")}}
	if got, want := string(g.OnBehalf(gateway, m).Append(nil)), `<message id='1' from='gw.example' to='example.org'><privilege xmlns='urn:xmpp:privilege:2'>`+
		`<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' id='1' from='alice@example.org' to='bob%irc.net@gw.example'><body>hi</body></message></forwarded></privilege></message>`; got != want {
		t.Errorf("got\n  %s\nwant\n  %s", got, want)
	}
	iq := g.IQOnBehalf(gateway, aliceJID, "set", "q", aliceJID.Bare(), stanza.New("urn:x", "x"))
	if got, want := string(iq.Append(nil)), `<iq type='set' from='gw.example' to='alice@example.org'><privileged_iq xmlns='urn:xmpp:privilege:2'>`+
		`<iq xmlns='jabber:client' type='set' id='q' from='alice@example.org' to='alice@example.org'><x xmlns='urn:x'/></iq></privileged_iq></iq>`; got != want {
		t.Errorf("got\n  %s\nwant\n  %s", got, want)
	}
	answer := read(t, `<iq type='result'><privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' type='result'><y xmlns='urn:y'/></iq></forwarded></privilege></iq>`)
	if e := IQAnswer(answer); e == nil || !e.Is("urn:y", "y") {
		t.Errorf("the answer is %v", e)
	}
	if IQAnswer(nil) != nil || IQAnswer(read(t, `<iq type='error'/>`)) != nil || IQAnswer(read(t, `<iq type='result'/>`)) != nil {
		t.Error("a failure passes for an answer")
	}
	if !RefusedMessage(read(t, `<message type='error'><privilege xmlns='urn:xmpp:privilege:1'/></message>`)) || RefusedMessage(read(t, `<message type='error'/>`)) {
		t.Error("a refusal is not known")
	}
}

func TestContactListsAreReadAndWritten(t *testing.T) {
	gateway := stanza.JID{Domain: "gw.example"}
	if got := string(RosterGet(gateway, aliceJID).Append(nil)); got != `<iq type='get' from='gw.example' to='alice@example.org'><query xmlns='jabber:iq:roster'/></iq>` {
		t.Error(got)
	}
	set := RosterSet(gateway, aliceJID, RosterItem{JID: roomJID, Name: "Go", Groups: []string{"A", "B"}, Subscription: "both"})
	if got, want := string(set.Append(nil)), `<iq type='set' from='gw.example' to='alice@example.org'><query xmlns='jabber:iq:roster'>`+
		`<item jid='#go%irc.net@gw.example' name='Go' subscription='both'><group>A</group><group>B</group></item></query></iq>`; got != want {
		t.Errorf("got\n  %s\nwant\n  %s", got, want)
	}
	items, ok := ParseRoster(read(t, `<iq type='result'><query xmlns='jabber:iq:roster'><item jid='a@b' name='A' subscription='to' ask='subscribe'><group>G</group><group/></item><item jid='@'/><x/></query></iq>`))
	if !ok || len(items) != 1 || items[0].Name != "A" || !slices.Equal(items[0].Groups, []string{"G"}) || items[0].Subscription != "to" || !items[0].Asked {
		t.Errorf("read as %v %+v", ok, items)
	}
	if _, ok := ParseRoster(read(t, `<iq type='error'><query xmlns='jabber:iq:roster'/></iq>`)); ok {
		t.Error("an error passes for a list")
	}
	if _, ok := ParseRoster(nil); ok {
		t.Error("no answer passes for a list")
	}
}
