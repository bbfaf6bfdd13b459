package integration_test

import (
	"net/url"
	"strings"
	"testing"

	"isthmus/integration_test/xmppclient"
	"isthmus/transports"
	"isthmus/transports/loopback/wire"
)

const reconfigured = "message[@type='groupchat'][not(body)]/{muc#user}x[status[@code='104']]"

// offers tells whether a room says of itself that it has an extension.
func offers(t *testing.T, c *xmppclient.Client, room, feature string) bool {
	t.Helper()
	id := c.NewID()
	c.Send(t, "<iq type='get' id='{id}' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "id", id, "room", room)
	return c.Expect(t, "iq[@id='"+id+"']").Matches("iq/{disco#info}query/feature[@var='" + feature + "']")
}

// react puts a reaction on a message and gives the stanza's id.
func react(t *testing.T, c *xmppclient.Client, room, of, emoji string) string {
	t.Helper()
	id := c.NewID()
	c.Send(t, "<message to='{room}' type='groupchat' id='{id}'><reactions xmlns='urn:xmpp:reactions:0' id='{of}'><reaction>{emoji}</reaction></reactions></message>",
		"room", room, "id", id, "of", of, "emoji", emoji)
	return id
}

var loopbackAbilities = []loopbackScenario{
	{"what a room lacks is not offered there, and what changes is told", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		hers := ida.Say(t, id, "what do you think?")
		alice.Expect(t, "message/body[text()='what do you think?']")
		said := say(t, alice, room, "helo")
		alice.Expect(t, "message[@id='"+said+"']/body")
		w.SetRules(t, wire.Rules{Room: id, Lacks: transports.Edits | transports.Reactions})
		alice.Expect(t, reconfigured)
		if offers(t, alice, room, "urn:xmpp:message-correct:0") || offers(t, alice, room, "urn:xmpp:reactions:0") || !offers(t, alice, room, "urn:xmpp:message-retract:1") {
			t.Error("the room offers what it lacks, or not what it has")
		}
		correct(t, alice, room, said, "hello") // it is a message of its own then
		ida.Hears(t, "hello")
		refused := react(t, alice, room, xmppID(hers), "👍")
		alice.Expect(t, "message[@type='error'][@id='"+refused+"']/error["+conditions+"feature-not-implemented]/"+conditions+"text[text()~'no reactions there']")

		other := loopbackAddress(string(w.AddRoom(t, "Next door to "+string(id), "")))
		join(t, alice, other, "Alice")
		if !offers(t, alice, other, "urn:xmpp:reactions:0") {
			t.Error("another room lacks it as well")
		}
		w.SetRules(t, wire.Rules{Room: id})
		alice.Expect(t, reconfigured, "message[@from='"+room+"']")
		react(t, alice, room, xmppID(hers), "👍")
		alice.Expect(t, "message[@from='"+room+"/Alice']/{urn:xmpp:reactions:0}reactions[@id='"+xmppID(hers)+"']/reaction[text()='👍']")
		leave(t, alice, other, "Alice")
	}},
	{"what an account can do may change while it is connected", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		ida, carol := w.AddPerson(t, "Ida Lovelace"), w.client(t, "carol", "desk")
		ida.Join(t, id)
		join(t, carol, room, "Carol")
		hers := ida.Say(t, id, "what do you think?")
		carol.Expect(t, "message/body[text()='what do you think?']")
		w.SetCapabilities(t, w.self(t, "Carol"), transports.Capabilities{Features: transports.Reactions | transports.Names, Emoji: []string{"👍"}, MaxText: 12})
		carol.Expect(t, reconfigured)
		if offers(t, carol, room, "urn:xmpp:message-correct:0") {
			t.Error("corrections are still offered")
		}
		refused := react(t, carol, room, xmppID(hers), "🎉")
		carol.Expect(t, "message[@type='error'][@id='"+refused+"']/error/"+conditions+"text[text()~'only reactions there are 👍']")
		react(t, carol, room, xmppID(hers), "👍")
		carol.Expect(t, "message[@from='"+room+"/Carol']/{urn:xmpp:reactions:0}reactions/reaction[text()='👍']")
		long := say(t, carol, room, "short words only")
		carol.Expect(t, "message[@id='"+long+"']/body[text()='short words only']")
		ida.Hears(t, "short words")
		ida.Hears(t, "only")
	}},
	{"a room that is closed meanwhile lets nobody in who does not know its password", func(t *testing.T, w *loopbackWorld) {
		id, room, _, alice := w.inside(t)
		leave(t, alice, room, "Alice")
		w.SetRules(t, wire.Rules{Room: id, Password: "sesame"})
		alice.Send(t, joinStanza, "room", room, "nick", "Alice")
		alice.Expect(t, "presence[@type='error'][@from='"+room+"/Alice']/error/"+conditions+"not-authorized")
		alice.Send(t, "<presence to='{room}/Alice'><x xmlns='http://jabber.org/protocol/muc'><password>sesame</password></x></presence>", "room", room)
		alice.Expect(t, "presence[not(@type)][@from='"+room+"/Alice']/{muc#user}x[status[@code='110']]")
		w.SetRules(t, wire.Rules{Room: id, MembersOnly: true})
		alice.Expect(t, reconfigured)
		leave(t, alice, room, "Alice")
		alice.Send(t, joinStanza, "room", room, "nick", "Alice")
		alice.Expect(t, "presence[@type='error'][@from='"+room+"/Alice']/error/"+conditions+"*[text()]")
	}},
	{"a room has the picture that the network has of it", func(t *testing.T, w *loopbackWorld) {
		id, room, _, alice := w.inside(t)
		w.SetRoomPicture(t, id, photo(t), "image/png")
		// Clients look each time that they are told of a change; the first one may be of the room's coming into use.
		const hash = "iq/{disco#info}query/{jabber:x:data}x/field[@var~'avatarhash$'][value[text()~'^[0-9a-f]{40}$']]"
		for shown := false; !shown; {
			alice.Expect(t, reconfigured)
			alice.Send(t, "<iq type='get' id='rp1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
			shown = alice.Expect(t, "iq[@id='rp1']").Matches(hash)
		}
		alice.Send(t, "<iq type='get' id='rp2' to='{room}'><vCard xmlns='vcard-temp'/></iq>", "room", room)
		alice.Expect(t, "iq[@type='result'][@id='rp2']/{vcard-temp}vCard/PHOTO/BINVAL")
	}},
	{"what the network says of a room, such as that something was pinned, is a notice there", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		comesOnline(t, alice)
		ida.Say(t, id, "the meeting is at three")
		w.Announce(t, id, "Ida Lovelace pinned a message: the meeting is at three")
		alice.Expect(t, "message/body[text()='the meeting is at three']")
		alice.Expect(t, "message[@type='groupchat'][@from='"+room+"']/body[text()='Ida Lovelace pinned a message: the meeting is at three']")
		w.Announce(t, "", "There will be works tonight.")
		alice.Expect(t, "message[@from='"+loopbackNetwork+"@"+loopbackDomain+"']/body[text()='There will be works tonight.']")
	}},
	{"a post in a forum is a room of its own, in the space that the forum is", func(t *testing.T, w *loopbackWorld) {
		_, _, ida, alice := w.inside(t)
		forum := w.AddSpace(t, "The kitchen")
		post := ida.Do(t, transports.Create{ID: "#bread", Name: "How do you bake bread?", Parent: forum}).Room
		at, room := loopbackNetwork+"@"+loopbackDomain, loopbackAddress(string(post))
		until(t, "the forum has the post", func() bool {
			id := alice.NewID()
			alice.Send(t, "<iq type='get' id='{id}' to='{to}'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='{node}'/></pubsub></iq>", "id", id, "to", at, "node", string(forum))
			return alice.Expect(t, "iq[@id='"+id+"']").Matches("iq/{http://jabber.org/protocol/pubsub}pubsub/items/item[@id='" + room + "']/{urn:xmpp:bookmarks:1}conference[@name='How do you bake bread?']")
		})
		join(t, alice, room, "Alice")
		alice.Send(t, "<iq type='get' id='fo1' to='{room}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>", "room", room)
		parent := alice.Expect(t, "iq[@id='fo1']").Find("iq/{disco#info}query/{jabber:x:data}x/field[@var='parent']/value")
		if uri, err := url.QueryUnescape(parent.Text); err != nil || !strings.HasSuffix(uri, ";node="+string(forum)) {
			t.Errorf("the room is in the space %s", parent)
		}
		ida.Say(t, post, "With patience.")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='With patience.']")
		ida.Quit(t, "gone to bed")
		alice.Expect(t, "presence[@type='unavailable'][@from='"+room+"/Ida Lovelace']")
		leave(t, alice, room, "Alice")
	}},
}
