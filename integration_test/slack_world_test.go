package integration_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
	"isthmus/transports/slack/slacktest"
)

const slackDomain = "slack.localhost"

// slackWorld is an XMPP server, a workspace in memory, and the gateway between them. Alice is Tess in it, by an app of her own; Ida has a client of Slack's.
type slackWorld struct {
	*world
	*slacktest.Workspace
	tess, ida  *slacktest.User
	token, app string
	// offered is the token of the app that people authorise by a link.
	offered string
	// private is the socket of the gateway's private listener.
	private string
	// restart runs the gateway again after its end.
	restart func()
	// browser opens pages of the gateway's web listener, too.
	browser *http.Client
}

type slackScenario = scenarioOf[*slackWorld]

var slackComponents = []servers.Component{{Domain: slackDomain, Secret: servers.Gateway.Secret}}

var slackKinds = []kindOf[*slackWorld]{
	{"Prosody, SQLite", func(t *testing.T, more string) *slackWorld {
		return newSlackWorld(t, servers.ForTest(t).Prosody(servers.Options{Components: slackComponents}), "", more)
	}},
	{"ejabberd, PostgreSQL", func(t *testing.T, more string) *slackWorld {
		start := servers.ForTest(t)
		return newSlackWorld(t, start.Ejabberd(servers.Options{Components: slackComponents}), start.Postgres(servers.Options{}).URL, more)
	}},
}

func TestSlack(t *testing.T) { everywhere(t, slackKinds, slackScenarios) }

// slackScenarios follow one another: the first logs alice in.
var slackScenarios = slices.Concat(
	slackLogins,
	slackMessages,
	slackRooms,
	slackFiles,
	slackNotices,
	slackShared,
	slackWorkspaces,
	slackOutages,
	slackEnds,
)

func newSlackWorld(t *testing.T, xmpp *servers.Server, store, more string) *slackWorld {
	t.Helper()
	workspace, err := slacktest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(workspace.Close)
	short, err := os.MkdirTemp("", "sl-") // the path of a unix socket is short (unix(7))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	public := filepath.Join(short, "public")
	w := &slackWorld{world: &world{xmpp: xmpp, dir: t.TempDir()}, Workspace: workspace, private: filepath.Join(short, "private"), browser: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "gateway.localhost:") {
				network, address = "unix", public
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}}}}
	w.tess, w.ida = w.AddUser("Tess"), w.AddUser("Ida Lovelace")
	w.token, w.app = w.install(t, w.tess)
	id, secret := w.offer(t)
	if store == "" {
		store = "sqlite:" + filepath.Join(w.dir, "isthmus.db")
	}
	config := fmt.Sprintf(`
store: %q
key_file: %q
log: {level: debug}
web: {listen: "unix:%s", url: "http://gateway.localhost", private: "unix:%s"}
transports:
  - kind: slack
    domain: %s
    server: tcp://%s
    secret: %s
    people: [alice@localhost, bob@localhost, carol@localhost, admin@localhost]
    private_networks: [127.0.0.0/8]
    options:
      api: %q
      presence_every: 1s
      read_every: 1s
      token_every: 1s
      client_id: %q
      client_secret: %s
      app_token: %s
      authorize: %q
%s
`, store, filepath.Join(w.dir, "isthmus.key"), public, w.private, slackDomain, xmpp.Component, servers.Gateway.Secret, w.API(), id, secret, w.offered, w.Authorize(), more)
	if err := os.WriteFile(w.configPath(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run(t)
	// A gateway that a scenario starts again outlives that scenario.
	w.restart = func() { w.run(t) }
	return w
}

// offer makes the app that the guide has the operator make, and gives the client's id and secret.
func (w *slackWorld) offer(t *testing.T) (id, secret string) {
	t.Helper()
	manifest, err := os.ReadFile("../transports/slack/manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	with := strings.Replace(string(manifest), "oauth_config:\n", "oauth_config:\n  redirect_urls:\n    - http://gateway.localhost/transport/"+slackDomain+"/back\n", 1)
	if id, secret, w.offered, err = w.Offer([]byte(with)); err != nil {
		t.Fatal(err)
	}
	return id, secret
}

func (w *slackWorld) install(t *testing.T, u *slacktest.User) (token, app string) {
	t.Helper()
	return installIn(t, w.Workspace, u)
}

// installIn makes an app from the manifest that people are given, and gives its tokens.
func installIn(t *testing.T, w *slacktest.Workspace, u *slacktest.User) (token, app string) {
	t.Helper()
	name := "manifest.yaml"
	if u.Bot {
		name = "manifest-bot.yaml"
	}
	manifest, err := os.ReadFile(filepath.Join("../transports/slack", name))
	if err != nil {
		t.Fatal(err)
	}
	if token, app, err = w.Install(u, manifest); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return token, app
}

func (w *slackWorld) address(id string) string { return addressIn(w.Workspace, id) }

// addressIn is the address of a channel or somebody of a workspace.
func addressIn(w *slacktest.Workspace, id string) string {
	sigil := "#"
	if id[0] == 'U' || id[0] == 'W' {
		sigil = ""
	}
	return sigil + strings.ToLower(id+"%"+w.Team) + "@" + slackDomain
}

// account is the address of the workspace.
func (w *slackWorld) account() string { return strings.ToLower(w.Team) + "@" + slackDomain }

// channel is a channel with Ida and Tess in it, and its address.
func (w *slackWorld) channel() (id, room string) {
	w.names++
	id = w.AddChannel(fmt.Sprintf("channel-%d", w.names), false, w.ida)
	w.Act(w.ida, "conversations.invite", slacktest.Object{"channel": id, "users": w.tess.ID})
	return id, w.address(id)
}

// inside is alice in a channel of her own.
func (w *slackWorld) inside(t *testing.T) (alice *xmppclient.Client, id, room string) {
	t.Helper()
	alice = w.client(t, "alice", "desk")
	comesOnline(t, alice)
	id, room = w.channel()
	join(t, alice, room, "Tess")
	return alice, id, room
}

// hears waits until somebody has said something in the workspace.
func (w *slackWorld) hears(t *testing.T, text string) slacktest.Object {
	t.Helper()
	return w.happens(t, text, func(e slacktest.Object) bool { return e["type"] == "message" && e["text"] == text })
}

func (w *slackWorld) happens(t *testing.T, what string, fits func(slacktest.Object) bool) slacktest.Object {
	t.Helper()
	e := w.Await(fits, xmppclient.Patience)
	if e == nil {
		t.Fatalf("%s does not happen", what)
	}
	return e
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

func ts(o slacktest.Object) string { s, _ := o["ts"].(string); return s }
