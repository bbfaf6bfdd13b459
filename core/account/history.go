package account

import (
	"context"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

const (
	maxHistory = 100
	// maxReturn is how much a person gets of what was said while the gateway stayed for them.
	maxReturn = 1000
	// historyTimeout is shorter, for what the room shows meanwhile waits.
	historyTimeout = 5 * time.Second
	// spare is how many messages may come while the history is read without making it shorter.
	spare = 50
)

// openSpan lets the person read what is said in a room from now on, where the archive is the scope's.
func (a *Account) openSpan(j *joined) {
	if a.About.StableIDs {
		a.Store.Write(nil, store.OpenSpan{Person: a.reader(), Transport: a.Domain, Scope: string(a.scope), Place: string(j.id), From: store.NextID()})
	}
}

// reader is who has the spans: of logins each by itself, for several of a person may be in one room.
func (a *Account) reader() string {
	if a.login == nil {
		return a.owner.String()
	}
	return store.Reader(a.owner.String(), a.id)
}

func (a *Account) closeSpan(j *joined) {
	if a.About.StableIDs {
		a.Store.Write(nil, store.CloseSpan{Person: a.reader(), Transport: a.Domain, Scope: string(a.scope), Place: string(j.id), To: store.NextID()})
	}
}

// showHistory sends what was said before, then the subject (XEP-0045 §7.2.13-15). What the room shows meanwhile waits.
func (a *Account) showHistory(j *joined, newcomer arrival) {
	subject := func() {
		if j.view.Has(newcomer.who) {
			a.Stream.Reply(j.view.Subject(newcomer.who))
		}
	}
	wanted := a.wantedHistory(j, newcomer.history)
	if wanted.Max == 0 {
		j.order.add(subject)
		return
	}
	var fill func(func())
	var until int64
	var unshown map[int64]bool
	query := a.archive(string(j.id))
	query.Max, query.Last, query.Since = wanted.Max+spare, true, wanted.Since
	self := a.self.ID
	read := func(error) { // what was said up to now is on disk then
		a.async(func() func() {
			ctx, cancel := context.WithTimeout(context.Background(), historyTimeout)
			defer cancel()
			page, err := a.Store.Page(ctx, query)
			a.ownIDs(ctx, self, page.Rows)
			if err != nil {
				a.log.Error("The history of a room cannot be read.", "room", string(j.id), "error", err)
			}
			return func() {
				fill(func() {
					var earlier []*stanza.Stanza
					if j.view.Has(newcomer.who) {
						for _, row := range before(page.Rows, until, unshown) {
							earlier = append(earlier, j.view.Message(newcomer.who, past(row)))
						}
					}
					for _, m := range fit(earlier, wanted.Max, newcomer.history.MaxChars) {
						a.Stream.Show(m)
					}
					subject()
				})
			}
		})
	}
	j.order.add(func() { // what comes before it is numbered and handed to the store then, also where something had to be looked up first
		until, unshown = store.NextID(), maps.Clone(j.unshown)
		a.commit(read)
	})
	fill = j.order.wait()
}

// wantedHistory is what the client asks for; where it does not, what was said since the person left, or the last messages.
func (a *Account) wantedHistory(j *joined, limits xep.HistoryLimits) store.Query {
	q := store.Query{Max: min(a.Options.HistoryLength(a.owner.String()), maxHistory)}
	if j.kept && !j.leftAt.IsZero() {
		q.Since, q.Max = j.leftAt.UnixMilli(), maxReturn
	}
	if !limits.Since.IsZero() {
		q.Since, q.Max = limits.Since.UnixMilli(), maxHistory
	}
	if limits.MaxStanzas >= 0 {
		q.Max = min(limits.MaxStanzas, maxHistory)
	}
	if limits.MaxChars == 0 { // XEP-0045 §7.2.14: no history
		q.Max = 0
	}
	return q
}

// before leaves out what came since, and what is unshown: it is shown live.
func before(rows []store.Row, seq int64, unshown map[int64]bool) []store.Row {
	return slices.DeleteFunc(rows, func(r store.Row) bool { return r.Seq >= seq || unshown[r.Seq] })
}

// fit keeps the last of the stanzas, so many and with at most that many characters in all (XEP-0045 §7.2.14: those of the complete stanzas).
func fit(all []*stanza.Stanza, most, chars int) []*stanza.Stanza {
	all = all[max(0, len(all)-most):]
	if chars < 0 {
		return all
	}
	var rendered []byte
	for i := len(all) - 1; i >= 0; i-- {
		rendered = all[i].Append(rendered[:0])
		if chars -= utf8.RuneCount(rendered); chars < 0 {
			return all[i+1:]
		}
	}
	return all
}

func past(row store.Row) room.Said {
	return room.Said{ID: row.Stanza, StanzaID: row.ID, Nick: row.Nick, At: time.UnixMilli(row.At), Corrects: row.Replaces, Content: row.Content}
}

// ownIDs puts into rows that others read as well the ids that the owner's clients gave to messages.
func (a *Account) ownIDs(ctx context.Context, self transports.UserID, rows []store.Row) {
	if !a.About.StableIDs {
		return
	}
	l := a.lookUp(ctx)
	shown := func(place, stanzaID string) string {
		id, _, err := msgid.Decode(stanzaID)
		if err != nil {
			return stanzaID
		}
		if n := l.names(transports.InRoom(transports.RoomID(place)), transports.MessageID(id)); n.part == 0 {
			return n.shown
		}
		return stanzaID
	}
	for i, r := range rows {
		if r.Author != string(self) {
			continue
		}
		rows[i].Stanza = shown(r.Place, r.Stanza)
		if r.Replaces != "" {
			rows[i].Replaces = shown(r.Place, r.Replaces)
		}
	}
}
