package account

import (
	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/xep"
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
		c, problem := adminCommand(j, item)
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

func adminCommand(j *joined, item xep.AdminItem) (transports.Command, *stanza.Error) {
	m, ok := j.view.ByNick(item.Nick)
	if !ok {
		if m, ok = j.view.ByRealJID(item.JID); !ok {
			return nil, noOccupant
		}
	}
	if role, ok := room.ParseRole(item.Role); ok {
		return transports.SetRole{Room: j.id, User: m.ID, Role: role, Reason: item.Reason}, nil
	}
	if affiliation, ok := room.ParseAffiliation(item.Affiliation); ok {
		return transports.SetAffiliation{Room: j.id, User: m.ID, Affiliation: affiliation, Reason: item.Reason}, nil
	}
	return nil, badRequest("An item of the request has neither a role nor an affiliation that there is.")
}
