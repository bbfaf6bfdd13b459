package core

import (
	"context"
	"time"

	"isthmus/core/avatar"
	"isthmus/core/relay"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"
)

// facesOf are the pictures of a relay's people: those of the MUC as networks can show them, by their JIDs, or as occupants where the MUC hides these (XEP-0045 §17.4 has
// the vCard come from the real one).
func (s *service) facesOf(bot stanza.JID) func(who relay.Speaker, at stanza.JID, photo string) string {
	faces := s.groups.faces
	return func(who relay.Speaker, at stanza.JID, photo string) string {
		if faces.put == nil {
			return ""
		}
		return faces.named(at.Bare().String()+" "+who.Key+" "+photo, func(take func([]byte, error)) {
			ask := xep.VCardRequest(bot, at)
			ask.To = at
			s.component.Request(ask, portraitDeadline, func(answer *stanza.Stanza) { take(photoIn(answer)) })
		}).address()
	}
}

// showFaces has a room's people be seen with their pictures: in the MUC and, by addresses, on other networks.
func (s *service) showFaces(room *relay.Room, scope func() transports.Scope) {
	load := func(ctx context.Context, u transports.User) ([]byte, error) {
		profiles, ok := room.Session.(transports.Profiles)
		if !ok || u.Picture == "" {
			return nil, transports.ErrUnsupported
		}
		data, _, err := profiles.Picture(ctx, transports.TalkWith(u.ID), u.Picture, avatar.MaxSource)
		return data, err
	}
	room.Picture = func(ctx context.Context, u transports.User) (hash string, card *stanza.Element, err error) {
		ctx, cancel := context.WithTimeout(ctx, pictureWithin)
		defer cancel()
		p, err := s.pictures.Get(ctx, avatar.Key{Scope: string(scope()), Place: string(u.ID), Version: u.Picture}, avatar.Face,
			func(ctx context.Context) ([]byte, error) { return load(ctx, u) })
		return p.Hash, xep.Card{FullName: u.Name, Nick: u.Name, Picture: p.Data, PictureType: p.Type}.Temp(), err
	}
	room.Face = func(u transports.User) string {
		if s.groups.faces.put == nil || u.Picture == "" {
			return ""
		}
		return s.groups.faces.named(string(scope())+" "+string(u.ID)+" "+u.Picture, func(take func([]byte, error)) {
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), pictureWithin)
				defer cancel()
				take(load(ctx, u))
			}()
		}).address()
	}
}

// pictureWithin is how long a network may take for a picture.
const pictureWithin = 30 * time.Second

// puppetAddress is the address of a user's puppet, without the resource that all have.
func (s *service) puppetAddress(network string) func(transports.UserID) (stanza.JID, error) {
	return func(user transports.UserID) (stanza.JID, error) {
		local, err := s.addresses.Localpart(address.Address{Kind: address.User, Name: string(user), Key: network})
		return stanza.JID{Local: local, Domain: s.face.jid.Domain, Resource: relay.Resource}, err
	}
}
