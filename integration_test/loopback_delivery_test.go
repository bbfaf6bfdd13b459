package integration_test

import (
	"fmt"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/mapping/text"
	"isthmus/transports"
)

func TestWhenTheXMPPServerDiesNothingOfTheNetworkIsLost(t *testing.T) {
	t.Parallel()
	for _, k := range loopbackKinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			const messages = 15 // with the correction fewer than a room shows of its history
			w := k.start(t, logins)
			self, ida, id, room := w.member(t, "ada")
			alice := w.client(t, "alice", "desk")
			alice.Send(t, "<presence/>")
			loggedIn(t, alice, "ada")
			address := loopbackAddress(string(ida.ID))
			alice.Send(t, "<presence type='subscribe' to='{ida}'/>", "ida", address)
			loopbackclient.Expect(t, ida, func(e transports.SubscriptionAsked) bool { return e.From.ID == self })
			ida.Do(t, transports.Authorize{User: self, Allow: true})
			alice.Expect(t, "presence[not(@type)][@from='"+address+"'][not(show)]")

			w.xmpp.Kill()
			for i := range messages {
				ida.Tell(t, self, fmt.Sprintf("to you %d.", i))
				said := ida.Say(t, id, fmt.Sprintf("to all %d.", i))
				if i == 0 {
					ida.Do(t, transports.Edit{Place: transports.InRoom(id), ID: said, Text: text.Plain("mended")})
				}
			}
			ida.Do(t, transports.SetPresence{Presence: transports.Presence{Show: transports.Away, Status: "lunch"}})
			if err := w.xmpp.Start(t.Context()); err != nil {
				t.Fatal(err)
			}

			// Her server tells nothing of the contact's change but what the gateway says again.
			back := w.client(t, "alice", "phone")
			awaitAnswer(t, back, loopbackDomain)
			back.Send(t, "<presence/>")
			got, away := map[string]bool{}, false
			for len(got) < messages || !away {
				s := back.Expect(t, "*[@from~'^"+address+"']")
				if body := s.Find("message/body"); body != nil {
					got[body.Text] = true
				}
				away = away || s.Matches("presence/status[text()='lunch']")
			}
			back.Send(t, joinStanza, "room", room, "nick", "ada")
			for i := range messages {
				back.Expect(t, fmt.Sprintf("message[@type='groupchat'][@from='%s/Ida Lovelace']/body[text()='to all %d.']", room, i))
				if i == 0 {
					back.Expect(t, "message[body[text()='mended']]/{urn:xmpp:message-correct:0}replace")
				}
			}
		})
	}
}
