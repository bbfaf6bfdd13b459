package store

import "sync"

// unit is what one call of Write hands over: committed together or not at all.
type unit struct {
	changes []Change
	done    func(error)
	size    int // bytes, approximately
}

// queue is where many goroutines hand their units to the one writer: in order, bounded by bytes.
type queue struct {
	mutex    sync.Mutex
	notEmpty sync.Cond
	notFull  sync.Cond
	units    []unit
	size     int
	bound    int
	closed   bool
}

func newQueue(bound int) *queue {
	q := &queue{bound: bound}
	q.notEmpty.L, q.notFull.L = &q.mutex, &q.mutex
	return q
}

// put appends u, waiting while the queue is full; a unit larger than the bound waits until the queue is empty.
// It reports false when the queue is closed.
func (q *queue) put(u unit) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	for !q.closed && q.size > 0 && q.size+u.size > q.bound {
		q.notFull.Wait()
	}
	if q.closed {
		return false
	}
	q.units = append(q.units, u)
	q.size += u.size
	q.notEmpty.Signal()
	return true
}

// take moves the oldest units with at most so many changes together (but at least one unit) to batch, waiting while there
// are none. It returns an empty batch when the queue is closed and drained.
func (q *queue) take(batch []unit, changes int) []unit {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	for !q.closed && len(q.units) == 0 {
		q.notEmpty.Wait()
	}
	n := 0
	for n < len(q.units) && (n == 0 || changes >= len(q.units[n].changes)) {
		changes -= len(q.units[n].changes)
		q.size -= q.units[n].size
		n++
	}
	batch = append(batch, q.units[:n]...)
	left := copy(q.units, q.units[n:])
	clear(q.units[left:])
	q.units = q.units[:left]
	q.notFull.Broadcast()
	return batch
}

// close refuses further units; those that wait for room are refused too.
func (q *queue) close() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.closed = true
	q.notEmpty.Broadcast()
	q.notFull.Broadcast()
}
