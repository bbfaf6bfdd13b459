package discord

import (
	"encoding/json"
	"sync"
)

// maxQueued is how many events of Discord may wait for the core. Reading stops while there are more.
const maxQueued = 5_000

// item is what the session does next. Exactly one of kind, task and end is set.
type item struct {
	// kind and data are an event of the gateway, seq its number; shard is whose it is, as with end.
	shard *shard
	kind  string
	data  json.RawMessage
	seq   int64
	// task is to be done between two events; lost is called instead when the connection ends before its turn came.
	task func(*handler)
	lost func()
	// end is why the connection ended.
	end error
}

// queue holds what the reader and commands have for the goroutine that emits.
type queue struct {
	mu     sync.Mutex
	room   *sync.Cond // signalled when there is room for events, and at the end
	items  []item
	full   bool // the reader waits for room
	closed bool
	more   chan struct{} // has a value where items are there
}

func newQueue() *queue {
	q := &queue{more: make(chan struct{}, 1)}
	q.room = sync.NewCond(&q.mu)
	return q
}

// put adds an item; events wait for room.
func (q *queue) put(i item) {
	q.mu.Lock()
	for i.kind != "" && len(q.items) >= maxQueued && !q.closed {
		q.full = true
		q.room.Wait()
	}
	q.full = false
	closed := q.closed
	if !closed {
		q.items = append(q.items, i)
	}
	q.mu.Unlock()
	if closed {
		i.lose()
		return
	}
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// take gives the first item.
func (q *queue) take() (first item, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return item{}, false
	}
	first = q.items[0]
	q.items[0] = item{}
	q.items = q.items[1:]
	if len(q.items) < maxQueued {
		q.room.Broadcast()
	}
	return first, true
}

// stuck tells that the reader waits for the core.
func (q *queue) stuck() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.full
}

// close loses all that is there and all that will come.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	items := q.items
	q.items = nil
	q.room.Broadcast()
	q.mu.Unlock()
	for _, i := range items {
		i.lose()
	}
}

func (i item) lose() {
	if i.lost != nil {
		i.lost()
	}
}
