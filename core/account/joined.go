package account

import (
	"slices"
	"strings"
	"time"

	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// joined is a room that people of the account are in, or want to be.
type joined struct {
	id   transports.RoomID
	view *room.Hosted
	// asked: a Join is under way; live: the network has confirmed it; read: what was missed before is shown.
	asked, live, read bool
	// ahead are the messages that were taken since something before them could not be read.
	ahead map[transports.MessageID]bool
	// persistent: the gateway is to stay when nobody is inside. kept: it does, since leftAt.
	persistent, kept bool
	leftAt           time.Time
	password         string
	// picture is the version of the room's picture.
	picture  string
	arrivals []arrival
	order    order
	// unshown are the archive's numbers of what waits to be shown although they are given.
	unshown map[int64]bool
	// named: what people call the room is known only since its first ones wait to be let in.
	named bool
	// lacks are the account's features that the room does not have.
	lacks transports.Feature
}

// arrival is a resource that waits to be let in.
type arrival struct {
	who     stanza.JID
	nick    string
	history xep.HistoryLimits
	request *stanza.Stanza
}

// awaits tells whether a resource waits to be let in.
func (j *joined) awaits(who stanza.JID) bool {
	return slices.ContainsFunc(j.arrivals, func(a arrival) bool { return a.who == who })
}

// forget takes a resource out of those who wait.
func (j *joined) forget(who stanza.JID) {
	j.arrivals = slices.DeleteFunc(j.arrivals, func(a arrival) bool { return a.who == who })
}

// roomPresence is a presence to a room or an occupant of it (XEP-0045 §7.2, §7.6, §7.14).
func (a *Account) roomPresence(s *stanza.Stanza, id transports.RoomID) {
	j := a.rooms[id]
	switch s.Type {
	case "":
		if join, ok := xep.ParseJoin(s, time.Now()); ok {
			a.arrive(s, id, join)
			return
		}
		if j != nil && j.awaits(s.From) { // clients send presence to rooms that they are still entering
			return
		}
		if j == nil || !j.view.Has(s.From) {
			a.refuse(s, notJoined)
			return
		}
		if self, _ := j.view.Member(j.view.Self); s.To.Resource != "" && s.To.Resource != self.Nick {
			a.rename(s)
		}
	case "unavailable":
		a.leave(j, s.From, s.ChildText("", "status"))
	case "error":
		a.evict(j, s)
	}
}

// arrive lets a resource into a room, at once or when the network has confirmed it (XEP-0045 §7.2).
func (a *Account) arrive(s *stanza.Stanza, id transports.RoomID, join xep.JoinRequest) {
	if s.To.Resource == "" { // XEP-0045 §7.2.1
		a.refuse(s, nickMissing)
		return
	}
	j := a.rooms[id]
	if j == nil && a.maxRooms > 0 && len(a.rooms) >= a.maxRooms {
		a.refuse(s, tooManyRooms(a.maxRooms))
		return
	}
	if j == nil {
		j = a.newRoom(id)
		a.rooms[id] = j
	}
	newcomer := arrival{who: s.From, nick: s.To.Resource, history: join.History, request: s}
	if !j.live && join.Password != "" {
		j.password = strings.Clone(join.Password) // it would keep the whole stanza in memory
	}
	j.forget(s.From) // one who asks again waits once
	j.arrivals = append(j.arrivals, newcomer)
	if again := j.view.Has(s.From); again && j.live {
		defer a.rejoined(j, newcomer.nick)
	} else if a.identity.Session != nil && a.link.phase == online && !a.inside() && newcomer.nick != a.self.Name {
		a.askForNick(newcomer.nick)
	}
	switch {
	case j.live && j.read:
		a.letIn(j)
	case j.live:
		a.catchUp(j)
	case a.link.phase == online:
		a.askToEnter(j)
	case a.needed():
		a.connect(newcomer.nick)
	default:
		a.refuseArrivals(j, transports.AsFault(a.offlineFault()))
	}
}

// rejoined takes up the nick that a client wants which was inside and enters again: for it, this is a change of nick.
func (a *Account) rejoined(j *joined, nick string) {
	if self, ok := j.view.Member(j.view.Self); ok && self.Nick == nick || a.link.phase != online {
		return
	}
	a.askForNick(nick)
}

// askForNick asks for the nick of who comes in.
func (a *Account) askForNick(nick string) {
	a.command(transports.SetName{Name: nick}, func(_ transports.Result, err error) {
		if err != nil { // the client is told the true nick
			a.log.Debug("The nick of a client that enters cannot be had.", "error", err)
		}
	})
}

// inside tells whether a client of the owner's is in any room.
func (a *Account) inside() bool {
	for _, j := range a.rooms {
		if len(j.view.People()) > 0 {
			return true
		}
	}
	return false
}

// wantedName is the nick that the first of those who wait asked for.
func (a *Account) wantedName() string {
	for _, j := range a.rooms {
		if len(j.arrivals) > 0 {
			return j.arrivals[0].nick
		}
	}
	if a.self.Name == "" { // after a restart
		return a.Options.Get(a.where("")).Get(nil, lastNick)
	}
	return a.self.Name
}

// askToEnter asks the network to let the account into a room.
func (a *Account) askToEnter(j *joined) {
	if j.asked || j.live {
		return
	}
	j.asked = true
	a.command(transports.Join{Room: j.id, Password: j.password, Options: a.Options.Get(a.where(j.id))}, func(_ transports.Result, err error) {
		if a.rooms[j.id] != j || !j.asked {
			return
		}
		j.asked = false
		if err == nil || a.link.phase != online { // a lost connection has its own words
			return
		}
		fault := transports.AsFault(err)
		a.refuseArrivals(j, fault)
		a.expel(j, "The room cannot be entered again: "+fault.Text, xep.StatusTechnical)
		a.disconnectIfUnused()
	})
}

// confirmed takes the network's word that the account is in a room, and lets in those who wait.
func (a *Account) confirmed(e transports.Room) {
	j := a.rooms[e.Room]
	if j == nil && a.can.Durable {
		j = a.come(e)
	}
	if j == nil {
		return
	}
	var changes []room.Change
	if was := j.view.Self; was != a.self.ID { // a new connection may come with another nick
		changes = j.view.Apply(transports.UserRenamed{Was: was, User: a.self})
	}
	j.named = !j.live && e.Name != "" && e.Name != j.view.Name && e.Name != string(j.id)
	j.view.Self, j.view.Durable = a.self.ID, a.can.Durable
	changes = append(changes, j.view.Apply(e)...)
	changes = append(changes, a.withLacks(j, e.Lacks, changes)...)
	j.live, j.read = true, false
	a.openSpan(j)
	a.keepNick(j)
	for _, c := range changes {
		a.show(j, c)
	}
	if !j.view.Durable || len(j.view.People()) > 0 || len(j.arrivals) > 0 || a.owes(j.id) { // other rooms when they are opened
		a.catchUp(j)
	}
	a.roomPicture(j, e.Picture)
	if a.link.complete { // it has just come
		a.bookmark(j)
	}
}

// letIn lets in those who wait.
func (a *Account) letIn(j *joined) {
	for _, newcomer := range j.arrivals {
		a.enter(j, newcomer)
	}
	if j.named && len(j.arrivals) > 0 { // clients that have asked what it is were told no name, and ask again (XEP-0045 §10.2.1)
		a.show(j, room.Reconfigured{})
	}
	j.arrivals, j.named = nil, false
}

// enter shows the room to one who comes in: presences, history, subject, in that order (XEP-0045 §7.2).
func (a *Account) enter(j *joined, newcomer arrival) {
	self, _ := j.view.Member(j.view.Self)
	a.Store.Write(nil, store.Enter{Occupant: a.occupant(j, newcomer.who, self.Nick)})
	j.order.add(func() {
		for p := range j.view.Enter(newcomer.who, newcomer.nick) { // as many as there are members: it waits while the server does not keep up
			a.Stream.Show(p)
		}
	})
	a.showHistory(j, newcomer)
	j.kept, j.leftAt = false, time.Time{}
	a.keepStaying(j)
}

func (a *Account) occupant(j *joined, who stanza.JID, nick string) store.Occupant {
	return store.Occupant{Transport: a.Domain, Person: who.Bare().String(), Resource: who.Resource, Room: j.view.JID.Local, Nick: nick}
}

// refuseArrivals tells those who wait for a room why they cannot enter it.
func (a *Account) refuseArrivals(j *joined, fault *transports.Fault) {
	for _, newcomer := range j.arrivals {
		a.refuse(newcomer.request, a.stanzaError(fault))
		if j.view.Has(newcomer.who) { // it was inside and joined once more; after an error it takes itself for outside
			j.view.Remove(newcomer.who)
			a.Store.Write(nil, store.Exit{Occupant: a.occupant(j, newcomer.who, "")})
		}
	}
	j.arrivals = nil
	if len(j.view.People()) == 0 && !j.kept {
		delete(a.rooms, j.id)
	}
}

// leave lets a resource out; who was not inside is left in silence.
func (a *Account) leave(j *joined, who stanza.JID, reason string) {
	if j == nil {
		return
	}
	j.forget(who)
	j.order.add(func() { // after its own entering, which may still wait for the history
		if j.view.Has(who) {
			a.Stream.Reply(j.view.Leave(who))
			a.Store.Write(nil, store.Exit{Occupant: a.occupant(j, who, "")})
		}
		a.leaveIfEmpty(j, reason)
	})
}

// leaveIfEmpty leaves a room that nobody is in any more.
func (a *Account) leaveIfEmpty(j *joined, reason string) {
	if len(j.view.People()) > 0 || len(j.arrivals) > 0 || a.rooms[j.id] != j {
		return
	}
	if j.stays() && (j.live || j.kept) {
		if !j.kept {
			j.kept, j.leftAt = true, time.Now()
			a.keepStaying(j)
		}
		return
	}
	a.abandon(j, reason)
}

// abandon leaves a room on the network and forgets it.
func (a *Account) abandon(j *joined, reason string) {
	a.stopStaying(j)
	delete(a.rooms, j.id)
	a.asides.forget(j)
	a.closeSpan(j)
	if a.remembers { // who comes again some day begins with the last of what was said
		a.Store.Write(nil, a.cursorAt(transports.InRoom(j.id), ""))
	}
	if a.link.phase == online && (j.live || j.asked) {
		a.command(transports.Leave{Room: j.id, Reason: reason}, func(transports.Result, error) { a.disconnectIfUnused() })
		return
	}
	a.disconnectIfUnused()
}

// evict removes a resource whose server says that it cannot be reached: a ghost (RFC 6121 §8.5.3.2.3).
func (a *Account) evict(j *joined, s *stanza.Stanza) {
	if j == nil || !j.view.Has(s.From) || !xep.Unreachable(s) {
		return
	}
	a.drop(j, s.From)
}

func (a *Account) drop(j *joined, who stanza.JID) {
	a.log.Info("Someone cannot be reached any more and was removed from a room.", "resource", who.Resource, "room", string(j.id))
	j.order.add(func() {
		if j.view.Has(who) { // should someone be there after all, then they know that they are outside
			a.Stream.Reply(j.view.Leave(who, xep.StatusTechnical))
			a.Store.Write(nil, store.Exit{Occupant: a.occupant(j, who, "")})
		}
		a.leaveIfEmpty(j, "")
	})
}

// expel puts everyone out of a room and forgets it.
func (a *Account) expel(j *joined, reason string, code int) {
	a.putOut(j, reason, code)
	delete(a.rooms, j.id)
}

// putOut tells everyone in a room that they are out of it.
func (a *Account) putOut(j *joined, reason string, code int) {
	j.order.add(func() {
		for _, who := range j.view.People() {
			a.Store.Write(nil, store.Exit{Occupant: a.occupant(j, who, "")})
		}
		for _, p := range j.view.Expel(reason, code) {
			a.Stream.Reply(p)
		}
	})
	a.asides.forget(j)
}

// rename asks for another nick (XEP-0045 §7.6); all rooms show it when the network has confirmed it.
func (a *Account) rename(s *stanza.Stanza) {
	if a.link.phase != online {
		a.refuse(s, a.stanzaError(a.offlineFault()))
		return
	}
	a.command(transports.SetName{Name: s.To.Resource}, func(_ transports.Result, err error) {
		if err != nil {
			a.refuse(s, a.stanzaError(err))
		}
	})
}

// pingDeadline is how long a client may take to answer before its silence is taken for sleep.
const pingDeadline = 2 * time.Minute

// pingPeople asks every resource in a room whether it is still there (XEP-0199) and removes those whose server says no.
func (a *Account) pingPeople() {
	rooms := map[stanza.JID]stanza.JID{}
	for resource := range a.present {
		rooms[a.owner.WithResource(resource)] = a.jid()
	}
	for _, j := range a.rooms {
		for _, who := range j.view.People() {
			rooms[who] = j.view.JID
		}
	}
	for who, from := range rooms { // an account that ends meanwhile has no use for the answers
		a.Stream.Request(xep.Ping(from, who), pingDeadline, func(answer *stanza.Stanza) {
			a.mail.put(func() {
				if !xep.PingFailed(answer) {
					return
				}
				for _, j := range a.rooms {
					if j.view.Has(who) {
						a.drop(j, who)
					}
				}
				a.unseen(who)
			})
		})
	}
}

// roomID is the id that a name in an address asks for; case is the network's matter, but servers fold what they pass on.
func roomID(to address.Address) transports.RoomID { return transports.RoomID(to.Name) }

// userID is the id of the user that an address names: as its localpart, or as the resource for who cannot stand in one.
func userID(to address.Address, resource string) transports.UserID {
	if to.Kind == address.Anyone {
		return transports.UserID(strings.ToLower(resource))
	}
	return transports.UserID(to.Name)
}
