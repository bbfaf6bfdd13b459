package integration_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/transports"
)

func TestAccountsThatAreShared(t *testing.T) {
	t.Parallel()
	for _, k := range loopbackKinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			w := k.start(t, logins)
			for _, s := range sharedScenarios {
				t.Run(s.name, func(t *testing.T) { s.run(t, w) })
			}
		})
	}
}

var sharedScenarios = []loopbackScenario{
	{"a room is made by a command, and its maker can join it", func(t *testing.T, w *loopbackWorld) {
		w.member(t, "maker")
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		loggedIn(t, alice, "maker")
		defer loggedOut(t, alice, loopbackNetwork)
		answer := stages(t, alice, loopbackNetwork+"@"+loopbackDomain, "create", field("name", "Reading club"))
		mustMatch(t, answer, completed+"/note[text()~'Reading club is made']")
		join(t, alice, loopbackAddress(string(w.FindRoom(t, "Reading club"))), "maker")
	}},
	{"an account opened to others is theirs in its rooms, under their own names", func(t *testing.T, w *loopbackWorld) {
		_, ida, id, room := w.member(t, "bridge")
		alice, bob := w.client(t, "alice", "desk"), w.client(t, "bob", "desk")
		comesOnline(t, alice)
		comesOnline(t, bob)
		loggedIn(t, alice, "bridge")
		defer loggedOut(t, alice, loopbackNetwork)
		bob.Send(t, joinStanza, "room", room, "nick", "Bob")
		bob.Expect(t, "presence[@type='error']/error/"+conditions+"registration-required")
		answer := stages(t, alice, loopbackDomain, "share", field("people", "bob@localhost"))
		mustMatch(t, answer, completed+"/note[text()~'is open to bob@localhost']")

		bob.Send(t, "<iq type='set' id='face'><vCard xmlns='vcard-temp'><PHOTO><TYPE>image/png</TYPE><BINVAL>{photo}</BINVAL></PHOTO></vCard></iq>",
			"photo", base64.StdEncoding.EncodeToString(photo(t)))
		bob.Expect(t, "iq[@type='result'][@id='face']")
		join(t, alice, room, "Ally")
		say(t, alice, room, "I am first")
		if name := ida.Hears(t, "I am first").From.Name; name != "Ally" {
			t.Errorf("Ida hears the account's owner as %q", name)
		}
		join(t, bob, room, "Bob")
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/Bob']/{muc#user}x/item[@role='participant']")
		until(t, "Bob has a face", func() bool { // it is asked of his server when he comes
			say(t, bob, room, "hm")
			return ida.Hears(t, "hm").From.Picture != ""
		})
		said := say(t, bob, room, "helo all")
		heard := ida.Hears(t, "helo all")
		if heard.From.Name != "Bob" {
			t.Errorf("Ida heard it from %q", heard.From.Name)
		}
		if _, face := fetch(t, http.DefaultClient, heard.From.Picture); !bytes.HasPrefix(face, []byte("\x89PNG")) && !bytes.HasPrefix(face, []byte("\xff\xd8")) {
			t.Errorf("at %q is no picture of Bob", heard.From.Picture)
		}
		bob.Expect(t, "message[@id='"+said+"'][@from='"+room+"/Bob']/body[text()='helo all']")
		alice.Expect(t, "message[@from='"+room+"/Bob'][@id='"+xmppID(heard.ID)+"']/body[text()='helo all']")
		bob.Send(t, "<message to='{room}' type='groupchat' id='f1'><body>hello all</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", said)
		loopbackclient.Expect(t, ida, func(e transports.Edited) bool { return e.ID == heard.ID && e.Text.String() == "hello all" })
		alice.Expect(t, "message[@from='"+room+"/Bob'][body[text()='hello all']]/{urn:xmpp:message-correct:0}replace[@id='"+xmppID(heard.ID)+"']")
		ida.Say(t, id, "hello, you two")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='hello, you two']")
		bob.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='hello, you two']")

		bob.Send(t, "<message to='{room}/Ally' type='chat' id='p1'><body>psst</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>", "room", room)
		comesOnline(t, alice)
		bob.Send(t, "<message to='{ida}' type='chat' id='p2'><body>psst</body></message>", "ida", loopbackAddress(string(ida.ID)))
		bob.Expect(t, "message[@type='error'][@id='p2']/error["+conditions+"forbidden]/"+conditions+"text[text()~'no private talks']")

		answer = stages(t, alice, loopbackDomain, "share", field("people", "carol@localhost")+field("read_only", room))
		mustMatch(t, answer, completed+"/note[text()~'carol@localhost']")
		bob.Expect(t, "presence[@type='unavailable'][@from='"+room+"/Bob']/{muc#user}x[status[@code='110']]", "presence/status[text()~'not open to you any more']")
		carol := w.client(t, "carol", "desk")
		join(t, carol, room, "Carol")
		say(t, carol, room, "may I?")
		carol.Expect(t, "message[@type='error']/error/"+conditions+"text[text()~'lets you read here']")
	}},
}
