package account

import (
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/transports"
)

func TestWhatBecameOfMessagesDuringAnOutageIsSeen(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.shared.About.StableIDs = true
		room := transports.InRoom("#go")
		reaction := func(id, who string, emoji ...string) transports.Reacted {
			return transports.Reacted{Place: room, ID: transports.MessageID(id), From: user(who), Emoji: emoji}
		}
		w.network.past = map[transports.Place][]transports.Event{}
		w.inside("bob", "carol")
		for _, id := range []string{"1.1", "1.2", "1.3", "1.4"} {
			w.emits(transports.Message{Place: room, ID: transports.MessageID(id), From: user("bob"), Text: plain("message " + id)})
		}
		w.emits(reaction("1.1", "carol", "👍"), reaction("1.2", "carol", "👍"), transports.Deleted{Place: room, ID: "1.4", By: user("bob")})
		w.network.now = map[transports.MessageID]transports.Reviewed{
			"1.1": {ID: "1.1", Reactions: []transports.Reacted{reaction("1.1", "carol", "👍"), reaction("1.1", "bob", "🎉"),
				{Place: room, ID: "1.1", From: transports.User{ID: "dave"}, Emoji: []string{"🐌"}}}}, // of whom not even a name is known
			"1.2": {ID: "1.2", Reactions: []transports.Reacted{}},
			"1.3": {ID: "1.3", Gone: true},
			"1.4": {ID: "1.4", Gone: true},
		}
		w.breaks(transports.Offline, "Reset.")
		w.waits(5 * time.Second)
		w.online("alice")
		w.forget()
		w.emits(state("alice", "bob", "carol"))
		w.expect("phone: <bob> > message 1.1\n🎉 (reacts to 1.1: 🎉)", "phone: <carol>  (reacts to 1.2:)",
			"phone: <bob> A message was deleted, but your client cannot show it. (retracts 1.3)")
	})
}

func TestWhatBecameOfATalksMessagesDuringAnOutageIsSeen(t *testing.T) {
	reaction := func(id, who string, emoji ...string) transports.Reacted {
		return transports.Reacted{Place: withBob, ID: transports.MessageID(id), From: user(who), Emoji: emoji}
	}
	for name, outage := range map[string]func(w *world) (first []string){
		"the connection is lost": func(w *world) []string {
			w.breaks(transports.Offline, "Reset.")
			w.waits(time.Minute)
			w.forget()
			w.online("alice")
			return []string{"phone: <#go> Connected to irc.net again."}
		},
		"the gateway is killed": func(w *world) []string { w.crashes(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			talking(t, nil, func(t *testing.T, w *world) {
				w.whispers("1", "2", "3", "4")
				w.emits(reaction("1", "bob", "👍"), reaction("2", "bob", "👍"), transports.Deleted{Place: withBob, ID: "4", By: user("bob")})
				w.settle()
				w.network.now = map[transports.MessageID]transports.Reviewed{
					"1": {ID: "1", Reactions: []transports.Reacted{reaction("1", "bob", "👍")}},
					"2": {ID: "2", Reactions: []transports.Reacted{reaction("2", "bob", "🎉")}},
					"3": {ID: "3", Gone: true},
					"4": {ID: "4", Gone: true},
				}
				w.expect(append(outage(w), "alice@example.org: chat from bob%irc.net@gw.example: 🎉 (reacts to 2: 🎉)",
					"alice@example.org: chat from bob%irc.net@gw.example: A message was deleted, but your client cannot show it. (retracts 3)")...)
				w.expect(outage(w)...) // it is known now
			})
		})
	}
}

func TestWhatSomebodyElseOfTheNetworkWasShownMeanwhileIsNotTakenForSeen(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.shared.About.StableIDs = true
		room := transports.InRoom("#go")
		said := func(id string) transports.Message {
			return transports.Message{Place: room, ID: transports.MessageID(id), From: user("bob"), Text: plain("message " + id)}
		}
		w.network.past = map[transports.Place][]transports.Event{}
		w.inside("bob")
		w.emits(said("1.1"))
		w.breaks(transports.Offline, "Reset.")
		w.settle()
		other := w.account.archive("#go")
		w.store.Write(nil, store.Append{Row: store.Row{Transport: other.Transport, Scope: other.Scope, Place: "#go", ID: "1.2", Nick: "bob", Author: "bob",
			Content: stanza.Text("", "body", "message 1.2").Append(nil)}})
		w.network.past[room] = []transports.Event{said("1.1"), said("1.2")}
		w.waits(5 * time.Second)
		w.online("alice")
		w.forget()
		w.emits(state("alice", "bob"))
		w.expect("phone: <bob> message 1.2")
		w.emits(said("1.3"))
		w.expect("phone: <bob> message 1.3")
		w.store.Write(nil, store.Append{Row: store.Row{Transport: other.Transport, Scope: other.Scope, Place: "#go", ID: "1.4", Nick: "bob", Author: "bob",
			Content: stanza.Text("", "body", "message 1.4").Append(nil)}})
		for _, id := range []string{"1.4", "1.3", "1.4"} { // the network says again what it does not know to have come
			again := said(id)
			again.Replayed = true
			w.emits(again)
		}
		w.expect("phone: <bob> message 1.4")
	})
}
