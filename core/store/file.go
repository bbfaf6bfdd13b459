package store

import (
	"context"
	"database/sql"
)

// File is a file of a network and the address where clients fetch it. Data is opaque to the store.
type File struct {
	ID int64 // from NextID
	// Account is the one that got it first.
	Account          int64
	Transport, Scope string
	// Foreign is what the network calls it.
	Foreign string
	URL     string
	Data    []byte
	// Personal: it came in a talk of the account's, so it is forgotten with the account's owner.
	Personal bool
	// Until is when the address ends to be valid, in unix milliseconds.
	Until int64
}

// putFile stores a file, in place of what was known of it.
type putFile struct{ File }

// pruneFiles removes the files whose addresses have ended before that time.
type pruneFiles struct{ before int64 }

type fileKey struct{ transport, scope, foreign string }

const fileColumns = "id, account, transport, scope, foreign_id, url, data, personal, until"

var (
	insertFile = insert("files", fileColumns, `(transport, scope, foreign_id) DO UPDATE SET
		id = excluded.id, account = excluded.account, url = excluded.url, data = excluded.data,
		personal = excluded.personal, until = excluded.until`)
	deleteFiles = oneRow("DELETE FROM files WHERE until < ?")
)

func (c putFile) plan(p *plan) {
	p.add(insertFile, fileKey{c.Transport, c.Scope, c.Foreign}, c.ID, c.Account, c.Transport, c.Scope, c.Foreign, c.URL, blob(c.Data), number01(c.Personal), c.Until)
}

func (c putFile) size() int {
	return overhead + len(c.Transport) + len(c.Scope) + len(c.Foreign) + len(c.URL) + len(c.Data)
}

func (c pruneFiles) plan(p *plan) { p.add(deleteFiles, nil, c.before) }
func (c pruneFiles) size() int    { return overhead }

// PutFile stores a file, in place of what was known of it, and returns when it can be found.
func (s *Store) PutFile(ctx context.Context, f File) error { return s.write(ctx, putFile{f}) }

// PruneFiles removes the files whose addresses have ended before that time (unix milliseconds).
func (s *Store) PruneFiles(ctx context.Context, before int64) error {
	return s.write(ctx, pruneFiles{before})
}

// FileOf finds a file by what the network calls it.
func (s *Store) FileOf(ctx context.Context, transport, scope, foreign string) (f File, found bool, err error) {
	return s.oneFile(ctx, "transport = $1 AND scope = $2 AND foreign_id = $3", transport, scope, foreign)
}

// FileByID finds a file by its number.
func (s *Store) FileByID(ctx context.Context, id int64) (f File, found bool, err error) {
	return s.oneFile(ctx, "id = $1", id)
}

func (s *Store) oneFile(ctx context.Context, where string, args ...any) (f File, found bool, err error) {
	all, err := rows(ctx, s.reads, "SELECT "+fileColumns+" FROM files WHERE "+where, args, func(r *sql.Rows) (f File, err error) {
		return f, r.Scan(&f.ID, &f.Account, &f.Transport, &f.Scope, &f.Foreign, &f.URL, &f.Data, &f.Personal, &f.Until)
	})
	if err != nil || len(all) == 0 {
		return File{}, false, err
	}
	return all[0], true, nil
}
