package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"
)

// Exported is one line of an export: one thing that is kept of a person. Kind says what: "seen" (when they were last here), "options", "account", "contact", "reaction" (through an account that others share), "joined" (a room
// that one of their clients is in), "sending" (a message on its way) or "message" (of the archive). Fields that the kind does
// not have are left out.
type Exported struct {
	Kind     string          `json:"kind"`
	Scope    string          `json:"scope,omitempty"`
	Place    string          `json:"place,omitempty"`
	Options  json.RawMessage `json:"options,omitempty"`
	Resource string          `json:"resource,omitempty"`
	To       string          `json:"to,omitempty"`
	ID       string          `json:"id,omitempty"` // the stanza-id; of what is on its way the id of the stanza
	Nick     string          `json:"nick,omitempty"`
	Emoji    []string        `json:"emoji,omitempty"`
	At       string          `json:"at,omitempty"`  // RFC 3339, UTC
	XML      string          `json:"xml,omitempty"` // what the message holds, as it stands in a stanza
}

// Export writes all that is kept of a person (a bare JID) on a transport as lines of JSON, each an Exported, part by part: it
// needs little memory, however long the archive is. show makes JSON of options, and of the data of accounts, without what must stay secret;
// what it makes nothing of is left out. Of the archive of a scope it is what the person may read.
func (s *Store) Export(ctx context.Context, transport, person string, w io.Writer, show func(Options) []byte) error {
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for _, part := range []func() error{
		func() error { return s.exportSeen(ctx, transport, person, lines) },
		func() error { return s.exportOptions(ctx, transport, person, lines, show) },
		func() error { return s.exportPresent(ctx, transport, person, lines) },
		func() error { return s.exportAccounts(ctx, transport, person, lines, show) },
		func() error { return s.exportSpans(ctx, transport, person, lines) },
	} {
		if err := part(); err != nil {
			return fmt.Errorf("export of %s: %w", person, err)
		}
	}
	return nil
}

func (s *Store) exportSeen(ctx context.Context, transport, person string, lines *json.Encoder) error {
	seen, err := rows(ctx, s.reads, "SELECT seen FROM people WHERE transport = $1 AND person = $2", []any{transport, person},
		func(r *sql.Rows) (at int64, err error) { return at, r.Scan(&at) })
	if err != nil || len(seen) == 0 {
		return err
	}
	return lines.Encode(Exported{Kind: "seen", At: time.UnixMilli(seen[0]).UTC().Format(time.DateOnly)})
}

func (s *Store) exportOptions(ctx context.Context, transport, person string, lines *json.Encoder, show func(Options) []byte) error {
	all, err := rows(ctx, s.reads, "SELECT "+optionsColumns+" FROM options WHERE transport = $1 AND person = $2 ORDER BY scope, place",
		[]any{transport, person}, scanOptions)
	if err != nil {
		return err
	}
	for _, o := range all {
		if data := show(o); len(data) > 0 {
			if err := lines.Encode(Exported{Kind: "options", Scope: o.Scope, Place: o.Place, Options: data}); err != nil {
				return err
			}
		}
	}
	return nil
}

// exportPresent writes what is in the store only while it goes on.
func (s *Store) exportPresent(ctx context.Context, transport, person string, lines *json.Encoder) error {
	occupants, err := rows(ctx, s.reads, "SELECT resource, room, nick FROM occupants WHERE transport = $1 AND person = $2 ORDER BY resource, room",
		[]any{transport, person}, func(r *sql.Rows) (e Exported, err error) {
			e.Kind = "joined"
			return e, r.Scan(&e.Resource, &e.Place, &e.Nick)
		})
	if err != nil {
		return err
	}
	resource := person + "/"
	commands, err := rows(ctx, s.reads, "SELECT recipient, stanza FROM commands WHERE transport = $1 AND (sender = $2 OR substr(sender, 1, $3) = $4) ORDER BY id",
		[]any{transport, person, characters(resource), resource}, func(r *sql.Rows) (e Exported, err error) {
			e.Kind = "sending"
			return e, r.Scan(&e.To, &e.ID)
		})
	if err != nil {
		return err
	}
	return encodeAll(lines, append(occupants, commands...))
}

func (s *Store) exportAccounts(ctx context.Context, transport, person string, lines *json.Encoder, show func(Options) []byte) error {
	accounts, err := s.accountsOf(ctx, transport, person)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		line := Exported{Kind: "account", Scope: a.Scope}
		if len(a.Data) > 0 {
			line.Options = show(Options{Transport: transport, Person: person, Scope: a.Scope, Data: a.Data})
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
		contacts, err := s.Contacts(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, c := range contacts {
			if err := lines.Encode(Exported{Kind: "contact", Scope: a.Scope, To: c.User, Nick: c.Name}); err != nil {
				return err
			}
		}
		reactions, err := s.reactionsOf(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, r := range reactions {
			at := time.UnixMilli(r.At).UTC().Format(time.RFC3339)
			if err := lines.Encode(Exported{Kind: "reaction", Scope: a.Scope, Place: r.Place, ID: r.Message, Emoji: r.Emoji, At: at}); err != nil {
				return err
			}
		}
		err = s.walkAccount(ctx, a.ID, rowColumns, scanRow, func(part []Row) error { return encodeAll(lines, exported(part)) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) exportSpans(ctx context.Context, transport, person string, lines *json.Encoder) error {
	places, err := rows(ctx, s.reads, "SELECT DISTINCT scope, place FROM spans WHERE transport = $1 AND "+anyReader(2)+" ORDER BY scope, place",
		append([]any{transport}, readers(person)...), func(r *sql.Rows) (q Query, err error) {
			q.Transport, q.Person = transport, person
			return q, r.Scan(&q.Scope, &q.Place)
		})
	if err != nil {
		return err
	}
	for _, q := range places {
		readable, err := s.readableByAny(ctx, q)
		if err != nil {
			return err
		}
		q.Max = walkRows
		for window := readable; len(window) > 0; {
			part, complete, err := s.walk(ctx, q, window)
			if err != nil {
				return err
			}
			if err := encodeAll(lines, exported(part)); err != nil {
				return err
			}
			if complete {
				break
			}
			window = clip(readable, part[len(part)-1].Seq+1, math.MaxInt64)
		}
	}
	return nil
}

func exported(part []Row) []Exported {
	lines := make([]Exported, len(part))
	for i, r := range part {
		lines[i] = Exported{Kind: "message", Scope: r.Scope, Place: r.Place, ID: r.ID, Nick: r.Nick,
			At: time.UnixMilli(r.At).UTC().Format(time.RFC3339Nano), XML: string(r.Content)}
	}
	return lines
}

func encodeAll(lines *json.Encoder, all []Exported) error {
	for _, e := range all {
		if err := lines.Encode(e); err != nil {
			return err
		}
	}
	return nil
}
