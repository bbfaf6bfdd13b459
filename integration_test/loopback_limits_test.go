package integration_test

import (
	"strings"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/integration_test/servers"
	"isthmus/transports"
)

// What a network limits is kept, or refused with the reason.
func TestLimitsOfANetwork(t *testing.T) {
	t.Parallel()
	w := newLoopbackWorld(t, servers.ForTest(t).Prosody(servers.Options{Components: loopbackComponents}), `
      max_text: 10
      edit_within: 1ns
      emoji: ["👍", "🎉"]
      max_reactions: 1
`)
	id, room, ida, alice := w.inside(t)
	bob := w.client(t, "bob", "desk")
	join(t, bob, room, "Bob")
	said := say(t, alice, room, "one two three four")
	first, second := ida.Hears(t, "one two"), ida.Hears(t, "three four")
	alice.Expect(t, "message[@id='"+said+"'][body[text()='one two three four']]/{urn:xmpp:sid:0}stanza-id[@id='"+xmppID(first.ID)+"']")
	bob.Expect(t, "message/body[text()='three four']")

	var archive []string
	for _, m := range mam(t, bob, room) {
		archive = append(archive, m.Find("message/body").Text)
	}
	if strings.Join(archive, "|") != "one two|three four" {
		t.Errorf("in the archive is %q", archive)
	}

	refused := func(stanza, says string) {
		t.Helper()
		request := alice.NewID()
		alice.Send(t, "<message to='{room}' type='groupchat' id='{id}'>"+stanza+"</message>", "room", room, "id", request, "said", said, "hers", xmppID(first.ID))
		alice.Expect(t, "message[@type='error'][@id='"+request+"']/error/"+conditions+"text[text()~'"+says+"']")
	}
	refused("<body>one</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/>", "too old|edited")
	refused("<reactions xmlns='urn:xmpp:reactions:0' id='{hers}'><reaction>🐌</reaction></reactions>", "only reactions there are 👍 🎉")
	refused("<reactions xmlns='urn:xmpp:reactions:0' id='{hers}'><reaction>👍</reaction><reaction>🎉</reaction></reactions>", "so many reactions")

	alice.Send(t, "<iq type='get' id='d1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
	alice.Expect(t, "iq[@id='d1']/{http://jabber.org/protocol/disco#info}query/{jabber:x:data}x[field[@var='FORM_TYPE'][value[text()='urn:xmpp:reactions:0:restrictions']]]"+
		"[field[@var='max_reactions_per_user'][value[text()='1']]][field[@var='allowlist'][value[text()='🎉']]]")

	// A reaction of somebody's to the second piece is one to the message; what is taken back goes whole.
	ida.Do(t, transports.React{Place: transports.InRoom(id), ID: second.ID, Emoji: []string{"👍"}})
	alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:reactions:0}reactions[@id='"+xmppID(first.ID)+"']")
	bob.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:reactions:0}reactions[@id='"+xmppID(second.ID)+"']")
	alice.Send(t, "<message to='{room}' type='groupchat' id='gone'><retract xmlns='urn:xmpp:message-retract:1' id='{id}'/></message>", "room", room, "id", xmppID(first.ID))
	for _, piece := range []transports.Message{first, second} {
		loopbackclient.Expect(t, ida, func(e transports.Deleted) bool { return e.ID == piece.ID })
		bob.Expect(t, "message[@from='"+room+"/Alice']/{urn:xmpp:message-retract:1}retract[@id='"+xmppID(piece.ID)+"']")
	}
	alice.Expect(t, "message[@id='gone']/{urn:xmpp:message-retract:1}retract[@id='"+xmppID(first.ID)+"']")
	for _, m := range mam(t, bob, room) {
		if body := m.Find("message/body").Text; body == "one two" || body == "three four" {
			t.Errorf("the archive still has %q", body)
		}
	}
}
