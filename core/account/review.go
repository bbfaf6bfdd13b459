package account

import (
	"errors"
	"slices"
	"strings"

	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

const (
	// maxReviewed is of how many messages before a gap it is asked what has become of them, maxRows in how many rows of the archive they are looked for.
	maxReviewed = 200
	maxRows     = 800
)

// review finds what has become of the last messages of a room while there was no connection, beside what its history tells: which are gone, and who has other
// reactions on them than the archive knows.
func (l lookUp) review(reviewer transports.Reviewer, place transports.Place) []transports.Event {
	q := l.archive(string(place.Room))
	q.Last, q.Max = true, maxRows
	page, err := l.store.Page(l.ctx, q)
	if err != nil {
		l.failed("the archive", err)
		return nil
	}
	there, ids := lastOf(page.Rows)
	return l.becameOf(reviewer, place, there, ids)
}

// becameOf finds what has become of messages.
func (l lookUp) becameOf(reviewer transports.Reviewer, place transports.Place, there map[transports.MessageID]*taken, ids []transports.MessageID) []transports.Event {
	if len(ids) == 0 {
		return nil
	}
	all, err := reviewer.Review(l.ctx, place, ids)
	if err != nil && !errors.Is(err, l.ctx.Err()) {
		l.failed("what has become of messages", err)
	}
	var events []transports.Event
	for _, r := range all {
		switch was := there[r.ID]; {
		case was == nil:
		case r.Gone: // nobody tells by whom: most likely by its author
			events = append(events, transports.Deleted{Place: place, ID: r.ID, By: was.author})
		case r.Reactions != nil:
			events = append(events, was.otherwise(place, r)...)
		}
	}
	return events
}

// taken is a message as far as the archive knows it.
type taken struct {
	author transports.User
	// reactions are those that users had on it.
	reactions map[transports.UserID]reacted
}

type reacted struct {
	user  transports.User
	emoji []string
}

// lastOf are the messages of an archive's rows that are still there, and the ids of the last of them, oldest first.
func lastOf(rows []store.Row) (map[transports.MessageID]*taken, []transports.MessageID) {
	there := map[transports.MessageID]*taken{}
	var ids []transports.MessageID
	for _, row := range rows {
		s := &stanza.Stanza{Kind: stanza.Message, Payload: stanza.Parse(row.Content)}
		user := transports.User{ID: transports.UserID(row.Author), Name: row.Nick}
		if to, emoji, reacts := xep.ParseReactions(s); reacts {
			id, _, err := msgid.Decode(to)
			if was := there[transports.MessageID(id)]; err == nil && was != nil {
				was.reactions[user.ID] = reacted{user, emoji}
			}
			continue
		}
		id, part, err := msgid.Decode(row.ID)
		if err == nil && part == 0 && !xep.IsTombstone(s) {
			there[transports.MessageID(id)] = &taken{user, map[transports.UserID]reacted{}}
			ids = append(ids, transports.MessageID(id))
		}
	}
	return there, ids[max(0, len(ids)-maxReviewed):]
}

// otherwise are the reactions on a message that are not as they were.
func (t *taken) otherwise(place transports.Place, now transports.Reviewed) (events []transports.Event) {
	has := map[transports.UserID]bool{}
	for _, r := range now.Reactions {
		has[r.From.ID] = true
		was := t.reactions[r.From.ID]
		if r.From.Name == "" { // one of those who share the account, who is not there
			r.From.Name = was.user.Name
		}
		if r.From.Name != "" && sorted(r.Emoji) != sorted(was.emoji) {
			events = append(events, r)
		}
	}
	for id, was := range t.reactions {
		if !has[id] && len(was.emoji) > 0 {
			events = append(events, transports.Reacted{Place: place, ID: now.ID, From: was.user})
		}
	}
	return events
}

func sorted(emoji []string) string { return strings.Join(slices.Sorted(slices.Values(emoji)), " ") }
