package account

import (
	"context"
	"slices"
	"time"

	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
)

const (
	maxHistory = 100
	// maxReturn is how much a person gets of what was said while the gateway stayed for them.
	maxReturn = 1000
	// maxPage is the most that one page of the archive holds.
	maxPage     = 100
	defaultPage = 50
	readTimeout = 30 * time.Second
	// historyTimeout is shorter, for what the room shows meanwhile waits.
	historyTimeout = 5 * time.Second
	// spare is how many messages may come while the history is read without making it shorter.
	spare = 50
)

// archive is the query for what this account may read of a room: its own rows, or where ids are stable the scope's within
// the person's spans.
func (a *Account) archive(id string) store.Query {
	q := store.Query{Transport: a.Domain, Scope: string(a.scope), Person: a.owner.String(), Place: id}
	if !a.About.StableIDs {
		q.Account = a.id
	}
	return q
}

// openSpan lets the person read what is said in a room from now on, where the archive is the scope's.
func (a *Account) openSpan(j *joined) {
	if a.About.StableIDs {
		a.Store.Write(nil, store.OpenSpan{Person: a.owner.String(), Transport: a.Domain, Scope: string(a.scope), Place: string(j.id), From: store.NextID()})
	}
}

func (a *Account) closeSpan(j *joined) {
	if a.About.StableIDs {
		a.Store.Write(nil, store.CloseSpan{Person: a.owner.String(), Transport: a.Domain, Scope: string(a.scope), Place: string(j.id), To: store.NextID()})
	}
}

// showHistory sends what was said before, then the subject (XEP-0045 §7.2.13-15). What the room shows meanwhile waits.
func (a *Account) showHistory(j *joined, newcomer arrival) {
	fill := j.order.wait()
	subject := func() {
		if j.view.Has(newcomer.who) {
			a.Stream.Reply(j.view.Subject(newcomer.who))
		}
	}
	wanted := a.wantedHistory(j, newcomer.history)
	if wanted.Max == 0 {
		fill(subject)
		return
	}
	query := a.archive(string(j.id))
	query.Max, query.Last, query.Since = wanted.Max+spare, true, wanted.Since
	until := store.NextID()
	a.commit(func(error) { // what was said up to now is on disk then
		a.async(func() func() {
			ctx, cancel := context.WithTimeout(context.Background(), historyTimeout)
			defer cancel()
			page, err := a.Store.Page(ctx, query)
			if err != nil {
				a.log.Error("The history of a room cannot be read.", "room", string(j.id), "error", err)
			}
			return func() {
				fill(func() {
					for _, row := range fit(before(page.Rows, until), wanted.Max, newcomer.history.MaxChars) {
						if j.view.Has(newcomer.who) {
							a.Stream.Reply(j.view.Message(newcomer.who, past(row)))
						}
					}
					subject()
				})
			}
		})
	})
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

// before leaves out what came since: it is shown live.
func before(rows []store.Row, seq int64) []store.Row {
	return slices.DeleteFunc(rows, func(r store.Row) bool { return r.Seq >= seq })
}

// fit keeps the last rows, so many and with at most that many characters in all (XEP-0045 §7.2.14 counts the complete
// stanzas).
func fit(rows []store.Row, stanzas, chars int) []store.Row {
	rows = rows[max(0, len(rows)-stanzas):]
	if chars < 0 {
		return rows
	}
	for i := len(rows) - 1; i >= 0; i-- {
		if chars -= len(rows[i].Content); chars < 0 {
			return rows[i+1:]
		}
	}
	return rows
}

func past(row store.Row) room.Said {
	return room.Said{ID: row.Stanza, StanzaID: row.ID, Nick: row.Nick, At: time.UnixMilli(row.At), Content: row.Content}
}

// readArchive answers a query of a room's archive (XEP-0313 §4).
func (a *Account) readArchive(s *stanza.Stanza, id string) {
	if s.Type == "get" {
		a.Stream.Reply(s.Result(xep.ArchiveForm()))
		return
	}
	asked, problem := xep.ParseArchiveQuery(s)
	if problem != "" {
		a.refuse(s, badRequest(problem))
		return
	}
	if asked.Node != "" { // XEP-0313 §4: a room has one archive
		a.refuse(s, noNode)
		return
	}
	if asked.Page.Indexed || asked.With != "" && asked.With != s.To.String() { // XEP-0059 §2.4; XEP-0313 §4.1.1: never ignored
		a.refuse(s, noSuchFilter)
		return
	}
	query := a.archive(id)
	query.After, query.Before, query.Last = asked.Page.After, asked.Page.Before, asked.Page.Last
	query.Max = defaultPage
	if asked.Page.Max >= 0 {
		query.Max = min(asked.Page.Max, maxPage)
	}
	if !asked.Since.IsZero() {
		query.Since = asked.Since.UnixMilli()
	}
	if !asked.Until.IsZero() {
		query.Until = asked.Until.UnixMilli()
	}
	a.commit(func(error) {
		a.async(func() func() {
			ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
			defer cancel()
			page, err := a.Store.Page(ctx, query)
			if err != nil {
				a.refuse(s, archiveError(err))
				return nil
			}
			a.sendPage(s, asked.ID, page)
			return nil
		})
	})
}

func (a *Account) sendPage(s *stanza.Stanza, queryID string, page store.Page) {
	first, last := "", ""
	for _, row := range page.Rows {
		message := xep.ArchivedMessage(s.To.WithResource(row.Nick), row.Stanza, row.Content)
		result := &stanza.Stanza{Kind: stanza.Message, From: s.To, To: s.From}
		a.Stream.Reply(result.Add(xep.ArchiveResult(queryID, row.ID, time.UnixMilli(row.At), message)))
	}
	if n := len(page.Rows); n > 0 {
		first, last = page.Rows[0].ID, page.Rows[n-1].ID
	}
	a.Stream.Reply(s.Result(xep.ArchiveEnd(page.Complete, xep.Set(first, last, page.Index, page.Count, store.CountMax))))
}
