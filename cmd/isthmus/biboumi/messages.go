package biboumi

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// Message is something that was said in a channel, as one person's archive has it.
type Message struct {
	Number          int64  // grows with each message of the database
	ID              string // a UUID, which clients know as the id in the archive (XEP-0313)
	Owner           string // the person's bare JID
	Server, Channel string
	Nick            string    // who said it
	Body            string    // of an XMPP message: "/me" begins what was done, formatting is lost
	At              time.Time // in whole seconds
}

// pageRows are read at a time, so that a biboumi that still runs can write between them.
const pageRows = 1000

// Messages gives the archive in the order in which it was written, and ends with the first error.
func (d *Database) Messages(ctx context.Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		last := int64(0)
		for {
			page, err := d.page(ctx, last)
			if err != nil {
				yield(Message{}, err)
				return
			}
			for _, m := range page {
				if !yield(m, nil) {
					return
				}
				last = m.Number
			}
			if len(page) == 0 {
				return
			}
		}
	}
}

func (d *Database) page(ctx context.Context, after int64) (page []Message, err error) {
	err = d.each(ctx, `SELECT id_, coalesce(uuid_, ''), coalesce(owner_, ''), coalesce(ircservername_, ''), coalesce(ircchanname_, ''), coalesce(nick_, ''),
		coalesce(body_, ''), coalesce(date_, 0) FROM muclogline_ WHERE id_ > ? ORDER BY id_ LIMIT ?`, func(r *sql.Rows) error {
		var m Message
		var seconds int64
		if err := r.Scan(&m.Number, &m.ID, &m.Owner, &m.Server, &m.Channel, &m.Nick, &m.Body, &seconds); err != nil {
			return err
		}
		m.At = time.Unix(seconds, 0)
		page = append(page, m)
		return nil
	}, after, pageRows)
	return page, err
}
