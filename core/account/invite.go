package account

import (
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// invite passes invitations on: over the network to its own users, over XMPP to all others (XEP-0045 §7.8.2).
func (a *Account) invite(s *stanza.Stanza, j *joined, invites []xep.Invite) {
	for _, i := range invites {
		to, err := stanza.ParseJID(i.To)
		if err != nil {
			a.refuse(s, badRequest("The invitation is for "+i.To+", which is no address."))
			return
		}
		if to.Domain != a.Domain {
			a.Stream.Reply(xep.Invitation(j.view.JID, to, s.From, i.Reason, j.password))
			continue
		}
		user, err := a.Addresses.Parse(to.Local)
		if err != nil || user.Kind != address.User && user.Kind != address.Anyone || user.Key != a.key {
			a.refuse(s, badRequest(i.To+" is nobody on "+string(a.scope)+"."))
			return
		}
		a.command(transports.Invite{Room: j.id, User: userID(user, to.Resource), Reason: i.Reason}, func(_ transports.Result, err error) {
			if err != nil {
				a.refuse(s, a.stanzaError(err))
			}
		})
	}
}

// invited shows an invitation from the network.
func (a *Account) invited(e transports.Invited) {
	room := a.place(address.Room, string(e.Room))
	a.Stream.Show(xep.Invitation(room, a.owner, a.userJID(e.By.ID), e.Reason, ""))
}
