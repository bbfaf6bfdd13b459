package integration_test

import (
	"testing"

	"isthmus/transports"
)

const ownerQuery = "<iq type='{type}' id='{id}' to='{room}'><query xmlns='http://jabber.org/protocol/muc#owner'>"

// configures submits a room's configuration.
const configures = ownerQuery + "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"

var loopbackConfiguration = []loopbackScenario{
	{"an owner configures a room for everyone, and others only for themselves", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		p.alice.Send(t, ownerQuery+"</query></iq>", "type", "get", "id", "g1", "room", p.room)
		p.alice.Expect(t, "iq[@type='result'][@id='g1']/{muc#owner}query/{jabber:x:data}x[@type='form']"+
			"[field[@var='muc#roomconfig_moderatedroom'][value[text()~'^(0|false)$']]][field[@var='muc#roomconfig_roomname']][field[@var='persistent']]")
		p.bob.Send(t, ownerQuery+"</query></iq>", "type", "get", "id", "g2", "room", p.room)
		p.bob.Expect(t, "iq[@type='result'][@id='g2']/{muc#owner}query/{jabber:x:data}x[field[@var='persistent']][not(field[@var='muc#roomconfig_moderatedroom'])]")

		p.alice.Send(t, configures+"<field var='muc#roomconfig_moderatedroom'><value>1</value></field><field var='muc#roomconfig_roomname'><value>Quiet {room}</value></field></x></query></iq>",
			"type", "set", "id", "s1", "room", p.room)
		p.bob.ExpectEach(t, "message[@type='groupchat'][not(body)]/{muc#user}x[status[@code='104']]", "presence[@from='"+p.room+"/Bob']/{muc#user}x/item[@role='visitor']")
		p.alice.ExpectEach(t, "iq[@type='result'][@id='s1']", "presence[@from='"+p.room+"/Bob']/{muc#user}x/item[@role='visitor']")
		id := say(t, p.bob, p.room, "may I?")
		p.bob.Expect(t, "message[@type='error'][@id='"+id+"']/error["+conditions+"forbidden]")
	}},
	{"a password that an owner sets keeps strangers out", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		leave(t, p.bob, p.room, "Bob")
		p.alice.Expect(t, "presence[@type='unavailable'][@from='"+p.room+"/Bob']")
		p.alice.Send(t, configures+"<field var='muc#roomconfig_passwordprotectedroom'><value>1</value></field></x></query></iq>", "type", "set", "id", "s1", "room", p.room)
		p.alice.Expect(t, "iq[@type='error'][@id='s1']/error/"+conditions+"text[text()~'needs a password']")
		p.alice.Send(t, configures+"<field var='muc#roomconfig_passwordprotectedroom'><value>1</value></field>"+
			"<field var='muc#roomconfig_roomsecret'><value>sesame</value></field></x></query></iq>", "type", "set", "id", "s2", "room", p.room)
		p.alice.Expect(t, "iq[@type='result'][@id='s2']")
		p.bob.Send(t, joinStanza, "room", p.room, "nick", "Bob")
		p.bob.Expect(t, "presence[@type='error']/error/"+conditions+"not-authorized")
		p.bob.Send(t, "<presence to='{room}/Bob'><x xmlns='http://jabber.org/protocol/muc'><password>sesame</password></x></presence>", "room", p.room)
		p.bob.Expect(t, "presence[not(@type)][@from='"+p.room+"/Bob']/{muc#user}x[status[@code='110']]")
		ida := w.AddPerson(t, "Ida Lovelace")
		if _, fault := ida.Try(t, transports.Join{Room: p.id}); fault == nil || fault.Kind != transports.PasswordNeeded {
			t.Errorf("Ida came in without the password, with %v", fault)
		}
	}},
	{"an owner destroys a room for everyone", func(t *testing.T, w *loopbackWorld) {
		p := inOneRoom(t, w)
		p.alice.Send(t, ownerQuery+"<destroy><reason>moved</reason></destroy></query></iq>", "type", "set", "id", "d1", "room", p.room)
		p.bob.Expect(t, "presence[@type='unavailable'][@from='"+p.room+"/Bob']/{muc#user}x[status[@code='110']]")
		p.alice.ExpectEach(t, "iq[@type='result'][@id='d1']", "presence[@type='unavailable'][@from='"+p.room+"/Alice']/{muc#user}x[status[@code='110']]")
		p.bob.Send(t, joinStanza, "room", p.room, "nick", "Bob")
		p.bob.Expect(t, "presence[@type='error']/error/"+conditions+"item-not-found")
	}},
}
