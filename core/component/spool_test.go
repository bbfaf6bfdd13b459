package component

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"
)

func TestASpoolGivesTheBytesThatItWasGiven(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var s spool
	var want []byte
	next := byte(0)
	check := func(what string) {
		t.Helper()
		got, err := io.ReadAll(s.reader())
		if err != nil || !bytes.Equal(got, want) || s.size != len(want) {
			t.Fatalf("after %s there are %d bytes of %d, which are others; error %v", what, s.size, len(want), err)
		}
		for _, piece := range s.pieces {
			if len(piece) == 0 {
				t.Fatalf("after %s a piece is empty", what)
			}
		}
	}
	some := func() []byte {
		b := make([]byte, random.IntN(3*pieceSize))
		for i := range b {
			next++
			b[i] = next
		}
		return b
	}
	for range 500 {
		switch random.IntN(6) {
		case 0, 1:
			b := some()
			s.add(b)
			want = append(want, b...)
			check("add")
		case 2, 3:
			n := random.IntN(len(want) + 1)
			s.drop(n)
			want = want[n:]
			check("drop")
		case 4:
			var other spool
			b := some()
			other.add(b)
			if random.IntN(2) == 0 {
				s.copy(other)
				other.clear()
			} else {
				s.follow(other)
			}
			want = append(want, b...)
			check("another")
		case 5:
			first := bytes.Join(s.front(2*pieceSize), nil)
			if !bytes.HasPrefix(want, first) || len(first) == 0 && len(want) > 0 || len(first) > 2*pieceSize {
				t.Fatalf("the front are %d bytes", len(first))
			}
		}
	}
	if s.clear(); s.size != 0 || s.pieces != nil {
		t.Error("it is not empty")
	}
}
