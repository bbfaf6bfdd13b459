package slack

// recent remembers the last of many.
type recent[T comparable] struct {
	all   map[T]bool
	order []T
	most  int
	next  int
}

func newRecent[T comparable](most int) *recent[T] {
	return &recent[T]{all: map[T]bool{}, most: most}
}

// add remembers one, and tells whether it is new.
func (r *recent[T]) add(what T) bool {
	if r.all[what] {
		return false
	}
	if len(r.order) < r.most {
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

// last remembers the latest of several times of the same thing, of the last of many.
type last struct {
	at    map[string]string
	order []string
	most  int
	next  int
}

func newLast(most int) *last { return &last{at: map[string]string{}, most: most} }

// isLater remembers a time, and tells whether it is later than all that came before.
func (l *last) isLater(what, ts string) bool {
	was, known := l.at[what]
	switch {
	case known && compareTS(ts, was) <= 0:
		return false
	case known:
	case len(l.order) < l.most:
		l.order = append(l.order, what)
	default:
		delete(l.at, l.order[l.next])
		l.order[l.next] = what
		l.next = (l.next + 1) % len(l.order)
	}
	l.at[what] = ts
	return true
}
