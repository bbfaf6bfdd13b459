package account

import (
	"context"

	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// list answers who has a role or an affiliation (XEP-0045 §9.5, §9.8, §10.5, §10.8): those in the room, and those whom the network keeps on a list.
func (a *Account) list(s *stanza.Stanza, j *joined, item xep.AdminItem) {
	if j == nil || !j.view.Has(s.From) {
		a.refuse(s, notJoined)
		return
	}
	if role, ok := room.ParseRole(item.Role); ok {
		a.Stream.Reply(s.Result(xep.AdminList(j.view.Items(func(m room.Member) bool { return m.Role == role }))))
		return
	}
	affiliation, ok := room.ParseAffiliation(item.Affiliation)
	if !ok {
		a.refuse(s, badRequest("There is no such list."))
		return
	}
	items := j.view.Items(func(m room.Member) bool { return m.Affiliation == affiliation })
	registry, ok := a.session.(transports.Registry)
	if !ok || a.link.phase != online {
		a.Stream.Reply(s.Result(xep.AdminList(items)))
		return
	}
	ctx := a.link.ctx
	a.async(func() func() {
		ctx, cancel := context.WithTimeout(ctx, readTimeout)
		defer cancel()
		kept, err := registry.Affiliated(ctx, j.id, affiliation)
		return func() {
			if err != nil {
				a.refuse(s, a.stanzaError(err))
				return
			}
			there := map[string]bool{}
			for _, i := range items {
				there[i.JID] = true
			}
			for _, name := range kept {
				if jid := a.userJID(transports.UserID(name)).String(); !there[jid] {
					items = append(items, xep.AdminItem{JID: jid, Affiliation: item.Affiliation})
				}
			}
			a.Stream.Reply(s.Result(xep.AdminList(items)))
		}
	})
}
