// Package lane does work in order by key, side by side across keys, within one bound.
package lane

import "sync"

// Lanes are queues of work, one for each key that has any. They are shared by those who hand over work and those who do
// it, hence the mutex.
type Lanes[K comparable] struct {
	mu     sync.Mutex
	queues map[K][]func()
	size   int
	bound  int
	idle   sync.Cond
}

// New makes lanes that hold at most bound pieces of work, those being done included.
func New[K comparable](bound int) *Lanes[K] {
	l := &Lanes[K]{bound: bound}
	l.idle.L = &l.mu
	return l
}

// Go hands over work, to be done after all that was handed over before it under the same key. It never blocks: it is
// false, and the work is not taken, when the lanes are full.
func (l *Lanes[K]) Go(key K, work func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size >= l.bound {
		return false
	}
	l.add(key, work)
	return true
}

// Must hands over work even when the lanes are full. It is for what ends something that was begun, so that there is never more of it
// than of what was.
func (l *Lanes[K]) Must(key K, work func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(key, work)
}

func (l *Lanes[K]) add(key K, work func()) {
	l.size++
	queue, busy := l.queues[key]
	if l.queues == nil {
		l.queues = map[K][]func(){}
	}
	l.queues[key] = append(queue, work)
	if !busy {
		go l.drain(key)
	}
}

func (l *Lanes[K]) drain(key K) {
	for {
		l.mu.Lock()
		queue := l.queues[key]
		if len(queue) == 0 {
			if delete(l.queues, key); len(l.queues) == 0 {
				l.queues = nil // most lanes are empty most of the time
			}
			l.mu.Unlock()
			return
		}
		work := queue[0]
		queue[0] = nil
		l.queues[key] = queue[1:]
		l.mu.Unlock()
		work()
		l.mu.Lock()
		if l.size--; l.size == 0 {
			l.idle.Broadcast()
		}
		l.mu.Unlock()
	}
}

// Wait returns when no work is left.
func (l *Lanes[K]) Wait() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.size > 0 {
		l.idle.Wait()
	}
}
