package integration_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
	"isthmus/transports/slack/slacktest"
)

const (
	slackDomain = "slack.localhost"
	slackScopes = "channels:history,channels:read,chat:write,groups:history,groups:read,im:history,im:read,im:write,mpim:history,mpim:read,reactions:read,users:read"
)

// slackWorld is Prosody, a workspace in memory, and the gateway between them, in which alice is Tess.
type slackWorld struct {
	*world
	*slacktest.Workspace
	tess, ida  *slacktest.User
	token, app string
	// start runs the gateway, again after it was stopped.
	start func()
}

func newSlackWorld(t *testing.T) *slackWorld {
	t.Helper()
	workspace, err := slacktest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(workspace.Close)
	xmpp := servers.ForTest(t).Prosody(servers.Options{Components: []servers.Component{{Domain: slackDomain, Secret: servers.Gateway.Secret}}})
	w := &slackWorld{world: &world{xmpp: xmpp, dir: t.TempDir()}, Workspace: workspace}
	w.tess, w.ida = w.AddUser("Tess"), w.AddUser("Ida Lovelace")
	w.token, w.app = w.Token(w.tess, slackScopes), w.AppToken()
	config := fmt.Sprintf(`
store: "sqlite:%s/isthmus.db"
log: {level: debug}
transports:
  - kind: slack
    domain: %s
    server: tcp://%s
    secret: %s
    people: [alice@localhost]
    private_networks: [127.0.0.0/8]
    options: {api: %q, presence_every: 1s}
`, w.dir, slackDomain, xmpp.Component, servers.Gateway.Secret, w.API())
	if err := os.WriteFile(w.configPath(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	w.start = func() { w.run(t) }
	w.start()
	return w
}

func (w *slackWorld) address(id string) string {
	if id[0] == 'U' {
		return strings.ToLower(id+"%"+w.Team) + "@" + slackDomain
	}
	return "#" + strings.ToLower(id+"%"+w.Team) + "@" + slackDomain
}

// channel is a channel with Ida and Tess in it, and its address.
func (w *slackWorld) channel() (id, room string) {
	w.names++
	id = w.AddChannel(fmt.Sprintf("channel-%d", w.names), false, w.ida)
	w.Act(w.ida, "conversations.invite", slacktest.Object{"channel": id, "users": w.tess.ID})
	return id, w.address(id)
}

// hears waits until somebody has said something in the workspace.
func (w *slackWorld) hears(t *testing.T, text string) slacktest.Object {
	t.Helper()
	return w.happens(t, text, func(e slacktest.Object) bool { return e["type"] == "message" && e["text"] == text })
}

func (w *slackWorld) happens(t *testing.T, what string, fits func(slacktest.Object) bool) slacktest.Object {
	t.Helper()
	e := w.Await(fits, 20*time.Second)
	if e == nil {
		t.Fatalf("%s does not happen", what)
	}
	return e
}

func ts(o slacktest.Object) string { s, _ := o["ts"].(string); return s }

func TestSlack(t *testing.T) {
	t.Parallel()
	w := newSlackWorld(t)
	alice := w.client(t, "alice", "desk")
	alice.Send(t, "<presence/>")
	t.Run("a person is told what is wrong with a token, and logs in with good ones", func(t *testing.T) {
		answer := stages(t, alice, slackDomain, "login", field("way", "tokens"))
		mustMatch(t, answer, "iq[@type='result']"+form+"[@status='executing']/{jabber:x:data}x/instructions[text()~'App-Level Tokens']")
		answer = stages(t, alice, slackDomain, "login", field("way", "tokens"), field("token", "xoxp-wrong")+field("app_token", w.app))
		if !strings.Contains(answer.String(), "does not accept the User OAuth Token") {
			t.Errorf("a wrong token is answered with %s", answer)
		}
		answer = stages(t, alice, slackDomain, "login", field("way", "tokens"), field("token", w.token)+field("app_token", w.app))
		mustMatch(t, answer, "iq[@type='result']"+form+"[@status='completed']/note[text()~'You are logged in']")
	})
	if t.Failed() {
		return
	}
	for _, s := range slackScenarios {
		t.Run(s.name, func(t *testing.T) { s.run(t, w, alice) })
	}
}

var slackScenarios = []struct {
	name string
	run  func(*testing.T, *slackWorld, *xmppclient.Client)
}{
	{"people talk in a channel", func(t *testing.T, w *slackWorld, alice *xmppclient.Client) {
		id, room := w.channel()
		earlier := w.Post(w.ida, id, "said *before*", nil)
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='said *before*']]/{urn:xmpp:sid:0}stanza-id[@id='"+earlier+"']")
		alice.Expect(t, "message[@type='groupchat']/subject")
		said := say(t, alice, room, "hello <all>")
		heard := w.hears(t, "hello &lt;all&gt;")
		alice.Expect(t, "message[@id='"+said+"'][body[text()='hello <all>']]/{urn:xmpp:sid:0}stanza-id[@id='"+ts(heard)+"']")
		w.Post(w.ida, id, "hi <@"+w.tess.ID+"> :wave: <https://x.example|look>", nil)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='hi @Tess 👋 look <https://x.example>']")
		w.Post(w.tess, id, "from my phone", nil)
		alice.Expect(t, "message[@from='"+room+"/Tess']/body[text()='from my phone']")
		alice.Send(t, "<message to='{room}' type='groupchat'><body>Ida Lovelace: see?</body></message>", "room", room)
		w.hears(t, "<@"+w.ida.ID+">: see?")
	}},
	{"corrections, retractions, reactions and threads go both ways", func(t *testing.T, w *slackWorld, alice *xmppclient.Client) {
		id, room := w.channel()
		join(t, alice, room, "Tess")
		said := say(t, alice, room, "helo")
		mine := ts(w.hears(t, "helo"))
		alice.Send(t, "<message to='{room}' type='groupchat' id='fix'><body>hello</body><replace xmlns='urn:xmpp:message-correct:0' id='{said}'/></message>", "room", room, "said", said)
		w.happens(t, "the edit", func(e slacktest.Object) bool {
			now, _ := e["message"].(slacktest.Object)
			return e["subtype"] == "message_changed" && ts(now) == mine && now["text"] == "hello"
		})
		alice.Expect(t, "message[@id='fix']/{urn:xmpp:message-correct:0}replace[@id='"+said+"']")
		hers := w.Post(w.ida, id, "hy", nil)
		alice.Expect(t, "message[@id='"+hers+"']/body[text()='hy']")
		w.Act(w.ida, "chat.update", slacktest.Object{"channel": id, "ts": hers, "text": "hi"})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='hi']]/{urn:xmpp:message-correct:0}replace[@id='"+hers+"']")
		alice.Send(t, "<message to='{room}' type='groupchat' id='react'><reactions xmlns='urn:xmpp:reactions:0' id='{id}'><reaction>🎉</reaction></reactions></message>", "room", room, "id", hers)
		w.happens(t, "the reaction", func(e slacktest.Object) bool { return e["type"] == "reaction_added" && e["reaction"] == "tada" })
		w.Act(w.ida, "reactions.add", slacktest.Object{"channel": id, "timestamp": mine, "name": "+1"})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:reactions:0}reactions[@id='"+mine+"']/reaction[text()='👍']")
		w.Post(w.ida, id, "in the thread", slacktest.Object{"thread_ts": hers})
		answer := alice.Expect(t, "message[@from='"+room+"/Ida Lovelace'][body[text()='in the thread']]/thread")
		alice.Send(t, "<message to='{room}' type='groupchat'><body>me too</body><thread>{thread}</thread></message>", "room", room, "thread", answer.Find("message/thread").Text)
		if e := w.hears(t, "me too"); e["thread_ts"] != hers {
			t.Errorf("the answer is %v", e)
		}
		w.Act(w.ida, "chat.delete", slacktest.Object{"channel": id, "ts": ts(w.lastOf(id, "in the thread"))})
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/{urn:xmpp:message-retract:1}retract")
	}},
	{"two people talk", func(t *testing.T, w *slackWorld, alice *xmppclient.Client) {
		ida := w.address(w.ida.ID)
		alice.Send(t, "<message to='{to}' type='chat' id='t1'><body>psst</body><request xmlns='urn:xmpp:receipts'/></message>", "to", ida)
		w.hears(t, "psst")
		alice.Expect(t, "message[@from='"+ida+"']/{urn:xmpp:receipts}received[@id='t1']")
		w.Post(w.ida, w.Direct(w.tess, w.ida), "what?", nil)
		alice.Expect(t, "message[@from='"+ida+"'][@type='chat']/body[text()='what?']")
	}},
	{"a contact is seen away, with what they say of it", func(t *testing.T, w *slackWorld, alice *xmppclient.Client) {
		ida := w.address(w.ida.ID)
		alice.Send(t, "<presence type='subscribe' to='{to}'/>", "to", ida)
		alice.Expect(t, "presence[not(@type)][@from='"+ida+"'][not(show)]")
		w.Change(w.ida, func(u *slacktest.User) { u.Away, u.StatusText, u.StatusEmoji = true, "at lunch", ":spaghetti:" })
		alice.Expect(t, "presence[@from='"+ida+"'][show[text()='away']][status[text()='🍝 at lunch']]")
	}},
	{"the channel is known by its name as well", func(t *testing.T, w *slackWorld, alice *xmppclient.Client) {
		_, room := w.channel()
		named := fmt.Sprintf("#channel-%d%%%s@%s", w.names, strings.ToLower(w.Team), slackDomain)
		alice.Send(t, joinStanza, "room", named, "nick", "Tess")
		gone := alice.Expect(t, "presence[@type='error'][@from~'#channel-']/error/{urn:ietf:params:xml:ns:xmpp-stanzas}gone")
		if !strings.Contains(gone.String(), strings.SplitN(room, "%", 2)[0][1:]) {
			t.Errorf("the name leads to %s", gone)
		}
	}},
	{"what was said while the gateway was away is there when it comes back", func(t *testing.T, w *slackWorld, alice *xmppclient.Client) {
		id, room := w.channel()
		join(t, alice, room, "Tess")
		w.Post(w.ida, id, "before", nil)
		alice.Expect(t, "message/body[text()='before']")
		if err := w.gateway.Stop(); err != nil {
			t.Fatal(err)
		}
		w.Post(w.ida, id, "missed", nil)
		w.start()
		alice.Send(t, joinStanza, "room", room, "nick", "Tess")
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='missed']")
		w.Post(w.ida, id, "after", nil)
		alice.Expect(t, "message[@from='"+room+"/Ida Lovelace']/body[text()='after']")
	}},
	{"a token that dies is told, with what to do", func(t *testing.T, w *slackWorld, alice *xmppclient.Client) {
		w.Revoke(w.token, "token_revoked")
		w.TellRevoked(w.tess)
		alice.Expect(t, "message[@from~'"+slackDomain+"']/body[text()~'revoked']")
	}},
}

// lastOf is the last message of a channel that says something.
func (w *slackWorld) lastOf(channel, text string) (last slacktest.Object) {
	for _, m := range w.Messages(channel) {
		if m["text"] == text {
			last = m
		}
	}
	return last
}
