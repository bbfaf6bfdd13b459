package account

import (
	"testing"

	"isthmus/transports"
)

func TestAnAccountInTheRosterShowsWhetherItIsConnected(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(`<presence type='subscribe' from='alice@example.org' to='irc.net@gw.example'/>`)
		got := w.stream.raw()
		if len(got) != 2 || got[0].Type != "subscribed" || got[0].From != jid("irc.net@gw.example") || got[1].Type != "unavailable" {
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
		w.forget()
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.expect()
	})
}
