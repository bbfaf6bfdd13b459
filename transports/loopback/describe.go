package loopback

import (
	"context"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// Describe sets what the person tells of themselves.
func (p *Person) Describe(profile transports.Profile) {
	p.network.ask(func(n *network) {
		u := p.client.user
		profile.User = transports.User{}
		u.Profile = profile
		n.profileChanged(u)
	})
}

// SetPicture sets the person's picture and gives its version; no data takes it away.
func (p *Person) SetPicture(data []byte, mediaType string) (version string) {
	p.network.ask(func(n *network) {
		u := p.client.user
		version = n.addPicture(data, mediaType)
		u.Picture = version
		n.profileChanged(u)
	})
	return version
}

// Wear sets the hats that the person wears in a room from now on.
func (p *Person) Wear(in transports.RoomID, hats ...transports.Hat) {
	p.network.ask(func(n *network) {
		r, u := n.Rooms[in], p.client.user
		if r == nil {
			return
		}
		if r.Hats == nil {
			r.Hats = map[transports.UserID][]transports.Hat{}
		}
		if r.Hats[u.ID] = hats; len(hats) == 0 {
			delete(r.Hats, u.ID)
		}
		if _, there := r.Members[u.ID]; there {
			n.tell(r, transports.MemberChanged{Room: r.ID, Member: r.member(u)})
		}
	})
}

// SetRoomPicture sets a room's picture and gives its version; no data takes it away.
func (n *Network) SetRoomPicture(id transports.RoomID, data []byte, mediaType string) (version string) {
	n.ask(func(n *network) {
		if r := n.Rooms[id]; r != nil {
			version = n.addPicture(data, mediaType)
			r.Picture = version
			n.tell(r, transports.RoomChanged{Room: r.ID, Name: r.Name, Parent: r.Parent, Picture: r.Picture})
		}
	})
	return version
}

// Post says something with all that a Send has no words for: forwarded messages, stickers, files at public addresses, another time.
// Of the message the network sets place, id, author and, where it is zero, the time.
func (p *Person) Post(in transports.Place, m transports.Message) (id transports.MessageID, err error) {
	asked := p.network.driver.ask(context.Background(), func() {
		n, u := p.network.network, p.client.user
		var where place
		if where, err = n.place(u, in); err != nil {
			return
		}
		m.Place, m.From, m.ID, m.Nonce = transports.Place{}, u.User, n.newMessageID(), 0
		if m.At.IsZero() {
			m.At = now()
		}
		where.publish(line{Said: &m}, nil)
		id = n.idFor(u, m.ID)
	})
	if asked != nil {
		return "", asked
	}
	return id, err
}

// Announce has the network itself say something, in a room or, where there is none, to everyone.
func (n *Network) Announce(id transports.RoomID, words string) {
	n.ask(func(n *network) {
		e := transports.Announced{Room: id, Text: text.Plain(words)}
		if r := n.Rooms[id]; r != nil {
			n.tell(r, e)
			return
		}
		for _, u := range n.Users {
			u.tell(e)
		}
	})
}

// AddThread makes the room of a thread: of a message that was said in a room, as the person calls it. Who is in the room is in the thread's.
func (p *Person) AddThread(parent transports.RoomID, of transports.MessageID, name string) (id transports.RoomID, err error) {
	asked := p.network.driver.ask(context.Background(), func() {
		n, u := p.network.network, p.client.user
		var in *room
		if in, err = n.inside(u, parent); err != nil {
			return
		}
		var root *message
		if root, err = in.Log.find(n.idFrom(u, of)); err != nil {
			return
		}
		r := n.addRoom(name, parent)
		r.Thread, id = root.said.ID, r.ID
		r.Affiliations[u.ID] = transports.Owner
		for member := range in.Members {
			n.enter(n.Users[member], r)
		}
	})
	if asked != nil {
		return "", asked
	}
	return id, err
}
