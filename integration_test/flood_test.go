package integration_test

import (
	"fmt"
	"testing"
	"time"
)

func TestWhatIsSentToAServerIsPacedAndInOrder(t *testing.T) {
	t.Parallel()
	const burst, rate, lines = 2, 10, 8
	w := prosodyWorld(t, "")
	w.edit(t, "burst: 200, rate: 200", fmt.Sprintf("burst: %d, rate: %d", burst, rate))
	alice, admin := w.client(t, "alice", "desk"), w.client(t, "admin", "desk")
	mustMatch(t, reload(t, admin), "iq[@type='result']")
	channel, room := w.channel()
	dora := w.onIRC(t, "dora", channel)
	join(t, alice, room, "alice")
	began := time.Now()
	for i := range lines {
		say(t, alice, room, fmt.Sprintf("line %d.", i))
	}
	for i := range lines {
		dora.Expect(t, fmt.Sprintf("PRIVMSG %s :line %d.", channel, i))
	}
	if took, least := time.Since(began), (lines-burst)*time.Second/rate; took < least {
		t.Errorf("%d lines took %v, at least %v is the pace", lines, took, least)
	}
	for i := range lines {
		alice.Expect(t, fmt.Sprintf("message[@from='%s/alice']/body[text()='line %d.']", room, i))
	}
}

func TestAFloodGetsNobodyDisconnectedAndLosesNothing(t *testing.T) {
	t.Parallel()
	const lines = 10_000
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
	middle := "" // the id of the line in the middle
	for i := range lines {
		line := alice.ExpectNext(t, fmt.Sprintf("message[@from='%s/dora']/body[text()='line %d.']", room, i))
		if i == lines/2 {
			middle = stanzaID(line)
		}
	}
	for field, count := range map[string]int{"before-id": lines / 2, "after-id": lines/2 - 1} { // an archive does not count all of so many
		alice.Send(t, "<iq type='set' id='{id}' to='{room}'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>"+
			"<field var='{field}'><value>{middle}</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set></query></iq>", "id", field, "room", room, "field", field, "middle", middle)
		alice.Expect(t, fmt.Sprintf("iq[@id='%s']/{urn:xmpp:mam:2}fin/{http://jabber.org/protocol/rsm}set/count[text()='%d']", field, count))
	}
	alice.Expect(t, alice.Ping(t, room+"/alice"), "iq[@type='result']")
}
