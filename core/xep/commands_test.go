package xep

import (
	"testing"

	"isthmus/core/stanza"
)

func TestRequestsToCommandsAreRead(t *testing.T) {
	for text, want := range map[string]*CommandRequest{
		`<iq type='set'><command xmlns='http://jabber.org/protocol/commands' node='join'/></iq>`:                                   {Node: "join", Action: ActionExecute},
		`<iq type='set'><command xmlns='http://jabber.org/protocol/commands' node='join' sessionid='s' action='prev'/></iq>`:       {Node: "join", Session: "s", Action: ActionPrev},
		`<iq type='set'><command xmlns='http://jabber.org/protocol/commands' node='join' action='dance' status='completed'/></iq>`: {Node: "join", Action: "dance"},
		`<iq type='get'><command xmlns='http://jabber.org/protocol/commands' node='join'/></iq>`:                                   nil,
		`<iq type='set'><command xmlns='urn:other' node='join'/></iq>`:                                                             nil,
		`<message type='set'><command xmlns='http://jabber.org/protocol/commands' node='join'/></message>`:                         nil,
	} {
		got, ok := ParseCommand(read(t, text))
		if ok != (want != nil) || ok && got != *want {
			t.Errorf("%s: %+v, %v", text, got, ok)
		}
	}
	r, _ := ParseCommand(read(t, `<iq type='set'><command xmlns='http://jabber.org/protocol/commands' node='n'><note xmlns='urn:x'/><x xmlns='jabber:x:data' type='submit'/></command></iq>`))
	if r.Form.Attr("type") != "submit" {
		t.Error("the form was not found")
	}
}

func TestACommandTellsItsStateItsActionsAndItsNotes(t *testing.T) {
	rendered(t, CommandResult{Node: "join", Session: "s", Status: StatusExecuting, Actions: []string{ActionPrev, ActionNext},
		Notes: []Note{{NoteInfo, "a"}, {NoteWarn, "b"}, {NoteError, ""}}, Form: (&Form{Title: "t"}).Element()}.Element(),
		`<command xmlns='http://jabber.org/protocol/commands' node='join' sessionid='s' status='executing'><actions execute='next'><prev/><next/></actions>`+
			`<note type='info'>a</note><note type='warn'>b</note><note type='error'/><x xmlns='jabber:x:data' type='form'><title>t</title></x></command>`)
	rendered(t, CommandResult{Node: "join", Session: "s", Status: StatusCanceled}.Element(),
		`<command xmlns='http://jabber.org/protocol/commands' node='join' sessionid='s' status='canceled'/>`)
}

func TestACommandIsRefusedInTheStandardsWords(t *testing.T) {
	rendered(t, CommandError(BadPayload, "Nick is missing.").Element(), `<error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>`+
		`<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Nick is missing.</text><bad-payload xmlns='http://jabber.org/protocol/commands'/></error>`)
	rendered(t, CommandError(SessionExpired, "").Element(), `<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>`+
		`<session-expired xmlns='http://jabber.org/protocol/commands'/></error>`)
}

func TestCommandsAreListedAndDescribed(t *testing.T) {
	rendered(t, CommandItems(stanza.JID{Domain: "gw.example"}, []CommandItem{{"join", "Join"}}),
		`<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'><item jid='gw.example' node='join' name='Join'/></query>`)
	rendered(t, CommandInfo("Join").Query("join"), `<query xmlns='http://jabber.org/protocol/disco#info' node='join'>`+
		`<identity category='automation' type='command-node' name='Join'/><feature var='http://jabber.org/protocol/commands'/>`+
		`<feature var='http://jabber.org/protocol/disco#info'/><feature var='jabber:x:data'/></query>`)
	if i := CommandListInfo("Gateway"); i.Category != "automation" || i.Type != "command-list" {
		t.Errorf("%+v", i)
	}
}
