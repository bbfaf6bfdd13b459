package core

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"isthmus/core/account"
	"isthmus/core/media"
	"isthmus/core/person"
	"isthmus/core/relay"
	"isthmus/core/shared"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// relayAccount names the relays among those who can open files of a scope; it is no account of the store's.
const relayAccount = 0

// line is a connection that relays of the same network and name share, for as long as there are any.
type line struct {
	name  string
	group *shared.Group
	users int
	stop  func()
}

// checkRoom says why a relay cannot be in a room.
func (all *relays) checkRoom(room RelayRoom) error {
	s := all.services[room.Transport]
	if s == nil {
		return errors.New("there is no such transport")
	}
	if !room.Owner.IsZero() {
		return nil // who may log in later
	}
	if about := s.driver.About(); !about.Open {
		return fmt.Errorf("%s needs a login; name whose it is under owner", about.Name)
	}
	_, err := s.driver.Scope(room.Network)
	return err
}

// room is a room as a relay joins it: through a session that is shared with the other relays of the network.
func (all *relays) room(s *service, r *relaying, room RelayRoom, name string) (relay.Room, error) {
	about := s.driver.About()
	session, scope, err := all.session(s, r, room, shared.Person{ID: transports.UserID(relayMark + name), Name: r.of.Nick, Owner: true, Itself: true})
	if err != nil {
		return relay.Room{}, err
	}
	name = room.Room
	if about.Fixed == "" {
		name += " on " + room.Network
	}
	suffix := room.Suffix
	if suffix == "" {
		suffix = " [" + about.Kind + "]"
	}
	vouched := all.vouched(r.of.MUC)
	joined := relay.Room{Name: name, Suffix: suffix, Home: about.Kind, Key: room.key(), ID: roomID(about, room.Room), Password: room.Password, Domain: room.Transport, Session: session, Alone: room.Owner.IsZero(), Stream: s.component,
		Puppet:  s.puppetAddress(room.Network),
		Where:   func() string { return strings.ToLower(about.Kind + " " + string(scope()) + " " + room.Room) },
		Doubles: s.doubles(r.of.MUC, room, vouched), Share: s.sharer(scope)}
	joined.Paused, joined.Ordered = room.Paused, all.ordered(r.of.MUC, room)
	joined.Own = s.ownAccounts(room, scope, vouched)
	s.showFaces(&joined, scope)
	if s.media != nil {
		joined.Fetch = s.media.Fetch
	}
	return joined, nil
}

// roomID is the id of a room that people may have named without the sign that begins all rooms' ids there.
func roomID(about transports.About, name string) transports.RoomID {
	if about.Sigils != "" && !strings.ContainsAny(name[:1], about.Sigils) {
		name = about.Sigils[:1] + name
	}
	return transports.RoomID(name)
}

// doubles says how people of a MUC connect to a network themselves. Its servers tell them apart as they tell the gateway's own people.
func (s *service) doubles(muc stanza.JID, room RelayRoom, vouched func(stanza.JID) stanza.JID) relay.Doubles {
	return relay.Doubles{Most: room.Connections, Suffix: room.ConnectionSuffix, Open: func(who relay.Speaker, name string) (transports.Session, error) {
		scope, err := s.driver.Scope(room.Network)
		if err != nil {
			return nil, err
		}
		owner := vouched(who.JID)
		if owner.IsZero() {
			owner = stanza.JID{Local: who.Key, Domain: muc.Domain}
		}
		return s.driver.Open(transports.Account{Scope: scope, Person: account.PersonName(owner, s.face.jid.Domain), Name: name}, s.groups.env)
	}}
}

// session is how a relay is on a network: through somebody's login, or else through a connection that it shares with the relays of the same network and nick.
func (all *relays) session(s *service, r *relaying, room RelayRoom, as shared.Person) (transports.Session, func() transports.Scope, error) {
	if !room.Owner.IsZero() {
		session := &throughLogin{service: s, key: room.login().key, as: as}
		return session, session.scope, nil
	}
	scope, err := s.driver.Scope(room.Network)
	if err != nil {
		return nil, nil, err
	}
	l, err := all.line(s, scope, r.of.Nick)
	if err != nil {
		return nil, nil, err
	}
	l.users++
	r.lines = append(r.lines, l)
	return l.group.Attach(as), func() transports.Scope { return scope }, nil
}

// line is the connection to a network under a name; the first relay makes it.
func (all *relays) line(s *service, scope transports.Scope, nick string) (*line, error) {
	name := s.face.jid.Domain + " " + string(scope) + " " + nick
	if l := all.lines[name]; l != nil {
		return l, nil
	}
	group, err := shared.New(shared.Config{Log: s.log, Open: func() (transports.Session, error) {
		return s.driver.Open(transports.Account{Scope: scope, Person: "relay", Name: nick}, s.groups.env)
	}})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	l := &line{name: name, group: group, stop: stop}
	if files, ok := group.Attach(shared.Person{}).(transports.Files); ok && s.media != nil {
		detach := s.media.Attach(scope, relayAccount, files)
		l.stop = func() { detach(); stop() }
	}
	all.lines[name] = l
	all.leaving.Go(func() { group.Run(ctx) })
	return l, nil
}

// keepLines keeps all connections until release is called, so that a relay that begins anew with other rooms has those that it had.
func (all *relays) keepLines() (release func()) {
	user := &relaying{}
	for _, l := range all.lines {
		l.users++
		user.lines = append(user.lines, l)
	}
	return func() { all.release(user) }
}

// release ends the connections that a relay was the last to use.
func (all *relays) release(r *relaying) {
	for _, l := range r.lines {
		if l.users--; l.users == 0 {
			delete(all.lines, l.name)
			l.stop()
		}
	}
	r.lines = nil
}

// sharer finds where files that a relay has heard of can be fetched.
func (s *service) sharer(scope func() transports.Scope) func(context.Context, transports.File) (xep.File, error) {
	return func(ctx context.Context, f transports.File) (xep.File, error) {
		switch {
		case s.media != nil:
			return s.media.Share(ctx, media.Source{Scope: scope(), Account: relayAccount, File: f})
		case f.URL != "":
			return xep.File{URL: f.URL, Name: xep.CleanFileName(f.Name), Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height}, nil
		}
		return xep.File{}, &transports.Fault{Kind: transports.Unsupported, Text: "This gateway carries no files."}
	}
}

// key names it among the rooms of a relay.
func (r RelayRoom) key() string {
	return r.Transport + " " + r.Network + " " + strings.ToLower(r.Room)
}

// login is the login that a room of a relay uses.
func (r RelayRoom) login() loginOf {
	return loginOf{r.Transport, person.Key{Owner: r.Owner, Key: r.Network}}
}
