package xep

import (
	"slices"
	"strings"
	"testing"
)

func TestARoomSaysWhatItIs(t *testing.T) {
	for _, c := range []struct {
		facts RoomFacts
		says  string
	}{
		{RoomFacts{}, "muc_unmoderated muc_open muc_unsecured muc_public muc_temporary"},
		{RoomFacts{Moderated: true, MembersOnly: true, Locked: true, Hidden: true, Persistent: true},
			"muc_moderated muc_passwordprotected muc_hidden muc_persistent"},
	} {
		c.facts.Name = "Go"
		i := RoomInfo("irc", c.facts)
		if i.Category != "conference" || i.Type != "irc" || i.Name != "Go" || !slices.Contains(i.Features, NSMUC) {
			t.Errorf("%+v", i)
		}
		want := append(strings.Fields(c.says), "muc_nonanonymous") // XEP-0045 §6.4, and 100 on entering
		slices.Sort(want)
		got := slices.DeleteFunc(slices.Clone(i.Features), func(f string) bool { return !strings.HasPrefix(f, "muc_") })
		if !slices.Equal(got, want) {
			t.Errorf("the room says %q, want %q", got, want)
		}
	}
}

func TestOnlyWhoIsInsideIsToldOfSubjectAndOccupants(t *testing.T) {
	const form = `<x xmlns='jabber:x:data' type='result'><field type='hidden' var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roominfo</value></field>` +
		`<field type='text-single' var='muc#maxhistoryfetch' label='Most messages shown on joining'><value>100</value></field>` +
		`<field type='text-single' var='muc#roominfo_description' label='Description'><value>Go</value></field>`
	facts := RoomFacts{Name: "Go", MaxHistory: 100, Subject: "a & b", Occupants: 7}
	rendered(t, RoomInfo("irc", facts).More.Element(), form+`</x>`)
	facts.Inside = true
	rendered(t, RoomInfo("irc", facts).More.Element(), form+`<field type='text-single' var='muc#roominfo_subject' label='Subject'><value>a &amp; b</value></field>`+
		`<field type='text-single' var='muc#roominfo_occupants' label='Occupants'><value>7</value></field></x>`)
	facts.Picture = "abc"
	if got := string(RoomInfo("irc", facts).More.Element().Append(nil)); !strings.Contains(got, `<field type='text-multi' var='muc#roominfo_avatarhash' label='Avatar hash'><value>abc</value></field>`) {
		t.Errorf("a picture is told as %s", got)
	}
}

func TestTheNickThatIsTheAskersIsTold(t *testing.T) {
	rendered(t, ReservedNick("alice"), `<query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'><identity category='conference' type='text' name='alice'/></query>`)
	rendered(t, ReservedNick(""), `<query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'/>`)
}

func TestRequestsForAVoiceAndRefusalsAreFound(t *testing.T) {
	form := func(kind string) string {
		return `<message><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#` + kind + `</value></field></x></message>`
	}
	if !IsVoiceRequest(read(t, form("request"))) || IsVoiceRequest(read(t, form("register"))) || IsVoiceRequest(read(t, `<message/>`)) {
		t.Error("requests for a voice")
	}
	if !IsDecline(read(t, `<message><x xmlns='http://jabber.org/protocol/muc#user'><decline to='bob@x'/></x></message>`)) || IsDecline(read(t, `<message/>`)) {
		t.Error("refusals")
	}
	if !IsRegister(read(t, `<iq type='get'><query xmlns='jabber:iq:register'/></iq>`)) || IsRegister(read(t, `<iq type='result'><query xmlns='jabber:iq:register'/></iq>`)) {
		t.Error("requests to register")
	}
}
