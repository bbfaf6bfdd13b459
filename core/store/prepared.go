package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// prepared keeps one prepared statement for each text. The texts of this package are few, so nothing is ever evicted;
// database/sql prepares them anew on a new connection.
type prepared struct {
	db    *sql.DB
	spell func(text string) string
	mutex sync.Mutex
	texts map[string]*sql.Stmt
}

func newPrepared(db *sql.DB, spell func(string) string) *prepared {
	return &prepared{db: db, spell: spell, texts: map[string]*sql.Stmt{}}
}

func (p *prepared) get(ctx context.Context, text string) (*sql.Stmt, error) {
	p.mutex.Lock()
	s := p.texts[text]
	p.mutex.Unlock()
	if s != nil {
		return s, nil
	}
	s, err := p.db.PrepareContext(ctx, p.spell(text))
	if err != nil {
		return nil, err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if first := p.texts[text]; first != nil { // another goroutine was faster
		s.Close()
		return first, nil
	}
	p.texts[text] = s
	return s, nil
}

// rows runs a query and reads each of its rows with scan.
func rows[T any](ctx context.Context, p *prepared, text string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	all, err := scanned(ctx, p, text, args, scan)
	if err != nil {
		return nil, fmt.Errorf("store: cannot read: %w", err)
	}
	return all, nil
}

func scanned[T any](ctx context.Context, p *prepared, text string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	s, err := p.get(ctx, text)
	if err != nil {
		return nil, err
	}
	found, err := s.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var all []T
	for found.Next() {
		one, err := scan(found)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, found.Err()
}
