package account

import (
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/transports"
)

// member is alice's account, which is in #go and #old without a client inside.
func member(t *testing.T, tell func(t *testing.T, w *world)) {
	loggedIn(t, func(t *testing.T, w *world) {
		w.reports("#go", "#old")
		w.forget()
		tell(t, w)
	})
}

// reports is a connection to a network that has the account in these rooms.
func (w *world) reports(rooms ...transports.RoomID) {
	w.accepts()
	for _, id := range rooms {
		w.emits(stateOf(id, "alice", "bob"))
	}
	w.emits(transports.Memberships{Rooms: rooms})
}

func TestWhatIsSaidInADurableRoomIsKeptForWhoComesLater(t *testing.T) {
	member(t, func(t *testing.T, w *world) {
		w.emits(heard("one"), heard("two"))
		w.expect()
		if rows := w.rows(); len(rows) != 2 {
			t.Fatalf("%d messages were kept", len(rows))
		}
		w.sends(join("phone", "alice"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", "phone: <bob> one (earlier)", "phone: <bob> two (earlier)", `phone: subject ""`)
		w.expectCommands()
		w.waits(time.Second)
		w.sends(leave("phone"))
		w.expect("phone: alice is gone 110")
		w.expectCommands() // a closed client leaves no room
		w.emits(heard("three"))
		w.sends(join("phone", "alice"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", "phone: <bob> three (earlier)", `phone: subject ""`)
	})
}

func TestADurableRoomIsLeftByWordOnly(t *testing.T) {
	member(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.forget()
		if err := w.account.LeaveRoom(t.Context(), "#go"); err != nil {
			t.Fatal(err)
		}
		w.expectCommands("leave #go")
		w.expect("phone: alice is gone 333 110 (You have left the room.)")
		if rooms, err := w.account.Rooms(t.Context()); err != nil || len(rooms) != 1 || rooms[0].Name != "#old" {
			t.Errorf("in %v, %v", rooms, err)
		}
		if err := w.account.LeaveRoom(t.Context(), "#go"); transports.AsFault(err).Kind != transports.NotFound {
			t.Errorf("a room that was left is left again: %v", err)
		}
		w.denies(transports.Forbidden, "Nobody leaves.")
		if err := w.account.LeaveRoom(t.Context(), "#old"); transports.AsFault(err).Text != "Nobody leaves." {
			t.Errorf("left with %v", err)
		}
	})
}

func TestRoomsThatWereLeftElsewhereMeanwhileAreForgotten(t *testing.T) {
	member(t, func(t *testing.T, w *world) {
		w.sends(`<presence` + from("phone") + `to='#old%irc.net@gw.example/alice'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
		w.forget()
		w.breaks(transports.Offline, "Reset.")
		w.waits(time.Minute)
		w.forget()
		w.reports("#go", "#new")
		w.expectCommands() // nothing is joined that the network does not have
		w.expect(account+"is here", "phone: <#old> Connected to Alice's again.",
			"phone: alice is gone 333 110 (You are in this room no longer: your account left it elsewhere, or was removed.)")
		rooms, _ := w.account.Rooms(t.Context())
		if len(rooms) != 2 || rooms[0].Name != "#go" || rooms[1].Name != "#new" {
			t.Errorf("in %v", rooms)
		}
	})
}

func TestARoomThatTheAccountWasTakenIntoIsTold(t *testing.T) {
	member(t, func(t *testing.T, w *world) {
		w.emits(stateOf("#new", "alice", "carol"))
		w.settle()
		all := w.stream.raw()
		if len(all) != 1 || all[0].From != jid("#new%irc.net@gw.example") || all[0].Child("jabber:x:conference", "x") == nil {
			t.Fatalf("told by %v", all)
		}
		w.emits(stateOf("#new", "alice", "carol"))
		w.expect()
	})
}

func TestADisconnectedAccountIsStillAMember(t *testing.T) {
	member(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.forget()
		w.account.Disconnect("")
		w.expect("phone: alice is gone 333 110 (Your account Alice's is disconnected.)", account+"is gone (You have disconnected it. To connect it again, write “connect irc.net” to isthmus@gw.example.)")
		w.expectCommands("goodbye")
		if rooms, _ := w.account.Rooms(t.Context()); len(rooms) != 2 {
			t.Errorf("in %v", rooms)
		}
		w.sends(iq("phone", "get", "irc.net@gw.example", `<query xmlns='http://jabber.org/protocol/disco#items'/>`))
		w.expect(`phone: q result <query xmlns='http://jabber.org/protocol/disco#items'><item jid='#go%irc.net@gw.example'/><item jid='#old%irc.net@gw.example'/>` +
			`<set xmlns='http://jabber.org/protocol/rsm'><first index='0'>#go%irc.net@gw.example</first><last>#old%irc.net@gw.example</last><count>2</count></set></query>`)
	})
}

func TestARoomOfADurableNetworkIsEnteredByJoining(t *testing.T) {
	member(t, func(t *testing.T, w *world) {
		w.sends(`<presence` + from("phone") + `to='#x%irc.net@gw.example/alice'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
		w.expectCommands("join #x")
		w.emits(stateOf("#x", "alice"))
		w.expect("phone: alice is here 100 170 110", `phone: subject ""`)
	})
}

func TestAnAccountByUseComesBackIntoItsDurableRooms(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.accepts()
		w.emits(transports.Memberships{}, state("alice"))
		w.sends(leave("phone"))
		w.expectCommands("connect", "join #go")
		w.account.Stop("Restart.")
		<-w.account.Done()
		w.forget()
		Return(w.shared.Options, func(_ stanza.JID, _ transports.Scope, room transports.RoomID) {
			w.open()
			w.account.Stay(room, 0)
		})
		w.expectCommands("connect")
		w.reports() // it was left elsewhere
		w.expectCommands("goodbye")
		if rooms, _ := w.account.Rooms(t.Context()); len(rooms) != 0 || len(w.shared.Options.Marked(stayed)) != 0 {
			t.Errorf("in %v", rooms)
		}
	})
}

func TestARoomThatTheGatewayStaysInIsLeftByWordToo(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sets("#go", transports.Options{"persistent": {"true"}})
		w.inside("bob")
		w.sends(leave("phone"))
		w.expectCommands()
		if err := w.account.LeaveRoom(t.Context(), "#go"); err != nil {
			t.Fatal(err)
		}
		w.expectCommands("leave #go", "goodbye")
		if w.shared.Options.Get(w.account.where("#go")).Get(nil, "persistent") != "false" {
			t.Error("the gateway would stay there again")
		}
	})
}
