package media

import (
	"container/list"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrFull is returned when a file does not fit into the cache beside those that are being written.
var ErrFull = errors.New("the cache for files is full")

// draftPrefix begins the names of files that are being written; what a crash left of them is removed at the start.
const draftPrefix = ".draft-"

// Cache is a folder of bounded size. What was not used for the longest time goes first; a file that is being read stays readable.
type Cache struct {
	dir   string
	limit int64

	mu      sync.Mutex
	used    int64 // of all, drafts included
	drafts  int64
	entries map[string]*list.Element // of entry
	order   *list.List               // used last first
}

type entry struct {
	name string
	size int64
	used time.Time
}

// OpenCache takes a folder, which it makes if it is missing, and bounds it to that many bytes. Nothing else may be in it.
func OpenCache(dir string, limit int64) (*Cache, error) {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("the cache for files: %w", err)
	}
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the cache for files: %w", err)
	}
	c := &Cache{dir: dir, limit: limit, entries: map[string]*list.Element{}, order: list.New()}
	var known []entry
	for _, f := range found {
		info, err := f.Info()
		switch {
		case err != nil || !f.Type().IsRegular():
		case strings.HasPrefix(f.Name(), draftPrefix):
			if err := os.Remove(c.path(f.Name())); err != nil {
				return nil, fmt.Errorf("the cache for files: %w", err)
			}
		default:
			known = append(known, entry{f.Name(), info.Size(), info.ModTime()})
		}
	}
	slices.SortFunc(known, func(a, b entry) int { return b.used.Compare(a.used) })
	for _, e := range known {
		c.entries[e.name] = c.order.PushBack(e)
		c.used += e.size
	}
	c.evict(0)
	return c, nil
}

// CheckCache tells whether a folder could hold a cache, and changes nothing.
func CheckCache(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		dir = filepath.Dir(dir) // where it would be made
	case err == nil && !info.IsDir():
		return fmt.Errorf("the cache for files: %s is not a folder", dir)
	}
	f, err := os.CreateTemp(dir, draftPrefix)
	if err != nil {
		return fmt.Errorf("the cache for files: %w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func (c *Cache) path(name string) string { return filepath.Join(c.dir, name) }

// Size is how many bytes are in use, in how many files.
func (c *Cache) Size() (bytes int64, files int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used, len(c.entries)
}

// Open opens a file for reading; ok is false where it is not there (any more).
func (c *Cache) Open(name string) (f *os.File, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.entries[name]
	if at == nil {
		return nil, false
	}
	f, err := os.Open(c.path(name))
	if err != nil { // somebody else removed it
		c.remove(at)
		return nil, false
	}
	e := at.Value.(entry)
	e.used = time.Now()
	at.Value = e
	c.order.MoveToFront(at)
	_ = os.Chtimes(c.path(name), e.used, e.used) // for the order after a restart only
	return f, true
}

// Expire removes what was last used before that time.
func (c *Cache) Expire(before time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for at := c.order.Back(); at != nil && at.Value.(entry).used.Before(before); at = c.order.Back() {
		c.remove(at)
	}
}

func (c *Cache) remove(at *list.Element) {
	e := c.order.Remove(at).(entry)
	delete(c.entries, e.name)
	c.used -= e.size
	if err := os.Remove(c.path(e.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.used += e.size // it takes its room until the next start
	}
}

// evict makes room for more bytes and tells whether there is any.
func (c *Cache) evict(more int64) bool {
	for c.used+more > c.limit {
		at := c.order.Back()
		if at == nil {
			return false
		}
		c.remove(at)
	}
	return true
}

// Draft is a file that is being written. It counts as used at once, so that many at a time cannot take more than there is.
type Draft struct {
	file  *os.File
	cache *Cache
	size  int64
	ended bool
}

// Create begins a file.
func (c *Cache) Create() (*Draft, error) {
	f, err := os.CreateTemp(c.dir, draftPrefix)
	if err != nil {
		return nil, fmt.Errorf("the cache for files: %w", err)
	}
	return &Draft{file: f, cache: c}, nil
}

// Write appends, and fails with ErrFull where there is no room.
func (d *Draft) Write(p []byte) (int, error) {
	n := int64(len(p))
	d.cache.mu.Lock()
	fits := d.cache.drafts+n <= d.cache.limit && d.cache.evict(n)
	if fits {
		d.cache.used += n
		d.cache.drafts += n
		d.size += n
	}
	d.cache.mu.Unlock()
	if !fits {
		return 0, ErrFull
	}
	return d.file.Write(p)
}

// Read reads what was written.
func (d *Draft) Read(p []byte) (int, error) { return d.file.Read(p) }

// Seek sets where Read goes on.
func (d *Draft) Seek(offset int64, whence int) (int64, error) { return d.file.Seek(offset, whence) }

// Path is where the draft is until it is kept or closed.
func (d *Draft) Path() string { return d.file.Name() }

// Keep ends the writing and makes the file one of the cache's, in place of one of that name. The draft can still be read until Close.
func (d *Draft) Keep(name string) error {
	c := d.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := c.entries[name]; at != nil {
		c.remove(at)
	}
	if err := os.Rename(d.Path(), c.path(name)); err != nil {
		return fmt.Errorf("the cache for files: %w", err)
	}
	d.ended = true
	c.drafts -= d.size
	c.entries[name] = c.order.PushFront(entry{name, d.size, time.Now()})
	return nil
}

// Close ends the draft. What was not kept is gone.
func (d *Draft) Close() error {
	err := d.file.Close()
	if d.ended {
		return err
	}
	d.ended = true
	d.cache.mu.Lock()
	d.cache.used -= d.size
	d.cache.drafts -= d.size
	d.cache.mu.Unlock()
	return errors.Join(err, os.Remove(d.Path()))
}
