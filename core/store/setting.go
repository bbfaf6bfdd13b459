package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Setting reads a named value; when there is none it stores what create gives, and returns what stands then, which is
// another's value if another process was faster. It is for keys and the like, which must outlive the process.
func (s *Store) Setting(ctx context.Context, name string, create func() []byte) ([]byte, error) {
	value, found, err := s.setting(ctx, name)
	if err != nil || found {
		return value, err
	}
	if err := s.write(ctx, putSetting{name, create()}); err != nil {
		return nil, fmt.Errorf("store: setting %s: %w", name, err)
	}
	value, found, err = s.setting(ctx, name)
	if err == nil && !found {
		err = fmt.Errorf("store: setting %s was removed by someone: %w", name, ErrNotFound)
	}
	return value, err
}

func (s *Store) setting(ctx context.Context, name string) (value []byte, found bool, err error) {
	values, err := rows(ctx, s.reads, "SELECT value FROM settings WHERE name = $1", []any{name},
		func(r *sql.Rows) (value []byte, err error) { return value, r.Scan(&value) })
	if err != nil || len(values) == 0 {
		return nil, false, err
	}
	return values[0], true, nil
}

type putSetting struct {
	name  string
	value []byte
}

var insertSetting = insert("settings", "name, value", "(name) DO NOTHING")

func (c putSetting) plan(p *plan) { p.add(insertSetting, nil, c.name, blob(c.value)) }
func (c putSetting) size() int    { return overhead + len(c.name) + len(c.value) }
