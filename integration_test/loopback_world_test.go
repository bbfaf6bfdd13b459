package integration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isthmus/integration_test/loopbackclient"
	"isthmus/integration_test/servers"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// loopbackDomain is the gateway's where the network behind it is the one in memory; loopbackNetwork is how addresses call that.
const (
	loopbackDomain  = "loopback.localhost"
	loopbackNetwork = "loopback"
)

// loopbackWorld is an XMPP server, and the gateway with the network in memory behind it, which the test drives through the control socket.
type loopbackWorld struct {
	*world
	*loopbackclient.Network
	control string
	// start runs the gateway, again after it was stopped.
	start func()
}

// unprivilegedKinds are the XMPP servers where they grant the gateway nothing.
var unprivilegedKinds = []kindOf[*loopbackWorld]{
	{"Prosody", func(t *testing.T, options string) *loopbackWorld {
		return newLoopbackWorld(t, servers.ForTest(t).Prosody(servers.Options{Components: loopbackComponents, Unprivileged: true}), options)
	}},
	{"ejabberd", func(t *testing.T, options string) *loopbackWorld {
		return newLoopbackWorld(t, servers.ForTest(t).Ejabberd(servers.Options{Components: loopbackComponents, Unprivileged: true}), options)
	}},
}

// loopbackKinds are the XMPP servers; options are more lines of the driver's.
var loopbackKinds = []kindOf[*loopbackWorld]{
	{"Prosody", func(t *testing.T, options string) *loopbackWorld {
		return newLoopbackWorld(t, servers.ForTest(t).Prosody(servers.Options{Components: loopbackComponents}), options)
	}},
	{"ejabberd", func(t *testing.T, options string) *loopbackWorld {
		return newLoopbackWorld(t, servers.ForTest(t).Ejabberd(servers.Options{Components: loopbackComponents}), options)
	}},
}

var loopbackComponents = []servers.Component{{Domain: loopbackDomain, Secret: servers.Gateway.Secret}}

func newLoopbackWorld(t *testing.T, xmpp *servers.Server, options string) *loopbackWorld {
	t.Helper()
	// The path of a unix socket is short (unix(7)), that of a test's folder may not be.
	short, err := os.MkdirTemp("", "lb-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	w := &loopbackWorld{world: &world{xmpp: xmpp, dir: t.TempDir()}, control: filepath.Join(short, "control")}
	config := fmt.Sprintf(`
store: "sqlite:%[1]s/isthmus.db"
log: {level: debug}
transports:
  - kind: loopback
    domain: %[2]s
    server: tcp://%[3]s
    secret: %[4]s
    people: [alice@localhost, bob@localhost, carol@localhost, admin@localhost]
    operators: [admin@localhost]
    private_networks: [127.0.0.0/8]
    options:
      control: %[5]q
      state: %[1]s/network
%[6]s
`, w.dir, loopbackDomain, xmpp.Component, servers.Gateway.Secret, w.control, options)
	if err := os.WriteFile(w.configPath(), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	w.start = func() {
		w.run(t)
		w.Network = loopbackclient.Dial(t, w.control, loopbackNetwork)
	}
	w.start()
	return w
}

// room makes a room that no other scenario uses, and gives its id and its address.
func (w *loopbackWorld) room(t *testing.T) (transports.RoomID, string) {
	t.Helper()
	w.names++
	id := w.AddRoom(t, fmt.Sprintf("Room %d", w.names), "")
	return id, loopbackAddress(string(id))
}

// loopbackAddress is the address of a room or a user.
func loopbackAddress(id string) string {
	a := address.Address{Kind: address.User, Name: id, Key: loopbackNetwork}
	if id[0] == '#' {
		a.Kind = address.Room
	}
	local, err := address.Config{Sigils: "#"}.Localpart(a)
	if err != nil {
		panic(err)
	}
	return local + "@" + loopbackDomain
}

// self is who the gateway's account of a client's user is on the network, by the nick that they joined with.
func (w *loopbackWorld) self(t *testing.T, nick string) transports.UserID {
	t.Helper()
	id := w.FindPerson(t, nick)
	if id == "" {
		t.Fatalf("nobody on the network is called %s", nick)
	}
	return id
}

type loopbackScenario = scenarioOf[*loopbackWorld]

func TestLoopback(t *testing.T) { everywhere(t, loopbackKinds, loopbackScenarios) }

var loopbackScenarios = slices.Concat(
	loopbackRooms,
	loopbackTalks,
	loopbackFiles,
	loopbackRich,
	loopbackContacts,
	loopbackConfiguration,
	loopbackHistory,
	loopbackMessages,
	loopbackAbilities,
)
