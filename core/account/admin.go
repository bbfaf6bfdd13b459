package account

import (
	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// administer changes roles and affiliations (XEP-0045 §8-10). A request with one item is answered when the network has
// done it; of several, the first that fails answers for all.
func (a *Account) administer(s *stanza.Stanza, j *joined, items []xep.AdminItem) {
	switch {
	case j == nil || !j.view.Has(s.From):
		a.refuse(s, notJoined)
		return
	case a.link.phase != online:
		a.refuse(s, a.stanzaError(a.offlineFault()))
		return
	}
	var commands []transports.Command
	for _, item := range items {
		c, problem := a.adminCommand(j, item)
		if problem != nil {
			a.refuse(s, problem)
			return
		}
		commands = append(commands, c)
	}
	if len(commands) == 0 {
		a.refuse(s, badRequest("The request changes nothing."))
		return
	}
	a.commandAll(s, commands, func() { a.Stream.Reply(s.Result()) })
}

func (a *Account) adminCommand(j *joined, item xep.AdminItem) (transports.Command, *stanza.Error) {
	m, there := j.view.ByNick(item.Nick)
	if !there {
		m, there = j.view.ByRealJID(item.JID)
	}
	if role, ok := room.ParseRole(item.Role); ok {
		if !there {
			return nil, noOccupant
		}
		return transports.SetRole{Room: j.id, User: m.ID, Role: role, Reason: item.Reason}, nil
	}
	if affiliation, ok := room.ParseAffiliation(item.Affiliation); ok {
		user := m.ID
		if !there { // a list holds others too, such as the banned
			if user, there = a.userNamed(item.JID); !there {
				return nil, noOccupant
			}
		}
		return transports.SetAffiliation{Room: j.id, User: user, Affiliation: affiliation, Reason: item.Reason}, nil
	}
	return nil, badRequest("An item of the request has neither a role nor an affiliation that there is.")
}

// userNamed is the user of this account's network that an address names.
func (a *Account) userNamed(jid string) (transports.UserID, bool) {
	j, err := stanza.ParseJID(jid)
	if err != nil || j.Domain != a.Domain {
		return "", false
	}
	to, err := a.Addresses.Parse(j.Local)
	if err != nil || to.Kind != address.User && to.Kind != address.Anyone || to.Key != a.key {
		return "", false
	}
	id := userID(to, j.Resource)
	return id, id != ""
}
