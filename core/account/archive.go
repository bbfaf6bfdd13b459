package account

import (
	"context"
	"slices"
	"time"

	"isthmus/core/options"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/transports"
)

const (
	// maxPage is what one page of the archive holds, unless less is asked for.
	maxPage     = 100
	readTimeout = 30 * time.Second
)

// archive is the query for what this account may read of a room: its own rows, or where ids are stable the scope's within
// the person's spans.
func (a *Account) archive(id string) store.Query {
	q := store.Query{Transport: a.Domain, Scope: string(a.scope), Person: a.reader(), Place: id}
	if !a.About.StableIDs {
		q.Account = a.id
	}
	return q
}

// readArchive answers a query of a room's archive (XEP-0313 §4).
func (a *Account) readArchive(s *stanza.Stanza, id string) {
	if s.Type == "get" {
		a.Stream.Reply(s.Result(xep.ArchiveForm()))
		return
	}
	asked, problem := xep.ParseArchiveQuery(s)
	switch {
	case problem != "":
		a.refuse(s, badRequest(problem))
		return
	case asked.Node != "": // XEP-0313 §6.1.3: a room has one archive
		a.refuse(s, noNode)
		return
	case asked.Page.Indexed || asked.Unknown != "": // XEP-0059 §2.4; XEP-0313 §4.1.6: never ignored
		a.refuse(s, noSuchFilter)
		return
	}
	query := a.archive(id)
	query.Above, query.Below, query.IDs = asked.After, asked.Before, asked.IDs
	query.After, query.Before, query.Last = asked.Page.After, asked.Page.Before, asked.Page.Last
	query.Max = maxPage
	if asked.Page.Max >= 0 {
		query.Max = min(asked.Page.Max, maxPage)
	}
	if !asked.Since.IsZero() {
		query.Since = asked.Since.UnixMilli()
	}
	if !asked.Until.IsZero() {
		query.Until = asked.Until.UnixMilli()
	}
	if !a.with(&query, asked.With, s.To) {
		a.refuse(s, badRequest("The address "+asked.With+" is neither an occupant's nor a user's of "+string(a.scope)+"."))
		return
	}
	a.read(s, query, func(page store.Page) { a.sendPage(s, asked, page) })
}

// with narrows a query to who said it (XEP-0313 §4.1.1): an occupant by nick, or a user by their own address. The room itself said
// everything.
func (a *Account) with(query *store.Query, jid string, room stanza.JID) bool {
	if jid == "" {
		return true
	}
	who, err := stanza.ParseJID(jid)
	switch {
	case err != nil:
		return false
	case who.Bare() == room:
		query.Nick = who.Resource
		return true
	case who.Bare() == a.owner:
		query.Author = string(a.self.ID)
		return query.Author != ""
	}
	user, ok := a.userNamed(jid)
	query.Author = string(user)
	return ok
}

// read reads a page when all that was said up to now is on disk; then does not run on the goroutine of the account.
func (a *Account) read(s *stanza.Stanza, query store.Query, then func(store.Page)) {
	if j := a.rooms[transports.RoomID(query.Place)]; j != nil { // what waits to be shown is not in the archive yet
		j.order.add(func() { a.readNow(s, query, then) })
		return
	}
	a.readNow(s, query, then)
}

func (a *Account) readNow(s *stanza.Stanza, query store.Query, then func(store.Page)) {
	self := a.self.ID
	a.commit(func(error) {
		a.async(func() func() {
			ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
			defer cancel()
			page, err := a.Store.Page(ctx, query)
			if err != nil {
				a.refuse(s, archiveError(err))
				return nil
			}
			a.ownIDs(ctx, self, page.Rows)
			then(page)
			return nil
		})
	})
}

// corrected is the content of a row, with the message that it corrects.
func corrected(row store.Row) []byte {
	if row.Replaces == "" {
		return row.Content
	}
	return xep.Correction(row.Replaces).Append(slices.Clone(row.Content))
}

func (a *Account) sendPage(s *stanza.Stanza, asked xep.ArchiveQuery, page store.Page) {
	first, last := "", ""
	if n := len(page.Rows); n > 0 {
		first, last = page.Rows[0].ID, page.Rows[n-1].ID
	}
	if asked.Flipped { // XEP-0313 §4.3.3: the same page, sent the other way round
		slices.Reverse(page.Rows)
	}
	for _, row := range page.Rows {
		message := xep.ArchivedMessage(s.To.WithResource(row.Nick), a.userJID(transports.UserID(row.Author)), row.Stanza, corrected(row))
		result := &stanza.Stanza{Kind: stanza.Message, From: s.To, To: s.From}
		a.Stream.Reply(result.Add(xep.ArchiveResult(asked.ID, row.ID, time.UnixMilli(row.At), message)))
	}
	a.Stream.Reply(s.Result(xep.ArchiveEnd(page.Complete, xep.Set(first, last, page.Index, page.Count, store.CountMax))))
}

// archiveEdges answers where a room's archive begins and ends (XEP-0313 §5).
func (a *Account) archiveEdges(s *stanza.Stanza, id string) {
	oldest := a.archive(id)
	oldest.Max = 1
	a.read(s, oldest, func(first store.Page) {
		newest := oldest
		newest.Last = true
		ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
		defer cancel()
		last, err := a.Store.Page(ctx, newest)
		if err != nil {
			a.refuse(s, archiveError(err))
			return
		}
		var edges []xep.ArchiveEdge
		for _, row := range slices.Concat(first.Rows, last.Rows) {
			edges = append(edges, xep.ArchiveEdge{ID: row.ID, At: time.UnixMilli(row.At)})
		}
		a.Stream.Reply(s.Result(xep.ArchiveMetadata(edges...)))
	})
}

// archivePreferences tells and changes whether a room is archived for the person (XEP-0441 §2.1).
func (a *Account) archivePreferences(s *stanza.Stanza, id transports.RoomID, wanted xep.ArchivePreferences, set bool) {
	switch {
	case !set:
	case wanted.Exceptions:
		a.refuse(s, noExceptions)
		return
	case wanted.Default == "always", wanted.Default == "never":
		a.remember(id, options.RecordHistory, map[string]string{"always": "true", "never": "false"}[wanted.Default])
		if j := a.rooms[id]; j != nil {
			a.tellOptions(j, a.configure(j))
		}
	case wanted.Default == "roster":
		a.refuse(s, noRosterArchive)
		return
	default:
		a.refuse(s, badRequest("The default of an archive is always or never."))
		return
	}
	now := xep.ArchivePreferences{Default: "never"}
	if a.Options.Switch(a.where(id), options.RecordHistory) {
		now.Default = "always"
	}
	a.Stream.Reply(s.Result(now.Element()))
}
