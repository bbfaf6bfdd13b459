package integration_test

import (
	"strings"
	"testing"
)

var contacts = []scenario{
	{"someone on IRC is a contact, and is seen", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "Dora", channel)
		alice := w.client(t, "alice", "desk")
		alice.Send(t, "<presence/>")
		alice.Send(t, "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>")
		alice.Expect(t, "iq[@id='roster']")
		join(t, alice, room, "alice")
		alice.Send(t, "<presence type='subscribe' to='{dora}'/>", "dora", userAddress("dora"))
		alice.ExpectEach(t, "presence[@type='subscribed'][@from='"+userAddress("dora")+"']", "presence[not(@type)][@from='"+userAddress("dora")+"']")
		if strings.Contains(t.Name(), "InspIRCd") { // the other server has to be asked, which is done once a minute
			dora.Send(t, "AWAY :lunch")
			alice.ExpectEach(t, "presence[@from='"+userAddress("dora")+"'][show[text()='away']][status[text()='lunch']]",
				"presence[@from='"+room+"/Dora'][show[text()='away']][status[text()='lunch']]")
			dora.Send(t, "QUIT")
			alice.Expect(t, "presence[@type='unavailable'][@from='"+userAddress("dora")+"']")
		}
		alice.Send(t, "<presence type='unsubscribe' to='{dora}'/>", "dora", userAddress("dora"))
	}},
	{"people on IRC see who is away", func(t *testing.T, w *world) {
		channel, room := w.channel()
		dora := w.onIRC(t, "dora", channel)
		alice := w.client(t, "alice", "desk")
		join(t, alice, room, "alice")
		alice.Send(t, "<presence to='{room}/alice'><show>away</show><status>gone fishing</status></presence>", "room", room)
		until(t, "alice is away", func() bool { // networks are told at a pace
			dora.Send(t, "WHOIS alice")
			return strings.HasPrefix(dora.Expect(t, `^\S+ (301 dora alice :gone fishing|318 .*)$`)[1], "301")
		})
	}},
}
