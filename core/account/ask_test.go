package account

import (
	"strings"
	"testing"
	"time"

	"isthmus/core/stanza"
	"isthmus/transports"
)

const ping = `<ping xmlns='urn:xmpp:ping'/>`

func TestSelfPings(t *testing.T) { // XEP-0410 §3.2
	const notJoined = "not-acceptable: You are not in this room. Join it first."
	story(t, func(t *testing.T, w *world) {
		asks := func(resource, nick, want string) {
			t.Helper()
			w.sends(iq(resource, "get", "#go%irc.net@gw.example/"+nick, ping))
			w.expect(resource + ": q " + want)
		}
		asks("phone", "alice", "refused: "+notJoined) // no such room
		w.sends(join("phone", "alice"))
		asks("phone", "alice", "refused: "+notJoined) // it still waits
		w.online("alice")
		w.emits(state("alice", "bob"))
		w.forget()
		asks("phone", "alice", "result ")
		asks("laptop", "alice", "refused: "+notJoined) // another resource is inside
		asks("phone", "alicia", "refused: item-not-found: Nobody of that nick is in the room.")
		asks("phone", "bob", "result ") // his program answers
		w.emits(transports.UserRenamed{Was: "alice", User: user("alicia")})
		w.forget()
		asks("phone", "alicia", "result ")
		asks("phone", "alice", "refused: item-not-found: Nobody of that nick is in the room.")
		w.breaks(transports.Offline, "Reset.")
		w.forget()
		asks("phone", "alicia", "result ") // inside, as far as XMPP goes
		w.sends(leave("phone"))
		w.forget()
		asks("phone", "alicia", "refused: "+notJoined)
	})
}

func TestEveryRequestHasOneAnswer(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		for _, to := range []string{"irc.net@gw.example", "#go%irc.net@gw.example", "#go%irc.net@gw.example/bob", "#go%irc.net@gw.example/zoe",
			"#rust%irc.net@gw.example", "bob%irc.net@gw.example", "%irc.net@gw.example/bob", "%irc.net@gw.example"} {
			for _, payload := range []string{`<query xmlns='http://jabber.org/protocol/disco#info'/>`, `<query xmlns='http://jabber.org/protocol/disco#info' node='n'/>`,
				`<query xmlns='http://jabber.org/protocol/disco#items'/>`, ping, `<query xmlns='urn:xmpp:mam:2'/>`, `<vCard xmlns='vcard-temp'/>`,
				`<query xmlns='http://jabber.org/protocol/muc#admin'/>`, `<query xmlns='http://jabber.org/protocol/muc#owner'/>`, ``} {
				for _, kind := range []string{"get", "set"} {
					w.sends(iq("phone", kind, to, payload))
					all := w.stream.raw()
					if len(all) != 1 || all[0].ID != "q" || all[0].Type != "result" && all[0].Type != "error" || all[0].From.String() != to {
						t.Errorf("%s %s to %s has %d answers", kind, payload, to, len(all))
					}
				}
			}
		}
	})
}

func TestAnswersAndErrorsAreNeverAnswered(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		for _, text := range []string{iq("phone", "result", "#go%irc.net@gw.example", ""), iq("phone", "error", "bob%irc.net@gw.example", unreachable),
			`<message type='error'` + from("laptop") + `to='#go%irc.net@gw.example'><body>x</body></message>`,
			`<presence type='error'` + from("laptop") + `to='#go%irc.net@gw.example/alice'/>`, `<presence type='unavailable'` + from("laptop") + `to='#rust%irc.net@gw.example/x'/>`} {
			w.sends(text)
			w.expect()
		}
	})
}

func TestWhatAnAddressStandsFor(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		for to, want := range map[string]string{
			"#go%irc.net@gw.example":     `<identity category='conference' type='irc' name='#go on irc.net'/>`,
			"#go%irc.net@gw.example/bob": `<identity category='account' type='registered' name='bob'/>`,
			"irc.net@gw.example":         `<identity category='gateway' type='irc' name='irc.net'/>`,
			"bob%irc.net@gw.example":     `<identity category='account' type='registered' name='bob'/>`,
		} {
			w.sends(iq("phone", "get", to, `<query xmlns='http://jabber.org/protocol/disco#info'/>`))
			if got := strings.Join(w.stream.taken(), "\n"); !strings.Contains(got, want) {
				t.Errorf("%s is\n%s", to, got)
			}
		}
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", `<query xmlns='http://jabber.org/protocol/disco#info' node='x'/>`))
		w.expect("phone: q refused: item-not-found: There is no such node here.")
	})
}

func TestOccupantsAreListedToThoseInside(t *testing.T) {
	const items = `<query xmlns='http://jabber.org/protocol/disco#items'/>`
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", items))
		w.expect("phone: q result <query xmlns='http://jabber.org/protocol/disco#items'>" +
			"<item jid='#go%irc.net@gw.example/alice' name='alice'/><item jid='#go%irc.net@gw.example/bob' name='bob'/>" +
			"<set xmlns='http://jabber.org/protocol/rsm'><first index='0'>#go%irc.net@gw.example/alice</first><last>#go%irc.net@gw.example/bob</last><count>2</count></set></query>")
		w.sends(iq("laptop", "get", "#go%irc.net@gw.example", items))
		w.expect("laptop: q result " + items)
	})
}

func TestModeratorsRequestsGoToTheNetwork(t *testing.T) {
	admin := func(items string) string {
		return iq("phone", "set", "#go%irc.net@gw.example", `<query xmlns='http://jabber.org/protocol/muc#admin'>`+items+`</query>`)
	}
	story(t, func(t *testing.T, w *world) {
		w.inside("bob", "carol")
		w.sends(admin(`<item nick='bob' role='none'><reason>spam</reason></item>`))
		w.expectCommands("role #go bob 0 (spam)")
		w.expect("phone: q result ")
		w.sends(admin(`<item jid='bob%irc.net@gw.example' affiliation='outcast'/><item nick='carol' role='moderator'/>`))
		w.expectCommands("affiliation #go bob 1", "role #go carol 3")
		w.expect("phone: q result ")
		for items, want := range map[string]string{
			``:                               "bad-request: The request changes nothing.",
			`<item nick='zoe' role='none'/>`: "item-not-found: Nobody of that nick is in the room.",
			`<item nick='bob'/>`:             "bad-request: An item of the request has neither a role nor an affiliation that there is.",
			`<item nick='carol' role='none'/><item nick='bob' role='dictator'/>`: "bad-request: An item of the request has neither a role nor an affiliation that there is.",
		} {
			w.sends(admin(items))
			w.expect("phone: q refused: " + want)
			w.expectCommands()
		}
		w.denies(transports.Forbidden, "Operators only.")
		w.sends(admin(`<item nick='bob' role='none'/><item nick='carol' role='none'/>`))
		w.expect("phone: q refused: forbidden: Operators only.")
		w.breaks(transports.Offline, "Reset.")
		w.forget()
		w.sends(admin(`<item nick='bob' role='none'/>`))
		w.expect("phone: q refused: remote-server-timeout: There is no connection to irc.net now. It is being tried again; send this later.")
	})
}

func TestWhatTheNetworkCannotDoIsSaid(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(transports.Online{Self: user("alice")}) // without any feature
		w.sends(`<presence` + from("phone") + `to='#go%irc.net@gw.example/alicia'/>`)
		w.expect("phone: presence refused: feature-not-implemented: The network cannot do this.")
		w.expectCommands()
	})
}

func TestAfterTheStreamWasLostTheDeadAreDropped(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		for _, resource := range []string{"laptop", "tablet", "watch"} {
			w.sends(join(resource, "alice"))
		}
		w.forget()
		w.account.Resync()
		w.settle()
		if len(w.stream.requests) != 4 {
			t.Fatalf("%d pings", len(w.stream.requests))
		}
		for _, r := range w.stream.requests {
			kind, payload := "error", unreachable
			switch r.iq.To.Resource {
			case "phone":
				kind, payload = "result", ""
			case "watch":
				continue // it sleeps
			case "tablet": // a client that has its own opinion of pings
				payload = `<error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`
			}
			answer := parse(t, `<iq type='`+kind+`' from='`+r.iq.To.String()+`' to='`+r.iq.From.String()+`'>`+payload+`</iq>`)
			r.answer(answer)
		}
		w.expect("laptop: alice is gone 333 110")
		w.waits(time.Hour)
		w.emits(hears("bob", "hi"))
		w.expect("phone: <bob> hi", "tablet: <bob> hi", "watch: <bob> hi")
		if from := w.stream.requests[0].iq.From; from != (stanza.JID{Local: "#go%irc.net", Domain: "gw.example"}) {
			t.Errorf("pinged as %s", from)
		}
	})
}
