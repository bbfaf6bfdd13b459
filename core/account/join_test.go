package account

import (
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/transports"
)

func TestTheFirstJoinConnectsUnderItsNick(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.expect()
		w.expectCommands("connect")
		if a := w.network.accounts[0]; a.Name != "alice" || a.Scope != "irc.net" || a.Person != PersonName(jid("alice@example.org"), "gw.example") {
			t.Errorf("opened as %+v", a)
		}
		w.online("alice")
		w.expectCommands("join #go")
		w.emits(state("alice", "bob"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", `phone: subject ""`)
		if got := w.occupants(); !slices.Equal(got, []string{"phone in #go%irc.net as alice"}) {
			t.Errorf("stored as joined: %q", got)
		}
	})
}

func TestASecondResourceGetsTheWholeRoom(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(join("laptop", "other"))
		w.expect("laptop: bob is here", "laptop: alice is here 100 170 210 110", `laptop: subject ""`)
		w.expectCommands()
	})
}

func TestHistoryComesBeforeTheSubject(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(transports.TopicChanged{Room: "#go", Topic: transports.Topic{Text: "generics"}})
		w.emits(hears("bob", "one"), hears("bob", "two"))
		w.sends(groupchat("phone", "m1", "three"))
		w.forget()
		w.sends(join("laptop", "alice"))
		w.expect("laptop: bob is here", "laptop: alice is here 100 170 110",
			"laptop: <bob> one (earlier)", "laptop: <bob> two (earlier)", "laptop: <alice> three (earlier)", `laptop: subject "generics"`)
	})
}

func TestWhatIsSaidWhileTheHistoryIsReadComesAfterItAndOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(hears("bob", "earlier"))
		w.holds()
		w.sends(groupchat("phone", "m1", "mine"))
		w.forget()
		w.account.mail.put(func() { // all before anything can come back from the disk
			s := parse(t, join("laptop", "alice"))
			to, _ := w.shared.Addresses.Parse(s.To.Local)
			w.account.handle(s, to)
			w.account.event(hears("bob", "now"))
			w.network.held[0](transports.Result{}, nil)
		})
		w.settle()
		var phone, laptop []string
		for _, line := range w.stream.taken() {
			if strings.HasPrefix(line, "phone: ") {
				phone = append(phone, line)
			} else {
				laptop = append(laptop, line)
			}
		}
		want := []string{"laptop: bob is here", "laptop: alice is here 100 170 110", "laptop: <bob> earlier (earlier)", `laptop: subject ""`,
			"laptop: <bob> now", "laptop: <alice> mine"}
		if !slices.Equal(laptop, want) || !slices.Equal(phone, []string{"phone: <bob> now", "phone: <alice> mine"}) {
			t.Errorf("the laptop sees %q,\nthe phone %q", laptop, phone)
		}
	})
}

func TestHistoryIsAsLongAsTheClientWants(t *testing.T) {
	for history, want := range map[string][]string{
		`<history maxstanzas='0'/>`:                                 nil,
		`<history maxchars='0'/>`:                                   nil,
		`<history seconds='0'/>`:                                    nil,
		`<history maxstanzas='1'/>`:                                 {"laptop: <bob> two (earlier)"},
		`<history since='2000-01-01T00:30:00Z'/>`:                   {"laptop: <bob> two (earlier)"},
		`<history seconds='1800'/>`:                                 {"laptop: <bob> two (earlier)"},
		`<history maxchars='100'/>`:                                 nil, // XEP-0045 §7.2.14: the whole stanza counts
		`<history maxchars='500'/>`:                                 {"laptop: <bob> two (earlier)"},
		`<history maxchars='500' maxstanzas='2'/>`:                  {"laptop: <bob> two (earlier)"},
		`<history maxstanzas='1' since='1999-01-01T00:00:00Z'/>`:    {"laptop: <bob> two (earlier)"},
		`<history maxstanzas='0' since='1999-01-01T00:00:00Z'/>`:    nil,
		`<history seconds='1800' since='1999-01-01T00:00:00Z'/>`:    {"laptop: <bob> two (earlier)"}, // the narrower of the two
		`<history seconds='99999' since='2000-01-01T00:30:00Z'/>`:   {"laptop: <bob> two (earlier)"},
		`<history seconds='-1' maxstanzas='many' since='noon'/>`:    {"laptop: <bob> one (earlier)", "laptop: <bob> two (earlier)"}, // as if not said
		`<history maxchars='100000' since='1999-01-01T00:00:00Z'/>`: {"laptop: <bob> one (earlier)", "laptop: <bob> two (earlier)"},
	} {
		t.Run(history, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) { // the faked clock begins at 2000-01-01T00:00:00Z
				w.inside("bob")
				w.emits(hears("bob", "one"))
				w.waits(time.Hour)
				w.emits(hears("bob", "two"))
				w.waits(time.Minute)
				w.forget()
				w.sends(`<presence` + from("laptop") + `to='#go%irc.net@gw.example/alice'><x xmlns='http://jabber.org/protocol/muc'>` + history + `</x></presence>`)
				w.expect(slices.Concat([]string{"laptop: bob is here", "laptop: alice is here 100 170 110"}, want, []string{`laptop: subject ""`})...)
			})
		})
	}
}

func TestOneWhoIsInsideAndJoinsAgainGetsEverythingAgain(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(join("phone", "alice"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 110", `phone: subject ""`)
		w.emits(hears("bob", "hi"))
		w.expect("phone: <bob> hi")
	})
}

func TestOneWhoAsksTwiceWhileTheyWaitIsLetInOnce(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.emits(state("alice"))
		w.expect("phone: alice is here 100 170 110", `phone: subject ""`)
	})
}

func TestOneWhoAskedTwiceAndLeftIsNoGhost(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(join("laptop", "alice"))
		w.sends(join("phone", "alice"))
		w.sends(join("phone", "alice"))
		w.sends(leave("phone"))
		w.online("alice")
		w.emits(state("alice"))
		w.expect("laptop: alice is here 100 170 110", `laptop: subject ""`)
	})
}

func TestPresenceOfOneWhoStillWaitsIsNoReasonToRefuseThem(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.sends(`<presence` + from("phone") + `to='#go%irc.net@gw.example/alice'><show>away</show></presence>`)
		w.expect()
	})
}

func TestJoinsThatCannotBe(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(`<presence` + from("phone") + `to='#go%irc.net@gw.example'><x xmlns='http://jabber.org/protocol/muc'/></presence>`)
		w.expect("phone: presence refused: jid-malformed: Join with a nick: room@gateway/nick.")
		w.sends(`<presence` + from("phone") + `to='#go%irc.net@gw.example/alice'/>`)
		w.expect("phone: presence refused: not-acceptable: You are not in this room. Join it first.")
		w.expectCommands()
	})
}

func TestThePasswordGoesToTheNetwork(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(`<presence` + from("phone") + `to='#go%irc.net@gw.example/alice'><x xmlns='http://jabber.org/protocol/muc'><password>sesam</password></x></presence>`)
		w.online("alice")
		w.expectCommands("connect", "join #go (sesam)")
	})
}

func TestARoomThatTheNetworkRefusesIsRefusedToAllWhoWait(t *testing.T) {
	for _, c := range []struct {
		fault *transports.Fault
		want  string
	}{
		{&transports.Fault{Kind: transports.PasswordNeeded, Text: "It wants a password."}, "not-authorized: It wants a password."},
		{&transports.Fault{Kind: transports.Forbidden, Text: "You are banned."}, "forbidden: You are banned."},
		{&transports.Fault{Kind: transports.NotFound, Text: "There is none."}, "item-not-found: There is none."},
		{&transports.Fault{Kind: transports.Moved, Text: "It is elsewhere.", To: "#golang"}, // RFC 6120 §8.3.3.5
			"gone xmpp:#golang%irc.net@gw.example?join: It is elsewhere."},
	} {
		t.Run(c.want, func(t *testing.T) {
			story(t, func(t *testing.T, w *world) {
				w.network.answer = func(transports.Command) (transports.Result, error, bool) { return transports.Result{}, c.fault, false }
				w.sends(join("phone", "alice"))
				w.sends(join("laptop", "alice"))
				w.online("alice")
				w.expect("phone: presence refused: "+c.want, "laptop: presence refused: "+c.want)
				w.expectCommands("connect", "join #go", "goodbye")
				if got := w.occupants(); len(got) != 0 {
					t.Errorf("stored as joined: %q", got)
				}
			})
		})
	}
}

func TestARefusedJoinSaysThatItIsOne(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.denies(transports.Forbidden, "No.")
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.settle()
		want := `<presence type='error' from='#go%irc.net@gw.example/alice' to='alice@example.org/phone'><x xmlns='http://jabber.org/protocol/muc'/>` +
			`<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No.</text></error></presence>`
		all := w.stream.raw()
		if len(all) != 1 || string(all[0].Append(nil)) != want {
			t.Fatalf("%d stanzas, the first is\n%s\nwant\n%s", len(all), all[0].Append(nil), want)
		}
	})
}

func TestAnotherNickIsAskedForEverywhereAndSeenWhenItIsConfirmed(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(`<presence` + from("phone") + `to='#go%irc.net@gw.example/alicia'/>`)
		w.expectCommands("name alicia")
		w.expect()
		w.emits(transports.UserRenamed{Was: "alice", User: user("alicia")})
		w.expect("phone: alice is gone 303 110", "phone: alicia is here 110")
		if got := w.occupants(); !slices.Equal(got, []string{"phone in #go%irc.net as alicia"}) {
			t.Errorf("stored as joined: %q", got)
		}
		w.denies(transports.Conflict, "Bob has that nick.")
		w.sends(`<presence` + from("phone") + `to='#go%irc.net@gw.example/bob'/>`)
		w.expect("phone: presence refused: conflict: Bob has that nick.")
		w.sends(`<presence` + from("phone") + `to='#go%irc.net@gw.example/alicia'><show>away</show></presence>`)
		w.expect()
	})
}

// hears is a message of someone in #go.
func hears(name, body string) transports.Message {
	return transports.Message{Place: transports.InRoom("#go"), From: user(name), Text: plain(body)}
}

func TestWhoJoinsAgainWithAnotherNickChangesIt(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(join("phone", "ally"))
		w.expectCommands("name ally")
		w.expect("phone: bob is here", "phone: alice is here 100 170 210 110", `phone: subject ""`)
		w.sends(join("laptop", "liz")) // this one comes in, and is told the nick
		w.expectCommands()
		w.denies(transports.Conflict, "The nick is in use.")
		w.forget()
		w.sends(join("phone", "bob"))
		w.expect("phone: bob is here", "phone: alice is here 100 170 210 110", `phone: subject ""`)
	})
}

func TestACorrectionThatWasOnItsWayIsInTheHistoryOfWhoComesIn(t *testing.T) {
	richStory(t, transports.Capabilities{}, func(t *testing.T, w *world) {
		w.emits(said("x1", "bob", "a draft"))
		w.forget()
		s := parse(t, join("desk", "alice"))
		to, err := w.shared.Addresses.Parse(s.To.Local)
		if err != nil {
			t.Fatal(err)
		}
		w.account.mail.put(func() { // before it was looked up what is corrected
			w.account.event(transports.Edited{Place: inGo, ID: "x1", From: user("bob"), Text: plain("the text")})
			w.account.handle(s, to)
		})
		w.settle()
		var bodies []string
		for _, line := range w.stream.taken() {
			if strings.HasPrefix(line, "desk: <bob>") {
				bodies = append(bodies, line)
			}
		}
		if len(bodies) != 2 || !strings.Contains(bodies[0], "a draft") || !strings.Contains(bodies[1], "the text (corrects x1)") {
			t.Errorf("who came in saw %q", bodies)
		}
	})
}

func TestWhoEntersARoomWhoseNameNobodyKnewIsToldThatItHasOne(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(join("phone", "alice"))
		w.online("alice")
		w.forget()
		named := state("alice")
		named.Name = "Going places"
		w.emits(named)
		w.expect("phone: alice is here 100 170 110", `phone: subject ""`, "phone: <#go> 104 ")
		w.sends(join("desk", "alice"))
		w.expect("desk: alice is here 100 170 110", `desk: subject ""`)
	})
}
