package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"isthmus/cmd/isthmus/biboumi"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/nick"
)

// commitRows are committed together: much fewer would be slow, and more would hold others up.
const commitRows = 500

// messages takes over the archive. A message keeps its id, so clients that ask for what came after the last that they know miss
// nothing and get nothing twice, and neither does who takes it over again.
func (t *takeover) messages(ctx context.Context, from *biboumi.Database) error {
	var changes []store.Change
	waiting, last, now := 0, int64(0), time.Now()
	flush := func() error {
		if waiting == 0 {
			return nil
		}
		err := commit(t.store, changes...)
		t.taken += waiting
		changes, waiting = nil, 0
		return err
	}
	for m, err := range from.Messages(ctx) {
		if err != nil {
			return err
		}
		f := t.find(m.Owner, m.Server, m.Channel)
		if f.why == "" && m.At.Before(t.since) {
			f.why = "They are older than what the archive keeps (archive: keep_days: in the configuration)."
		}
		if f.why != "" {
			t.behind(f.why).messages++
			continue
		}
		owner := account{f.where.Scope, f.where.Person}
		if t.accounts[owner] == 0 {
			t.accounts[owner] = store.NextID()
			changes = append(changes, store.PutAccount{Account: store.Account{ID: t.accounts[owner], Transport: t.domain, Scope: owner.scope, Owner: owner.owner}})
		}
		last = max(last+1, sequence(m, now))
		changes = append(changes, store.Append{Row: t.row(m, f, t.accounts[owner], last)})
		t.people[owner.owner] = true
		t.archives[owner.owner+" "+f.room.String()] = true
		if waiting++; waiting == commitRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// sequence is where a message stands in the order of arrival: by its time, within a second by its number, and before all that
// arrives here.
func sequence(m biboumi.Message, now time.Time) int64 {
	at := min(m.At.UnixMilli(), now.UnixMilli())
	return store.Arrival(at) + m.Number%(store.Arrival(1))
}

// row makes the row that core/account makes of a message that it hears.
func (t *takeover) row(m biboumi.Message, f found, account, seq int64) store.Row {
	name := strings.ReplaceAll(strings.ToValidUTF8(m.Nick, ""), "\x00", "")
	id := m.ID
	if id == "" {
		id = fmt.Sprint("biboumi-", m.Number)
	}
	content := stanza.Text("", "body", m.Body).Append(nil)
	if author := strings.ToLower(name); author != "" {
		// Only the nick is known. What is heard here has masks or accounts for identities, so nobody is taken for another.
		content = xep.Occupant(xep.NewOccupantKey(t.key).ID(f.room.String(), "mask:"+author)).Append(content)
	}
	return store.Row{Seq: seq, Account: account, Transport: t.domain, Scope: f.where.Scope, Place: f.where.Place,
		ID: id, Author: strings.ToLower(name), Nick: nick.Resource(name), Stanza: id, At: m.At.UnixMilli(), Content: content}
}
