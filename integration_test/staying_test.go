package integration_test

import (
	"testing"
)

func TestTheOperatorHasTheGatewayStayInEverybodysRooms(t *testing.T) {
	t.Parallel()
	w := prosodyWorld(t, "")
	admin := w.client(t, "admin", "desk")
	w.edit(t, people, people+"\n    persistent_by_default: true")
	mustMatch(t, reload(t, admin), "iq[@type='result']"+form+"/note[@type='warn'][text()~'Restart.*persistent_by_default']")
	if err := w.gateway.Stop(); err != nil {
		t.Fatal(err)
	}
	w.run(t)
	channel, room := w.channel()
	dora := w.onIRC(t, "dora", channel)
	alice := w.client(t, "alice", "desk")
	join(t, alice, room, "alice")
	dora.Expect(t, `^:alice!\S+ JOIN`)
	leave(t, alice, room, "alice")
	dora.Say(t, channel, "you are still here")
	dora.ExpectNone(t, `^:alice!\S+ (PART|QUIT)`)
	w.heard(t, alice, room, 1)
	alice.Send(t, joinStanza, "room", room, "nick", "alice")
	alice.Expect(t, "message[@from='"+room+"/dora'][{urn:xmpp:delay}delay]/body[text()='you are still here']")

	// Whoever does not want that says so, for one room or for all.
	mustMatch(t, run(t, alice, room, "configure", "<field var='persistent'><value>false</value></field>"), "iq[@type='result']"+form+"[@status='completed']")
	leave(t, alice, room, "alice")
	dora.Expect(t, `^:alice!\S+ (PART|QUIT)`)
}
