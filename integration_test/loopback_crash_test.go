package integration_test

import (
	"fmt"
	"testing"
	"time"

	"isthmus/integration_test/loopbackclient"
	"isthmus/integration_test/xmppclient"
	"isthmus/transports"
	"isthmus/transports/loopback/wire"
)

// What the XMPP server had written to a gateway that no longer read is lost without a word; nothing on this side can know of it.
// All that the gateway had taken is found on the network, or sent again, and each message and each correction is there once on both sides.
func TestAfterACrashMessagesAndCorrectionsUnderWayAreFinished(t *testing.T) {
	t.Parallel()
	for _, k := range loopbackKinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			const (
				before  = 8
				during  = 60
				reached = 25 // the network has them when the gateway is killed, and has confirmed none
			)
			w := k.start(t, "      sync: true\n")
			id, room, ida, alice := w.inside(t)
			comesOnline(t, alice)
			sent := map[string]string{} // the text by the stanza's id
			for i := range before {
				said := say(t, alice, room, fmt.Sprintf("draft %d", i))
				sent[said] = fmt.Sprintf("draft %d", i)
				alice.Expect(t, "message[@id='"+said+"'][@type='groupchat']")
			}
			drafts := map[string]string{} // the stanza's id by the text
			for id, text := range sent {
				drafts[text] = id
			}
			w.SetWeather(t, wire.Weather{Person: w.self(t, "Alice"), Delay: time.Minute})
			told := map[string]string{}
			for i := range during {
				sent[say(t, alice, room, fmt.Sprintf("message %d", i))] = fmt.Sprintf("message %d", i)
				if i < before {
					text := fmt.Sprintf("fair copy %d", i)
					sent[correct(t, alice, room, drafts[fmt.Sprintf("draft %d", i)], text)] = text
				}
				if i%4 == 0 {
					text := fmt.Sprintf("aside %d", i)
					told[text] = tell(t, alice, loopbackAddress(string(ida.ID)), text)
				}
			}
			ida.Hears(t, fmt.Sprintf("message %d", reached))
			w.gateway.Kill()
			w.start()
			ida = w.TakeOver(t, ida.ID)
			there, asides := countSaid(t, ida, transports.InRoom(id)), countSaid(t, ida, transports.TalkWith(w.self(t, "Alice")))
			if there[fmt.Sprintf("message %d", reached)] != 1 {
				t.Errorf("the crash came at the wrong moment: the network has %v", there)
			}
			found := len(there) + len(asides)
			alice.Send(t, joinStanza, "room", room, "nick", "Alice")
			end, receipts := "", map[string]bool{}
			for ended := false; !ended || len(receipts) < len(asides); {
				s := alice.Expect(t, "message")
				switch {
				case s.Attr("type") == "error":
					t.Errorf("%q was refused: %s", sent[s.Attr("id")], s)
				case s.Matches("message/subject"):
					end = say(t, alice, room, "the end")
				case s.Matches("message/{urn:xmpp:receipts}received"):
					id := s.Find("message/{urn:xmpp:receipts}received").Attr("id")
					if receipts[id] {
						t.Errorf("%s was confirmed twice", id)
					}
					receipts[id] = true
				}
				ended = ended || end != "" && s.Attr("id") == end
			}
			there, asides = countSaid(t, ida, transports.InRoom(id)), countSaid(t, ida, transports.TalkWith(w.self(t, "Alice")))
			kept := map[string]int{}
			for _, m := range wholeArchive(t, alice, room) {
				kept[m.Find("{jabber:client}message/{jabber:client}body").Text]++
			}
			lost := 0
			for _, text := range sent {
				switch {
				case there[text] > 1 || there[text] != kept[text]:
					t.Errorf("%q is there %d times, and %d times in the archive", text, there[text], kept[text])
				case there[text] == 0:
					lost++
				}
			}
			for text, id := range told {
				if asides[text] > 1 || asides[text] == 1 != receipts[id] {
					t.Errorf("%q is there %d times, and confirmed: %v", text, asides[text], receipts[id])
				}
			}
			t.Logf("of %d messages and corrections the network had %d when the gateway was killed, and %d never reached the gateway", len(sent)+len(told), found, lost)
		})
	}
}

// correct corrects a message in a room and gives the correction's id.
func correct(t *testing.T, c *xmppclient.Client, room, id, text string) string {
	t.Helper()
	correction := c.NewID()
	c.Send(t, "<message to='{room}' type='groupchat' id='{id}'><body>{text}</body><replace xmlns='urn:xmpp:message-correct:0' id='{of}'/></message>",
		"room", room, "id", correction, "text", text, "of", id)
	return correction
}

// tell says something to somebody alone, who is to confirm it, and gives its id.
func tell(t *testing.T, c *xmppclient.Client, who, text string) string {
	t.Helper()
	id := c.NewID()
	c.Send(t, "<message to='{who}' type='chat' id='{id}'><body>{text}</body><request xmlns='urn:xmpp:receipts'/></message>", "who", who, "id", id, "text", text)
	return id
}

// countSaid counts how often each text was said, or a message changed to it.
func countSaid(t *testing.T, who *loopbackclient.Person, in transports.Place) map[string]int {
	t.Helper()
	times := map[string]int{}
	for _, e := range who.Past(t, in) {
		switch e := e.(type) {
		case transports.Message:
			times[e.Text.String()]++
		case transports.Edited:
			times[e.Text.String()]++
		}
	}
	return times
}
