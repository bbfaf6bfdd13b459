package account

import (
	"testing"
	"time"

	"isthmus/core/options"
	"isthmus/transports"
)

func TestAnAccountInTheRosterShowsWhetherItIsConnected(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(`<presence type='subscribe' id='s1' from='alice@example.org' to='irc.net@gw.example'/>`)
		got := w.stream.raw()
		if len(got) != 2 || got[0].Type != "subscribed" || got[0].ID != "s1" || got[0].From != jid("irc.net@gw.example") || got[1].Type != "subscribe" {
			t.Fatalf("answered by %v", got)
		}
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.expect("alice@example.org: irc.net is here")
		w.sends(`<presence type='probe' from='alice@example.org' to='irc.net@gw.example'/>`)
		w.expect("alice@example.org: irc.net is here")
		w.emits(state("alice"))
		w.forget()
		w.breaks(transports.Offline, "Reset.")
		w.expect("phone: <#go> The connection to irc.net is lost: Reset. Trying again.", "alice@example.org: irc.net is gone (The connection is lost and is being tried again.)")
		w.sends(leave("phone"))
		w.expect("phone: alice is gone 110", "alice@example.org: irc.net is gone")
		w.sends(`<presence type='unsubscribe' from='alice@example.org' to='irc.net@gw.example'/>`)
		if got := w.stream.raw(); len(got) != 3 || got[0].Type != "unavailable" || got[1].Type != "unsubscribed" || got[2].Type != "unsubscribe" {
			t.Errorf("answered by %v", got)
		}
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.expect()
	})
}

func TestAPresenceToTheAccountKeepsItConnected(t *testing.T) {
	const here, gone = `<presence from='alice@example.org/phone' to='irc.net@gw.example'/>`, `<presence type='unavailable' from='alice@example.org/phone' to='irc.net@gw.example'/>`
	story(t, func(t *testing.T, w *world) {
		w.shared.About.NameField = "nick"
		w.sends(here) // without a nick there is nothing to connect as
		w.expectCommands()
		w.shared.Options.Set(options.Where{Person: "alice@example.org", Scope: "irc.net"}, transports.Options{"nick": {"alice"}}, nil)
		w.sends(here)
		w.online("alice")
		w.expectCommands("connect")
		w.sends(join("phone", "alice"))
		w.emits(state("alice"))
		w.sends(leave("phone"))
		w.forget()
		w.sends(chat("phone", "m1", "bob%irc.net@gw.example", "hi"))
		w.expectCommands("send bob hi")
		w.breaks(transports.Offline, "Reset.")
		time.Sleep(time.Minute)
		w.expectCommands("connect")
		w.online("alice")
		w.sends(gone)
		w.settle()
		if taken, ended := w.offer(gone); !ended {
			t.Errorf("the account goes on: taken %v", taken)
		}
	})
}

func TestWhoHoldsAConnectionThatCannotBeIsTold(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.shared.About.NameField = "nick"
		w.shared.Options.Set(options.Where{Person: "alice@example.org", Scope: "irc.net"}, transports.Options{"nick": {"alice"}}, nil)
		w.sends(`<presence from='alice@example.org/phone' to='irc.net@gw.example'/>`)
		w.breaks(transports.BadCredentials, "The password is wrong.")
		w.expect("alice@example.org: chat from irc.net@gw.example: There is no connection to irc.net: The password is wrong.")
	})
}
