package account

import (
	"isthmus/core/options"
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
		a.presenceTo(s, to)
	case stanza.Message:
		if !a.returns.take(s.ID) {
			a.message(s, to)
		}
	}
}

// presenceTo takes a presence.
func (a *Account) presenceTo(s *stanza.Stanza, to address.Address) {
	subscription := s.Type != "" && s.Type != "unavailable" && s.Type != "error"
	switch {
	case to.Kind == address.Account:
		a.accountPresence(s)
	case to.Kind == address.User && s.To.Resource == "":
		a.userPresence(s, userID(to, ""))
	case subscription && to.Kind == address.Room:
		a.refuseSubscription(s, "A room cannot be a contact. Join it instead.")
	case subscription:
		a.refuseSubscription(s, nobodyNamed.Text)
	case to.Kind == address.Room:
		a.roomPresence(s, roomID(to))
	}
	if to.Kind != address.Account {
		a.clientPresence(s, to.Kind == address.Room)
	}
}

// request answers an IQ.
func (a *Account) request(s *stanza.Stanza, to address.Address) {
	if a.inSpaces(s, to) {
		return
	}
	if node, ok := xep.IsInfo(s); ok {
		a.info(s, to, node)
		return
	}
	if node, ok := xep.IsItems(s); ok {
		a.items(s, to, node)
		return
	}
	if hash, ok := xep.ParseBitRequest(s); ok {
		a.tellBit(s, hash)
		return
	}
	if a.tells(s, to) {
		return
	}
	j := a.rooms[roomID(to)]
	room := to.Kind == address.Room
	switch {
	case room && s.To.Resource == "" && xep.IsArchiveQuery(s):
		a.readArchive(s, to.Name)
	case room && s.To.Resource == "" && xep.IsArchiveMetadata(s):
		a.archiveEdges(s, to.Name)
	case room && s.To.Resource != "" && (xep.IsPing(s) || xep.IsVersion(s)):
		a.askOccupant(s, j)
	case to.Kind == address.User && xep.IsVersion(s):
		a.ask(s, userID(to, s.To.Resource), transports.AboutVersion)
	case room && s.To.Resource == "":
		wanted, set, preferences := xep.ParseArchivePreferences(s)
		items, ok := xep.ParseAdmin(s)
		reason, destroy := xep.ParseDestroy(s)
		moderated, why, moderates := xep.ParseModeration(s)
		switch {
		case moderates:
			a.moderate(s, j, moderated, why)
		case destroy:
			a.destroy(s, roomID(to), reason)
		case preferences:
			a.archivePreferences(s, roomID(to), wanted, set)
		case xep.IsRegister(s):
			a.refuse(s, noRegister)
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
	switch {
	case s.To.Resource == "" && xep.IsPing(s):
		a.Stream.Reply(s.Result())
	case s.To.Resource == "" && xep.IsVersion(s):
		a.Stream.Reply(s.Result(xep.Version("Isthmus", a.Version, "")))
	default:
		a.refuse(s, unknownRequest)
	}
}

// info answers what an address stands for (XEP-0030 §3); there are no nodes here.
func (a *Account) info(s *stanza.Stanza, to address.Address, node string) {
	if node == xep.TrafficNode && to.Kind == address.Room && s.To.Resource == "" {
		a.Stream.Reply(s.Result(xep.Traffic(a.abilities(transports.InRoom(roomID(to)))...)))
		return
	}
	if node == xep.NickNode && to.Kind == address.Room && s.To.Resource == "" { // one nick serves all rooms of a network
		a.Stream.Reply(s.Result(xep.ReservedNick(a.self.Name)))
		return
	}
	if node != "" {
		a.refuse(s, noNode)
		return
	}
	var info xep.Info
	switch {
	case to.Kind == address.Room && s.To.Resource == "":
		info = xep.RoomInfo(a.About.Kind, a.facts(roomID(to), s.From))
		if j := a.rooms[roomID(to)]; j != nil {
			info = info.In(a.space(j.view.Parent, ""))
		}
	case to.Kind == address.Account:
		info = xep.AccountInfo(a.About.Kind, string(a.scope))
		if _, lists := a.session.(transports.Directory); lists && a.login != nil {
			info = info.WithSpaces()
		}
	case to.Kind == address.Room:
		info = xep.UserInfo(s.To.Resource)
	default:
		info = xep.UserInfo(string(userID(to, s.To.Resource)))
	}
	if _, knows := a.session.(transports.Profiles); knows && (to.Kind == address.User || to.Kind == address.Room) {
		info = info.WithCard()
	}
	if to.Kind != address.Account {
		place := transports.Place{}
		if to.Kind == address.Room && s.To.Resource == "" {
			place = transports.InRoom(roomID(to))
		}
		info = a.withAbilities(info, place)
	}
	a.Stream.Reply(s.Result(info.Query("")))
}

// facts are what is known of a room, and what of it who asks may know.
func (a *Account) facts(id transports.RoomID, who stanza.JID) xep.RoomFacts {
	f := xep.RoomFacts{Name: string(id) + " on " + string(a.scope), MaxHistory: maxHistory, Hats: a.can.Hats,
		Persistent: a.can.Durable || a.Options.Switch(a.where(id), options.Persistent), Logged: a.Options.Switch(a.where(id), options.RecordHistory)}
	j := a.rooms[id]
	if j == nil {
		return f
	}
	if p, known := a.pictureOf(transports.InRoom(id), j.picture); known {
		f.Picture = p.Hash
	}
	if j.view.Name != "" {
		f.Name = j.view.Name + " on " + string(a.scope)
	}
	rules := j.view.Rules
	f.Moderated, f.MembersOnly, f.Locked, f.Hidden = rules.Moderated, rules.MembersOnly, rules.Locked || j.password != "", rules.Hidden
	f.Inside, f.Subject, f.Occupants = j.view.Has(who), j.view.Topic.Text, j.view.Len()
	return f
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
	if s.Kind == stanza.Message { // others are refused beside the account's goroutine as well
		a.paid(s)
	}
}
