package integration_test

import (
	"testing"

	"isthmus/integration_test/xmppclient"
	"isthmus/transports/slack/slacktest"
)

// twin is a channel of another workspace that has the name and the id of one of the first, with the same members.
func (w *slackWorld) twin(id, name string, in *slacktest.Workspace, members ...*slacktest.User) {
	for in.AddChannel(name, false, members...) != id {
	}
}

var slackWorkspaces = []slackScenario{
	{"two workspaces in which all have the same names and ids are two, whatever goes wrong between", func(t *testing.T, w *slackWorld) {
		alice := w.client(t, "alice", "desk")
		comesOnline(t, alice)
		beta := w.Another("T0BETA", "Beta")
		tess, eve := beta.AddUser("Tess"), beta.AddUser("Eve")
		if tess.ID != w.tess.ID || eve.ID != w.ida.ID {
			t.Fatalf("they are %s and %s", tess.ID, eve.ID)
		}
		token, app := installIn(t, beta, tess)
		mustMatch(t, stages(t, alice, slackDomain, "login", field("way", "tokens"), field("token", token)+field("app_token", app)), completed+"/note[text()~'You are logged in']")
		id := w.AddChannel("general", false, w.ida, w.tess)
		w.twin(id, "general", beta, eve, tess)
		here, there := w.address(id), addressIn(beta, id)
		join(t, alice, here, "Tess")
		join(t, alice, there, "Tess")

		first := w.Post(w.ida, id, "in Acme", nil)
		alice.Expect(t, "message[@from='"+here+"/Ida Lovelace'][body[text()='in Acme']]/{urn:xmpp:sid:0}stanza-id[@id='"+first+"'][@by='"+here+"']")
		second := beta.Post(eve, id, "in Beta", nil)
		alice.Expect(t, "message[@from='"+there+"/Eve'][body[text()='in Beta']]/{urn:xmpp:sid:0}stanza-id[@id='"+second+"'][@by='"+there+"']")
		said := say(t, alice, there, "hello, Beta")
		alice.Expect(t, "message[@id='"+said+"'][@from='"+there+"/Tess']")
		alice.Send(t, "<message to='{to}' type='chat'><body>psst, Eve</body></message>", "to", addressIn(beta, eve.ID))
		if beta.Await(func(e slacktest.Object) bool { return e["text"] == "psst, Eve" }, xmppclient.Patience) == nil {
			t.Error("Eve hears nothing")
		}
		if w.lastOf(id, "hello, Beta") != nil || len(w.Messages(w.Direct(w.tess, w.ida))) > 0 && w.lastOf(w.Direct(w.tess, w.ida), "psst, Eve") != nil {
			t.Error("what was said in one workspace is in the other")
		}
		alice.Send(t, "<message to='{room}' type='groupchat' id='r1'><reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>🎉</reaction></reactions></message>", "room", there, "id", second)
		if beta.Await(func(e slacktest.Object) bool { return e["type"] == "reaction_added" && e["reaction"] == "tada" }, xmppclient.Patience) == nil {
			t.Error("nobody reacts in Beta")
		}

		if err := w.gateway.Stop(); err != nil {
			t.Fatal(err)
		}
		w.Post(w.ida, id, "missed in Acme", nil)
		beta.Act(eve, "chat.update", slacktest.Object{"channel": id, "ts": second, "text": "edited in Beta"})
		beta.Post(eve, id, "missed in Beta", nil)
		beta.Post(eve, beta.Direct(eve, tess), "still there?", nil)
		w.restart()
		alice.Send(t, joinStanza, "room", here, "nick", "Tess")
		alice.Send(t, joinStanza, "room", there, "nick", "Tess")
		alice.ExpectEach(t, "message[@from='"+here+"/Ida Lovelace']/body[text()='missed in Acme']", "message[@from='"+there+"/Eve']/body[text()='missed in Beta']",
			"message[@from='"+there+"/Eve'][body[text()='edited in Beta']]/{urn:xmpp:message-correct:0}replace[@id='"+second+"']",
			"message[@from='"+addressIn(beta, eve.ID)+"']/body[text()='still there?']")
		if m := truth(t, alice, here)[second]; m != nil {
			t.Errorf("Acme has a message of Beta: %+v", m)
		}

		beta.Revoke(token, "token_revoked") // of the one; the other goes on
		alice.ExpectEach(t, "presence[@type='unavailable'][@from='"+there+"/Tess']", "message[@from~'"+slackDomain+"$']/body[text()~'revoked']")
		w.Post(w.ida, id, "Acme goes on", nil)
		alice.Expect(t, "message[@from='"+here+"/Ida Lovelace']/body[text()='Acme goes on']")
	}},
	{"people of several workspaces share the connection of the operator's app, and hear each their own", func(t *testing.T, w *slackWorld) {
		bob, admin := w.client(t, "bob", "desk"), w.client(t, "admin", "desk")
		comesOnline(t, bob)
		comesOnline(t, admin)
		max := w.AddUser("Max")
		gamma := w.Another("T0GAMMA", "Gamma")
		wim, zoe := gamma.AddUser("Wim"), gamma.AddUser("Zoe")
		w.linked(t, admin, max)
		w.linked(t, admin, wim)
		w.linked(t, bob, zoe)
		until(t, "all of them have one connection", func() bool { return w.Sockets(w.offered) == 1 })
		id := w.AddChannel("common", false, w.ida, max)
		w.twin(id, "common", gamma, wim, zoe)
		here, there := w.address(id), addressIn(gamma, id)
		join(t, admin, here, "Max")
		join(t, admin, there, "Wim")
		join(t, bob, there, "Zoe")
		for range 2 { // before the connection is lost, and after
			w.Post(w.ida, id, "to Acme", nil)
			admin.Expect(t, "message[@from='"+here+"/Ida Lovelace']/body[text()='to Acme']")
			said := say(t, admin, there, "to Gamma")
			admin.Expect(t, "message[@id='"+said+"'][@from='"+there+"/Wim']")
			bob.Expect(t, "message[@from='"+there+"/Wim']/body[text()='to Gamma']")
			bob.ExpectNone(t, "message/body[text()='to Acme']", bob.Ping(t, slackDomain))
			w.Cut()
			gamma.Post(zoe, id, "while there was no connection", nil)
			admin.Expect(t, "message[@from='"+there+"/Zoe']/body[text()='while there was no connection']")
			bob.Expect(t, "message[@from='"+there+"/Zoe']/body[text()='while there was no connection']")
		}
		mustMatch(t, stages(t, admin, slackDomain, "logout", field("account", "t0gamma")), completed)
		gamma.Post(zoe, id, "without Wim", nil)
		bob.Expect(t, "message[@from='"+there+"/Zoe']/body[text()='without Wim']")
		mustMatch(t, stages(t, admin, slackDomain, "logout", field("account", "t0acme")), completed)
		mustMatch(t, stages(t, bob, slackDomain, "logout", field("account", "t0gamma")), completed)
		until(t, "nobody is connected by the app any more", func() bool { return w.Sockets(w.offered) == 0 })
	}},
}

// linked logs in by a link.
func (w *slackWorld) linked(t *testing.T, c *xmppclient.Client, u *slacktest.User) {
	t.Helper()
	address, session := w.link(t, c, u)
	_, page := fetch(t, w.browser, address)
	code := pageCode.FindSubmatch(page)
	if code == nil {
		t.Fatalf("the page shows no code: %s", page)
	}
	hands(t, c, slackDomain, session, "")
	mustMatch(t, hands(t, c, slackDomain, session, field("code", string(code[1]))), completed+"/note[text()~'You are logged in']")
}
