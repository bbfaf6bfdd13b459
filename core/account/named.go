package account

import (
	"context"
	"log/slog"
)

// named is where an account's log goes: each record says whose it is. A logger that has that written down already takes half a kilobyte, for every
// account.
type named struct {
	slog.Handler
	account *Account
}

func (n named) handler() slog.Handler {
	return n.Handler.WithAttrs([]slog.Attr{slog.String("account", n.account.key), slog.String("person", n.account.owner.String())})
}

// Handle writes a record.
func (n named) Handle(ctx context.Context, r slog.Record) error { return n.handler().Handle(ctx, r) }

// WithAttrs is for who logs more.
func (n named) WithAttrs(attrs []slog.Attr) slog.Handler { return n.handler().WithAttrs(attrs) }

// WithGroup is for who logs more.
func (n named) WithGroup(name string) slog.Handler { return n.handler().WithGroup(name) }
