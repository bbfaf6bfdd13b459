package loopback

import "isthmus/transports"

// Deny has the network refuse commands from now on: rule says why, or nil for those that may pass. With the kind UnknownOutcome a command is
// carried out, and its answer is lost. A nil rule lets everything pass. The rule must not call the network.
func (n *Network) Deny(rule func(by transports.UserID, c transports.Command) *transports.Fault) {
	n.ask(func(n *network) { n.rule = rule })
}

// Refuse has the network refuse a user's connections, for a reason that their Run gives; nil lets them in again. What is there already stays.
func (n *Network) Refuse(id transports.UserID, why *transports.Fault) {
	n.ask(func(n *network) {
		if u := n.Users[id]; u != nil {
			u.refused = why
		}
	})
}

// Revoke makes a user's credentials void: connections end, and others are made after another login alone.
func (n *Network) Revoke(id transports.UserID) {
	n.ask(func(n *network) {
		for token, of := range n.Tokens {
			if of == id {
				delete(n.Tokens, token)
			}
		}
		if u := n.Users[id]; u != nil {
			n.cutAll(u, badCredentials())
		}
	})
}

// Cut breaks the connections of a user that are not driven by hand, for a reason that their Run gives.
func (n *Network) Cut(id transports.UserID, why *transports.Fault) {
	n.ask(func(n *network) {
		if u := n.Users[id]; u != nil {
			n.cutAll(u, why)
		}
	})
}

func (n *network) cutAll(u *user, why *transports.Fault) {
	for _, c := range append([]*client(nil), u.clients...) {
		if !c.byHand {
			n.cut(c, why)
		}
	}
}

// SetCapabilities changes what a user can do; their clients are told.
func (n *Network) SetCapabilities(id transports.UserID, change func(*transports.Capabilities)) {
	n.ask(func(n *network) {
		u := n.Users[id]
		if u == nil {
			return
		}
		can := u.can(n)
		change(&can)
		u.only = &can
		u.tell(transports.Online{Self: u.User, Can: can})
	})
}
