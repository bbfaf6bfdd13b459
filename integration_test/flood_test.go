package integration_test

import (
	"fmt"
	"testing"
)

func TestAFloodGetsNobodyDisconnectedAndLosesNothing(t *testing.T) {
	const lines = 9000 // below what an archive counts exactly
	w := prosodyWorld(t, "")
	channel, room := w.channel()
	dora := w.onIRC(t, "dora", channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	go func() {
		for i := range lines {
			dora.Say(t, channel, fmt.Sprintf("line %d.", i))
		}
	}()
	for i := range lines {
		alice.ExpectNext(t, fmt.Sprintf("message[@from='%s/dora']/body[text()='line %d.']", room, i))
	}
	alice.Send(t, archiveQuery+"<max>0</max></set></query></iq>", "id", "count", "room", room)
	alice.Expect(t, fmt.Sprintf("iq[@id='count']/{urn:xmpp:mam:2}fin/{http://jabber.org/protocol/rsm}set/count[text()='%d']", lines))
	alice.Expect(t, alice.Ping(t, room+"/alice"), "iq[@type='result']")
}
