package integration_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"isthmus/integration_test/xmppclient"
	"isthmus/mapping/msgid"
	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback/wire"
)

// mam asks for a room's archive, and gives the messages in it that have a body, in order.
func mam(t *testing.T, c *xmppclient.Client, room string) (messages []*xmppclient.Element) {
	t.Helper()
	id := c.NewID()
	c.Send(t, "<iq type='set' id='{id}' to='{room}'><query xmlns='urn:xmpp:mam:2'/></iq>", "id", id, "room", room)
	for {
		s := c.Expect(t, "*")
		if s.Matches("iq[@id='" + id + "']") {
			return messages
		}
		if m := s.Find("message/" + inArchive); m != nil && m.Find("message/body") != nil {
			messages = append(messages, m)
		}
	}
}

const inArchive = "{urn:xmpp:mam:2}result/{urn:xmpp:forward:0}forwarded/{jabber:client}message"

var loopbackMessages = []loopbackScenario{
	{"a spoiler is hidden on both sides", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		alice.Send(t, "<message to='{room}' type='groupchat' id='s1'><body>he did it</body><spoiler xmlns='urn:xmpp:spoiler:0'/></message>", "room", room)
		if heard := ida.Hears(t, "he did it"); !heard.Text.Hidden() {
			t.Errorf("Ida sees %+v", heard.Text)
		}
		alice.Expect(t, "message[@id='s1'][body[text()='he did it']]/{urn:xmpp:spoiler:0}spoiler")
		ida.Post(t, transports.InRoom(id), transports.Message{Text: text.Plain("she did").Hide()})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='she did']]/{urn:xmpp:spoiler:0}spoiler")
	}},
	{"stickers and what is passed on can be read", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		post := func(m transports.Message) {
			ida.Post(t, transports.InRoom(id), m)
		}
		post(transports.Message{Forwarded: &transports.Reference{From: transports.User{ID: "elsewhere", Name: "Zoe"}, Text: text.Plain("from afar")}, Text: text.Plain("look")})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='Forwarded from Zoe:\n> from afar\nlook']")
		post(transports.Message{Files: []transports.File{{ID: "s1", Name: "hello.png", Type: "image/png", URL: "https://stickers.example.org/hello.png", Sticker: true}}})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][{urn:xmpp:stickers:0}sticker]/{urn:xmpp:sfs:0}file-sharing[@disposition='inline']/sources/{url-data}url-data[@target='https://stickers.example.org/hello.png']")
		ida.Do(t, transports.Send{Place: transports.InRoom(id)}, wire.File{Name: "wave.png", Type: "image/png", Data: photo(t)})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:sfs:0}file-sharing[@disposition='inline']/{urn:xmpp:file:metadata:0}file/name[text()='wave.png']")
	}},
	{"an emoji of the network has its name in the text, and is a picture for clients that show such", func(t *testing.T, w *loopbackWorld) {
		id, room, ida, alice := w.inside(t)
		party := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(photo(t)) }))
		defer party.Close()
		url := party.URL + "/party.png"
		emoji := text.Span{Text: ":party:", Ref: text.Ref{Kind: text.Emoji, ID: "e1", URL: url}}
		ida.Post(t, transports.InRoom(id), transports.Message{Text: text.Text{{Spans: []text.Span{{Text: "yes "}, emoji}}}})
		const image = "message/{http://jabber.org/protocol/xhtml-im}html/{http://www.w3.org/1999/xhtml}body/p/img"
		m := alice.Expect(t, image+"[@alt=':party:'][@src~'^cid:sha1.[0-9a-f]{40}@bob.xmpp.org$']", "message[@from='"+room+"/Ida Lovelace']/body[text()='yes :party:']")
		alice.Send(t, "<iq type='get' id='bob1' to='{ida}'><data xmlns='urn:xmpp:bob' cid='{cid}'/></iq>", "ida", room+"/Ida Lovelace", "cid", strings.TrimPrefix(m.Find(image).Attr("src"), "cid:"))
		alice.Expect(t, "iq[@id='bob1'][@type='result']/{urn:xmpp:bob}data[@type~'^image/'][text()]")
		ida.Post(t, transports.InRoom(id), transports.Message{Text: text.Text{{Spans: []text.Span{emoji}}}})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()=':party:']][{urn:xmpp:stickers:0}sticker]/{urn:xmpp:sfs:0}file-sharing[@disposition='inline']/sources/{url-data}url-data[@target='"+url+"']")
		alice.Send(t, "<message to='{room}' type='groupchat' id='e9'><body>oh :party:</body><markup xmlns='urn:xmpp:markup:0'><span start='3' end='10'><emoji xmlns='urn:xmpp:markup:emoji:0' name='party'>"+
			"<hash xmlns='urn:xmpp:hashes:2' algo='sha3-256'>ENey</hash></emoji></span></markup><file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><media-type>image/png</media-type>"+
			"<hash xmlns='urn:xmpp:hashes:2' algo='sha3-256'>ENey</hash></file><sources><url-data xmlns='http://jabber.org/protocol/url-data' target='{url}'/></sources></file-sharing></message>", "room", room, "url", url)
		if heard := ida.Hears(t, "oh :party:"); len(heard.Files) != 0 {
			t.Errorf("Ida got the emoji as a file: %+v", heard.Files)
		}
		alice.Expect(t, "message[@id='e9']/{urn:xmpp:sfs:0}file-sharing")
	}},
	{"a moderator takes away a picture, and the words that came with it", func(t *testing.T, w *loopbackWorld) {
		id, room := w.room(t)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "Alice") // the first who enters owns the room
		ida := w.AddPerson(t, "Ida Lovelace")
		ida.Join(t, id)
		hers := ida.Do(t, transports.Send{Place: transports.InRoom(id), Text: text.Plain("buy this")}, wire.File{Name: "ad.png", Type: "image/png", Data: photo(t)}).Parts[0]
		picture := msgid.Encode(string(hers), 1)
		alice.Expect(t, "message[@id='"+picture+"']/{jabber:x:oob}x")
		alice.Send(t, "<iq type='set' id='mod1' to='{room}'><moderate id='{id}' xmlns='urn:xmpp:message-moderate:1'><retract xmlns='urn:xmpp:message-retract:1'/></moderate></iq>",
			"room", room, "id", picture)
		alice.Expect(t, "iq[@id='mod1'][@type='result']")
		for _, part := range []string{picture, xmppID(hers)} {
			alice.Expect(t, "message[@from='"+room+"']/{urn:xmpp:message-retract:1}retract[@id='"+part+"']/{urn:xmpp:message-moderate:1}moderated")
		}
		for _, m := range mam(t, alice, room) {
			if body := m.Find("message/body").Text; strings.Contains(body, "buy") || strings.Contains(body, "ad.png") {
				t.Errorf("the archive still has %q", body)
			}
		}
	}},
	{"each finds a correction in the archive under the ids that they know", func(t *testing.T, w *loopbackWorld) {
		_, room, ida, alice := w.inside(t)
		bob := w.client(t, "bob", "desk")
		join(t, bob, room, "Bob")
		said := say(t, alice, room, "teh end")
		heard := ida.Hears(t, "teh end")
		bob.Expect(t, "message[@id='"+xmppID(heard.ID)+"']/body[text()='teh end']")
		alice.Send(t, "<message to='{room}' type='groupchat' id='fix1'><body>the end</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", said)
		bob.Expect(t, "message[body[text()='the end']]/{urn:xmpp:message-correct:0}replace[@id='"+xmppID(heard.ID)+"']")
		phone := w.client(t, "alice", "phone")
		join(t, phone, room, "Alice")
		for c, id := range map[*xmppclient.Client]string{phone: said, bob: xmppID(heard.ID)} {
			var got []string
			for _, m := range mam(t, c, room) {
				if replaced := m.Find("message/{urn:xmpp:message-correct:0}replace"); replaced != nil {
					got = append(got, m.Find("message/body").Text+" for "+replaced.Attr("id"))
				} else if m.Attr("id") == id {
					got = append(got, m.Find("message/body").Text)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint([]string{"teh end", "the end for " + id}) {
				t.Errorf("who knows the message as %s finds %q", id, got)
			}
		}
	}},
	{"a client without an extension reads words, and one with it can leave them out", func(t *testing.T, w *loopbackWorld) {
		id, _, ida, alice := w.inside(t)
		first := ida.Say(t, id, "größer 🎉?")
		reply := ida.Post(t, transports.InRoom(id), transports.Message{Text: text.Plain("ja"), ReplyTo: &transports.Reference{ID: first}})
		ida.Do(t, transports.React{Place: transports.InRoom(id), ID: first, Emoji: []string{"👍"}})
		ida.Do(t, transports.Delete{Place: transports.InRoom(id), ID: reply})
		const of = "{urn:xmpp:fallback:0}fallback"
		m := alice.Expect(t, "message[@id='"+xmppID(reply)+"']/"+of+"[@for='urn:xmpp:reply:0']/body")
		if body, range_ := m.Find("message/body").Text, m.Find("message/"+of+"/body"); body != "> größer 🎉?\nja" || range_.Attr("start") != "0" || range_.Attr("end") != "12" { // in characters
			t.Errorf("the reply is %q without %s", body, range_)
		}
		m = alice.Expect(t, "message/{urn:xmpp:reactions:0}reactions", "message/"+of+"[@for='urn:xmpp:reactions:0']")
		if body := m.Find("message/body").Text; body != "> größer 🎉?\n👍" {
			t.Errorf("the reaction is %q", body)
		}
		alice.Expect(t, "message/{urn:xmpp:message-retract:1}retract", "message/"+of+"[@for='urn:xmpp:message-retract:1']", "message/body[text()]")
	}},
}
