package account

import "isthmus/transports"

// order keeps what a room shows in order where something has to wait for the disk or a file: what comes after it waits as well.
type order struct{ queue []*shown }

type shown struct {
	ready bool
	show  func()
}

// add appends something that is shown at once, unless something before it has to wait.
func (o *order) add(show func()) {
	if len(o.queue) == 0 {
		show()
		return
	}
	o.queue = append(o.queue, &shown{ready: true, show: show})
}

// wait holds a place in the order; the returned function fills it, with nil for nothing to show.
func (o *order) wait() (fill func(show func())) {
	s := &shown{}
	o.queue = append(o.queue, s)
	return func(show func()) {
		s.ready, s.show = true, show
		for len(o.queue) > 0 && o.queue[0].ready {
			next := o.queue[0]
			o.queue = o.queue[1:]
			if next.show != nil {
				next.show()
			}
		}
	}
}

// first does something as if nothing waited, and before all that does.
func (o *order) first(do func()) {
	waiting := o.queue
	o.queue = nil
	do()
	o.queue = append(o.queue, waiting...)
}

// orders are those of talks, by user, for as long as something waits in them.
type orders map[transports.UserID]*order

// of is the order of a talk; it is to be used at once.
func (o *orders) of(user transports.UserID) *order {
	for other, of := range *o {
		if len(of.queue) == 0 {
			delete(*o, other)
		}
	}
	if (*o)[user] == nil {
		put(o, user, &order{})
	}
	return (*o)[user]
}
