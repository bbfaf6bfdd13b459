package xep

import (
	"strings"
	"testing"
	"time"
)

func TestARoomIsEnteredWithoutHistoryUnlessSomethingWasMissed(t *testing.T) {
	for want, since := range map[string]time.Time{
		"<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>":                                   {},
		"<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='20' since='2026-11-26T05:00:00.000Z'/></x>": time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC),
	} {
		if got := string(Enter(address(t, "gw.example"), address(t, "team@muc.example/bot"), since, 20, "").Payload[0].Append(nil)); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

func TestARoomWithAPasswordIsEnteredWithIt(t *testing.T) {
	got := string(Enter(address(t, "gw.example"), address(t, "team@muc.example/bot"), time.Time{}, 0, "open & sesame").Payload[0].Append(nil))
	if want := "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/><password>open &amp; sesame</password></x>"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestARoomThatWeHaveMadeIsOpened(t *testing.T) {
	got := string(OpenRoom(address(t, "gw.example"), address(t, "team@muc.example")).Append(nil))
	if want := "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query>"; !strings.Contains(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestAPresenceTellsWhoWasPutOutByWhom(t *testing.T) {
	o, ok := ParseOccupancy(read(t, "<presence type='unavailable' from='team@muc.example/ida'><x xmlns='http://jabber.org/protocol/muc#user'>"+
		"<item affiliation='none' role='none'><actor nick='alice'/><reason>off topic</reason></item><status code='307'/><status code='110'/></x></presence>"))
	if !ok || o.Actor != "alice" || o.Reason != "off topic" || o.Role != "none" || !o.Has(StatusKicked) || o.Has(StatusBanned) {
		t.Errorf("read %+v, %v", o, ok)
	}
	if _, ok := ParseOccupancy(read(t, "<presence/>")); ok {
		t.Error("a presence of no room is taken for one")
	}
}

func TestTheIDOfAnotherArchiveIsNotTheRooms(t *testing.T) {
	s := read(t, "<message from='team@muc.example/a'><stanza-id xmlns='urn:xmpp:sid:0' by='else.example' id='1'/><stanza-id xmlns='urn:xmpp:sid:0' by='team@muc.example' id='2'/></message>")
	if got := StanzaIDBy(s, address(t, "team@muc.example")); got != "2" {
		t.Errorf("id %q", got)
	}
}

func TestAModeratorsWordIsReadInBothVersions(t *testing.T) {
	for name, text := range map[string]string{
		"0.3": "<message><retract xmlns='urn:xmpp:message-retract:1' id='7'><moderated xmlns='urn:xmpp:message-moderate:1' by='team@muc.example/alice'/><reason>spam</reason></retract></message>",
		"0.2": "<message><apply-to xmlns='urn:xmpp:fasten:0' id='7'><moderated xmlns='urn:xmpp:message-moderate:0' by='team@muc.example/alice'><retract xmlns='urn:xmpp:message-retract:0'/><reason>spam</reason></moderated></apply-to></message>",
	} {
		if id, by, reason, ok := Moderated(read(t, text)); !ok || id != "7" || by != "alice" || reason != "spam" {
			t.Errorf("%s: %q %q %q %v", name, id, by, reason, ok)
		}
	}
	if _, _, _, ok := Moderated(read(t, "<message><retract xmlns='urn:xmpp:message-retract:1' id='7'/></message>")); ok {
		t.Error("an author's own retraction is taken for a moderator's")
	}
}

func TestOnlySomeAnswersToASelfPingProveThatWeAreOutside(t *testing.T) {
	for condition, want := range map[string]bool{"not-acceptable": true, "not-allowed": true, "service-unavailable": false, "remote-server-timeout": false, "item-not-found": false} {
		s := read(t, "<iq type='error'><error type='cancel'><"+condition+" xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>")
		if got := SelfPingSaysOutside(s); got != want {
			t.Errorf("%s: %v", condition, got)
		}
	}
	if SelfPingSaysOutside(nil) || SelfPingSaysOutside(read(t, "<iq type='result'/>")) {
		t.Error("silence or a result proves nothing")
	}
}
