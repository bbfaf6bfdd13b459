package account

import (
	"slices"
	"time"
	"unicode/utf8"

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
	if a.waitsForGap(event) {
		return
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
	case transports.Checkpoint:
		a.checkpoint(e)
	case transports.Edited:
		a.edited(e)
	case transports.Deleted:
		a.deleted(e)
	case transports.Reacted:
		a.reacted(e)
	case transports.Typing:
		a.typing(e)
	case transports.Read:
		a.hasRead(e)
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

// checkpoint tells the network when all that came of a place before is on disk, or of a talk with the person's server; what waits there for something slow comes first.
func (a *Account) checkpoint(e transports.Checkpoint) {
	if e.Place.Room == "" {
		a.told.of(e.Place.User).add(func() { a.whenTaken(e.Kept) })
		return
	}
	keep := func() {
		a.Store.Write(func(err error) {
			if err == nil {
				e.Kept()
			}
		})
	}
	if j := a.rooms[e.Place.Room]; j != nil {
		j.order.add(keep)
	} else {
		keep()
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
	a.asides.renamed(e.Was, e.User.ID)
	a.everywhere(e)
	a.renameContact(e.User)
	if e.User.ID != a.self.ID {
		return
	}
	if a.identity.Session != nil { // the network keeps no name of theirs
		a.remember("", lastNick, e.User.Name)
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

// removal says to someone who was not there to see it that they are in a room no longer.
func removal(j *joined, e transports.MemberLeft) string {
	text := "You are in " + string(j.id) + " no longer"
	switch {
	case e.By != "" && e.Cause == transports.Banned:
		text += ": " + e.By + " banned you"
	case e.By != "":
		text += ": " + e.By + " removed you"
	}
	if e.Reason != "" {
		text += " (" + e.Reason + ")"
	}
	return text + "."
}

// memberLeft may be the account itself, kicked from the room: then everyone is put out (XEP-0045 §8.2).
func (a *Account) memberLeft(e transports.MemberLeft) {
	a.inRoom(e.Room, e)
	j := a.rooms[e.Room]
	if j == nil || !j.live || e.User.ID != a.self.ID {
		return
	}
	a.closeSpan(j)
	a.stopStaying(j)
	if len(j.view.People()) == 0 { // nobody is inside to see it
		a.tell(removal(j, e))
	}
	j.order.add(func() {
		for _, who := range slices.Clone(j.view.People()) {
			a.Store.Write(nil, store.Exit{Occupant: a.occupant(j, who, "")})
			j.view.Remove(who)
		}
	})
	a.refuseArrivals(j, &transports.Fault{Kind: transports.Forbidden, Text: removal(j, e)}) // who waited for its history
	delete(a.rooms, j.id)
	a.asides.forget(j)
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
	a.whenKnown(&j.order, &e, func(r referred, files []shownFile) {
		if r.taken {
			return
		}
		changes := a.cursor(j, e.ID)
		show := func(number int, children []*stanza.Element) {
			row, said := a.record(j, saying{message: e.ID, stanzaID: part(e.ID, number), from: e.From, at: pastTime(e.At), children: children})
			if j.view.Logged {
				changes = append(changes, row)
			} else {
				a.keepPart(e.Place, e.ID, number)
				a.authors.note(e.Place.Room, e.ID, e.From.ID)
			}
			if len(changes) > 0 {
				a.Store.Write(a.archived, changes...)
			}
			changes = nil
			a.showSaid(j, said, a.Stream.Show)
		}
		a.showParts(&e, r, files, show, func(show func()) {
			if a.rooms[j.id] == j && j.live {
				j.order.add(show)
			}
		})
	})
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

// contents are the children of a message, but for its ids.
func (a *Account) contents(of *transports.Message, r referred) []*stanza.Element {
	e := *of
	hidden := e.Text.Hidden()
	if hidden {
		e.Text = e.Text.Reveal()
	}
	quoted := quotation(r.quote)
	before := quoted + forwarded(e)
	body := before + bodyOf(e)
	children := []*stanza.Element{stanza.Text("", "body", body), xep.InThread(r.thread)}
	children = append(children, a.mentionedIn(&e, body, utf8.RuneCountInString(before))...)
	if r.id != "" {
		children = append(children, xep.Reply(r.id, r.author))
	}
	if quoted != "" {
		children = append(children, xep.ReplyFallback(utf8.RuneCountInString(quoted)))
	}
	if hidden {
		children = append(children, xep.Spoiler())
	} else {
		children = append(children, r.emoji.illustrated(wholeText(of), of.Text)...)
	}
	if a.offers(transports.Reading, e.Place) && !e.Own {
		children = append(children, xep.Markable())
	}
	return children
}

func (a *Account) showSaid(j *joined, said room.Said, give func(*stanza.Stanza)) {
	for _, who := range j.view.People() {
		give(j.view.Message(who, said))
	}
}

// talked shows a private message.
func (a *Account) talked(e transports.Message) {
	echo := e.Own && a.sending[e.Nonce]
	if echo {
		e.Files = nil
	} else {
		a.beginTalk(e)
	}
	a.whenKnown(a.told.of(e.Place.User), &e, func(r referred, files []shownFile) {
		if r.taken {
			return
		}
		a.noteLatest(e.Place, e.ID)
		defer a.tookMessage(e.Place.User, e.ID, a.talkLine(e.Place, e.ID, e.From.ID, e.At)...)
		if echo {
			return
		}
		a.showParts(&e, r, files, func(number int, children []*stanza.Element) {
			a.keepPart(e.Place, e.ID, number)
			if a.offers(transports.TypingShown, e.Place) && !e.Own {
				children = append(children, xep.Active())
			}
			a.whisper(e.Place, e.From, saying{message: e.ID, id: part(e.ID, number), from: e.From, at: pastTime(e.At), children: children})
		}, func(show func()) { a.told.of(e.Place.User).add(show) })
	})
}

// whisper shows what a user says or does in the talk with them: from the occupant to the person's clients in the room where one wrote to the occupant before (XEP-0045 §7.5), else
// from the user's own address to all the person's clients. What the person does in another client of the network is shown as their own.
func (a *Account) whisper(place transports.Place, from transports.User, w saying) {
	s := &stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: w.id, From: a.userJID(place.User), To: a.owner}
	switch {
	case s.ID != "":
	case w.message != "":
		s.ID = msgid.Encode(string(w.message), 0)
	default:
		s.ID = msgid.Local(store.NextID())
	}
	s.Add(w.children...)
	if w.corrects != "" {
		s.Add(xep.Correction(w.corrects))
	}
	if !w.at.IsZero() {
		s.Add(xep.Delay(stanza.JID{Domain: a.Domain}, w.at))
	}
	if from.ID == a.self.ID {
		s.From, s.To = s.To, s.From
		a.showOwn(s, "To "+string(place.User)+": "+s.ChildText("", "body"))
		return
	}
	aside, ok := a.asides[place.User]
	if !ok || !aside.in.view.Has(aside.who) {
		a.Stream.Show(s)
		return
	}
	m, there := aside.in.view.Member(place.User)
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
	s := &stanza.Stanza{Kind: stanza.Message, Type: "chat", ID: msgid.Local(store.NextID()), From: a.jid(), To: a.owner}
	a.Stream.Show(s.Add(stanza.Text("", "body", body)))
}

// notice tells the people in a room something in the room's own name.
func (a *Account) notice(j *joined, body string) {
	id := msgid.Local(store.NextID())
	content := stanza.Text("", "body", body).Append(nil)
	j.order.add(func() { a.showSaid(j, room.Said{ID: id, Content: content}, a.Stream.Show) })
}
