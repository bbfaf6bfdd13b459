package account

import (
	"slices"
	"strconv"
	"time"

	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

// event takes what happened on the network.
func (a *Account) event(event transports.Event) {
	if a.link.phase != connecting && a.link.phase != online {
		return // it is being closed, and the rooms are gone
	}
	switch e := event.(type) {
	case transports.Online:
		a.online(e)
	case transports.Credentials:
		a.refreshed(e)
	case transports.Memberships:
		a.memberships(e)
	case transports.Room:
		a.confirmed(e)
	case transports.Message:
		a.heard(e)
	case transports.MemberChanged:
		a.inRoom(e.Room, e)
	case transports.TopicChanged:
		a.inRoom(e.Room, e)
	case transports.MemberLeft:
		a.memberLeft(e)
	case transports.UserRenamed:
		a.renamed(e)
	case transports.UserLeft:
		a.everywhere(e)
	case transports.Announced:
		a.announced(e)
	case transports.Invited:
		a.invited(e)
	case transports.Asked:
		a.askedBy(e)
	default:
		a.contactEvent(event)
	}
}

func (a *Account) inRoom(id transports.RoomID, event transports.Event) {
	if j := a.rooms[id]; j != nil && j.live {
		for _, c := range j.view.Apply(event) {
			a.show(j, c)
		}
	}
}

func (a *Account) everywhere(event transports.Event) {
	for id := range a.rooms {
		a.inRoom(id, event)
	}
}

func (a *Account) renamed(e transports.UserRenamed) {
	if e.Was == a.self.ID {
		a.self = e.User
	}
	if aside, ok := a.asides[e.Was]; ok {
		delete(a.asides, e.Was)
		a.asides[e.User.ID] = aside
	}
	a.everywhere(e)
	a.renameContact(e.User)
	if e.User.ID != a.self.ID {
		return
	}
	for _, j := range a.rooms {
		a.keepNick(j)
	}
}

// keepNick stores the nick that people have in a room, for after a crash they are put out under it.
func (a *Account) keepNick(j *joined) {
	self, ok := j.view.Member(j.view.Self)
	if !ok {
		return
	}
	for _, who := range j.view.People() {
		a.Store.Write(nil, store.Enter{Occupant: a.occupant(j, who, self.Nick)})
	}
}

// memberLeft may be the account itself, kicked from the room: then everyone is put out (XEP-0045 §8.2).
func (a *Account) memberLeft(e transports.MemberLeft) {
	a.inRoom(e.Room, e)
	j := a.rooms[e.Room]
	if j == nil || !j.live || e.User.ID != a.self.ID {
		return
	}
	a.closeSpan(j)
	j.order.add(func() {
		for _, who := range slices.Clone(j.view.People()) {
			a.Store.Write(nil, store.Exit{Occupant: a.occupant(j, who, "")})
			j.view.Remove(who)
		}
	})
	delete(a.rooms, j.id)
	a.forgetAsides(j)
	a.disconnectIfUnused()
}

// show shows a change of the room to everyone inside.
func (a *Account) show(j *joined, change room.Change) {
	j.order.add(func() {
		for _, s := range j.view.Show(change) {
			a.Stream.Show(s)
		}
	})
}

// heard takes a message.
func (a *Account) heard(e transports.Message) {
	if e.Place.Room == "" {
		a.talked(e)
		return
	}
	j := a.rooms[e.Place.Room]
	if j == nil || !j.live || a.sending[e.Nonce] { // of an own message the reflection is shown, when it is on disk
		return
	}
	children := []*stanza.Element{stanza.Text("", "body", bodyOf(e))}
	row, said := a.record(j, e.ID, "", j.view.Nick(e.From), j.view.Occupant(e.From), e.From.ID, children)
	if !e.At.IsZero() && time.Since(e.At) > late {
		said.At = e.At
		row.Row.At = e.At.UnixMilli()
	}
	if j.view.Logged {
		a.Store.Write(a.archived, row)
	}
	j.order.add(func() { a.showSaid(j, said, a.Stream.Show) })
}

// late is how old a message must be for its time to be worth telling.
const late = 30 * time.Second

func (a *Account) archived(err error) {
	if err != nil {
		a.log.Error("A message could not be archived.", "error", err)
	}
}

// bodyOf is the message as an XMPP body.
func bodyOf(e transports.Message) string {
	body := e.Text.Styling()
	if e.Style == transports.Does {
		return "/me " + body // XEP-0245 §3
	}
	return body
}

// record makes the archive's row of a room's message and what people see of it: the same bytes, rendered once. Where the
// network gives stable ids, the row is everyone's and its id the network's; else it is the account's, with an id of ours.
func (a *Account) record(j *joined, message transports.MessageID, id, nick, occupant string, author transports.UserID, children []*stanza.Element) (store.Append, room.Said) {
	seq := store.NextID()
	stanzaID, owner := strconv.FormatInt(seq, 36), a.id
	if a.About.StableIDs && message != "" {
		stanzaID, owner = msgid.Encode(string(message), 0), 0
	}
	if id == "" {
		id = stanzaID
	}
	var content []byte
	for _, c := range append(children, xep.Occupant(occupant)) {
		if c != nil {
			content = c.Append(content)
		}
	}
	row := store.Row{Seq: seq, Account: owner, Transport: a.Domain, Scope: string(a.scope), Place: string(j.id),
		ID: stanzaID, Author: string(author), Nick: nick, Stanza: id, At: time.Now().UnixMilli(), Content: content}
	return store.Append{Row: row}, room.Said{ID: id, StanzaID: stanzaID, Nick: nick, Content: content}
}

func (a *Account) showSaid(j *joined, said room.Said, give func(*stanza.Stanza)) {
	for _, who := range j.view.People() {
		give(j.view.Message(who, said))
	}
}

// talked shows a private message: from the occupant to the person's clients in the room where one wrote to the occupant before (XEP-0045 §7.5), else
// from the user's own address to all the person's clients.
func (a *Account) talked(e transports.Message) {
	if e.Own {
		if !a.sending[e.Nonce] {
			own := &stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: strconv.FormatInt(store.NextID(), 36), From: a.owner, To: a.userJID(e.Place.User)}
			a.showOwn(own.Add(stanza.Text("", "body", bodyOf(e))), "To "+string(e.Place.User)+": "+bodyOf(e))
		}
		return
	}
	s := &stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: strconv.FormatInt(store.NextID(), 36), From: a.userJID(e.From.ID), To: a.owner}
	s.Add(stanza.Text("", "body", bodyOf(e)))
	if !e.At.IsZero() && time.Since(e.At) > late {
		s.Add(xep.Delay(stanza.JID{Domain: a.Domain}, e.At))
	}
	aside, ok := a.asides[e.From.ID]
	if !ok || !aside.in.view.Has(aside.who) {
		a.Stream.Show(s)
		return
	}
	m, there := aside.in.view.Member(e.From.ID)
	if !there {
		a.Stream.Show(s)
		return
	}
	s.Add(xep.PrivateMark())
	s.Add(xep.NoCopies()...)
	for _, who := range aside.in.view.People() { // a copy for each, for servers make none of what comes from a room
		to := *s
		to.From, to.To = aside.in.view.JID.WithResource(m.Nick), who
		a.Stream.Show(&to)
	}
}

// announced shows what the network itself says: in the room that it concerns, else as a message from the account.
func (a *Account) announced(e transports.Announced) {
	if e.Room != "" {
		if j := a.rooms[e.Room]; j != nil && j.live {
			a.notice(j, e.Text.Styling())
		}
		return
	}
	a.tell(e.Text.Styling())
}

// tell sends the person a message from the account.
func (a *Account) tell(body string) {
	s := &stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: strconv.FormatInt(store.NextID(), 36), From: a.jid(), To: a.owner}
	a.Stream.Show(s.Add(stanza.Text("", "body", body)))
}

// notice tells the people in a room something in the room's own name.
func (a *Account) notice(j *joined, body string) {
	id := strconv.FormatInt(store.NextID(), 36)
	content := stanza.Text("", "body", body).Append(nil)
	j.order.add(func() { a.showSaid(j, room.Said{ID: id, Content: content}, a.Stream.Show) })
}
