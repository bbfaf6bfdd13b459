package account

// order keeps what a room shows in order where something has to wait for the disk: what comes after it waits as well.
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
