package core

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"isthmus/core/account"
	"isthmus/core/person"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/transports"
)

// login is an account that came by a login.
type login struct {
	id    int64
	scope transports.Scope
	self  transports.UserID
	// name is what people call it; data is what the driver needs to open it.
	name string
	data []byte
	// unread: the data is sealed with a key that is missing, and stays as it is.
	unread bool
	// open says who else may use it, and where.
	open opening
}

// logins are the accounts of a transport's people that came by logins, by the keys that address them: in memory, and in the store with
// their data sealed. Dialogues and accounts share them, hence the mutex.
type logins struct {
	transport string
	store     *store.Store
	keys      *seal.Keys
	mu        sync.Mutex
	all       map[person.Key]login
}

// What a row of the store holds of a login.
const (
	rowKey                         = "key"
	rowName                        = "name"
	rowSelf                        = "self"
	rowData                        = "data" // in base64, sealed
	rowOpen, rowRooms, rowReadOnly = "open", "rooms", "read_only"
)

// loadLogins reads them. Data that cannot be opened is told in the log; its account then has none, and its owner is asked to log in again.
func loadLogins(ctx context.Context, s *store.Store, keys *seal.Keys, transport string, log *slog.Logger) (*logins, error) {
	rows, err := s.Accounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the accounts from the store: %w", err)
	}
	l := &logins{transport: transport, store: s, keys: keys, all: map[person.Key]login{}}
	for _, row := range rows {
		if row.Transport != transport || len(row.Data) == 0 {
			continue
		}
		fields, err := keys.UnpackOptions(row.Data, row.Where())
		unread := err != nil
		if unread {
			log.Error("An account's data cannot be read. Restore the key file, or have its owner log in again.", "person", row.Owner, "scope", row.Scope, "error", err)
		}
		owner, bad := stanza.ParseJID(row.Owner)
		key := first(fields[rowKey])
		if bad != nil || key == "" {
			log.Error("An account in the store is not understood and is left out.", "id", row.ID, "scope", row.Scope)
			continue
		}
		data, err := base64.StdEncoding.DecodeString(first(fields[rowData]))
		if err != nil {
			log.Error("An account's data is no base64.", "person", row.Owner, "scope", row.Scope, "error", err)
		}
		l.all[person.Key{Owner: owner, Key: key}] = login{id: row.ID, scope: transports.Scope(row.Scope), self: transports.UserID(first(fields[rowSelf])),
			name: first(fields[rowName]), data: data, unread: unread,
			open: opening{people: fields[rowOpen], rooms: fields[rowRooms], readOnly: fields[rowReadOnly]}}
	}
	return l, nil
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// get is the account of a key.
func (l *logins) get(key person.Key) (login, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, ok := l.all[key]
	return found, ok
}

// keysOf are those of a person's accounts, in order; of everybody's where owner is the zero JID.
func (l *logins) keysOf(owner stanza.JID) []person.Key {
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []person.Key
	for k := range l.all {
		if owner.IsZero() || k.Owner == owner {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(x, y person.Key) int {
		return strings.Compare(x.Owner.String()+"\x00"+x.Key, y.Owner.String()+"\x00"+y.Key)
	})
	return keys
}

// byID is an account and the key under which its owner has it.
func (l *logins) byID(id int64) (person.Key, login, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, a := range l.all {
		if a.id == id {
			return k, a, true
		}
	}
	return person.Key{}, login{}, false
}

// openedTo is someone else's account that is open to a person: by its scope, or by the name that its owner gave it. Of several it is
// the one that was logged in to first.
func (l *logins) openedTo(who stanza.JID, key string) (found login, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, a := range l.all {
		if k.Owner != who && (string(a.scope) == key || k.Key == key) && a.open.admits(who) && (!ok || a.id < found.id) {
			found, ok = a, true
		}
	}
	return found, ok
}

// setOpen keeps who else may use an account, and returns when it is on disk.
func (l *logins) setOpen(ctx context.Context, key person.Key, o opening) (ok bool, err error) {
	l.mu.Lock()
	a, there := l.all[key]
	if !there || a.unread {
		l.mu.Unlock()
		return false, nil
	}
	a.open = o
	l.all[key] = a
	l.mu.Unlock()
	return true, written(ctx, func(done func(error)) { l.store.Write(done, l.row(key, a)) })
}

// find is the key of a person's account that is somebody in a scope.
func (l *logins) find(owner stanza.JID, scope transports.Scope, self transports.UserID) (person.Key, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, a := range l.all {
		if k.Owner == owner && a.scope == scope && a.self == self {
			return k, true
		}
	}
	return person.Key{}, false
}

// add keeps a new account, and returns when it is on disk; free is false where another one has the key already.
func (l *logins) add(ctx context.Context, key person.Key, a login) (free bool, err error) {
	a.id = store.NextID()
	l.mu.Lock()
	if _, taken := l.all[key]; taken {
		l.mu.Unlock()
		return false, nil
	}
	l.all[key] = a
	l.mu.Unlock()
	if err = l.write(ctx, key, a); err != nil {
		l.take(key)
	}
	return true, err
}

// replace keeps what another login to an account came to, under the key and the id that it has; there is false where it has been removed.
func (l *logins) replace(ctx context.Context, key person.Key, a login) (there bool, err error) {
	l.mu.Lock()
	was, there := l.all[key]
	if !there {
		l.mu.Unlock()
		return false, nil
	}
	a.id = was.id
	l.all[key] = a
	l.mu.Unlock()
	if err = l.write(ctx, key, a); err != nil {
		l.restore(key, was)
	}
	return true, err
}

func (l *logins) write(ctx context.Context, key person.Key, a login) error {
	return written(ctx, func(done func(error)) { l.store.Write(done, l.row(key, a)) })
}

// rename gives an account another key; ok is false where that is taken, where there is no such account any more, or where its data cannot be
// read and would be lost.
func (l *logins) rename(ctx context.Context, from, to person.Key) (ok bool, err error) {
	l.mu.Lock()
	a, there := l.all[from]
	_, taken := l.all[to]
	if !there || taken || a.unread {
		l.mu.Unlock()
		return false, nil
	}
	delete(l.all, from)
	l.all[to] = a
	l.mu.Unlock()
	return true, l.write(ctx, to, a)
}

// take removes an account from memory, so that nobody opens it again; the store is told later.
func (l *logins) take(key person.Key) (login, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, there := l.all[key]
	delete(l.all, key)
	return a, there
}

// restore undoes take.
func (l *logins) restore(key person.Key, a login) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all[key] = a
}

// renew keeps data that the network gives an account in place of what it had.
func (l *logins) renew(id int64, data []byte) {
	l.mu.Lock()
	for key, a := range l.all {
		if a.id == id {
			a.data, a.unread = data, false
			l.all[key] = a
			defer l.store.Write(nil, l.row(key, a))
			break
		}
	}
	l.mu.Unlock()
}

// identity is how the goroutine of an account has it.
func (l *logins) identity(a login) account.Identity {
	return account.Identity{ID: a.id, Login: &account.Login{Name: a.name, Data: a.data, Keep: func(data []byte) { l.renew(a.id, data) }}}
}

// row is an account as the store has it.
func (l *logins) row(key person.Key, a login) store.Change {
	row := store.Account{ID: a.id, Transport: l.transport, Scope: string(a.scope), Owner: key.Owner.String()}
	row.Data = l.keys.PackOptions(map[string][]string{rowKey: {key.Key}, rowName: {a.name}, rowSelf: {string(a.self)}, rowData: {base64.StdEncoding.EncodeToString(a.data)},
		rowOpen: a.open.people, rowRooms: a.open.rooms, rowReadOnly: a.open.readOnly},
		func(name string) bool { return name == rowData }, row.Where())
	return store.PutAccount{Account: row}
}

// written waits until something is on disk, or ctx ends; write is given what to call then.
func written(ctx context.Context, write func(done func(error))) error {
	done := make(chan error, 1)
	write(func(err error) { done <- err })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
