package account

import (
	"context"
	"slices"

	"isthmus/core/avatar"
	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/address"
	"isthmus/transports"

	xmpp "mellium.im/xmpp/stanza"
)

var notTold = &stanza.Error{Type: xmpp.Cancel, Condition: xmpp.ItemNotFound, Text: "Nothing is known of that here."}

// tells answers a request for what someone tells of themselves, or for the picture of a room, and reports whether it was one: a vCard
// of either kind (XEP-0054, XEP-0292) or a picture (XEP-0084). On networks that know nothing of their users there is nothing.
func (a *Account) tells(s *stanza.Stanza, to address.Address) bool {
	node, id, isNode := xep.ParseNodeRequest(s)
	isTemp, isFour := xep.IsVCard(s), xep.IsVCard4(s)
	if !isNode && !isTemp && !isFour {
		return false
	}
	place, user, ok := a.described(s, to)
	session, knows := a.session.(transports.Profiles)
	switch {
	case !ok || a.link.phase == online && !knows:
		a.refuse(s, notTold)
	case a.link.phase != online:
		a.refuse(s, a.stanzaError(a.offlineFault()))
	case isTemp:
		a.tellCard(s, session, place, user, true, func(c xep.Card, _ avatar.Picture) *stanza.Element { return c.Temp() })
	case place.Room != "":
		a.refuse(s, notTold)
	case isFour:
		a.tellCard(s, session, place, user, false, func(c xep.Card, _ avatar.Picture) *stanza.Element { return c.Four() })
	case node == xep.NodeVCard4:
		a.tellCard(s, session, place, user, false, func(c xep.Card, _ avatar.Picture) *stanza.Element { return xep.VCard4Item(c) })
	case node == xep.NodeAvatarMetadata:
		a.tellPicture(s, session, place, user.Picture, "", func(p avatar.Picture) *stanza.Element { return described(p).Metadata() })
	case node == xep.NodeAvatarData:
		a.tellPicture(s, session, place, user.Picture, id, func(p avatar.Picture) *stanza.Element { return described(p).Data(p.Data) })
	default:
		a.refuse(s, notTold)
	}
	return true
}

// described is whom or which room a request is about: a user by their address or as an occupant, or a room.
func (a *Account) described(s *stanza.Stanza, to address.Address) (transports.Place, transports.User, bool) {
	switch {
	case to.Kind == address.User || to.Kind == address.Anyone && s.To.Resource != "":
		id := userID(to, s.To.Resource)
		return transports.TalkWith(id), a.knownUser(id), true
	case to.Kind != address.Room:
		return transports.Place{}, transports.User{}, false
	}
	j := a.rooms[roomID(to)]
	switch {
	case j != nil && s.To.Resource == "":
		return transports.InRoom(j.id), transports.User{Picture: j.picture}, j.picture != ""
	case j == nil || !j.view.Has(s.From):
		return transports.Place{}, transports.User{}, false
	}
	m, there := j.view.ByNick(s.To.Resource)
	return transports.TalkWith(m.ID), a.knownUser(m.ID), there
}

// knownUser is what the account remembers of a user.
func (a *Account) knownUser(id transports.UserID) transports.User {
	if c := a.contacts[id]; c != nil {
		return c.user
	}
	return transports.User{ID: id}
}

// tellCard answers with what a user tells of themselves; the picture goes into it where wanted.
func (a *Account) tellCard(s *stanza.Stanza, session transports.Profiles, place transports.Place, user transports.User, withPicture bool, answer func(xep.Card, avatar.Picture) *stanza.Element) {
	ctx := a.link.ctx
	a.async(func() func() {
		ctx, cancel := context.WithTimeout(ctx, profileTimeout)
		defer cancel()
		var profile transports.Profile
		var err error
		if place.Room == "" {
			if profile, err = session.Profile(ctx, place.User); err == nil {
				user = profile.User
			}
		}
		var p avatar.Picture
		if err == nil && withPicture && user.Picture != "" {
			if p, err = a.readPicture(ctx, session, place, user.Picture); err != nil {
				a.log.Info("A picture cannot be shown.", "of", place.ID(), "error", err)
				p, err = avatar.Picture{}, nil
			}
		}
		return func() {
			if err != nil {
				a.refuse(s, a.stanzaError(err))
				return
			}
			a.Stream.Reply(s.Result(answer(card(profile, p), p)))
		}
	})
}

func card(p transports.Profile, picture avatar.Picture) xep.Card {
	c := xep.Card{FullName: p.FullName, Nick: p.Nick, Title: p.Title, Note: p.Note, TimeZone: p.TimeZone, Email: p.Email, Phone: p.Phone,
		Organisation: p.Organisation, Department: p.Department, URLs: p.URLs, Picture: picture.Data, PictureType: picture.Type}
	if c.Nick == "" {
		c.Nick = p.User.Name
	}
	if c.FullName == "" {
		c.FullName = c.Nick
	}
	return c
}

func described(p avatar.Picture) xep.Avatar {
	return xep.Avatar{Hash: p.Hash, Type: p.Type, Bytes: p.Size, Width: p.Width, Height: p.Height}
}

// tellPicture answers with a picture, which must have that hash where one is given. Of whom nothing is known, the network is asked.
func (a *Account) tellPicture(s *stanza.Stanza, session transports.Profiles, place transports.Place, version, hash string, answer func(avatar.Picture) *stanza.Element) {
	ctx := a.link.ctx
	a.async(func() func() {
		ctx, cancel := context.WithTimeout(ctx, profileTimeout)
		defer cancel()
		var err error
		if version == "" {
			var profile transports.Profile
			if profile, err = session.Profile(ctx, place.User); err == nil {
				version = profile.User.Picture
			}
		}
		var p avatar.Picture
		if err == nil && version != "" {
			p, err = a.readPicture(ctx, session, place, version)
		}
		return func() {
			switch {
			case err != nil && !transportFault(err), err == nil && (p.Hash == "" || hash != "" && hash != p.Hash): // XEP-0084 §4.1: another one by now
				a.refuse(s, notTold)
			case err != nil:
				a.refuse(s, a.stanzaError(err))
			default:
				a.Stream.Reply(s.Result(answer(p)))
			}
		}
	})
}

func transportFault(err error) bool { return transports.AsFault(err).Kind != transports.Internal }

// readPicture gives a picture, from what is kept or from the network.
func (a *Account) readPicture(ctx context.Context, session transports.Profiles, of transports.Place, version string) (avatar.Picture, error) {
	return a.Pictures.Get(ctx, a.pictureKey(of, version), avatar.Face, func(ctx context.Context) ([]byte, error) {
		data, _, err := session.Picture(ctx, of, version, avatar.MaxSource)
		return data, err
	})
}

func (a *Account) pictureKey(of transports.Place, version string) avatar.Key {
	return avatar.Key{Scope: string(a.scope), Place: of.ID(), Version: version}
}

// pictureOf is the picture of a user or room, as far as it has been read; ok is false where nobody can tell yet. It has no Data.
func (a *Account) pictureOf(of transports.Place, version string) (p avatar.Picture, ok bool) {
	if version == "" || a.Pictures == nil {
		return avatar.Picture{}, true
	}
	return a.Pictures.Known(a.pictureKey(of, version))
}

// fetching are the pictures that are being read for presences, one after another.
type fetching struct {
	queue []fetch
	busy  bool
}

type fetch struct {
	of      transports.Place
	version string
	then    func()
}

// maxFetches bounds those that wait; what is left out is read when a client asks for it.
const maxFetches = 10_000

// fetchPicture reads a picture so that presences can tell of it; then is called when that is done, unless it failed.
func (a *Account) fetchPicture(of transports.Place, version string, then func()) {
	same := func(f fetch) bool { return f.of == of && f.version == version }
	if len(a.fetching.queue) >= maxFetches || slices.ContainsFunc(a.fetching.queue[:min(len(a.fetching.queue), 100)], same) {
		return
	}
	a.fetching.queue = append(a.fetching.queue, fetch{of, version, then})
	a.fetchNext()
}

func (a *Account) fetchNext() {
	session, ok := a.session.(transports.Profiles)
	if a.link.phase != online || !ok {
		a.fetching.queue = nil
		return
	}
	if a.fetching.busy || len(a.fetching.queue) == 0 {
		return
	}
	next := a.fetching.queue[0]
	a.fetching.queue = a.fetching.queue[1:]
	if _, known := a.pictureOf(next.of, next.version); known {
		next.then()
		a.fetchNext()
		return
	}
	a.fetching.busy = true
	ctx := a.link.ctx
	a.async(func() func() {
		ctx, cancel := context.WithTimeout(ctx, profileTimeout)
		defer cancel()
		_, err := a.readPicture(ctx, session, next.of, next.version)
		return func() {
			a.fetching.busy = false
			if err == nil {
				next.then()
			} else {
				a.log.Debug("A picture cannot be shown.", "of", next.of.ID(), "error", err)
			}
			a.fetchNext()
		}
	})
}

// showPicture announces the picture of a contact to the person when it is another one than before, or again to a client that has just come
// (XEP-0084 §3.2).
func (a *Account) showPicture(c *contact, again bool) {
	of := transports.TalkWith(c.user.ID)
	p, known := a.pictureOf(of, c.user.Picture)
	if !known {
		a.fetchPicture(of, c.user.Picture, func() { a.presenceIsNew(c) })
		return
	}
	if p.Hash == c.pictured && (!again || p.Hash == "") {
		return
	}
	c.pictured = p.Hash
	a.Stream.Show(described(p).Announced(a.userJID(c.user.ID), a.owner))
}

// pictureUpdate is what a presence tells of a contact's picture, nil while nobody can tell (XEP-0153 §4.1).
func (a *Account) pictureUpdate(c *contact) *stanza.Element {
	p, known := a.pictureOf(transports.TalkWith(c.user.ID), c.user.Picture)
	if _, knows := a.session.(transports.Profiles); !known || !knows {
		return nil
	}
	return xep.PictureUpdate(p.Hash)
}

// mostPictured is how many members a room may have for the pictures of all to be read; in larger ones those are shown that are known.
const mostPictured = 100

// picturesOf has the presences of a room tell of its members' pictures, and of its own.
func (a *Account) picturesOf(j *joined) {
	j.view.Picture = func(id transports.UserID, version string) (string, bool) {
		of := transports.TalkWith(id)
		p, known := a.pictureOf(of, version)
		if !known && j.view.Len() <= mostPictured {
			a.fetchPicture(of, version, func() { a.pictured(j, id) })
		}
		return p.Hash, known
	}
}

// pictured shows a member again whose picture has been read.
func (a *Account) pictured(j *joined, id transports.UserID) {
	if m, there := j.view.Member(id); there && a.rooms[j.id] == j && j.live {
		a.show(j, room.Changed{Member: m})
	}
}

// roomPicture takes the version of a room's picture. People inside are told that the room is another one now, and clients look at its
// information again, where the hash is (XEP-0486 §3.2, §3.3).
func (a *Account) roomPicture(j *joined, version string) {
	if j.picture == version {
		return
	}
	j.picture = version
	show := func() {
		if a.rooms[j.id] == j && j.picture == version && j.live {
			a.show(j, room.Reconfigured{})
		}
	}
	if _, known := a.pictureOf(transports.InRoom(j.id), version); known {
		show()
		return
	}
	a.fetchPicture(transports.InRoom(j.id), version, show)
}

// profileChanged: what is known of a user is another name or picture now.
func (a *Account) profileChanged(e transports.ProfileChanged) {
	a.everywhere(e)
	a.renameContact(e.User)
}

// roomChanged takes another name or picture of a room.
func (a *Account) roomChanged(e transports.RoomChanged) {
	j := a.rooms[e.Room]
	if j == nil || !j.live {
		return
	}
	changes := j.view.Apply(e)
	changes = append(changes, a.withLacks(j, e.Lacks, changes)...)
	for _, c := range changes {
		a.show(j, c)
	}
	a.roomPicture(j, e.Picture)
}
