package integration_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/integration_test/xmppclient"
	"isthmus/transports"
)

// alice is alice's desk in a room, which connects her, and who she is on the network.
func (w *loopbackWorld) alice(t *testing.T) (alice *xmppclient.Client, self transports.UserID) {
	t.Helper()
	_, room := w.room(t)
	desk := w.client(t, "alice", "desk")
	desk.Send(t, "<presence/>")
	desk.Send(t, "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>") // so that the server tells what changes (RFC 6121 §2.2)
	desk.Expect(t, "iq[@id='roster']")
	join(t, desk, room, "Alice")
	return desk, w.self(t, "Alice")
}

// privileged tells whether the server lets the gateway write contact lists.
func privileged(t *testing.T) bool { return strings.Contains(t.Name(), "Prosody") }

const (
	event   = "{http://jabber.org/protocol/pubsub#event}"
	updated = "{vcard-temp:x:update}"
)

var loopbackContacts = []loopbackScenario{
	{"a contact asks, is answered, and each sees how the other is", func(t *testing.T, w *loopbackWorld) {
		ida := w.AddPerson(t, "Ida Asks")
		alice, self := w.alice(t)
		address := loopbackAddress(string(ida.ID))
		ida.Do(t, transports.Subscribe{User: self, On: true, Text: "It is Ida."})
		alice.Expect(t, "presence[@type='subscribe'][@from='"+address+"']/status[text()='It is Ida.']")
		alice.Send(t, "<presence type='subscribed' to='{ida}'/>", "ida", address)
		loopbackclient.Expect(t, ida, func(e transports.SubscriptionAnswered) bool { return e.Granted && e.User.ID == self })

		alice.Send(t, "<presence type='subscribe' to='{ida}'><status>And Alice.</status></presence>", "ida", address)
		loopbackclient.Expect(t, ida, func(e transports.SubscriptionAsked) bool { return e.From.ID == self && e.Text == "And Alice." })
		ida.Do(t, transports.Authorize{User: self, Allow: true})
		alice.Expect(t, "presence[@type='subscribed'][@from='"+address+"']")
		ida.Do(t, transports.SetPresence{Presence: transports.Presence{Show: transports.Away, Status: "lunch"}})
		alice.Expect(t, "presence[not(@type)][@from='"+address+"'][show[text()='away']][status[text()='lunch']]/{urn:xmpp:idle:1}idle[@since]")

		alice.Send(t, "<presence><show>dnd</show><status>thinking</status></presence>")
		loopbackclient.Expect(t, ida, func(e transports.PresenceChanged) bool {
			return e.User.ID == self && e.Presence.Show == transports.Busy && e.Presence.Status == "thinking"
		})

		phone := w.client(t, "alice", "phone") // her server asks how her contacts are
		phone.Send(t, "<presence/>")
		phone.Expect(t, "presence[not(@type)][@from='"+address+"'][show[text()='away']]")

		alice.Send(t, "<iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='{ida}' subscription='remove'/></query></iq>", "ida", address)
		loopbackclient.Expect(t, ida, func(e transports.ContactRemoved) bool { return e.User == self })
	}},
	{"nobody stays pending who does not exist, and rooms are no contacts", func(t *testing.T, w *loopbackWorld) {
		_, room := w.room(t)
		alice, _ := w.alice(t)
		for _, address := range []string{loopbackAddress("nobody"), room} {
			alice.Send(t, "<presence type='subscribe' to='{address}'/>", "address", address)
			alice.Expect(t, "presence[@type='unsubscribed'][@from='"+address+"']")
		}
	}},
	{"contacts of the network come into the contact list, and what is changed there goes back", func(t *testing.T, w *loopbackWorld) {
		ida := w.AddPerson(t, "Ida Listed")
		alice, self := w.alice(t)
		address := loopbackAddress(string(ida.ID))
		elsewhere := w.TakeOver(t, self)
		elsewhere.Do(t, transports.SetContact{User: ida.ID, Name: "Ida L", Groups: []string{"Work"}})
		if !privileged(t) {
			alice.Send(t, "<iq type='set' id='c1' to='{domain}'><command xmlns='http://jabber.org/protocol/commands' node='add-contacts' action='execute'/></iq>", "domain", loopbackDomain)
			alice.ExpectEach(t, "iq[@type='result'][@id='c1']/{http://jabber.org/protocol/commands}command[@status='completed']/note",
				"presence[@type='subscribe'][@from='"+address+"']/{http://jabber.org/protocol/nick}nick")
			return
		}
		alice.Expect(t, "iq[@type='set']/{jabber:iq:roster}query/item[@jid='"+address+"'][@name='Ida L'][@subscription='none']/group[text()='Work']")
		alice.Send(t, "<iq type='set' id='r1'><query xmlns='jabber:iq:roster'><item jid='{ida}' name='Ida'><group>Play</group></item></query></iq>", "ida", address)
		alice.Expect(t, "iq[@type='result'][@id='r1']")
		alice.Send(t, "<iq type='set' id='c1' to='{domain}'><command xmlns='http://jabber.org/protocol/commands' node='add-contacts' action='execute'/></iq>", "domain", loopbackDomain)
		loopbackclient.Expect(t, elsewhere, func(e transports.ContactChanged) bool {
			return e.Contact.User.ID == ida.ID && e.Contact.User.Name == "Ida" && len(e.Contact.Groups) == 1 && e.Contact.Groups[0] == "Play"
		})
	}},
	{"what was written in another client of the network is one's own on all devices", func(t *testing.T, w *loopbackWorld) {
		ida := w.AddPerson(t, "Ida Written")
		alice, self := w.alice(t)
		address := loopbackAddress(string(ida.ID))
		phone := w.client(t, "alice", "phone")
		phone.Send(t, "<presence/>")
		for _, c := range []*xmppclient.Client{alice, phone} {
			c.Send(t, "<iq type='set' id='carbons'><enable xmlns='urn:xmpp:carbons:2'/></iq>")
			c.Expect(t, "iq[@type='result'][@id='carbons']")
		}
		w.TakeOver(t, self).Tell(t, ida.ID, "written elsewhere")
		ida.Hears(t, "written elsewhere")
		for _, c := range []*xmppclient.Client{alice, phone} {
			c.Expect(t, "message[@from='alice@localhost']/{urn:xmpp:carbons:2}sent/{urn:xmpp:forward:0}forwarded/{jabber:client}message[@to='"+address+"'][@from~'^alice@localhost']/body[text()='written elsewhere']")
		}
		alice.Send(t, "<message to='{ida}' type='chat' id='c1'><body>written here</body></message>", "ida", address)
		if m := loopbackclient.Expect(t, ida, func(m transports.Message) bool { return !m.Own }); m.Text.String() != "written here" {
			t.Errorf("the network heard %q once more", m.Text)
		}
	}},
	{"what was read in another client of the network is read on all devices", func(t *testing.T, w *loopbackWorld) {
		ida := w.AddPerson(t, "Ida Read")
		alice, self := w.alice(t)
		address := loopbackAddress(string(ida.ID))
		phone := w.client(t, "alice", "phone")
		comesOnline(t, phone)
		for _, c := range []*xmppclient.Client{alice, phone} {
			c.Send(t, "<iq type='set' id='carbons'><enable xmlns='urn:xmpp:carbons:2'/></iq>")
			c.Expect(t, "iq[@type='result'][@id='carbons']")
		}
		hers := ida.Tell(t, self, "have you read this?")
		alice.Expect(t, "message[@from='"+address+"'][@id='"+xmppID(hers)+"']/body")
		w.TakeOver(t, self).Do(t, transports.MarkRead{Place: transports.TalkWith(ida.ID), Upto: hers})
		for _, c := range []*xmppclient.Client{alice, phone} {
			c.Expect(t, "message[@from='alice@localhost']/{urn:xmpp:carbons:2}sent/{urn:xmpp:forward:0}forwarded/{jabber:client}message[@to='"+address+"'][@from~'^alice@localhost']"+
				"/{urn:xmpp:chat-markers:0}displayed[@id='"+xmppID(hers)+"']")
		}
	}},
	{"faces and cards", func(t *testing.T, w *loopbackWorld) {
		ida := w.AddPerson(t, "Ida Pictured")
		alice, self := w.alice(t)
		address := loopbackAddress(string(ida.ID))
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 300, 300))); err != nil {
			t.Fatal(err)
		}
		ida.Describe(t, transports.Profile{FullName: "Ida of Pictures", Title: "Painter"})
		ida.SetPicture(t, picture.Bytes(), "image/png")
		alice.Send(t, "<presence type='subscribe' to='{ida}'/>", "ida", address)
		loopbackclient.Expect(t, ida, func(e transports.SubscriptionAsked) bool { return e.From.ID == self })
		ida.Do(t, transports.Authorize{User: self, Allow: true})
		hash := ""
		for _, found := range alice.ExpectEach(t, "presence[@from='"+address+"']/"+updated+"x/photo[text()~'^[0-9a-f]{40}$']",
			"message[@type='headline'][@from='"+address+"']/"+event+"event/items[@node='urn:xmpp:avatar:metadata']/item/{urn:xmpp:avatar:metadata}metadata/info[@width='192']") {
			if photo := found.Find("presence/" + updated + "x/photo"); photo != nil {
				hash = photo.Text
			}
		}
		alice.Send(t, "<iq type='get' id='v1' to='{ida}'><vCard xmlns='vcard-temp'/></iq>", "ida", address)
		alice.Expect(t, "iq[@type='result'][@id='v1']/{vcard-temp}vCard[FN[text()='Ida of Pictures']][TITLE[text()='Painter']]/PHOTO/BINVAL")
		alice.Send(t, "<iq type='get' id='a1' to='{ida}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'><item id='{hash}'/></items></pubsub></iq>", "ida", address, "hash", hash)
		alice.Expect(t, "iq[@type='result'][@id='a1']/{http://jabber.org/protocol/pubsub}pubsub/items/item[@id='"+hash+"']/{urn:xmpp:avatar:data}data")
		alice.Send(t, "<iq type='get' id='v4' to='{ida}'><vcard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/></iq>", "ida", address)
		alice.Expect(t, "iq[@type='result'][@id='v4']/{urn:ietf:params:xml:ns:vcard-4.0}vcard/fn/text[text()='Ida of Pictures']")
		ida.SetPicture(t, photo(t), "image/png") // and another one
		alice.ExpectEach(t, "presence[@from='"+address+"']/"+updated+"x/photo[text()][not(text()='"+hash+"')]",
			"message[@type='headline'][@from='"+address+"']/"+event+"event/items[@node='urn:xmpp:avatar:metadata']/item[not(@id='"+hash+"')]/{urn:xmpp:avatar:metadata}metadata/info[@height='96']")
	}},
	{"people are found by their name, and shut out", func(t *testing.T, w *loopbackWorld) {
		ida := w.AddPerson(t, "Ida Sought")
		alice, self := w.alice(t)
		address := loopbackAddress(string(ida.ID))
		alice.Send(t, "<iq type='set' id='s1' to='{domain}'><query xmlns='jabber:iq:search'><nick>sought</nick></query></iq>", "domain", loopbackDomain)
		alice.Expect(t, "iq[@type='result'][@id='s1']/{jabber:iq:search}query/item[@jid='"+address+"']/nick[text()='Ida Sought']")
		alice.Send(t, "<iq type='set' id='g1' to='{domain}'><query xmlns='jabber:iq:gateway'><prompt>ida sought</prompt></query></iq>", "domain", loopbackDomain)
		alice.Expect(t, "iq[@type='result'][@id='g1']/{jabber:iq:gateway}query/jid[text()='"+address+"']")
		alice.Send(t, "<iq type='set' id='b1' to='{ida}'><command xmlns='http://jabber.org/protocol/commands' node='block' action='execute'/></iq>", "ida", address)
		alice.Expect(t, "iq[@type='result'][@id='b1']/{http://jabber.org/protocol/commands}command[@status='completed']")
		alice.Send(t, "<iq type='set' id='b3' to='{domain}'><command xmlns='http://jabber.org/protocol/commands' node='blocked' action='execute'/></iq>", "domain", loopbackDomain)
		alice.Expect(t, "iq[@type='result'][@id='b3']/{http://jabber.org/protocol/commands}command/{jabber:x:data}x/item/field[@var='jid']/value[text()='"+address+"']")
		if _, fault := ida.Try(t, transports.Send{Place: transports.TalkWith(self)}); fault == nil {
			t.Error("who was shut out can still write")
		}
		alice.Send(t, "<iq type='set' id='b2' to='{ida}'><command xmlns='http://jabber.org/protocol/commands' node='unblock' action='execute'/></iq>", "ida", address)
		alice.Expect(t, "iq[@type='result'][@id='b2']/{http://jabber.org/protocol/commands}command[@status='completed']")
		ida.Tell(t, self, "here again")
		alice.Expect(t, "message[@from='"+address+"']/body[text()='here again']")
	}},
}
