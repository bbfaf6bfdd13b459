package irc

import "sync"

const (
	// maxInbox bounds the bytes of lines that wait while the core is busy. A server drops who does not read; 10,000 lines at
	// once fit in many times.
	maxInbox = 8 << 20
	// handledAtOnce is how many lines are handled before anything else gets its turn.
	handledAtOnce = 64
)

// inbox holds what there is to do for a connection: lines as the reader has read them, and what others ask for. Whoever does it may have to wait
// for the core; the reader goes on meanwhile.
type inbox struct {
	// begin does what there is to do, until take has nothing more. It is started when nobody is at it.
	begin func()

	mu      sync.Mutex
	room    sync.Cond // for lines, again
	lines   []byte    // each ends in LF
	work    []func()
	busy    bool // somebody is at it
	closed  bool // no line follows
	refuses bool // what others ask for
	stopped bool // no line is taken
}

func (b *inbox) open(begin func()) {
	b.begin = begin
	b.room.L = &b.mu
}

// put adds a line, and waits while there is no room. It is false after stop.
func (b *inbox) put(line []byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.lines) >= maxInbox && !b.stopped {
		b.room.Wait()
	}
	if b.stopped {
		return false
	}
	b.lines = append(append(b.lines, line...), '\n')
	b.wake()
	return true
}

// add adds work of the connection's own.
func (b *inbox) add(work func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.work = append(b.work, work)
	b.wake()
}

// ask adds work for others. It is false after refuse.
func (b *inbox) ask(work func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuses {
		return false
	}
	b.work = append(b.work, work)
	b.wake()
	return true
}

func (b *inbox) wake() {
	if !b.busy {
		b.busy = true
		go b.begin()
	}
}

// take gives the work, the next lines where none are left of those before, and whether others may follow. There is nothing to do where more
// is false.
func (b *inbox) take(left []byte) (work []func(), lines []byte, open, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(left) == 0 && len(b.lines) > 0 {
		left, b.lines = b.lines, nil
		b.room.Signal()
	}
	if len(b.work) == 0 && len(left) == 0 && (!b.closed || b.stopped) {
		b.busy = false
		return nil, nil, true, false
	}
	work, b.work = b.work, nil
	return work, left, !b.closed || len(left) > 0, true
}

// waiting tells whether lines wait.
func (b *inbox) waiting() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.lines) > 0
}

// close tells that no line follows.
func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.wake()
}

// refuse takes no more work for others.
func (b *inbox) refuse() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuses = true
}

// stop drops the lines that are there and takes no more. It tells whether work is left.
func (b *inbox) stop() (left bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped, b.lines = true, nil
	b.room.Signal()
	return len(b.work) > 0
}
