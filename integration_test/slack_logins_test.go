package integration_test

import (
	"regexp"
	"strings"
	"testing"

	"isthmus/integration_test/xmppclient"
	"isthmus/transports/slack/slacktest"
)

var pageCode = regexp.MustCompile(`monospace">([A-Z0-9]+)<`)

var slackLogins = []slackScenario{
	{"a person is told what is wrong with a token, and logs in with good ones", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		answer := stages(t, alice, slackDomain, "login", field("way", "tokens"))
		mustMatch(t, answer, "iq[@type='result']"+form+"[@status='executing']/{jabber:x:data}x/instructions[text()~'App-Level Tokens']")
		answer = stages(t, alice, slackDomain, "login", field("way", "tokens"), field("token", "xoxp-wrong")+field("app_token", w.app))
		if !strings.Contains(answer.String(), "does not accept the User OAuth Token") {
			t.Errorf("a wrong token is answered with %s", answer)
		}
		answer = stages(t, alice, slackDomain, "login", field("way", "tokens"), field("token", w.token)+field("app_token", w.app))
		mustMatch(t, answer, completed+"/note[text()~'You are logged in']")
	}},
	{"where the operator has an app, a link in a browser and the code of its page are enough", func(t *testing.T, w *slackWorld) {
		max := w.AddUser("Max")
		admin := w.client(t, "admin", "desk")
		comesOnline(t, admin)
		address, session := w.link(t, admin, max)
		_, page := fetch(t, w.browser, address)
		code := pageCode.FindSubmatch(page)
		if code == nil {
			t.Fatalf("the page shows no code: %s", page)
		}
		if _, again := fetch(t, w.browser, address); !strings.Contains(string(again), "used up") {
			t.Errorf("the link is good for a second time: %s", again)
		}
		mustMatch(t, hands(t, admin, slackDomain, session, ""), "iq[@type='result']"+form+"[@status='executing']/{jabber:x:data}x/field[@var='code']")
		mustMatch(t, hands(t, admin, slackDomain, session, field("code", "GUESSED1")), "iq"+form+"[@status='executing']/note[text()~'not the code']")
		mustMatch(t, hands(t, admin, slackDomain, session, field("code", string(code[1]))), completed+"/note[text()~'You are logged in']")
		_, room := w.channel()
		admin.Send(t, joinStanza, "room", room, "nick", "Max")
		admin.Expect(t, "presence[not(@type)][@from='"+room+"/Max']/{muc#user}x[status[@code='110']]")
		mustMatch(t, stages(t, admin, slackDomain, "logout", field("account", strings.ToLower(w.Team))), completed)
	}},
}

// link begins a login by a link, which somebody will open, and gives the link and the session of the command.
func (w *slackWorld) link(t *testing.T, c *xmppclient.Client, opens *slacktest.User) (address, session string) {
	t.Helper()
	w.Browser = opens
	answer := stages(t, c, slackDomain, "login", field("way", "link"))
	shown := answer.Find("iq" + form + "/{jabber:x:data}x/field/value[text()~'^http']")
	if shown == nil {
		t.Fatalf("there is no link in %s", answer)
	}
	return shown.Text, answer.Find("iq" + form).Attr("sessionid")
}

// hands gives the next answers of a login that has begun.
func hands(t *testing.T, c *xmppclient.Client, to, session, fields string) *xmppclient.Element {
	t.Helper()
	id := c.NewID()
	c.Send(t, "<iq type='set' id='{id}' to='{to}'><command xmlns='http://jabber.org/protocol/commands' node='login' sessionid='{session}' action='next'>"+
		"<x xmlns='jabber:x:data' type='submit'>"+fields+"</x></command></iq>", "id", id, "to", to, "session", session)
	return c.Expect(t, "iq[@id='"+id+"']")
}

// slackEnds are how accounts end. They come last.
var slackEnds = []slackScenario{
	{"a token that dies is told once, and with another the rooms and their history are as they were", func(t *testing.T, w *slackWorld) {
		alice, id, room := w.inside(t)
		before := w.Post(w.ida, id, "before", nil)
		alice.Expect(t, "message/body[text()='before']")
		for _, why := range []struct{ code, says string }{{"token_revoked", "revoked"}, {"account_inactive", "deactivated"}, {"token_expired", "expired"}, {"invalid_auth", "does not accept"}} {
			w.Revoke(w.token, why.code)
			say(t, alice, room, "does it work?")
			alice.ExpectEach(t, "message[@type='error']/error/"+conditions+"text[text()~'"+why.says+"|not in this room']", // it may be found out by something else before
				"message[@from~'"+slackDomain+"$']/body[text()~'"+why.says+"']", "presence[@type='unavailable'][@from='"+room+"/Tess']")
			w.token, w.app = w.install(t, w.tess)
			w.Post(w.ida, id, "said while it was dead, "+why.code, nil)
			alice.ExpectNone(t, "message[@from~'"+slackDomain+"$']/body", alice.Ping(t, slackDomain)) // it is told once
			answer := stages(t, alice, slackDomain, "login", field("way", "tokens"), field("token", w.token)+field("app_token", w.app))
			mustMatch(t, answer, completed+"/note[text()~'logged in']")
			alice.Send(t, joinStanza, "room", room, "nick", "Tess")
			alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='said while it was dead, "+why.code+"']")
			alice.Expect(t, "message[@type='groupchat']/subject")
			if m := truth(t, alice, room)[before]; m == nil || m.body != "before" {
				t.Errorf("the history has lost what was said before: %+v", m)
			}
		}
		w.Revoke(w.token, "token_revoked")
		alice.Expect(t, "message[@from~'"+slackDomain+"$']/body[text()~'revoked']")
	}},
}
