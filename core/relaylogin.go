package core

import (
	"context"
	"io"
	"strings"
	"sync"

	"isthmus/core/account"
	"isthmus/core/person"
	"isthmus/core/shared"
	"isthmus/transports"
)

// relayMark begins the ids of relays among those who share an account: after personMark no JID begins so.
const relayMark = personMark + " "

func isRelay(id transports.UserID) bool { return strings.HasPrefix(string(id), relayMark) }

// throughLogin is a relay's session through somebody's login, as long as there is one.
type throughLogin struct {
	service *service
	key     person.Key
	as      shared.Person

	mu sync.Mutex
	// now is the session in use, nil while there is none.
	now transports.Session
}

var noLogin = &transports.Fault{Kind: transports.Offline, Text: "The account that I use there is not logged in. Its owner has to log in first."}

// Run is there until the connection is lost, or ctx ends.
func (t *throughLogin) Run(ctx context.Context, emit func(transports.Event)) error {
	a, there := t.service.logins.get(t.key)
	if !there {
		return noLogin
	}
	session, err := t.service.groups.join(a.id, t.as)
	if err != nil {
		return err
	}
	if files, ok := session.(transports.Files); ok && t.service.media != nil {
		defer t.service.media.Attach(a.scope, relayAccount, files)()
	}
	t.set(session)
	defer t.set(nil)
	return session.Run(ctx, emit)
}

func (t *throughLogin) set(s transports.Session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = s
}

func (t *throughLogin) current() transports.Session {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

// Do carries out a command.
func (t *throughLogin) Do(ctx context.Context, command transports.Command, done func(transports.Result, error)) {
	session := t.current()
	if session == nil {
		done(transports.Result{}, noLogin)
		return
	}
	session.Do(ctx, command, done)
}

// OpenFile opens a file of a message.
func (t *throughLogin) OpenFile(ctx context.Context, file transports.File) (io.ReadCloser, error) {
	files, ok := t.current().(transports.Files)
	if !ok {
		return nil, noLogin
	}
	return files.OpenFile(ctx, file)
}

// Profile is what a user of the network tells of themselves.
func (t *throughLogin) Profile(ctx context.Context, user transports.UserID) (transports.Profile, error) {
	profiles, ok := t.current().(transports.Profiles)
	if !ok {
		return transports.Profile{}, noLogin
	}
	return profiles.Profile(ctx, user)
}

// Picture reads a picture of a user or a room of the network.
func (t *throughLogin) Picture(ctx context.Context, of transports.Place, version string, limit int64) ([]byte, string, error) {
	profiles, ok := t.current().(transports.Profiles)
	if !ok {
		return nil, "", noLogin
	}
	return profiles.Picture(ctx, of, version, limit)
}

// After reads what was said in a room.
func (t *throughLogin) After(ctx context.Context, place transports.Place, id transports.MessageID, limit int) ([]transports.Event, bool, error) {
	history, ok := t.current().(transports.History)
	if !ok {
		return nil, false, transports.ErrUnsupported
	}
	return history.After(ctx, place, id, limit)
}

// scope is the network of the login, empty while there is none.
func (t *throughLogin) scope() transports.Scope {
	a, _ := t.service.logins.get(t.key)
	return a.scope
}

// groupIdentity is how the goroutine of a login's account has it: alone, or as one of those who share it.
func (s *service) groupIdentity(key person.Key, a login) account.Identity {
	identity := s.logins.identity(a)
	if len(a.open.people) > 0 || s.relays.now.Load().logins[loginOf{s.face.jid.Domain, key}] {
		identity = s.groups.identity(identity, key.Owner, a.id)
	}
	return identity
}

// loginOf names somebody's login on a transport.
type loginOf struct {
	domain string
	key    person.Key
}

// switchLogins has the accounts of logins that relays have begun or ceased to use connect anew, unless they are shared anyway.
func (all *relays) switchLogins(was, now map[loginOf]bool) {
	for _, changed := range []map[loginOf]bool{was, now} {
		for l := range changed {
			if s := all.services[l.domain]; was[l] != now[l] && s != nil {
				go s.talk.connectAnew(l.key)
			}
		}
	}
}

// connectAnew ends the connection of an account that becomes one of several who use it, or ceases to be, and begins another.
func (d *dialogues) connectAnew(key person.Key) {
	if a, there := d.logins.get(key); !there || len(a.open.people) > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), setTime)
	defer cancel()
	if problem := d.end(ctx, key, "The account "+key.Key+" connects anew. Join its rooms again."); problem == nil {
		d.hub.Start(key, 0)
	}
}
