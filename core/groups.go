package core

import (
	"context"
	"strings"
	"sync"
	"time"

	"isthmus/core/account"
	"isthmus/core/shared"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/transports"
)

// groups are the accounts that are shared, at work. Accounts come to them when they connect, hence the mutex.
type groups struct {
	driver transports.Driver
	domain string
	env    transports.Env
	logins *logins
	store  *store.Store
	known  *register
	faces  *portraits

	mu      sync.Mutex
	running map[int64]*running
	ended   sync.WaitGroup
}

// running is one of them.
type running struct {
	group *shared.Group
	stop  context.CancelFunc
}

// personMark begins the ids of those who share an account, for users of the network to be told from them.
const personMark = "~"

func personID(who stanza.JID) transports.UserID {
	return transports.UserID(personMark + who.Bare().String())
}

func jidOf(id transports.UserID) stanza.JID {
	who, _ := stanza.ParseJID(strings.TrimPrefix(string(id), personMark)) // it was made of one
	return who
}

// run ends them all when ctx does, and returns when they have ended.
func (g *groups) run(ctx context.Context) {
	<-ctx.Done()
	g.mu.Lock()
	for _, r := range g.running {
		r.stop()
	}
	g.mu.Unlock()
	g.ended.Wait()
}

// identity is how the goroutine of an account that is shared has it: as its owner, or as one to whom it is open.
func (g *groups) identity(id account.Identity, who stanza.JID, of int64) account.Identity {
	id.Session = func(name string) (transports.Session, error) { return g.attach(who, name, of) }
	return id
}

// attach lets a person into an account, as far as its owner lets them (still).
func (g *groups) attach(who stanza.JID, name string, id int64) (transports.Session, error) {
	key, a, there := g.logins.byID(id)
	owner := key.Owner == who
	if !there || !owner && !a.open.admits(who) {
		return nil, &transports.Fault{Kind: transports.Forbidden, Text: "The account that you used here is not open to you any more. Ask its owner, or log in to one of your own."}
	}
	if name == "" {
		name = who.Local
	}
	return g.join(id, shared.Person{ID: personID(who), Name: name, Picture: g.faces.of(who), Owner: owner})
}

// join makes the session of one of those who share an account.
func (g *groups) join(id int64, as shared.Person) (transports.Session, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.running[id]
	if r == nil {
		var err error
		if r, err = g.start(id); err != nil {
			return nil, err
		}
		g.running[id] = r
	}
	return r.group.Attach(as), nil
}

func (g *groups) start(id int64) (*running, error) {
	group, err := shared.New(shared.Config{
		Log:  g.env.Log.With("shared", id),
		Keep: func(data []byte) { g.logins.renew(id, data) },
		Open: func() (transports.Session, error) {
			key, a, _ := g.logins.byID(id)
			return g.driver.Open(transports.Account{Scope: a.scope, Person: account.PersonName(key.Owner, g.domain), Data: a.data}, g.env)
		},
		May: func(who transports.UserID, room transports.RoomID) shared.Access {
			if isRelay(who) { // whoever has set it up might
				return shared.MayWrite
			}
			_, a, _ := g.logins.byID(id)
			return a.open.access(room)
		},
		Mine: func(ctx context.Context, who transports.UserID, place transports.Place, message transports.MessageID) bool {
			found, err := g.store.SentOf(ctx, g.accountOf(id, who), account.PlaceKey(place), string(message))
			return err == nil && len(found) > 0
		},
		Reactions: func(ctx context.Context, place transports.Place, message transports.MessageID) (map[transports.UserID][]string, error) {
			kept, err := g.store.Reactions(ctx, id, account.PlaceKey(place), string(message))
			all := map[transports.UserID][]string{}
			for _, r := range kept {
				all[transports.UserID(r.Person)] = r.Emoji
			}
			return all, err
		},
		Reacted: func(who transports.UserID, place transports.Place, message transports.MessageID, emoji []string) {
			if isRelay(who) { // a relay forgets with a restart what refers to what
				return
			}
			g.store.Write(nil, store.PutReaction{Reaction: store.Reaction{Through: id, Place: account.PlaceKey(place), Message: string(message),
				Account: g.accountOf(id, who), Person: string(who), Emoji: emoji, At: time.Now().UnixMilli()}})
		},
	})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	g.ended.Go(func() { group.Run(ctx) })
	return &running{group, stop}, nil
}

// accountOf is the id of the account that one of those who share an account has by it.
func (g *groups) accountOf(id int64, who transports.UserID) int64 {
	key, a, _ := g.logins.byID(id)
	if jidOf(who) == key.Owner {
		return id
	}
	return g.known.account(g.domain, jidOf(who), a.scope).ID
}

// close ends the connection of a shared account: everyone comes to it anew, who still may.
func (g *groups) close(id int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := g.running[id]; r != nil {
		delete(g.running, id)
		r.stop()
	}
}
