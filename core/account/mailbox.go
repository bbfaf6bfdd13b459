package account

import "sync"

// bound is how many pieces of work a mailbox holds before it refuses stanzas. The network waits when it holds as many as plenty: what
// has not come yet takes no memory here, or less.
const (
	bound  = 1024
	plenty = 64
)

// mailbox is what an account's goroutine takes its work from: one queue, so that the order of arrival is the order of
// doing. The goroutine is there while there is work, for most accounts are idle most of the time. Three kinds of hands put work
// in, who may wait differently: the stream's reader never (offer), the network's reader as long as it takes (push), and those who
// report how something ended not at all (put), for the goroutine may be waiting for them; there are never more of these than
// things begun.
type mailbox struct {
	mu     sync.Mutex
	queue  []func()
	begin  func() // does the work, until there is none
	busy   bool   // somebody is at it
	closed bool
	room   sync.Cond
}

// open has begin called when there is work and nobody is at it; somebody is from the start on.
func (m *mailbox) open(begin func()) {
	m.begin, m.busy = begin, true
	m.room.L = &m.mu
}

// offer is false when the mailbox is full or closed; ended tells which.
func (m *mailbox) offer(work func()) (taken, ended bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || len(m.queue) >= bound {
		return false, m.closed
	}
	m.add(work)
	return true, false
}

func (m *mailbox) push(work func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.queue) >= plenty && !m.closed {
		m.room.Wait()
	}
	m.add(work)
}

func (m *mailbox) put(work func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(work)
}

func (m *mailbox) add(work func()) {
	if m.closed {
		return
	}
	m.queue = append(m.queue, work)
	if !m.busy {
		m.busy = true
		go m.begin()
	}
}

// take exchanges the queue for an empty one. Who gets no work is no longer at it.
func (m *mailbox) take(empty []func()) []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.queue
	if len(all) == 0 {
		m.queue, m.busy = nil, false
		return nil
	}
	m.queue = empty[:0]
	m.room.Broadcast()
	return all
}

// closeIfEmpty ends the mailbox unless there is work in it; last is done before anybody knows.
func (m *mailbox) closeIfEmpty(last func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.queue) > 0 {
		return false
	}
	last()
	m.closed = true
	m.room.Broadcast()
	return true
}
