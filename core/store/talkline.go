package store

import (
	"context"
	"database/sql"
	"encoding/json"
)

// TalkLine is a message of a talk, or what one user has of reactions on it.
type TalkLine struct {
	Account        int64
	Place, Message string
	// Who has the reactions Emoji; it is empty for the message itself. Name is what they are called, or the id of who said the message.
	Who, Name string
	Emoji     []string
	At        int64 // unix milliseconds
}

// PutTalkLine keeps a message of a talk, or a user's reactions on it, also that they have none any more.
type PutTalkLine struct{ TalkLine }

// DropTalkLines forgets a message of a talk, with all reactions on it.
type DropTalkLines struct {
	Account        int64
	Place, Message string
}

type talkLineKey struct {
	account             int64
	place, message, who string
}

var (
	putTalkLine   = insert("talk_lines", "account, place, message, who, name, emoji, at", "(account, place, message, who) DO UPDATE SET name = excluded.name, emoji = excluded.emoji")
	dropTalkLines = oneRow("DELETE FROM talk_lines WHERE account = ? AND place = ? AND message = ?")
)

func (c PutTalkLine) plan(p *plan) {
	emoji, _ := json.Marshal(c.Emoji)
	p.add(putTalkLine, talkLineKey{c.Account, c.Place, c.Message, c.Who}, c.Account, c.Place, c.Message, c.Who, c.Name, string(emoji), c.At)
}

func (c PutTalkLine) size() int {
	n := overhead + len(c.Place) + len(c.Message) + len(c.Who) + len(c.Name)
	for _, e := range c.Emoji {
		n += len(e)
	}
	return n
}

func (c DropTalkLines) plan(p *plan) {
	p.barrier() // what was put before is gone as well
	p.add(dropTalkLines, nil, c.Account, c.Place, c.Message)
}

func (c DropTalkLines) size() int { return overhead + len(c.Place) + len(c.Message) }

// TalkLines reads the last messages of a talk that are known, at most limit, and the reactions on them: each message before those, the oldest first.
func (s *Store) TalkLines(ctx context.Context, account int64, place string, limit int) ([]TalkLine, error) {
	return rows(ctx, s.reads, `SELECT l.message, l.who, l.name, l.emoji, l.at FROM talk_lines l JOIN
		(SELECT message, at FROM talk_lines WHERE account = $1 AND place = $2 AND who = '' ORDER BY at DESC, message DESC LIMIT $3) m ON l.message = m.message
		WHERE l.account = $1 AND l.place = $2 ORDER BY m.at, l.message, l.who`, []any{account, place, int64(limit)},
		func(r *sql.Rows) (TalkLine, error) {
			l := TalkLine{Account: account, Place: place}
			var emoji string
			err := r.Scan(&l.Message, &l.Who, &l.Name, &emoji, &l.At)
			if err == nil {
				err = json.Unmarshal([]byte(emoji), &l.Emoji)
			}
			return l, err
		})
}
