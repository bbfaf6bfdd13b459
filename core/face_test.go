package core

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
)

func parse(t *testing.T, text string) *stanza.Stanza {
	t.Helper()
	e, err := stanza.FromTokens(xml.NewDecoder(strings.NewReader(text)))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	s := &stanza.Stanza{Kind: stanza.Kind(e.Name), Type: e.Attr("type"), ID: e.Attr("id"), Payload: e.Children()}
	s.From, s.To = parseJID(t, e.Attr("from")), parseJID(t, e.Attr("to"))
	return s
}

func parseJID(t *testing.T, text string) stanza.JID {
	t.Helper()
	j, err := stanza.ParseJID(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return j
}

const (
	addressed = ` id='q' from='alice@example.org/phone' to='gw.example'>`
	answered  = ` id='q' from='gw.example' to='alice@example.org/phone'`
)

func TestTheGatewaySaysWhatItIs(t *testing.T) {
	info := xep.GatewayInfo("irc", "IRC")
	for text, want := range map[string]string{
		`<iq type='get'` + addressed + `<ping xmlns='urn:xmpp:ping'/></iq>`: `<iq type='result'` + answered + `/>`,
		`<iq type='get'` + addressed + `<query xmlns='jabber:iq:version'/></iq>`: `<iq type='result'` + answered +
			`><query xmlns='jabber:iq:version'><name>Isthmus</name><version>1.2</version></query></iq>`,
		`<iq type='get'` + addressed + `<query xmlns='http://jabber.org/protocol/disco#items'/></iq>`: `<iq type='result'` + answered +
			`><query xmlns='http://jabber.org/protocol/disco#items'><item jid='irc.net@gw.example' name='irc.net'/></query></iq>`,
		`<iq type='get'` + addressed + `<query xmlns='http://jabber.org/protocol/disco#info'/></iq>`: `<iq type='result'` + answered + `>` + string(info.Query("").Append(nil)) + `</iq>`,
		`<iq type='get'` + addressed + `<query xmlns='http://jabber.org/protocol/disco#info' node='` + info.CapsNode() + `'/></iq>`: `<iq type='result'` + answered + // XEP-0115 §6.2
			`>` + string(info.Query(info.CapsNode()).Append(nil)) + `</iq>`,
		`<iq type='get'` + addressed + `<query xmlns='http://jabber.org/protocol/disco#info' node='other'/></iq>`: `<iq type='error'` + answered +
			`><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>There is no such node here.</text></error></iq>`,
		`<iq type='set'` + addressed + `<query xmlns='urn:unknown'/></iq>`: `<iq type='error'` + answered +
			`><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
		`<iq type='result'` + addressed + `</iq>`:                              ``,
		`<iq type='error'` + addressed + `</iq>`:                               ``,
		`<presence type='unavailable'` + addressed + `</presence>`:             ``,
		`<presence type='error'` + addressed + `</presence>`:                   ``,
		`<presence type='subscribed'` + addressed + `</presence>`:              ``,
		`<presence type='probe'` + addressed + `</presence>`:                   `<presence from='gw.example' to='alice@example.org/phone'>` + string(info.Caps().Append(nil)) + `</presence>`,
		`<presence` + addressed + `</presence>`:                                `<presence from='gw.example' to='alice@example.org/phone'>` + string(info.Caps().Append(nil)) + `</presence>`,
		`<presence id='q' from='stranger@example.org/phone' to='gw.example'/>`: ``,
	} {
		var got replies
		f := &face{info: info, version: "1.2", jid: stanza.JID{Domain: "gw.example"}, watch: func(stanza.JID, bool) {},
			watches: func(who stanza.JID) bool { return who.Local == "alice" }, reply: got.reply}
		f.handle(parse(t, text), []xep.Item{{JID: stanza.JID{Local: "irc.net", Domain: "gw.example"}, Name: "irc.net"}})
		if want == "" {
			expect(t, got)
			continue
		}
		expect(t, got, want)
	}
}

func TestTheGatewayCanBeInARoster(t *testing.T) {
	var got replies
	var watch []bool
	f := &face{info: xep.GatewayInfo("irc", "IRC"), jid: stanza.JID{Domain: "gw.example"}, watch: func(_ stanza.JID, on bool) { watch = append(watch, on) }, reply: got.reply}
	f.handle(parse(t, `<presence type='subscribe'`+addressed+`</presence>`), nil)
	expect(t, got, `<presence type='subscribed' id='q' from='gw.example' to='alice@example.org'/>`,
		`<presence from='gw.example' to='alice@example.org'>`+string(f.info.Caps().Append(nil))+`</presence>`,
		`<presence type='subscribe' from='gw.example' to='alice@example.org'/>`)
	got = nil
	f.handle(parse(t, `<presence type='unsubscribe'`+addressed+`</presence>`), nil)
	expect(t, got, `<presence type='unavailable' from='gw.example' to='alice@example.org'/>`,
		`<presence type='unsubscribed' id='q' from='gw.example' to='alice@example.org'/>`,
		`<presence type='unsubscribe' from='gw.example' to='alice@example.org'/>`)
	if !slices.Equal(watch, []bool{true, false}) {
		t.Errorf("kept %v", watch)
	}
}

func TestTheGatewayTellsItsUptimeItsTimeAndWhoRunsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got replies
		f := &face{info: xep.GatewayInfo("irc", "IRC"), jid: stanza.JID{Domain: "gw.example"}, started: time.Now(), watch: func(stanza.JID, bool) {},
			watches: func(who stanza.JID) bool { return who.Local == "alice" }, reply: got.reply}
		time.Sleep(90 * time.Second)
		f.handle(parse(t, `<iq type='get'`+addressed+`<query xmlns='jabber:iq:last'/></iq>`), nil)
		f.handle(parse(t, `<iq type='get'`+addressed+`<time xmlns='urn:xmpp:time'/></iq>`), nil)
		expect(t, got, `<iq type='result' id='q' from='gw.example' to='alice@example.org/phone'><query xmlns='jabber:iq:last' seconds='90'/></iq>`,
			`<iq type='result' id='q' from='gw.example' to='alice@example.org/phone'>`+string(xep.Time(time.Now()).Append(nil))+`</iq>`)
		got = nil
		plain := f.info.CapsNode()
		f.info.Contacts = []string{"mailto:admin@example.org"}
		if f.info.CapsNode() == plain {
			t.Error("the contact addresses are not part of what the capabilities stand for (XEP-0115 §5.1)")
		}
		f.handle(parse(t, `<iq type='get'`+addressed+`<query xmlns='http://jabber.org/protocol/disco#info'/></iq>`), nil)
		if len(got) != 1 || !strings.Contains(got[0], "<value>mailto:admin@example.org</value>") {
			t.Errorf("got %v", got)
		}
	})
}

func TestOfAFixedNetworkTheGatewayLeavesWhatTheAccountHas(t *testing.T) {
	var got replies
	f := &face{info: xep.GatewayInfo("irc", "IRC"), jid: stanza.JID{Domain: "gw.example"}, fixed: true, watch: func(stanza.JID, bool) {},
		watches: func(who stanza.JID) bool { return who.Local == "alice" }, reply: got.reply}
	for text, mine := range map[string]bool{
		`<presence type='subscribe'` + addressed + `</presence>`:                                               false,
		`<message type='chat'` + addressed + `<body>WHOIS bob</body></message>`:                                false,
		`<iq type='get'` + addressed + `<query xmlns='http://jabber.org/protocol/disco#items'/></iq>`:          false,
		`<iq type='get'` + addressed + `<query xmlns='http://jabber.org/protocol/disco#items' node='n'/></iq>`: true,
		`<iq type='get'` + addressed + `<query xmlns='http://jabber.org/protocol/disco#info'/></iq>`:           true,
		`<iq type='get'` + addressed + `<query xmlns='jabber:iq:version'/></iq>`:                               true,
	} {
		got = nil
		if f.handle(parse(t, text), nil) != mine || (len(got) == 1) != mine {
			t.Errorf("%s: answered %v, want %v", text, got, mine)
		}
	}
}
