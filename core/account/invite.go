package account

import (
	"strings"

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
		if to.Domain != a.Domain && strings.ContainsAny(i.To, "@./") {
			a.Stream.Reply(xep.Invitation(j.view.JID, to, s.From, i.Reason, j.password))
			continue
		}
		name := a.invitee(i.To, to)
		if name == "" {
			a.refuse(s, badRequest(i.To+" is nobody on "+string(a.scope)+"."))
			return
		}
		a.command(transports.Invite{Room: j.id, User: transports.UserID(strings.ToLower(name)), Reason: i.Reason}, func(_ transports.Result, err error) {
			if err != nil {
				a.refuse(s, a.stanzaError(err))
				return
			}
			a.notice(j, name+" has been invited to "+string(j.id))
		})
	}
}

// invitee is the name of someone on the network, as people write whom they invite: a nick alone, the address of an occupant of any room,
// or a user's own address. Of that the network is not heeded, for the room says which it is.
func (a *Account) invitee(text string, to stanza.JID) string {
	if to.Domain != a.Domain {
		return text
	}
	if to.Resource != "" {
		return to.Resource
	}
	user, err := a.Addresses.Parse(to.Local)
	if err != nil || user.Kind != address.User {
		return ""
	}
	return user.Name
}

// invited shows an invitation from the network.
func (a *Account) invited(e transports.Invited) {
	room := a.place(address.Room, string(e.Room))
	a.Stream.Show(xep.Invitation(room, a.owner, a.userJID(e.By.ID), e.Reason, ""))
}
