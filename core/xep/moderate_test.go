package xep

import "testing"

func TestAModeratorsRequestIsRead(t *testing.T) {
	const moderate = `<moderate id='s1' xmlns='urn:xmpp:message-moderate:1'><retract xmlns='urn:xmpp:message-retract:1'/><reason>spam</reason></moderate>`
	id, reason, ok := ParseModeration(read(t, `<iq type='set' id='q'>`+moderate+`</iq>`))
	if id != "s1" || reason != "spam" || !ok {
		t.Errorf("%q %q %v", id, reason, ok)
	}
	const old = `<apply-to id='s1' xmlns='urn:xmpp:fasten:0'><moderate xmlns='urn:xmpp:message-moderate:0'><retract xmlns='urn:xmpp:message-retract:0'/><reason>spam</reason></moderate></apply-to>`
	if id, reason, ok = ParseModeration(read(t, `<iq type='set' id='q'>`+old+`</iq>`)); id != "s1" || reason != "spam" || !ok {
		t.Errorf("of an older client: %q %q %v", id, reason, ok)
	}
	if _, _, ok = ParseModeration(read(t, `<iq type='get' id='q'>`+moderate+`</iq>`)); ok {
		t.Error("a question is no request")
	}
}

func TestAModerationSaysWhoAndWhy(t *testing.T) {
	rendered(t, Moderation("s1", roomJID.WithResource("boss"), "o1", "spam")[0], `<retract xmlns='urn:xmpp:message-retract:1' id='s1'>`+
		`<moderated xmlns='urn:xmpp:message-moderate:1' by='#go%irc.net@gw.example/boss'><occupant-id xmlns='urn:xmpp:occupant-id:0' id='o1'/></moderated><reason>spam</reason></retract>`)
	rendered(t, Moderation("s1", roomJID.WithResource("boss"), "", "spam")[1], `<apply-to xmlns='urn:xmpp:fasten:0' id='s1'><moderated xmlns='urn:xmpp:message-moderate:0' by='#go%irc.net@gw.example/boss'>`+
		`<retract xmlns='urn:xmpp:message-retract:0'/><reason>spam</reason></moderated></apply-to>`)
}
