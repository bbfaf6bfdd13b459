package xep

import (
	"testing"
	"time"
)

func TestARoomsArchiveIsAskedForTheLastMessagesSinceATime(t *testing.T) {
	got := string(AskArchive(address(t, "gw.example"), address(t, "team@muc.example"), "q", time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC), 20).Payload[0].Append(nil))
	if want := "<query xmlns='urn:xmpp:mam:2' queryid='q'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>" +
		"<field var='start'><value>2026-11-26T05:00:00.000Z</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>20</max><before/></set></query>"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestWhatARoomsArchiveSendsIsReadAsTheRoomShowedIt(t *testing.T) {
	s := read(t, "<message from='team@muc.example' to='bot@gw.example/x'><result xmlns='urn:xmpp:mam:2' queryid='q' id='s1'><forwarded xmlns='urn:xmpp:forward:0'>"+
		"<delay xmlns='urn:xmpp:delay' stamp='2026-11-26T05:00:00Z'/><message xmlns='jabber:client' type='groupchat' from='team@muc.example/alice' id='m1'>"+
		"<body>hello</body><stanza-id xmlns='urn:xmpp:sid:0' by='team@muc.example' id='lie'/><delay xmlns='urn:xmpp:delay' stamp='2001-01-01T00:00:00Z'/></message></forwarded></result></message>")
	s.From = address(t, "team@muc.example")
	query, m, ok := ParseArchived(s)
	if !ok || query != "q" || m.Type != "groupchat" || m.ID != "m1" || m.From.Resource != "alice" || m.ChildText("", "body") != "hello" {
		t.Fatalf("read %v %+v", ok, m)
	}
	if id := StanzaIDBy(m, s.From); id != "s1" {
		t.Errorf("its stanza-id is %q", id)
	}
	if at := DelayedSince(m); !at.Equal(time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("it was said at %v", at)
	}
	if _, _, ok := ParseArchived(read(t, "<message><body>hello</body></message>")); ok {
		t.Error("what is none was read")
	}
}

func TestWhetherAnArchiveHadMoreIsRead(t *testing.T) {
	for text, want := range map[string][2]bool{
		"<iq type='result'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>": {true, true},
		"<iq type='result'><fin xmlns='urn:xmpp:mam:2'/></iq>":                 {false, true},
		"<iq type='error'/>": {false, false},
	} {
		if complete, ok := ArchiveComplete(read(t, text)); complete != want[0] || ok != want[1] {
			t.Errorf("%s: %v %v", text, complete, ok)
		}
	}
	if _, ok := ArchiveComplete(nil); ok {
		t.Error("no answer is one")
	}
}
