package account

import (
	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

// hint takes what a client says without words: that the person writes (XEP-0085), or has read (XEP-0333). Nobody misses it where the network knows nothing of the kind.
func (a *Account) hint(s *stanza.Stanza, j *joined, to address.Address) {
	place := transports.Place{}
	switch {
	case a.link.phase != online || to.Kind == address.Account:
		return
	case to.Kind == address.Room && s.To.Resource == "":
		place = transports.InRoom(j.id)
	default:
		var ok bool
		if place, ok = a.talkPlace(s, j, to); !ok {
			return
		}
	}
	if composing, ok := xep.ParseChatState(s); ok && a.offers(transports.TypingShown, place) {
		a.command(transports.SetTyping{Place: place, On: composing}, ignored)
	}
	if id := xep.Displays(s); id != "" && a.offers(transports.Reading, place) {
		var parts []transports.MessageID
		a.afterLookUp(&a.said, func(l lookUp) { parts = l.parts(place, id) }, func() {
			if len(parts) > 0 {
				a.command(transports.MarkRead{Place: place, Upto: parts[len(parts)-1]}, ignored)
			}
		})
	}
}

func ignored(transports.Result, error) {}

// typing shows that a user writes, or has stopped (XEP-0085 §5.5 for rooms).
func (a *Account) typing(e transports.Typing) {
	children := []*stanza.Element{xep.ChatState(e.On), xep.NotStored()}
	if e.Place.Room == "" {
		a.told.of(e.Place.User).add(func() { a.whisper(e.Place, e.From, saying{children: children}) })
		return
	}
	if j := a.rooms[e.Place.Room]; j != nil && j.live && e.From.ID != a.self.ID {
		a.passing(j, e.From, children)
	}
}

// hasRead shows how far a user has read (XEP-0333 §4).
func (a *Account) hasRead(e transports.Read) {
	j, order := a.rooms[e.Place.Room], a.told.of(e.Place.User)
	if e.Place.Room != "" && (j == nil || !j.live) {
		return
	}
	if j != nil {
		order = &j.order
	}
	var n names
	a.afterLookUp(order, func(l lookUp) { n = l.names(e.Place, e.Upto) }, func() {
		switch {
		case j == nil: // by the person themselves it comes to their clients as a marker of their own, for a talk has no ids of ours in their server's archive (XEP-0490 §3)
			a.whisper(e.Place, e.By, saying{children: []*stanza.Element{xep.Displayed(n.shown), xep.Stored()}})
			return
		case e.By.ID == a.self.ID && a.hasReadElsewhere(j, n):
			return
		}
		a.passing(j, e.By, []*stanza.Element{xep.Displayed(n.stanzaID), xep.NotStored()})
	})
}

// passing shows something in a room that is not kept.
func (a *Account) passing(j *joined, from transports.User, children []*stanza.Element) {
	var content []byte
	for _, c := range children {
		content = c.Append(content)
	}
	content = xep.Occupant(j.view.Occupant(from)).Append(content)
	said := room.Said{ID: msgid.Local(store.NextID()), Nick: j.view.Nick(from), Content: content}
	j.order.add(func() { a.showSaid(j, said, a.Stream.Show) })
}
