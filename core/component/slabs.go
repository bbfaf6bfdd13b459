package component

import "isthmus/core/stanza"

// slabs hold the parts of one stanza side by side, so that a stanza costs a few allocations and not one for each part.
type slabs struct {
	elements []stanza.Element
	attrs    []stanza.Attr
	nodes    []stanza.Node
}

func (s *slabs) takeElement() *stanza.Element {
	if len(s.elements) == cap(s.elements) {
		s.elements = make([]stanza.Element, 0, 4)
	}
	s.elements = s.elements[:len(s.elements)+1]
	return &s.elements[len(s.elements)-1]
}

func (s *slabs) takeAttrs(from []stanza.Attr) []stanza.Attr { return take(&s.attrs, from, 4) }

func (s *slabs) takeNodes(from []stanza.Node) []stanza.Node { return take(&s.nodes, from, 4) }

// take copies from into the slab, or into a new one of at least that size, and cuts the copy off so that it cannot grow
// over what follows.
func take[T any](slab *[]T, from []T, size int) []T {
	if len(from) == 0 {
		return nil
	}
	if cap(*slab)-len(*slab) < len(from) {
		*slab = make([]T, 0, max(size, len(from)))
	}
	start := len(*slab)
	*slab = append(*slab, from...)
	return (*slab)[start:len(*slab):len(*slab)]
}
