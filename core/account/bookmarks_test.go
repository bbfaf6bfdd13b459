package account

import (
	"fmt"
	"strings"
	"testing"

	"isthmus/core/stanza"
	"isthmus/transports"
)

// grantedOwn has alice's server let the gateway read and write her own nodes.
func (w *world) grantedOwn() {
	w.granted("2", "none")
	w.shared.Grants.Take(parse(w.t, `<message from='example.org' to='gw.example'><privilege xmlns='urn:xmpp:privilege:2'>
		<perm access='iq'><namespace ns='http://jabber.org/protocol/pubsub' type='both'/></perm></privilege></message>`))
}

// ownNodes answers what is asked of alice's nodes, where these rooms are bookmarked, and tells what was changed.
func (w *world) ownNodes(rooms ...string) (changed []string) {
	w.t.Helper()
	for w.settle(); ; w.settle() {
		w.stream.mu.Lock()
		waiting := len(w.stream.requests)
		w.stream.mu.Unlock()
		if waiting == 0 {
			return changed
		}
		w.stream.answers(w.t, func(iq *stanza.Stanza) *stanza.Stanza {
			inner := iq.Child("urn:xmpp:privilege:2", "privileged_iq").Child("jabber:client", "iq")
			request := inner.Children()[0].Children()[0]
			var payload string
			switch request.Name {
			case "items":
				for _, room := range rooms {
					payload += `<item id='` + room + `'/>`
				}
				payload = `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>` + payload + `</items></pubsub>`
			default:
				_, node, _ := strings.Cut(request.Attr("node"), "xmpp:")
				changed = append(changed, fmt.Sprintf("%s %s %s", request.Name, node, request.Children()[0].Attr("id")))
			}
			answer := parse(w.t, `<iq type='result' from='alice@example.org' to='gw.example'><privilege xmlns='urn:xmpp:privilege:2'><forwarded xmlns='urn:xmpp:forward:0'>`+
				`<iq xmlns='jabber:client' type='result' id='x'>`+payload+`</iq></forwarded></privilege></iq>`)
			answer.ID = iq.ID
			return answer
		})
	}
}

func TestTheRoomsOfAnAccountAreThePersonsBookmarks(t *testing.T) {
	loggedIn(t, func(t *testing.T, w *world) {
		w.grantedOwn()
		w.reports("#go", "#old")
		w.wants("changed", w.ownNodes("#old%irc.net@gw.example", "#left%irc.net@gw.example", "#go%irc.net@elsewhere.example", "#x%other@gw.example"),
			"retract bookmarks:1 #left%irc.net@gw.example", "publish bookmarks:1 #go%irc.net@gw.example")
		w.emits(stateOf("#new", "alice"))
		w.wants("with a new room", w.ownNodes(), "publish bookmarks:1 #new%irc.net@gw.example")
		w.breaks(transports.Offline, "gone")
		w.waits(10_000_000_000)
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Durable: true}})
		for _, id := range []transports.RoomID{"#go", "#old", "#new"} {
			w.emits(stateOf(id, "alice", "bob"))
		}
		w.emits(transports.Memberships{Rooms: []transports.RoomID{"#go", "#old", "#new"}})
		w.wants("what the person took out stays out", w.ownNodes("#old%irc.net@gw.example", "#go%irc.net@gw.example"))
		w.emits(transports.Read{Place: transports.InRoom("#go"), By: user("alice"), Upto: "m1"})
		w.wants("what was read elsewhere", w.ownNodes(), "publish mds:displayed:0 #go%irc.net@gw.example")
	})
}
