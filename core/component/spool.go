package component

import (
	"io"
	"net"
	"slices"
	"sync"
)

// spool is a queue of bytes in pieces of one size. What is in it never moves, and a piece goes as soon as it was taken: a buffer in one piece would be
// copied each time that it grows, and leave garbage as large as all that waits.
type spool struct {
	pieces [][]byte // none is empty, all but the first and the last are full
	size   int
}

const pieceSize = 32 << 10

var spare = sync.Pool{New: func() any { return new([pieceSize]byte) }}

func (s *spool) add(b []byte) {
	s.size += len(b)
	for len(b) > 0 {
		last := len(s.pieces) - 1
		if last < 0 || len(s.pieces[last]) == cap(s.pieces[last]) {
			s.pieces = append(s.pieces, spare.Get().(*[pieceSize]byte)[:0])
			last++
		}
		piece := s.pieces[last]
		n := copy(piece[len(piece):cap(piece)], b)
		s.pieces[last], b = piece[:len(piece)+n], b[n:]
	}
}

// copy adds all that is in another one.
func (s *spool) copy(other spool) {
	for _, piece := range other.pieces {
		s.add(piece)
	}
}

// follow adds another one, which is not to be used any more.
func (s *spool) follow(other spool) {
	s.pieces, s.size = append(s.pieces, other.pieces...), s.size+other.size
}

// drop takes out the first bytes.
func (s *spool) drop(n int) {
	s.size -= n
	gone := 0
	for gone < len(s.pieces) && n >= len(s.pieces[gone]) {
		n -= len(s.pieces[gone])
		giveBack(s.pieces[gone])
		gone++
	}
	if s.pieces = slices.Delete(s.pieces, 0, gone); n > 0 {
		s.pieces[0] = s.pieces[0][n:]
	}
	if s.size == 0 {
		s.pieces = nil
	}
}

// giveBack has a piece used again, unless its beginning was dropped before.
func giveBack(piece []byte) {
	if cap(piece) == pieceSize {
		spare.Put((*[pieceSize]byte)(piece[:pieceSize]))
	}
}

// clear takes out everything.
func (s *spool) clear() { s.drop(s.size) }

// front are the first pieces, of at most so many bytes together where that is possible, to be written before they are dropped.
func (s *spool) front(most int) net.Buffers {
	n, size := 0, 0
	for n < len(s.pieces) && (n == 0 || size+len(s.pieces[n]) <= most) {
		size += len(s.pieces[n])
		n++
	}
	return slices.Clone(s.pieces[:n])
}

// reader reads what is in it, and takes nothing out.
func (s *spool) reader() io.Reader {
	all := net.Buffers(slices.Clone(s.pieces))
	return &all
}
