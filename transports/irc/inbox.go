package irc

import "sync"

const (
	// maxInbox bounds the bytes of lines that wait while the core is busy. A server drops who does not read; 10,000 lines at
	// once fit in many times.
	maxInbox = 16 << 20
	// lineCost is what a line costs besides its bytes.
	lineCost = 300
)

// takeAtOnce is how many lines are handled before anything else gets its turn.
const takeAtOnce = 64

// queued is a line and what it costs.
type queued struct {
	message
	cost int
}

// inbox holds what there is to do for a connection: lines that the reader has read, and what others ask for. Whoever does it may have to wait for
// the core; the reader goes on meanwhile.
type inbox struct {
	// begin does what there is to do, until take has nothing more. It is started when nobody is at it.
	begin func()

	mu      sync.Mutex
	room    sync.Cond // for lines, again
	lines   []queued
	cost    int
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
func (b *inbox) put(m message, size int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.cost >= maxInbox && !b.stopped {
		b.room.Wait()
	}
	if b.stopped {
		return false
	}
	b.lines, b.cost = append(b.lines, queued{m, size + lineCost}), b.cost+size+lineCost
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

// take gives the work and the next lines, and whether others may follow. There is nothing to do where more is false.
func (b *inbox) take() (work []func(), lines []queued, open, more bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.work) == 0 && len(b.lines) == 0 && (!b.closed || b.stopped) {
		b.busy = false
		return nil, nil, true, false
	}
	work, b.work = b.work, nil
	n := min(len(b.lines), takeAtOnce)
	lines, b.lines = b.lines[:n:n], b.lines[n:]
	for i := range lines {
		b.cost -= lines[i].cost
	}
	if len(b.lines) == 0 {
		b.lines = nil
	}
	b.room.Signal()
	return work, lines, !b.closed || len(b.lines) > 0, true
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
