package account

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// page is an answer of the archive: the bodies, and what closes it.
type page struct {
	bodies, ids []string
	fin         string
	error       string
}

// asks queries the archive of #go as the phone; set is what goes into the XEP-0059 element, fields into the form.
func (w *world) asks(set, fields string) page {
	w.t.Helper()
	payload := `<query xmlns='urn:xmpp:mam:2' queryid='f1'>`
	if fields != "" {
		payload += `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>` + fields + `</x>`
	}
	if set != "" {
		payload += `<set xmlns='http://jabber.org/protocol/rsm'>` + set + `</set>`
	}
	w.sends(iq("phone", "set", "#go%irc.net@gw.example", payload+`</query>`))
	w.settle()
	var p page
	for _, s := range w.stream.raw() {
		if r := s.Child("urn:xmpp:mam:2", "result"); r != nil {
			if s.From != jid("#go%irc.net@gw.example") || s.To != jid("alice@example.org/phone") || r.Attr("queryid") != "f1" {
				w.t.Errorf("result %s", s.Append(nil))
			}
			m := r.Child("urn:xmpp:forward:0", "forwarded").Child("jabber:client", "message")
			p.ids = append(p.ids, r.Attr("id"))
			p.bodies = append(p.bodies, jid(m.Attr("from")).Resource+" "+children(m.Nodes[0].Raw)[0].Text())
			continue
		}
		if p.fin+p.error != "" || s.ID != "q" {
			w.t.Errorf("more than one answer: %s", s.Append(nil))
		}
		if s.Type == "error" {
			p.error = brief(s)
			continue
		}
		p.fin = string(s.Child("urn:xmpp:mam:2", "fin").Append(nil))
	}
	return p
}

func (w *world) expectPage(got page, complete bool, count, index int, bodies ...string) {
	w.t.Helper()
	if strings.Join(got.bodies, "|") != strings.Join(bodies, "|") || got.error != "" {
		w.t.Errorf("the page is %q (%s), want %q", got.bodies, got.error, bodies)
		return
	}
	fin := `<fin xmlns='urn:xmpp:mam:2'`
	if complete {
		fin += ` complete='true'`
	}
	fin += `><set xmlns='http://jabber.org/protocol/rsm'>`
	if n := len(got.ids); n > 0 {
		fin += fmt.Sprintf(`<first index='%d'>%s</first><last>%s</last>`, index, got.ids[0], got.ids[n-1])
	}
	fin += fmt.Sprintf(`<count>%d</count></set></fin>`, count)
	if got.fin != fin {
		w.t.Errorf("the page ends with\n  %s\nwant\n  %s", got.fin, fin)
	}
}

func TestTheArchiveIsReadPageByPage(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		for _, body := range []string{"1", "2", "3", "4"} {
			w.emits(hears("bob", body))
			w.waits(time.Hour)
		}
		w.sends(groupchat("phone", "m5", "5"))
		w.forget()

		first := w.asks(`<max>2</max>`, "")
		w.expectPage(first, false, 5, 0, "bob 1", "bob 2")
		second := w.asks(`<max>2</max><after>`+first.ids[1]+`</after>`, "")
		w.expectPage(second, false, 5, 2, "bob 3", "bob 4")
		w.expectPage(w.asks(`<max>2</max><after>`+second.ids[1]+`</after>`, ""), true, 5, 4, "alice 5")

		last := w.asks(`<max>2</max><before/>`, "") // XEP-0059 §2.5
		w.expectPage(last, false, 5, 3, "bob 4", "alice 5")
		w.expectPage(w.asks(`<max>9</max><before>`+last.ids[0]+`</before>`, ""), true, 5, 0, "bob 1", "bob 2", "bob 3")

		w.expectPage(w.asks("", ""), true, 5, 0, "bob 1", "bob 2", "bob 3", "bob 4", "alice 5")
		w.expectPage(w.asks(`<max>0</max>`, ""), false, 5, 0) // XEP-0059 §2.6
		w.expectPage(w.asks("", `<field var='start'><value>2000-01-01T00:30:00Z</value></field><field var='end'><value>2000-01-01T02:30:00Z</value></field>`),
			true, 2, 0, "bob 2", "bob 3")
		w.expectPage(w.asks("", `<field var='with'><value>#go%irc.net@gw.example</value></field>`), true, 5, 0, "bob 1", "bob 2", "bob 3", "bob 4", "alice 5")
	})
}

func TestTheArchiveIsFilteredByWhoAndByIDs(t *testing.T) {
	field := func(name string, values ...string) string {
		return `<field var='` + name + `'><value>` + strings.Join(values, `</value><value>`) + `</value></field>`
	}
	story(t, func(t *testing.T, w *world) {
		w.inside("bob", "Carol")
		w.emits(hears("bob", "1"), hears("Carol", "2"), hears("bob", "3"))
		w.sends(groupchat("phone", "m4", "4"))
		w.forget()
		all := w.asks("", "")
		w.expectPage(w.asks("", field("with", "#go%irc.net@gw.example/Carol")), true, 1, 0, "Carol 2")
		w.expectPage(w.asks("", field("with", "bob%irc.net@gw.example")), true, 2, 0, "bob 1", "bob 3")
		w.expectPage(w.asks("", field("with", "alice@example.org")), true, 1, 0, "alice 4")
		w.expectPage(w.asks("", field("after-id", all.ids[0])), true, 3, 0, "Carol 2", "bob 3", "alice 4") // counted among what is chosen
		w.expectPage(w.asks(`<max>1</max><before/>`, field("after-id", all.ids[0])+field("before-id", all.ids[3])), false, 2, 1, "bob 3")
		w.expectPage(w.asks("", field("ids", all.ids[3], all.ids[1])), true, 2, 0, "Carol 2", "alice 4")
	})
}

func TestAFlippedPageHasTheSameMessagesTheOtherWayRound(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(hears("bob", "1"), hears("bob", "2"), hears("bob", "3"))
		w.forget()
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", `<query xmlns='urn:xmpp:mam:2'><flip-page/><set xmlns='http://jabber.org/protocol/rsm'><max>2</max></set></query>`))
		w.settle()
		var ids []string
		all := w.stream.raw()
		for _, s := range all[:2] {
			ids = append(ids, s.Child("urn:xmpp:mam:2", "result").Attr("id"))
		}
		set := all[2].Payload[0].Child("http://jabber.org/protocol/rsm", "set") // XEP-0313 §4.3.3
		if set.Child("", "first").Text() != ids[1] || set.Child("", "last").Text() != ids[0] {
			t.Errorf("%q end with %s", ids, set.Append(nil))
		}
	})
}

func TestTheArchiveTellsWhereItBeginsAndEnds(t *testing.T) {
	const question = `<metadata xmlns='urn:xmpp:mam:2'/>`
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", question))
		w.expect("phone: q result " + question)
		stamp := func() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000Z") }
		first := stamp()
		w.emits(hears("bob", "1"))
		w.waits(time.Hour)
		last := stamp()
		w.emits(hears("bob", "2"), hears("bob", "3"))
		w.forget()
		all := w.asks("", "")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", question))
		w.expect("phone: q result <metadata xmlns='urn:xmpp:mam:2'><start id='" + all.ids[0] + "' timestamp='" + first + "'/>" +
			"<end id='" + all.ids[2] + "' timestamp='" + last + "'/></metadata>")
	})
}

func TestPreferencesOfTheArchiveAreTheRoomsOwn(t *testing.T) {
	prefs := func(standard, more string) string {
		return `<prefs xmlns='urn:xmpp:mam:2' default='` + standard + `'><always>` + more + `</always><never/></prefs>`
	}
	const never, always = `<prefs xmlns='urn:xmpp:mam:2' default='never'><always/><never/></prefs>`, `<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never/></prefs>`
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", `<prefs xmlns='urn:xmpp:mam:2'/>`))
		w.expect("phone: q result " + always)
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", prefs("never", "")))
		w.expect("phone: <#go> 171 ", "phone: q result "+never)
		w.emits(hears("bob", "off the record"))
		if rows := w.rows(); len(rows) != 0 {
			t.Errorf("the archive has %d rows", len(rows))
		}
		w.forget()
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", prefs("roster", "")))
		w.expect("phone: q refused: feature-not-implemented: Rooms are in no contact list. Choose always or never.")
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", prefs("always", "<jid>bob@x</jid>")))
		w.expect("phone: q refused: feature-not-implemented: A room is archived as a whole or not at all. Leave the lists of exceptions empty.")
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", prefs("sometimes", "")))
		w.expect("phone: q refused: bad-request: The default of an archive is always or never.")
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", prefs("always", "")))
		w.expect("phone: <#go> 170 ", "phone: q result "+always)
	})
}

func TestQueriesThatTheArchiveCannotAnswer(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		for _, c := range []struct{ set, fields, want string }{
			{`<after>nothing</after>`, "", "phone: q refused: item-not-found: The archive has no message with that id."}, // XEP-0313 §4.3.1
			{`<before>nothing</before>`, "", "phone: q refused: item-not-found: The archive has no message with that id."},
			{`<max>many</max>`, "", "phone: q refused: bad-request: The number of messages asked for is not a number."},
			{`<max>2</max><index>7</index>`, "", "phone: q refused: feature-not-implemented: The archive of a room has no such filter, and cannot be read from a numbered position."},
			{"", `<field var='with'><value>dora@example.net</value></field>`, "phone: q refused: bad-request: The address dora@example.net is neither an occupant's nor a user's of irc.net."},
			{"", `<field var='ids'><value>nothing</value></field>`, "phone: q refused: item-not-found: The archive has no message with that id."}, // XEP-0313 §4.1.3
			{"", `<field var='after-id'><value>nothing</value></field>`, "phone: q refused: item-not-found: The archive has no message with that id."},
			{"", `<field var='start'><value>noon</value></field>`, "phone: q refused: bad-request: The time noon is not written as XEP-0082 asks."},
			{"", `<field var='colour'><value>red</value></field>`, "phone: q refused: feature-not-implemented: The archive of a room has no such filter, and cannot be read from a numbered position."},
		} {
			if got := w.asks(c.set, c.fields); got.error != c.want || len(got.bodies) != 0 {
				t.Errorf("%s%s: %+v, want %s", c.set, c.fields, got, c.want)
			}
		}
	})
}

func TestTheArchivesForm(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.sends(iq("phone", "get", "#go%irc.net@gw.example", `<query xmlns='urn:xmpp:mam:2'/>`))
		w.settle()
		all := w.stream.raw()
		if len(all) != 1 || all[0].Type != "result" || all[0].Child("urn:xmpp:mam:2", "query").Child("jabber:x:data", "x") == nil {
			t.Fatalf("%d answers", len(all))
		}
	})
}

func TestTheArchiveCanBeReadOutsideTheRoom(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(hears("bob", "hi"))
		w.sends(leave("phone"))
		w.forget()
		w.expectPage(w.asks("", ""), true, 1, 0, "bob hi")
	})
}

func TestEachAccountReadsItsOwnArchiveOnly(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(hears("bob", "hi"))
		w.forget()
		other := New(w.shared, Identity{ID: 8}, jid("mallory@example.org"), "irc.net", "irc.net", 0)
		other.Run(func() {})
		s := parse(t, `<iq type='set' id='q' from='mallory@example.org/x' to='#go%irc.net@gw.example'><query xmlns='urn:xmpp:mam:2'/></iq>`)
		to, err := w.shared.Addresses.Parse(s.To.Local)
		if err != nil {
			t.Fatal(err)
		}
		other.Handle(s, to)
		w.expect("x: q result <fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'><count>0</count></set></fin>")
		<-other.Done()
	})
}

func TestWhatWasSaidLongAgoIsArchivedUnderItsTrueTime(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		m := hears("bob", "replayed")
		m.At = time.Now().Add(-time.Hour)
		w.emits(m)
		w.expect("phone: <bob> replayed (earlier)")
		if rows := w.rows(); len(rows) != 1 || rows[0].At != m.At.UnixMilli() {
			t.Errorf("%d rows", len(rows))
		}
	})
}

func TestAMessageOfTheArchiveHasTheIDThatItWasShownWith(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.emits(hears("bob", "hi"))
		w.sends(groupchat("phone", "m1", "hello"))
		w.settle()
		var shown []string
		for _, s := range w.stream.raw() {
			id := s.Child("urn:xmpp:sid:0", "stanza-id")
			if id.Attr("by") != "#go%irc.net@gw.example" {
				t.Errorf("stanza-id by %q", id.Attr("by"))
			}
			shown = append(shown, id.Attr("id"))
		}
		if got := w.asks("", ""); strings.Join(got.ids, " ") != strings.Join(shown, " ") || len(shown) != 2 {
			t.Errorf("the archive has %q, shown were %q", got.ids, shown)
		}
	})
}

func TestARoomHasOneArchive(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.inside("bob")
		w.sends(iq("phone", "set", "#go%irc.net@gw.example", `<query xmlns='urn:xmpp:mam:2' node='other'/>`))
		w.expect("phone: q refused: item-not-found: There is no such node here.")
	})
}
