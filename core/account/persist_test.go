package account

import (
	"strings"
	"testing"
	"time"

	"isthmus/core/options"
	"isthmus/transports"
)

func (w *world) sets(place transports.RoomID, o transports.Options) {
	w.t.Helper()
	w.shared.Options.Set(options.Where{Person: "alice@example.org", Scope: "irc.net", Place: string(place)}, o, nil)
	w.account.OptionsChanged()
	w.settle()
}

func heard(text string) transports.Message {
	return transports.Message{Place: transports.InRoom("#go"), From: user("bob"), Text: plain(text)}
}

func TestTheGatewayStaysInAPersistentRoomAndTellsWhatWasSaid(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sets("#go", transports.Options{options.Persistent: {"true"}})
		w.emits(heard("seen live"))
		w.waits(1e9)
		w.sends(leave("phone"))
		w.forget()
		w.emits(heard("one"), heard("two"))
		w.expect()
		w.expectCommands()
		w.sends(join("phone", "alice"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", "phone: <bob> one (earlier)", "phone: <bob> two (earlier)", `phone: subject ""`)
		w.sends(leave("phone"))
		w.forget()
		w.sets("#go", nil)
		w.expectCommands("leave #go", "goodbye")
	})
}

func TestTheGatewayComesBackIntoItsRoomsAfterARestart(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sets("#go", transports.Options{options.Persistent: {"true"}})
		w.sends(leave("phone"))
		w.emits(heard("before the restart"))
		w.waits(time.Hour)
		w.account.Stop("Restart.")
		<-w.account.Done()
		w.forget()
		rooms := w.shared.Options.Marked("stayed")
		if len(rooms) != 1 || rooms[0].Place != "#go" {
			t.Fatalf("it stayed in %v", rooms)
		}
		w.open()
		w.account.Stay("#go", 0)
		w.settle()
		if a := w.network.accounts[1]; a.Name != "alice" {
			t.Errorf("comes back as %q", a.Name)
		}
		w.online("alice")
		w.expectCommands("connect", "join #go")
		w.emits(state("alice", "bob"), heard("in the meantime"))
		w.sends(join("phone", "alice"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", "phone: <bob> before the restart (earlier)",
			"phone: <bob> in the meantime (earlier)", `phone: subject ""`)
	})
}

func TestAccountsComeBackInTheirTurnsAndAtOnceWhenSomeoneJoins(t *testing.T) {
	for _, joins := range []bool{false, true} {
		story(t, func(t *testing.T, w *world) {
			w.sets("#go", transports.Options{options.Persistent: {"true"}, stayed: {"true"}})
			w.open()
			w.account.Stay("#go", time.Minute)
			w.account.Stay("#rust", time.Minute)
			w.waits(59 * time.Second)
			w.expectCommands()
			if joins {
				w.sends(join("phone", "alice"))
			} else {
				w.waits(2 * time.Second)
			}
			w.expectCommands("connect")
			w.waits(5 * time.Minute)
			w.expectCommands()
		})
	}
}

// restarts stops the gateway and brings the account back into its rooms as the next run does.
func (w *world) restarts() {
	w.t.Helper()
	w.account.Stop("Restart.")
	<-w.account.Done()
	w.open()
	for _, room := range w.shared.Options.Marked("stayed") {
		w.account.Stay(transports.RoomID(room.Place), 0)
	}
	w.settle()
	if len(w.network.runs) > 1 {
		w.online("alice")
	}
}

func TestWhatTheNetworkReplaysAfterARestartIsThereOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		said := func(text string) transports.Message {
			e := heard(text)
			e.ID = transports.MessageID("m-" + text)
			return e
		}
		replayed := func(text string) transports.Message {
			e := said(text)
			e.Replayed, e.At = true, time.Now().Add(-time.Minute)
			return e
		}
		w.inside("bob")
		w.sets("#go", transports.Options{options.Persistent: {"true"}})
		w.sends(leave("phone"))
		w.emits(said("before"))
		w.waits(time.Hour)
		w.restarts()
		w.emits(state("alice", "bob"), replayed("before"), replayed("meanwhile"), said("live"))
		w.forget()
		w.sends(join("phone", "alice"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", "phone: <bob> before (earlier)",
			"phone: <bob> meanwhile (earlier)", "phone: <bob> live (earlier)", `phone: subject ""`)
	})
}

func TestWhoWasInsideAPersistentRoomMissesNothingOfARestart(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sets("#go", transports.Options{options.Persistent: {"true"}})
		w.emits(heard("seen live"))
		w.waits(time.Minute)
		w.restarts()
		w.emits(state("alice", "bob"), heard("in the meantime"))
		w.forget()
		w.sends(join("phone", "alice"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", "phone: <bob> in the meantime (earlier)", `phone: subject ""`)
		w.sends(leave("phone"))
		w.sets("#go", nil)
		w.restarts()
		if len(w.network.runs) != 2 {
			t.Error("the gateway comes back although it need not")
		}
	})
}

func TestWhoIsRemovedWhileNobodyIsInsideIsTold(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sets("#go", transports.Options{options.Persistent: {"true"}})
		w.sends(leave("phone"))
		w.forget()
		w.emits(transports.MemberLeft{Room: "#go", User: user("alice"), Cause: transports.Kicked, By: "bob", Reason: "spam"})
		w.expect("alice@example.org: chat from irc.net@gw.example: You are in #go no longer: bob removed you (spam).")
		if rooms := w.shared.Options.Marked("stayed"); len(rooms) != 0 {
			t.Errorf("it would come back into %v", rooms)
		}
	})
}

func TestAPersistentRoomOutlivesALostConnection(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sets("#go", transports.Options{options.Persistent: {"true"}})
		w.sends(leave("phone"))
		w.breaks(transports.Offline, "Reset.")
		w.waits(maxWait)
		w.online("alice")
		w.expectCommands("connect", "join #go")
	})
}

func TestWhatAPersonDoesNotWantKeptIsNotKept(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sets("#go", transports.Options{options.RecordHistory: {"false"}})
		w.expect("phone: <#go> 171 ")
		w.emits(heard("off the record"))
		w.sends(groupchat("phone", "m1", "mine too"))
		w.expect("phone: <bob> off the record", "phone: <alice> mine too")
		if rows := w.rows(); len(rows) != 0 {
			t.Errorf("the archive has %d rows", len(rows))
		}
	})
}

func TestAMessageThatItsSenderDoesNotWantKeptIsNotKept(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(strings.Replace(groupchat("phone", "m1", "mine"), "</message>", "<no-store xmlns='urn:xmpp:hints'/></message>", 1))
		w.sends(groupchat("phone", "m2", "and this"))
		w.expect("phone: <alice> mine", "phone: <alice> and this")
		if rows := w.rows(); len(rows) != 1 || rows[0].Stanza != "m2" {
			t.Errorf("the archive has %+v", rows)
		}
	})
}

func TestWhoIsInsideIsToldHowTheRoomIsKept(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sets("#go", transports.Options{options.RecordHistory: {"false"}, options.Persistent: {"true"}})
		w.expect("phone: <#go> 171 104 ")
		w.sets("#go", transports.Options{options.RecordHistory: {"false"}, options.Persistent: {"true"}, "encoding_in": {"latin1"}})
		w.expect() // nothing that concerns a client
		w.sends(join("phone", "alice"))
		w.expect("phone: bob is here", "phone: alice is here 100 110", `phone: subject ""`)
		w.sets("#go", nil)
		w.expect("phone: <#go> 170 104 ")
	})
}

const destroy = `<query xmlns='http://jabber.org/protocol/muc#owner'><destroy><reason>enough</reason></destroy></query>`

func TestToDestroyAPersistentRoomEndsTheStaying(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", destroy))
		w.expect("phone: q refused: feature-not-implemented: The room belongs to its network and cannot be destroyed from here. Leave it.")
		w.sets("#go", transports.Options{options.Persistent: {"true"}})
		w.forget()
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", destroy))
		w.expect("phone: alice is gone 110", "phone: q result ")
		w.expectCommands("leave #go (enough)", "goodbye")
		if w.shared.Options.Switch(options.Where{Person: "alice@example.org", Scope: "irc.net", Place: "#go"}, options.Persistent) {
			t.Error("it would stay again")
		}
	})
}

func TestARoomWhereTheGatewayStayedCanBeDestroyedFromOutside(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sets("#go", transports.Options{options.Persistent: {"true"}})
		w.sends(leave("phone"))
		w.forget()
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", destroy))
		w.expect("phone: q result ")
		w.expectCommands("leave #go (enough)", "goodbye")
		if rooms := w.shared.Options.Marked("stayed"); len(rooms) != 0 {
			t.Errorf("it would come back into %v", rooms)
		}
	})
}

func TestARoomIsDestroyedForEveryoneWhereTheNetworkCan(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.Destruction}})
		w.denies(transports.Forbidden, "You are no owner.")
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", destroy))
		w.expectCommands("destroy #go (enough)")
		w.expect("phone: q refused: forbidden: You are no owner.")
		w.network.answer = nil
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", destroy))
		w.expect("phone: alice is gone 110", "phone: q result ")
	})
}

func TestTheAccountsOptionsReachTheDriver(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sets("", transports.Options{"realname": {"Alice"}})
		w.sends(join("phone", "alice"))
		w.settle()
		if o := w.network.accounts[0].Options; o.Get(nil, "realname") != "Alice" {
			t.Errorf("opened with %v", o)
		}
	})
}

func TestTheConnectionStaysUntilTheNetworkHasSaidThatARoomIsDestroyed(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.emits(transports.Online{Self: user("alice"), Can: transports.Capabilities{Features: transports.Destruction}})
		w.emits(state("alice"))
		w.forget()
		w.holds()
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", destroy))
		w.emits(transports.MemberLeft{Room: "#go", User: user("alice"), Cause: transports.Removed, Reason: "enough"})
		w.expectCommands("destroy #go (enough)")
		w.forget()
		w.decides(nil)
		w.expect("phone: q result ")
		w.expectCommands("goodbye")
	})
}
