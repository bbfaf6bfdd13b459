package media

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"

	"isthmus/transports"
)

// loads are the files that are on their way into the cache, each once however many ask for it.
type loads struct {
	mu    sync.Mutex
	byKey map[string]*load
}

// load is a file on its way into the cache. Readers follow what has come so far.
type load struct {
	mu      sync.Mutex
	path    string        // of the draft, for as long as it is one
	changed chan struct{} // closed when more has come
	size    int64
	ended   bool
	err     error
	found   copied
}

// opener opens a content from its beginning.
type opener func(context.Context) (io.ReadCloser, error)

// load begins to bring a file into the cache under that name, or finds that it is on its way. It goes on when who asked is gone.
func (m *Media) load(name string, open opener) *load {
	m.loads.mu.Lock()
	defer m.loads.mu.Unlock()
	if l := m.loads.byKey[name]; l != nil {
		return l
	}
	l := &load{changed: make(chan struct{})}
	if m.loads.byKey == nil {
		m.loads.byKey = map[string]*load{}
	}
	m.loads.byKey[name] = l
	go func() {
		err := m.fill(l, name, open)
		m.loads.mu.Lock()
		delete(m.loads.byKey, name)
		m.loads.mu.Unlock()
		l.end(err)
	}()
	return l
}

func (m *Media) fill(l *load, name string, open opener) error {
	ctx, stop := context.WithTimeout(context.Background(), transferTimeout)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done, err := begin(ctx, m.served)
	if err != nil {
		return err
	}
	defer done()
	content, err := open(ctx)
	if err != nil {
		return err
	}
	defer content.Close()
	stopReading := context.AfterFunc(ctx, func() { _ = content.Close() }) // a driver's reader need not know of the context
	defer stopReading()
	draft, err := m.Cache.Create()
	if err != nil {
		return m.cacheFault(err)
	}
	defer draft.Close()
	l.begin(draft.Path())
	found, err := transfer(writerFunc(func(p []byte) (int, error) {
		n, err := draft.Write(p)
		l.more(n)
		return n, err
	}), content, m.MaxFile, cancel)
	switch {
	case errors.Is(err, errLarge):
		return tooLarge(m.MaxFile)
	case errors.Is(err, ErrFull):
		return m.cacheFault(err)
	case err != nil:
		return cause(ctx, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.found = found
	if err := draft.Keep(name); err != nil {
		return m.cacheFault(err)
	}
	l.path = m.Cache.path(name)
	return nil
}

type writerFunc func([]byte) (int, error)

func (w writerFunc) Write(p []byte) (int, error) { return w(p) }

func (l *load) begin(path string) { l.change(func() { l.path = path }) }
func (l *load) more(n int)        { l.change(func() { l.size += int64(n) }) }
func (l *load) end(err error)     { l.change(func() { l.ended, l.err = true, err }) }

func (l *load) change(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	do()
	close(l.changed)
	l.changed = make(chan struct{})
}

// wait waits until the condition holds, of the load as it is then, or ctx ends.
func (l *load) wait(ctx context.Context, condition func() bool) error {
	for {
		l.mu.Lock()
		ok, changed := condition() || l.ended, l.changed
		l.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// whole waits until all has come.
func (l *load) whole(ctx context.Context) (copied, error) {
	if err := l.wait(ctx, func() bool { return false }); err != nil {
		return copied{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.found, l.err
}

// follow opens what has come, for reading while more comes. size is how large the file is said to be, 0 where nobody knows.
func (l *load) follow(ctx context.Context, size int64) (*follower, error) {
	if err := l.wait(ctx, func() bool { return l.path != "" }); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended && l.err != nil {
		return nil, l.err
	}
	file, err := os.Open(l.path)
	if err != nil {
		return nil, &transports.Fault{Kind: transports.Internal, Text: "The file is not there any more. Try again.", Cause: err}
	}
	return &follower{ctx: ctx, load: l, file: file, size: size}, nil
}

// follower reads a file while it is being written.
type follower struct {
	ctx  context.Context //nolint:containedctx // a reader cannot be given one otherwise
	load *load
	file *os.File
	at   int64
	size int64
}

func (f *follower) Close() error { return f.file.Close() }

func (f *follower) Read(p []byte) (int, error) {
	if err := f.load.wait(f.ctx, func() bool { return f.load.size > f.at }); err != nil {
		return 0, err
	}
	f.load.mu.Lock()
	there, err := f.load.size-f.at, f.load.err
	f.load.mu.Unlock()
	if err != nil {
		return 0, err
	}
	if there <= 0 {
		return 0, io.EOF
	}
	n, err := f.file.ReadAt(p[:min(int64(len(p)), there)], f.at)
	f.at += int64(n)
	if n > 0 {
		return n, nil
	}
	return n, err
}

// Seek knows the end of a file whose size was told, and waits for that of others.
func (f *follower) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		if f.size == 0 {
			found, err := f.load.whole(f.ctx)
			if err != nil {
				return 0, err
			}
			f.size = found.size
		}
		offset += f.size
	}
	if offset < 0 {
		return 0, errors.New("before the beginning of the file")
	}
	f.at = offset
	return offset, nil
}
