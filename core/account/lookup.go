package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"isthmus/core/store"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

// lookUpTimeout bounds what is asked of the store while messages wait.
const lookUpTimeout = 5 * time.Second

// lookUp reads the store beside the account's goroutine: it finds the messages that ids stand for.
type lookUp struct {
	ctx     context.Context
	store   *store.Store
	account int64
	archive func(id string) store.Query
	failed  func(what string, err error)
}

// afterLookUp holds a place in an order, reads what is to be read when all that was written before is on disk, and fills the place.
func (a *Account) afterLookUp(o *order, read func(lookUp), then func()) {
	fill := o.wait()
	a.commit(func(error) {
		a.async(func() func() {
			ctx, cancel := context.WithTimeout(context.Background(), lookUpTimeout)
			defer cancel()
			read(a.lookUp(ctx))
			return func() { fill(then) }
		})
	})
}

func (a *Account) lookUp(ctx context.Context) lookUp {
	return lookUp{ctx: ctx, store: a.Store, account: a.id, archive: a.archive, failed: func(what string, err error) {
		if !errors.Is(ctx.Err(), context.Canceled) { // what it is read for has ended
			a.log.Error("The store cannot be read.", "what", what, "error", err)
		}
	}}
}

// talkPrefix begins the names of talks in the store; rooms have their ids.
const talkPrefix = "with "

// PlaceKey names a place in the store.
func PlaceKey(p transports.Place) string {
	if p.Room != "" {
		return string(p.Room)
	}
	return talkPrefix + string(p.User)
}

func (l lookUp) sent(read func(context.Context, int64, string, string) ([]store.Sent, error), place, id string) []store.Sent {
	found, err := read(l.ctx, l.account, place, id)
	if err != nil {
		l.failed("the ids of sent messages", err)
	}
	return found
}

// parts are the network's ids of the message that a client names: by the id that one of the person's clients gave it, or by ours.
func (l lookUp) parts(place transports.Place, id string) []transports.MessageID {
	if own := l.sent(l.store.SentAs, PlaceKey(place), id); len(own) > 0 {
		return idsOf(own)
	}
	foreign, _, err := msgid.Decode(id)
	if err != nil {
		return nil
	}
	if own := l.sent(l.store.SentOf, PlaceKey(place), foreign); len(own) > 0 {
		return idsOf(own)
	}
	return []transports.MessageID{transports.MessageID(foreign)}
}

func idsOf(own []store.Sent) []transports.MessageID {
	ids := make([]transports.MessageID, len(own))
	for i, s := range own {
		ids[i] = transports.MessageID(s.Message)
	}
	return ids
}

// row is the archive's row of a message in a room, zero where there is none.
func (l lookUp) row(place transports.Place, id transports.MessageID) store.Row {
	if place.Room == "" {
		return store.Row{}
	}
	return l.archived(place, msgid.Encode(string(id), 0))
}

// archived is the archive's row with an id of its own, zero where there is none.
func (l lookUp) archived(place transports.Place, id string) store.Row {
	q := l.archive(string(place.Room))
	q.IDs, q.Max = []string{id}, 1
	page, err := l.store.Page(l.ctx, q)
	if err != nil || len(page.Rows) == 0 {
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			l.failed("the archive", err)
		}
		return store.Row{}
	}
	return page.Rows[0]
}

// taken tells whether a message was taken before: a client of the person's sent it through the gateway, or the archive has it.
func (l lookUp) taken(e transports.Message) bool {
	return l.row(e.Place, e.ID).ID != "" || l.sentHere(e)
}

// takenBefore tells whether a message was taken before a row of the archive was written, whoever wrote it.
func (l lookUp) takenBefore(e transports.Message, upto int64) bool {
	seq := l.row(e.Place, e.ID).Seq
	return seq != 0 && seq <= upto || l.sentHere(e)
}

// sentHere tells whether a client of the person's sent a message through the gateway.
func (l lookUp) sentHere(e transports.Message) bool {
	return e.Own && len(l.sent(l.store.SentOf, PlaceKey(e.Place), string(e.ID))) > 0
}

// past tells whether a message that the network tells again was taken before. Talks have no archive: there it is none of those after the last one that was
// taken, which is reached, unless it is for the store to say. The archive of a room that is shared has what somebody else was shown: there it counts what this
// account has taken, be it ahead of something that was missing.
func (l lookUp) past(history transports.History, e transports.Message, reached transports.MessageID, ahead map[transports.MessageID]bool, shared bool) bool {
	if e.Place.Room != "" || history == nil {
		if own, err := l.store.Cursor(l.ctx, l.account, PlaceKey(e.Place)); shared && err == nil && own != "" {
			if upto := l.row(e.Place, transports.MessageID(own)).Seq; upto != 0 {
				return ahead[e.ID] || l.takenBefore(e, upto)
			}
		}
		return l.taken(e)
	}
	last, err := string(reached), error(nil)
	if last == "" {
		last, err = l.store.Cursor(l.ctx, l.account, PlaceKey(e.Place))
	}
	if err != nil || last == "" || last == string(e.ID) {
		return err == nil && last != ""
	}
	events, more, err := history.After(l.ctx, e.Place, transports.MessageID(last), historyPart)
	return err == nil && !more && !slices.ContainsFunc(events, func(other transports.Event) bool {
		m, is := other.(transports.Message)
		return is && m.ID == e.ID
	})
}

// reference is the message that a client names, nil where nobody knows it (any more).
func (l lookUp) reference(place transports.Place, id string) *transports.Reference {
	parts := l.parts(place, id)
	if len(parts) == 0 {
		return nil
	}
	r := &transports.Reference{ID: parts[0]}
	if row := l.row(place, parts[0]); row.ID != "" {
		r.From, r.Text = transports.User{ID: transports.UserID(row.Author), Name: row.Nick}, textOf(row.Content)
	}
	return r
}

// thread is the message that a client's thread begins with, by the name that we gave the thread or the client did; begins is the name of one that is new.
func (l lookUp) thread(place transports.Place, thread string) (root transports.MessageID, begins string) {
	if thread == "" {
		return "", ""
	}
	if id, ours := msgid.ParseThread(thread); ours {
		return transports.MessageID(id), ""
	}
	if own := l.sent(l.store.SentIn, PlaceKey(place), thread); len(own) > 0 {
		return transports.MessageID(own[0].Message), ""
	}
	return "", thread
}

// names are how the person's clients know a message of the network: shown is its id attribute, stanzaID that of the room's archive. part is which
// piece of a longer message of theirs it is, and pieces how many there are.
type names struct {
	shown, stanzaID string
	part, pieces    int
	thread          string
	// own: a client of theirs sent it.
	own bool
}

func (l lookUp) names(place transports.Place, id transports.MessageID) names {
	n := names{stanzaID: msgid.Encode(string(id), 0), pieces: 1}
	n.shown, n.thread = n.stanzaID, msgid.Thread(string(id))
	own := l.sent(l.store.SentOf, PlaceKey(place), string(id))
	if len(own) == 0 {
		return n
	}
	n.own = true
	n.shown, n.stanzaID, n.pieces = own[0].Stanza, msgid.Encode(own[0].Message, 0), len(own)
	if own[0].Thread != "" {
		n.thread = own[0].Thread
	}
	for i, s := range own {
		if s.Message == string(id) {
			n.part = i
		}
	}
	return n
}
