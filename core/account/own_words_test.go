package account

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/transports"
)

// writesElsewhere is alice writing to bob in another client of the network.
func writesElsewhere(body string) transports.Message {
	return transports.Message{Place: transports.TalkWith("bob"), From: user("alice"), Own: true, Text: plain(body)}
}

// onBehalf is what is in the one stanza that was sent, whose id is left out.
func (w *world) onBehalf() (id, text string) {
	w.t.Helper()
	w.settle()
	all := w.stream.raw()
	if len(all) != 1 || all[0].To != jid("example.org") {
		w.t.Fatalf("sent %d stanzas: %v", len(all), all)
	}
	return all[0].ID, strings.ReplaceAll(payload(all[0]), " id='"+all[0].ID+"'", "")
}

func TestWhatThePersonWroteElsewhereIsTheirOwnOnAllTheirDevices(t *testing.T) {
	const hello = `<message xmlns='jabber:client' type='chat' from='alice@example.org' to='bob%irc.net@gw.example'><body>hello</body></message>`
	for version, want := range map[string]string{
		"2": `<privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'>` + hello + `</forwarded></privilege>`,
		"1": `<privilege xmlns='urn:xmpp:privilege:1'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' from='alice@example.org' to='alice@example.org'>` +
			`<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>` + hello + `</forwarded></sent></message></forwarded></privilege>`,
	} {
		story(t, func(t *testing.T, w *world) {
			w.granted(version, "none")
			w.inside("bob")
			w.emits(writesElsewhere("hello"))
			id, text := w.onBehalf()
			if text != want {
				t.Errorf("sent\n  %s\nwant\n  %s", text, want)
			}
			// The server delivers it to its addressee, who is ours: it must not be said again.
			if back := `<message type='chat' id='` + id + `' from='alice@example.org' to='bob%irc.net@gw.example'><body>hello</body></message>`; version == "2" {
				w.sends(back)
				w.expectCommands()
				w.sends(back)
				w.expectCommands("send bob hello")
			}
		})
	}
}

func TestWhatThePersonReadElsewhereIsReadOnAllTheirDevices(t *testing.T) {
	read := transports.Read{Place: transports.TalkWith("bob"), By: user("alice"), Upto: "b1"}
	story(t, func(t *testing.T, w *world) {
		w.granted("2", "none")
		w.inside("bob")
		w.emits(read)
		_, text := w.onBehalf()
		if want := `<privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' from='alice@example.org' to='bob%irc.net@gw.example'>` +
			`<displayed xmlns='urn:xmpp:chat-markers:0' id='b1'/><store xmlns='urn:xmpp:hints'/></message></forwarded></privilege>`; text != want {
			t.Errorf("sent\n  %s\nwant\n  %s", text, want)
		}
		w.emits(transports.Read{Place: inGo, By: user("alice"), Upto: "b2"}) // the server lets nobody tell that in its own way
		w.expect("phone: <alice> (has read b2)")
	})
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(read)
		w.expect()
	})
}

func TestWhatAServerRefusesToSendIsTold(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.granted("2", "none")
		w.inside("bob")
		w.emits(writesElsewhere("hello"))
		id, _ := w.onBehalf()
		w.shared.Grants.Take(parse(t, `<message type='error' id='`+id+`' from='example.org' to='gw.example'><privilege xmlns='urn:xmpp:privilege:2'/></message>`))
		w.expect("alice@example.org: chat from irc.net@gw.example: To bob: hello")
		w.emits(writesElsewhere("again"))
		w.expect("alice@example.org: chat from irc.net@gw.example: To bob: again")
	})
}

func TestOnlySoManyReturnsAreRemembered(t *testing.T) {
	var r returns
	for i := range maxReturns + 1 {
		r.add(fmt.Sprint(i))
	}
	if r.take("0") || !r.take("1") || r.take("1") || !r.take(fmt.Sprint(maxReturns)) || r.take("") {
		t.Error("the wrong ones are remembered")
	}
}
