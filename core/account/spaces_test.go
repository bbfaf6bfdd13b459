package account

import (
	"strings"
	"testing"

	"isthmus/transports"
)

func TestTheSpacesOfANetworkAreFoundAndReadFromTheAccount(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.network.listings = []transports.Listing{{Room: "#club", Name: "The club", Space: true}, {Room: "#books", Name: "Books", Parent: "#inner"},
			{Room: "#go", Name: "Go", Parent: "#club"}, {Room: "#inner", Name: "Inner circle", Parent: "#club", Space: true}, {Room: "#free", Name: "Free"}}
		w.sends(join("phone", "alice"))
		w.online("alice")
		room := state("alice")
		room.Parent = "#club"
		w.emits(room)
		w.forget()
		const items, filter = "http://jabber.org/protocol/disco#items", `<filter xmlns='urn:xmpp:pubsub-filter:0'><x xmlns='jabber:x:data' type='submit'>` +
			`<field var='included-types'><value>urn:xmpp:spaces:0</value></field></x></filter>`
		w.sends(iq("phone", "get", "irc.net@gw.example", `<query xmlns='`+items+`'>`+filter+`</query>`))
		w.expect(`phone: q result <query xmlns='` + items + `'><item jid='irc.net@gw.example' node='#club' name='The club'/>` +
			`<item jid='irc.net@gw.example' node='#inner' name='Inner circle'/></query>`)
		content := func(node string) string {
			return iq("phone", "get", "irc.net@gw.example", `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='`+node+`'/></pubsub>`)
		}
		w.sends(content("#club"))
		w.expect(`phone: q result <pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='#club'>` +
			`<item id='#go%irc.net@gw.example'><conference xmlns='urn:xmpp:bookmarks:1' name='Go'/></item>` +
			`<item id='#inner'><subscription xmlns='urn:xmpp:pubsub:subscription:0' server='irc.net@gw.example' node='#inner'><title>Inner circle</title></subscription></item></items></pubsub>`)
		w.sends(content("#nowhere"))
		w.expect("phone: q refused: item-not-found: There is no such node here.")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", `<query xmlns='http://jabber.org/protocol/disco#info'/>`))
		for _, answer := range w.stream.taken() {
			if !strings.Contains(answer, "<value>xmpp:irc.net@gw.example?;node=%23club</value>") {
				t.Errorf("the room says %s", answer)
			}
		}
		w.sends(iq("phone", "get", "irc.net@gw.example", `<query xmlns='`+items+`'/>`))
		for _, answer := range w.stream.taken() {
			if strings.Contains(answer, "Inner") || !strings.Contains(answer, "Free") {
				t.Errorf("the rooms are %s", answer)
			}
		}
	})
}
