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

// inbox holds what the reader has read until the connection's goroutine comes to it, which waits for the core at times. The reader goes on meanwhile.
type inbox struct {
	mu     sync.Mutex
	lines  []queued
	cost   int
	closed bool
	more   chan struct{} // has a value where lines are there, or the end
	space  chan struct{} // has a value where there is room again
}

func newInbox() *inbox {
	return &inbox{more: make(chan struct{}, 1), space: make(chan struct{}, 1)}
}

func signal(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// put adds a line, and waits while there is no room. It is false after stop.
func (b *inbox) put(m message, size int, stop <-chan struct{}) bool {
	for {
		b.mu.Lock()
		fits := b.cost < maxInbox
		if fits {
			b.lines, b.cost = append(b.lines, queued{m, size + lineCost}), b.cost+size+lineCost
		}
		b.mu.Unlock()
		if fits {
			signal(b.more)
			return true
		}
		select {
		case <-b.space:
		case <-stop:
			return false
		}
	}
}

// take gives the next lines, and whether others may follow.
func (b *inbox) take() (lines []queued, open bool) {
	b.mu.Lock()
	n := min(len(b.lines), takeAtOnce)
	lines, b.lines = b.lines[:n:n], b.lines[n:]
	for i := range lines {
		b.cost -= lines[i].cost
	}
	left := len(b.lines) > 0
	if !left {
		b.lines = nil
	}
	open = !b.closed || left
	b.mu.Unlock()
	signal(b.space)
	if left || !open {
		signal(b.more)
	}
	return lines, open
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
	b.closed = true
	b.mu.Unlock()
	signal(b.more)
}
