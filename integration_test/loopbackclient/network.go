// Package loopbackclient drives the network in memory of a gateway that runs as a process of its own, through the control
// socket that its configuration asks for. Its functions are those of loopback.Network and loopback.Person.
package loopbackclient

import (
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"testing"
	"time"

	"isthmus/transports"
	"isthmus/transports/loopback/wire"
)

// Network is one of the driver's networks.
type Network struct {
	client *rpc.Client
	name   string
}

// Dial connects to the control socket as soon as somebody listens; the test's end closes it.
func Dial(t *testing.T, path, network string) *Network {
	t.Helper()
	socket, err := net.Dial("unix", path)
	for deadline := time.Now().Add(patience); err != nil; socket, err = net.Dial("unix", path) {
		if time.Now().After(deadline) {
			t.Fatalf("the gateway's control socket: %v", err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	n := &Network{client: jsonrpc.NewClient(socket), name: network}
	t.Cleanup(func() { n.client.Close() })
	return n
}

// call has the driver do something, or fails the test.
func call[R any](t *testing.T, n *Network, method string, arguments any) (answer R) {
	t.Helper()
	if err := n.client.Call(wire.Service+"."+method, arguments, &answer); err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	return answer
}

type nothing = struct{}

// AddRoom makes an empty room. Who enters it first owns it.
func (n *Network) AddRoom(t *testing.T, name string, parent transports.RoomID) transports.RoomID {
	t.Helper()
	return call[transports.RoomID](t, n, "AddRoom", wire.NewRoom{Network: n.name, Name: name, Parent: parent})
}

// AddSpace makes a space, which holds rooms.
func (n *Network) AddSpace(t *testing.T, name string) transports.RoomID {
	t.Helper()
	return call[transports.RoomID](t, n, "AddSpace", wire.Name{Network: n.name, Name: name})
}

// FindPerson is a user by the name that is shown, empty where there is none; FindRoom is a room by its name.
func (n *Network) FindPerson(t *testing.T, name string) transports.UserID {
	t.Helper()
	return call[transports.UserID](t, n, "FindPerson", wire.Name{Network: n.name, Name: name})
}

// FindRoom is a room by its name, empty where there is none.
func (n *Network) FindRoom(t *testing.T, name string) transports.RoomID {
	t.Helper()
	return call[transports.RoomID](t, n, "FindRoom", wire.Name{Network: n.name, Name: name})
}

// SetRules sets who may enter a room and speak in it; the network's name need not be filled in.
func (n *Network) SetRules(t *testing.T, rules wire.Rules) {
	t.Helper()
	rules.Network = n.name
	call[nothing](t, n, "SetRules", rules)
}

// Cut breaks the connections of a user, for a reason; nil for the usual one.
func (n *Network) Cut(t *testing.T, who transports.UserID, why *transports.Fault) {
	t.Helper()
	call[nothing](t, n, "Cut", wire.Shut{Network: n.name, Person: who, Why: why})
}

// Refuse refuses a user's connections, nil lets them in again.
func (n *Network) Refuse(t *testing.T, who transports.UserID, why *transports.Fault) {
	t.Helper()
	call[nothing](t, n, "Refuse", wire.Shut{Network: n.name, Person: who, Why: why})
}

// Revoke makes a user's credentials void.
func (n *Network) Revoke(t *testing.T, who transports.UserID) {
	t.Helper()
	call[nothing](t, n, "Revoke", wire.Person{Network: n.name, Person: who})
}

// Renew gives a user's account another token.
func (n *Network) Renew(t *testing.T, who transports.UserID) {
	t.Helper()
	call[nothing](t, n, "Renew", wire.Person{Network: n.name, Person: who})
}

// Deny refuses everyone's commands of a type ("Send") until it is called with nil.
func (n *Network) Deny(t *testing.T, command string, why *transports.Fault) {
	t.Helper()
	call[nothing](t, n, "Deny", wire.Deny{Network: n.name, Command: command, Why: why})
}

// SetWeather changes how a user's connections carry events; the network's name need not be filled in.
func (n *Network) SetWeather(t *testing.T, w wire.Weather) {
	t.Helper()
	w.Network = n.name
	call[nothing](t, n, "SetWeather", w)
}

// SetCapabilities changes what a user can do.
func (n *Network) SetCapabilities(t *testing.T, who transports.UserID, can transports.Capabilities) {
	t.Helper()
	call[nothing](t, n, "SetCapabilities", wire.Can{Network: n.name, Person: who, Can: can})
}

// Fill brings many people into a room.
func (n *Network) Fill(t *testing.T, room transports.RoomID, people int) {
	t.Helper()
	call[nothing](t, n, "Fill", wire.Fill{Network: n.name, Room: room, People: people})
}

// AddLogin lets somebody log in as a user, with a password or with a code.
func (n *Network) AddLogin(t *testing.T, who transports.UserID, name, password, code string) {
	t.Helper()
	call[nothing](t, n, "AddLogin", wire.Login{Network: n.name, Person: who, Name: name, Password: password, Code: code})
}

// Shown are the codes of all logins that wait for another device.
func (n *Network) Shown(t *testing.T) []string {
	t.Helper()
	return call[[]string](t, n, "Shown", wire.Name{Network: n.name})
}

// Approve ends the wait of a login that shows a code, as a user or with a refusal, and tells whether one waited.
func (n *Network) Approve(t *testing.T, code string, as transports.UserID, no *transports.Fault) bool {
	t.Helper()
	return call[bool](t, n, "Approve", wire.Approve{Network: n.name, Code: code, Person: as, No: no})
}

// SetRoomPicture sets a room's picture and gives its version.
func (n *Network) SetRoomPicture(t *testing.T, room transports.RoomID, data []byte, mediaType string) string {
	t.Helper()
	return call[string](t, n, "SetPicture", wire.Picture{Network: n.name, Room: room, Data: data, Type: mediaType})
}

// Announce has the network itself say something, in a room or to everyone.
func (n *Network) Announce(t *testing.T, room transports.RoomID, text string) {
	t.Helper()
	call[nothing](t, n, "Announce", wire.Announce{Network: n.name, Room: room, Text: text})
}
