package loopback

import (
	"sync"
	"time"

	"isthmus/transports"
)

// maxQueue is how many items may wait for a client that does not read, before the network gives it up.
const maxQueue = 100_000

// item is what a client does next: emit an event, tell how a command ended, or end. Exactly one of the fields is set,
// besides due, which is not before that of the item before.
type item struct {
	event transports.Event
	// settle tells how a command ended; lost, that the connection ended before its turn came.
	settle func(lost bool)
	end    error
	due    time.Time
}

// queue holds what the network has for a client until the client comes to it.
type queue struct {
	mu     sync.Mutex
	items  []item
	closed bool
	more   chan struct{} // has a value where items are there
}

func newQueue() *queue { return &queue{more: make(chan struct{}, 1)} }

// put adds an item and tells whether there was room for it; only events need any. What comes after the end of the client is lost.
func (q *queue) put(i item) bool {
	q.mu.Lock()
	closed, fits := q.closed, i.event == nil || len(q.items) < maxQueue
	if !closed && fits {
		q.items = append(q.items, i)
	}
	q.mu.Unlock()
	if closed {
		i.lose()
		return true
	}
	select {
	case q.more <- struct{}{}:
	default:
	}
	return fits
}

// take gives all that is there.
func (q *queue) take() []item {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items
}

// close loses all that is there and all that will come.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	for _, i := range q.take() {
		i.lose()
	}
}

func (i item) lose() {
	if i.settle != nil {
		i.settle(true)
	}
}
