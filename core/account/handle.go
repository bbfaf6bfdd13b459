package account

import (
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
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
		switch to.Kind {
		case address.Room:
			a.roomPresence(s, roomID(to))
		case address.Account:
			a.accountPresence(s)
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
	case room && s.To.Resource != "" && (xep.IsPing(s) || xep.IsVersion(s)):
		a.askOccupant(s, j)
	case to.Kind == address.User && xep.IsVersion(s):
		a.ask(s, userID(to, s.To.Resource), transports.AboutVersion)
	case room && s.To.Resource == "":
		items, ok := xep.ParseAdmin(s)
		switch {
		case ok && s.Type == "get" && len(items) == 1:
			a.list(s, j, items[0])
		case ok && s.Type == "set":
			a.administer(s, j, items)
		default:
			a.other(s)
		}
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
	if node == xep.TrafficNode && to.Kind == address.Room && s.To.Resource == "" {
		a.Stream.Reply(s.Result(xep.Traffic()))
		return
	}
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

// items lists the rooms of the network, or the occupants of a room to who is inside, and nothing to others (XEP-0045 §6.3, §6.5).
func (a *Account) items(s *stanza.Stanza, to address.Address, node string) {
	if to.Kind == address.Account && node == "" {
		a.directory(s)
		return
	}
	var items []xep.Item
	if j := a.rooms[roomID(to)]; to.Kind == address.Room && s.To.Resource == "" && node == "" && j != nil && j.view.Has(s.From) {
		for _, nick := range j.view.Nicks() {
			items = append(items, xep.Item{JID: s.To.WithResource(nick), Name: nick})
		}
	}
	a.Stream.Reply(s.Result(xep.Items(node, items)))
}

// askOccupant tells a client whether it is still in the room, when it pings itself (XEP-0410 §3.2), and puts other pings and
// the question for the version to the occupant's program.
func (a *Account) askOccupant(s *stanza.Stanza, j *joined) {
	if j == nil || !j.view.Has(s.From) {
		a.refuse(s, notJoined)
		return
	}
	m, there := j.view.ByNick(s.To.Resource)
	switch {
	case !there:
		a.refuse(s, noOccupant)
	case m.ID == j.view.Self && xep.IsPing(s):
		a.Stream.Reply(s.Result())
	case xep.IsPing(s):
		a.ask(s, m.ID, transports.AboutPing)
	default:
		a.ask(s, m.ID, transports.AboutVersion)
	}
}

// refuse answers with an error, unless s is itself one (RFC 6120 §8.3.1) or wants no answer.
func (a *Account) refuse(s *stanza.Stanza, e *stanza.Error) {
	if s.Type == "error" || s.Type == "result" || s.Kind == stanza.Presence && s.Type == "unavailable" {
		return
	}
	a.Stream.Reply(s.Refuse(e))
}
