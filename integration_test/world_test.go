// Package integration_test has the scenarios: real XMPP and IRC servers, an independent client, and the gateway as it is run.
package integration_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/integration_test/ircclient"
	"isthmus/integration_test/servers"
	"isthmus/integration_test/xmppclient"
)

// ready is what the gateway logs when its stream is there.
const ready = "The stream to the XMPP server is up."

// program is the gateway, built with the race detector by TestMain.
var program string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "isthmus-test-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "isthmus")
		build := exec.Command("go", "build", "-race", "-o", program, "../cmd/isthmus")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "building the gateway:", err)
			return 1
		}
		return m.Run()
	}())
}

const (
	domain = "irc.localhost" // the gateway's
	host   = "irc.example"   // how addresses call the IRC network
)

// world is an XMPP server, an IRC server and the gateway between them.
type world struct {
	xmpp, irc, gateway *servers.Server
	dir                string
	names              int
}

// kindOf is a way to start a world; more are lines of the configuration.
type kindOf[W any] struct {
	name  string
	start func(t *testing.T, more string) W
}

// kinds of worlds: each pairs one of the XMPP servers with one of the IRC servers and one of the stores.
var kinds = []kindOf[*world]{
	{"Prosody, InspIRCd, SQLite", func(t *testing.T, more string) *world {
		start := servers.ForTest(t)
		return newWorld(t, start.Prosody(servers.Options{}), start.InspIRCd(servers.Options{}), "", more)
	}},
	{"ejabberd, ngircd, PostgreSQL", func(t *testing.T, more string) *world {
		start := servers.ForTest(t)
		return newWorld(t, start.Ejabberd(servers.Options{}), start.Ngircd(servers.Options{}), start.Postgres(servers.Options{}).URL, more)
	}},
}

// prosodyWorld is the usual world, with more lines for the IRC network's entry in the configuration.
func prosodyWorld(t *testing.T, more string) *world { return kinds[0].start(t, more) }

func newWorld(t *testing.T, xmpp, irc *servers.Server, store, more string) *world {
	t.Helper()
	w := &world{xmpp: xmpp, irc: irc, dir: t.TempDir()}
	if store == "" {
		store = "sqlite:" + filepath.Join(w.dir, "isthmus.db")
	}
	w.configure(t, store, more)
	w.run(t)
	return w
}

func (w *world) configPath() string { return filepath.Join(w.dir, "isthmus.yaml") }

func (w *world) configure(t *testing.T, store, more string) {
	t.Helper()
	network := fmt.Sprintf("{host: %s, address: %q, plain: true, burst: 200, rate: 200}", host, w.irc.Plain)
	if more != "" {
		network = more
	}
	config := fmt.Sprintf(`
store: %q
key_file: %q
log: {level: debug}
transports:
  - kind: irc
    domain: %s
    server: tcp://%s
    secret: %s
    people: [alice@localhost, bob@localhost, admin@localhost]
    operators: [admin@localhost]
    private_networks: [127.0.0.0/8]
    options:
      networks:
        - %s
`, store, filepath.Join(w.dir, "isthmus.key"), domain, w.xmpp.Component, servers.Gateway.Secret, network)
	if err := os.WriteFile(w.configPath(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run starts the gateway and has its end checked: in order, in time, and without a race.
func (w *world) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	gateway, err := servers.Run(ctx, servers.Program{Name: "isthmus", Dir: w.dir, Command: []string{program, "serve", "--config", w.configPath()},
		Env: []string{"GORACE=halt_on_error=1"}, Says: ready})
	if err != nil {
		t.Fatal(err)
	}
	w.gateway = gateway
	t.Cleanup(func() {
		if err := gateway.Stop(); err != nil {
			t.Error(err)
		}
		log, err := os.ReadFile(gateway.Log)
		if err != nil {
			t.Error(err)
		}
		if strings.Contains(string(log), "DATA RACE") || strings.Contains(string(log), "panic:") {
			t.Errorf("the gateway's log has a race or a panic:\n%s", log)
		}
		if t.Failed() {
			t.Logf("the gateway's log:\n%s", gateway.LogTail())
		}
	})
}

// channel gives the name of a channel that no other scenario uses, and its address.
func (w *world) channel() (name, address string) {
	w.names++
	name = fmt.Sprintf("#room%d", w.names)
	return name, roomAddress(name)
}

func roomAddress(channel string) string { return channel + "%" + host + "@" + domain }

func userAddress(nick string) string { return strings.ToLower(nick) + "%" + host + "@" + domain }

func (w *world) client(t *testing.T, user, resource string) *xmppclient.Client {
	t.Helper()
	return xmppclient.Start(t, w.xmpp, user, resource)
}

// onIRC is someone who is on IRC directly, in those channels.
func (w *world) onIRC(t *testing.T, nick string, channels ...string) *ircclient.Client {
	t.Helper()
	c := ircclient.Dial(t, w.irc.Plain, nick)
	for _, channel := range channels {
		c.Join(t, channel)
	}
	return c
}

// comesOnline has a client tell its server that it is there, and waits until the server knows that: only then what is sent to the bare JID reaches it.
func comesOnline(t *testing.T, c *xmppclient.Client) {
	t.Helper()
	c.Send(t, "<presence/>")
	c.Expect(t, "presence[@from='"+c.JID+"'][not(@type)]")
}

const joinStanza = "<presence to='{room}/{nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"

// join asks to enter a room and waits until the room's subject has come, which is the last of the answer.
func join(t *testing.T, c *xmppclient.Client, room, nick string) {
	t.Helper()
	c.Send(t, joinStanza, "room", room, "nick", nick)
	c.Expect(t, "presence[not(@type)][@from='"+room+"/"+nick+"']/{muc#user}x[status[@code='110']]")
	c.Expect(t, "message[@type='groupchat']/subject")
}

// leave leaves a room and waits for the answer.
func leave(t *testing.T, c *xmppclient.Client, room, nick string) {
	t.Helper()
	c.Send(t, "<presence type='unavailable' to='{room}/{nick}'/>", "room", room, "nick", nick)
	c.Expect(t, "presence[@type='unavailable'][@from='"+room+"/"+nick+"']/{muc#user}x[status[@code='110']]")
}

// say writes a message to a room and gives its id.
func say(t *testing.T, c *xmppclient.Client, room, text string) string {
	t.Helper()
	id := c.NewID()
	c.Send(t, "<message to='{room}' type='groupchat' id='{id}'><body>{text}</body></message>", "room", room, "id", id, "text", text)
	return id
}

// until asks again and again until something holds that nobody tells of by themselves.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(xmppclient.Patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not come about that %s", what)
		}
	}
}

// scenarioOf is one behaviour, seen in a world that others use as well.
type scenarioOf[W any] struct {
	name string
	run  func(*testing.T, W)
}

type scenario = scenarioOf[*world]

// everywhere runs the scenarios in a world of each kind.
func everywhere[W any](t *testing.T, kinds []kindOf[W], scenarios []scenarioOf[W]) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			w := k.start(t, "")
			for _, s := range scenarios {
				t.Run(s.name, func(t *testing.T) { s.run(t, w) })
			}
		})
	}
}

func TestScenarios(t *testing.T) { everywhere(t, kinds, scenarios) }

var scenarios = slices.Concat(
	rooms,
	moderation,
	talks,
	contacts,
	faults,
	discovery,
	archives,
	commands,
	habits,
	customs,
	uploads,
)
