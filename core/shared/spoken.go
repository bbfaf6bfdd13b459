package shared

import (
	"maps"
	"slices"
	"time"

	"isthmus/transports"
)

// spoken is who said what through the account, and who reacted to what. It is bounded: the oldest is forgotten.
type spoken struct {
	nonces  map[int64]transports.User
	authors map[said]transports.User
	order   []said
	// reactions are everyone's on a message, for the network has them as the account's; reacted are the messages in the order of their coming.
	reactions map[said]map[transports.UserID][]string
	reacted   []said
}

type said struct {
	place transports.Place
	id    transports.MessageID
}

// maxSpoken is for how many messages it is remembered.
const maxSpoken = 5000

func (p *spoken) sending(nonce int64, by transports.User) {
	if p.nonces == nil {
		p.nonces, p.authors = map[int64]transports.User{}, map[said]transports.User{}
	}
	p.nonces[nonce] = by
	if len(p.nonces) > maxSpoken { // whose echo never came
		delete(p.nonces, slices.Min(slices.Collect(maps.Keys(p.nonces))))
	}
}

// failed forgets a message that the network did not take. One of which nobody knows that may have an echo yet.
func (p *spoken) failed(c transports.Command, err error) {
	if send, is := c.(transports.Send); is && err != nil && transports.AsFault(err).Kind != transports.UnknownOutcome {
		delete(p.nonces, send.Nonce)
	}
}

func (p *spoken) keep(place transports.Place, id transports.MessageID, by transports.User) {
	key := said{place, id}
	if _, there := p.authors[key]; there || p.authors == nil {
		return
	}
	p.authors[key] = by
	if p.order = append(p.order, key); len(p.order) > maxSpoken {
		delete(p.authors, p.order[0])
		p.order = p.order[1:]
	}
}

func (p *spoken) author(place transports.Place, id transports.MessageID) (transports.User, bool) {
	by, known := p.authors[said{place, id}]
	return by, known
}

// sent shows the others what a person said, and keeps who it was.
func (g *Group) sent(s *stay, c transports.Send, r transports.Result) {
	told := false // by the echo
	for _, id := range r.Parts {
		_, known := g.spoken.author(c.Place, id)
		told = told || known
		g.spoken.keep(c.Place, id, s.user())
	}
	if _, waits := g.spoken.nonces[c.Nonce]; !waits { // the echo has come
		told = true
	}
	delete(g.spoken.nonces, c.Nonce)
	if told || len(c.Files) > 0 && len(r.Parts) > 0 { // files are shown as the network has them
		return
	}
	m := transports.Message{Place: c.Place, From: s.user(), At: time.Now(), Style: c.Style, Text: c.Text, ReplyTo: c.ReplyTo, Thread: c.Thread}
	if len(r.Parts) > 0 {
		m.ID = r.Parts[0]
	}
	g.tellOthers(s, c.Place, m)
}

// heard takes a message of the network. What was said through the account comes from who said it.
func (g *Group) heard(e transports.Message) {
	if !e.Own {
		g.tellPlace(e.Place, e)
		return
	}
	by, known := g.spoken.nonces[e.Nonce]
	if e.Nonce == 0 || !known {
		if by, known = g.spoken.author(e.Place, e.ID); known && len(e.Files) == 0 { // shown when it was sent
			return
		}
	}
	if !known { // by the account itself, in another client of the network
		g.tellPlace(e.Place, e)
		return
	}
	delete(g.spoken.nonces, e.Nonce)
	if e.ID != "" {
		g.spoken.keep(e.Place, e.ID, by)
	}
	others := e
	others.From, others.Own, others.Nonce = by, false, 0
	r := g.rooms[e.Place.Room]
	if r == nil {
		g.tellOwner(e)
		return
	}
	for s := range r.people {
		if s.person.ID == by.ID {
			own := e
			own.From = by
			s.tell(own)
		} else {
			s.tell(others)
		}
	}
}

// author is who said a message through the account, and from where nobody did.
func (g *Group) author(place transports.Place, id transports.MessageID, from transports.User) transports.User {
	if by, known := g.spoken.author(place, id); known {
		return by
	}
	return from
}

// tellOthers tells the others in a room what a person did there.
func (g *Group) tellOthers(s *stay, place transports.Place, e transports.Event) {
	if r := g.rooms[place.Room]; r != nil {
		for other := range r.people {
			if other != s {
				other.tell(e)
			}
		}
	}
}
