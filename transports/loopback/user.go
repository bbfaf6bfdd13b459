package loopback

import (
	"maps"
	"slices"
	"strings"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// user is someone on the network.
type user struct {
	transports.User
	// ByHand: a Person, who is there without a connection too.
	ByHand bool
	// Presence is what they said of it last.
	Presence transports.Presence
	Profile  transports.Profile
	Contacts map[transports.UserID]*contact
	// Asked are those who want to see the user's presence, with what they wrote.
	Asked map[transports.UserID]string

	clients []*client
	only    *transports.Capabilities // what this one can do, nil for what everyone can
	weather Weather
	refused *transports.Fault // why no connection is let in, nil where it is
}

// maxName is the longest name in characters.
const maxName = 80

func (n *network) addUser(name string) *user {
	if name = oneLine(name); name == "" {
		name = "Someone"
	}
	id := n.newUserID()
	u := &user{User: transports.User{ID: id, Name: name, Identity: string(id)}}
	n.Users[id] = u
	return u
}

// can is what a user can do.
func (u *user) can(n *network) transports.Capabilities {
	if u.only != nil {
		return *u.only
	}
	return n.can
}

// here tells whether a user is on the network now.
func (u *user) here() bool { return u.ByHand || len(u.clients) > 0 }

// tell tells all clients of a user.
func (u *user) tell(e transports.Event) {
	for _, c := range u.clients {
		c.tell(e)
	}
}

// user finds a user, or says that there is none.
func (n *network) find(id transports.UserID) (*user, error) {
	if u := n.Users[id]; u != nil {
		return u, nil
	}
	return nil, fault(transports.NotFound, "There is nobody with the id %s on this network.", id)
}

// acquainted are those who know of a user: who shares a room with them or is a contact, and they themselves.
func (n *network) acquainted(u *user) map[*user]bool {
	all := map[*user]bool{u: true}
	for _, r := range n.Rooms {
		if _, there := r.Members[u.ID]; there {
			for id := range r.Members {
				all[n.Users[id]] = true
			}
		}
	}
	for id := range u.Contacts {
		all[n.Users[id]] = true
	}
	return all
}

func (n *network) setName(u *user, c transports.SetName) error {
	name := oneLine(c.Name)
	switch {
	case name == "":
		return fault(transports.Invalid, "A name cannot be empty.")
	case len([]rune(name)) > maxName:
		return fault(transports.TooLarge, "A name has at most %d characters.", maxName)
	}
	n.rename(u, name)
	return nil
}

func (n *network) rename(u *user, name string) {
	u.Name = name
	for other := range n.acquainted(u) {
		other.tell(transports.UserRenamed{Was: u.ID, User: u.User})
	}
}

// disconnect takes a client off the network and tells whether it was on it. With their last one, a user whose membership is no lasting one
// is gone from every room.
func (n *network) disconnect(c *client) bool {
	u := c.user
	i := slices.Index(u.clients, c)
	if i < 0 {
		return false
	}
	u.clients = slices.Concat(u.clients[:i], u.clients[i+1:]) // the old list may be in use, by tell
	n.changed = true
	n.hangUp(c)
	if u.here() {
		return true
	}
	u.Presence.Since = now()
	n.presenceChanged(u)
	if !u.lists(n) { // a subscription was the connection's
		for id, entry := range maps.Clone(u.Contacts) {
			if entry.Subscription&transports.To != 0 {
				n.connectContacts(u, n.Users[id], false)
			}
		}
	}
	if !n.can.Durable {
		n.quit(u, "")
	}
	return true
}

// quit takes a user out of every room.
func (n *network) quit(u *user, reason string) {
	for other := range n.acquainted(u) {
		if other != u {
			other.tell(transports.UserLeft{User: u.User, Reason: reason})
		}
	}
	for _, r := range n.Rooms {
		delete(r.Members, u.ID)
	}
}

// forget removes a user from the network for good.
func (n *network) forget(u *user, reason string) {
	for _, c := range slices.Clone(u.clients) {
		n.cut(c, fault(transports.Gone, "The user is gone from the network."))
	}
	n.quit(u, reason)
	for _, other := range n.Users {
		delete(other.Asked, u.ID)
		if other.Contacts[u.ID] != nil {
			other.Contacts[u.ID] = &contact{}
			n.tellContact(other, u)
		}
	}
	delete(n.Users, u.ID)
}

// oneLine is a text as a name or topic may have it.
func oneLine(s string) string {
	return strings.Join(strings.Fields(text.Clean(s)), " ")
}
