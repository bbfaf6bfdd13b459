package store

import (
	"context"
	"database/sql"
	"encoding/json"
)

// Reaction is what one of those who share an account has of reactions on a message.
type Reaction struct {
	Through        int64 // the shared account
	Place, Message string
	Account        int64 // of who has them
	Person         string
	Emoji          []string
	At             int64 // unix milliseconds
}

// PutReaction keeps a person's reactions on a message, also that they have none any more.
type PutReaction struct{ Reaction }

type reactionKey struct {
	through        int64
	place, message string
	account        int64
}

var putReaction = insert("reactions", "through, place, message, account, person, emoji, at",
	"(through, place, message, account) DO UPDATE SET person = excluded.person, emoji = excluded.emoji, at = excluded.at")

func (c PutReaction) plan(p *plan) {
	emoji, _ := json.Marshal(c.Emoji)
	p.add(putReaction, reactionKey{c.Through, c.Place, c.Message, c.Account}, c.Through, c.Place, c.Message, c.Account, c.Person, string(emoji), c.At)
}

func (c PutReaction) size() int {
	n := overhead + len(c.Place) + len(c.Message) + len(c.Person)
	for _, e := range c.Emoji {
		n += len(e)
	}
	return n
}

// Reactions reads what all who share an account have of reactions on a message.
func (s *Store) Reactions(ctx context.Context, through int64, place, message string) ([]Reaction, error) {
	return s.reactions(ctx, "through = $1 AND place = $2 AND message = $3 ORDER BY account", through, place, message)
}

// reactionsOf reads those that somebody has through accounts that others share.
func (s *Store) reactionsOf(ctx context.Context, account int64) ([]Reaction, error) {
	return s.reactions(ctx, "account = $1 AND emoji <> '[]' AND emoji <> 'null' ORDER BY at, place, message", account)
}

func (s *Store) reactions(ctx context.Context, condition string, args ...any) ([]Reaction, error) {
	return rows(ctx, s.reads, "SELECT through, place, message, account, person, emoji, at FROM reactions WHERE "+condition, args,
		func(r *sql.Rows) (c Reaction, err error) {
			var emoji string
			if err = r.Scan(&c.Through, &c.Place, &c.Message, &c.Account, &c.Person, &emoji, &c.At); err == nil {
				err = json.Unmarshal([]byte(emoji), &c.Emoji)
			}
			return c, err
		})
}
