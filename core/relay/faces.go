package relay

import (
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// look has a puppet's picture be read, where it is another than before, and shown when that is done (XEP-0153 §3.1).
func (r *Relay) look(p *puppet, u transports.User) {
	if u.Picture == "" || u.Picture == p.picture || p.room.Picture == nil {
		return
	}
	p.picture = u.Picture
	ctx := r.links
	go func() {
		hash, _, err := p.room.Picture(ctx, u)
		r.post(func() {
			if err != nil || hash == "" || hash == p.hash || p.picture != u.Picture {
				return
			}
			p.hash = hash
			if p.standing == inside {
				p.room.Stream.Pass(p.presence(r.occupant(p.nick)))
			}
		})
	}()
}

// presence is a puppet's, with its picture.
func (p *puppet) presence(to stanza.JID) *stanza.Stanza {
	s := &stanza.Stanza{Kind: stanza.Presence, From: p.jid, To: to}
	if p.hash != "" {
		s.Add(xep.PictureUpdate(p.hash))
	}
	return s
}

// card answers who asks for a puppet's vCard (XEP-0054 §3.1): that of its user, as far as it is known.
func (r *Relay) card(p *puppet, s *stanza.Stanza) {
	u := transports.User{ID: p.user, Name: p.name, Picture: p.picture}
	if u.Picture == "" {
		r.answer(p, s.Result(xep.Card{FullName: u.Name, Nick: u.Name}.Temp()))
		return
	}
	ctx := r.links
	go func() {
		_, card, _ := p.room.Picture(ctx, u) // where there is none, it tells the name
		r.post(func() { r.answer(p, s.Result(card)) })
	}()
}

// face is the address of a picture of who said something, empty where there is none, or not yet.
func (f *foreign) face(l *line) string {
	r := f.relay
	switch {
	case l.room != nil && l.room.Face != nil:
		return l.room.Face(l.user)
	case l.room == nil && l.speaker != nil:
		return r.ownFace(*l.speaker, l.nick)
	}
	return ""
}

// ownFace is the address of a picture of somebody of the MUC; until a new one can be shown, that of the one before.
func (r *Relay) ownFace(who Speaker, nick string) string {
	o := r.others[nick]
	if r.Face == nil || o == nil || o.key != who.Key || o.faceless {
		return ""
	}
	if face := r.Face(who, r.occupant(nick), o.photo); face != "" {
		o.face = face
	}
	return o.face
}

// shown is the persona of who said something, with their picture.
func (f *foreign) shown(l *line) *transports.Persona {
	p := persona(l)
	p.Picture = f.face(l)
	return p
}
