package account

import (
	"context"
	"time"

	"isthmus/core/room"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
)

const (
	// defaultHistory is how many messages one who enters gets unless the client asks for fewer.
	defaultHistory = 20
	maxHistory     = 100
	// maxPage is the most that one page of the archive holds.
	maxPage     = 100
	defaultPage = 50
	readTimeout = 30 * time.Second
)

// archive is the query for what this account may read of a room.
func (a *Account) archive(id string) store.Query {
	return store.Query{Account: a.id, Transport: a.Domain, Scope: string(a.scope), Person: a.owner.String(), Place: id}
}

// showHistory sends what was said before, then the subject (XEP-0045 §7.2.13-15). What the room shows meanwhile waits.
func (a *Account) showHistory(j *joined, newcomer arrival) {
	fill := j.order.wait()
	subject := func() {
		if j.view.Has(newcomer.who) {
			a.Stream.Reply(j.view.Subject(newcomer.who))
		}
	}
	wanted := historyQuery(newcomer.history)
	if wanted.Max == 0 {
		fill(subject)
		return
	}
	query := a.archive(string(j.id))
	query.Max, query.Last, query.Since = wanted.Max, true, wanted.Since
	until := store.NextID()
	a.commit(func(error) { // what was said up to now is on disk then
		a.async(func() func() {
			ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
			defer cancel()
			page, err := a.Store.Page(ctx, query)
			if err != nil {
				a.log.Error("The history of a room cannot be read.", "room", string(j.id), "error", err)
			}
			return func() {
				fill(func() {
					for _, row := range fit(page.Rows, newcomer.history.MaxChars) {
						if row.Seq < until && j.view.Has(newcomer.who) {
							a.Stream.Reply(j.view.Message(newcomer.who, past(row)))
						}
					}
					subject()
				})
			}
		})
	})
}

func historyQuery(limits xep.HistoryLimits) store.Query {
	q := store.Query{Max: defaultHistory}
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

// fit keeps the last rows that have at most that many characters in all (XEP-0045 §7.2.14 counts the complete stanzas).
func fit(rows []store.Row, chars int) []store.Row {
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
