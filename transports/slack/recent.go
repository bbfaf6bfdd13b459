package slack

// recent remembers the last of many.
type recent[T comparable] struct {
	all   map[T]bool
	order []T
	next  int
}

func newRecent[T comparable](most int) *recent[T] {
	return &recent[T]{all: map[T]bool{}, order: make([]T, 0, most)}
}

// add remembers one, and tells whether it is new.
func (r *recent[T]) add(what T) bool {
	if r.all[what] {
		return false
	}
	if len(r.order) < cap(r.order) {
		r.order = append(r.order, what)
	} else {
		delete(r.all, r.order[r.next])
		r.order[r.next] = what
		r.next = (r.next + 1) % len(r.order)
	}
	r.all[what] = true
	return true
}

func (r *recent[T]) has(what T) bool { return r.all[what] }
