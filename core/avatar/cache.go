package avatar

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"isthmus/core/store"
)

// Key names a picture: whose it is, and its version there.
type Key struct{ Scope, Place, Version string }

// maxKnown bounds the pictures whose description is held in memory. The pictures themselves are in the store.
const maxKnown = 20_000

// Cache keeps the pictures of a transport. Accounts share it, hence the mutex.
type Cache struct {
	transport string
	store     *store.Store
	log       *slog.Logger
	mu        sync.Mutex
	known     map[Key]Picture // without Data; one that cannot be shown has no Hash
	loading   map[Key]chan struct{}
}

// New makes a cache over a store.
func New(transport string, s *store.Store, log *slog.Logger) *Cache {
	return &Cache{transport: transport, store: s, log: log, known: map[Key]Picture{}, loading: map[Key]chan struct{}{}}
}

// Known describes a picture that was read before, without its Data: one that cannot be shown has no Hash. ok is false where it must be
// read first.
func (c *Cache) Known(k Key) (p Picture, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok = c.known[k]
	return p, ok
}

// Get gives a picture from the store, else by load, which reads it from the network. It does so once for all who ask at the same time.
// The error is that of load, or tells that the picture cannot be shown.
func (c *Cache) Get(ctx context.Context, k Key, f Format, load func(context.Context) ([]byte, error)) (Picture, error) {
	for {
		c.mu.Lock()
		busy := c.loading[k]
		if busy == nil {
			busy = make(chan struct{})
			c.loading[k] = busy
			c.mu.Unlock()
			p, err := c.read(ctx, k, f, load)
			c.mu.Lock()
			delete(c.loading, k)
			c.mu.Unlock()
			close(busy)
			return p, err
		}
		c.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return Picture{}, ctx.Err()
		}
	}
}

func (c *Cache) read(ctx context.Context, k Key, f Format, load func(context.Context) ([]byte, error)) (Picture, error) {
	row, err := c.store.Picture(ctx, c.transport, k.Scope, k.Place, k.Version)
	switch {
	case err == nil:
		p := Picture{Hash: row.Hash, Type: row.Type, Width: row.Width, Height: row.Height, Size: len(row.Data), Data: row.Data}
		c.know(k, p)
		return p, nil
	case !errors.Is(err, store.ErrNotFound):
		c.log.Error("A picture cannot be read from the store; it is read from the network again.", "error", err)
	}
	if p, ok := c.Known(k); ok && p.Hash == "" {
		return Picture{}, ErrUnknown
	}
	source, err := load(ctx)
	if err != nil {
		return Picture{}, err
	}
	p, err := Convert(source, f)
	if err != nil {
		c.know(k, Picture{})
		return Picture{}, err
	}
	c.know(k, p)
	written := make(chan error, 1) // until it is there, the next who asks would read it from the network again
	c.store.Write(func(err error) { written <- err }, store.PutPicture{Picture: store.Picture{Transport: c.transport, Scope: k.Scope, Place: k.Place, Version: k.Version,
		Hash: p.Hash, Type: p.Type, Width: p.Width, Height: p.Height, Data: p.Data}})
	select {
	case <-written: // where it was refused, the store has said so
	case <-ctx.Done():
	}
	return p, nil
}

// ByHash gives the picture of a scope whose bytes have that SHA-1 in hexadecimal; ok is false where there is none.
func (c *Cache) ByHash(ctx context.Context, scope, hash string) (p Picture, ok bool, err error) {
	row, err := c.store.PictureByHash(ctx, c.transport, scope, hash)
	if errors.Is(err, store.ErrNotFound) {
		return Picture{}, false, nil
	}
	return Picture{Hash: row.Hash, Type: row.Type, Width: row.Width, Height: row.Height, Size: len(row.Data), Data: row.Data}, err == nil, err
}

func (c *Cache) know(k Key, p Picture) {
	p.Data = nil
	c.mu.Lock()
	defer c.mu.Unlock()
	for other := range c.known { // any one: what is needed again is read again
		if len(c.known) < maxKnown {
			break
		}
		delete(c.known, other)
	}
	c.known[k] = p
}
