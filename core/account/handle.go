package account

import (
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
)

// handle takes a stanza of the owner's. Each request is answered exactly once (RFC 6120 §8.2.3).
func (a *Account) handle(s *stanza.Stanza, to address.Address) {
	if a.stopping {
		a.refuse(s, shuttingDown)
		return
	}
	switch s.Kind {
	case stanza.IQ:
		if s.Request() {
			a.request(s, to)
		}
	case stanza.Presence:
		if to.Kind == address.Room {
			a.roomPresence(s, roomID(to))
		}
	case stanza.Message:
		a.message(s, to)
	}
}

// request answers an IQ.
func (a *Account) request(s *stanza.Stanza, to address.Address) {
	if node, ok := xep.IsInfo(s); ok {
		a.info(s, to, node)
		return
	}
	if node, ok := xep.IsItems(s); ok {
		a.items(s, to, node)
		return
	}
	j := a.rooms[roomID(to)]
	room := to.Kind == address.Room
	switch {
	case room && s.To.Resource == "" && xep.IsArchiveQuery(s):
		a.readArchive(s, to.Name)
	case room && s.To.Resource != "" && xep.IsPing(s):
		a.selfPing(s, j)
	case room && s.To.Resource == "":
		if items, ok := xep.ParseAdmin(s); ok {
			a.administer(s, j, items)
			return
		}
		a.other(s)
	default:
		a.other(s)
	}
}

func (a *Account) other(s *stanza.Stanza) {
	if s.To.Resource == "" && xep.IsPing(s) {
		a.Stream.Reply(s.Result())
		return
	}
	a.refuse(s, unknownRequest)
}

// info answers what an address stands for (XEP-0030 §3); there are no nodes here.
func (a *Account) info(s *stanza.Stanza, to address.Address, node string) {
	if node != "" {
		a.refuse(s, noNode)
		return
	}
	var info xep.Info
	switch {
	case to.Kind == address.Room && s.To.Resource == "":
		name := to.Name + " on " + string(a.scope)
		moderated, locked := false, false
		if j := a.rooms[roomID(to)]; j != nil {
			moderated, locked = j.view.Moderated, j.password != ""
			if j.view.Name != "" {
				name = j.view.Name + " on " + string(a.scope)
			}
		}
		info = xep.RoomInfo(a.About.Kind, name, locked, moderated)
	case to.Kind == address.Account:
		info = xep.AccountInfo(a.About.Kind, string(a.scope))
	case to.Kind == address.Room:
		info = xep.UserInfo(s.To.Resource)
	default:
		info = xep.UserInfo(string(userID(to, s.To.Resource)))
	}
	a.Stream.Reply(s.Result(info.Query("")))
}

// items lists the occupants of a room to who is inside, and nothing to others (XEP-0045 §6.5).
func (a *Account) items(s *stanza.Stanza, to address.Address, node string) {
	var items []xep.Item
	if j := a.rooms[roomID(to)]; to.Kind == address.Room && s.To.Resource == "" && node == "" && j != nil && j.view.Has(s.From) {
		for _, nick := range j.view.Nicks() {
			items = append(items, xep.Item{JID: s.To.WithResource(nick), Name: nick})
		}
	}
	a.Stream.Reply(s.Result(xep.Items(node, items)))
}

// selfPing tells a client whether it is still in the room (XEP-0410 §3.2); other occupants answer no pings here.
func (a *Account) selfPing(s *stanza.Stanza, j *joined) {
	switch {
	case j == nil || !j.view.Has(s.From):
		a.refuse(s, notJoined)
	default:
		self, _ := j.view.Member(j.view.Self)
		if s.To.Resource == self.Nick {
			a.Stream.Reply(s.Result())
			return
		}
		if _, there := j.view.ByNick(s.To.Resource); !there {
			a.refuse(s, noOccupant)
			return
		}
		a.refuse(s, unknownRequest)
	}
}

// refuse answers with an error, unless s is itself one (RFC 6120 §8.3.1) or wants no answer.
func (a *Account) refuse(s *stanza.Stanza, e *stanza.Error) {
	if s.Type == "error" || s.Type == "result" || s.Kind == stanza.Presence && s.Type == "unavailable" {
		return
	}
	a.Stream.Reply(s.Refuse(e))
}
