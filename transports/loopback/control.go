package loopback

import (
	"context"

	"isthmus/transports"
)

// Network is the hand by which tests and the demo move one of the driver's networks. Driver.Run must be running; after its
// end nothing is done any more.
type Network struct {
	driver  *Driver
	network *network
}

// Network finds a network by its scope, nil where there is none.
func (d *Driver) Network(scope transports.Scope) *Network {
	if n := d.networks[scope]; n != nil {
		return &Network{d, n}
	}
	return nil
}

func (n *Network) ask(call func(*network)) {
	_ = n.driver.ask(context.Background(), func() {
		n.network.changed = true
		call(n.network)
	}) // the one fault is that the network has ended
}

// AddRoom makes an empty room, in a room or space or by itself. Who enters it first owns it.
func (n *Network) AddRoom(name string, parent transports.RoomID) (id transports.RoomID) {
	n.ask(func(n *network) { id = n.addRoom(name, parent).ID })
	return id
}

// AddSpace makes a space, which holds rooms.
func (n *Network) AddSpace(name string) (id transports.RoomID) {
	n.ask(func(n *network) {
		r := n.addRoom(name, "")
		r.Space, id = true, r.ID
	})
	return id
}

// SetRules sets who may enter a room and speak in it, from now on.
func (n *Network) SetRules(id transports.RoomID, rules Rules) {
	n.ask(func(n *network) {
		if r := n.Rooms[id]; r != nil {
			n.setRules(r, rules)
		}
	})
}

// Find is the id of a user by the name that is shown, empty where there is none.
func (n *Network) Find(name string) (id transports.UserID) {
	n.ask(func(n *network) {
		for _, u := range n.Users {
			if u.Name == name {
				id = u.ID
			}
		}
	})
	return id
}

// Room is the id of a room by its name, empty where there is none.
func (n *Network) Room(name string) (id transports.RoomID) {
	n.ask(func(n *network) {
		if r := n.named(name); r != nil {
			id = r.ID
		}
	})
	return id
}
