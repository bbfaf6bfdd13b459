package loopback

import "isthmus/transports"

// maxStatus is the longest status in characters.
const maxStatus = 200

// presence is how a user is.
func (u *user) presence() transports.Presence {
	if !u.here() {
		return transports.Presence{Since: u.Presence.Since}
	}
	return u.Presence
}

// presenceTo is how a user is as another may know it.
func (u *user) presenceTo(other *user) transports.Presence {
	if u.blocks(other) {
		return transports.Presence{}
	}
	return u.presence()
}

// showPresence tells one who may see it how a user is.
func (n *network) showPresence(u, to *user) {
	if c := to.Contacts[u.ID]; c != nil && c.Subscription&transports.To != 0 {
		to.tell(transports.PresenceChanged{User: u.User, Presence: u.presenceTo(to)})
	}
}

// presenceChanged tells all who may see it how a user is.
func (n *network) presenceChanged(u *user) {
	for id, c := range u.Contacts {
		if c.Subscription&transports.From != 0 {
			n.showPresence(u, n.Users[id])
		}
	}
}

func (n *network) setPresence(u *user, c transports.SetPresence) error {
	p := c.Presence
	p.Status = oneLine(p.Status)
	if len([]rune(p.Status)) > maxStatus {
		return fault(transports.TooLarge, "A status has at most %d characters.", maxStatus)
	}
	if p.Since.IsZero() {
		p.Since = now()
	}
	u.Presence = p
	n.presenceChanged(u)
	return nil
}
