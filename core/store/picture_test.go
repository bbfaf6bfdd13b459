package store

import (
	"errors"
	"fmt"
	"testing"
)

func TestTheLastPictureOfEachIsKept(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		old := Picture{"gw", "net", "bob", "1", "abc", "image/png", 3, 4, []byte{0, 255}}
		next := Picture{"gw", "net", "bob", "2", "def", "image/jpeg", 5, 6, []byte{1}}
		commit(t, s, PutPicture{old})
		got, err := s.Picture(t.Context(), "gw", "net", "bob", "1")
		same(t, "picture", old, read(t, got, err))
		commit(t, s, PutPicture{next})
		got, err = s.Picture(t.Context(), "gw", "net", "bob", "2")
		same(t, "picture", next, read(t, got, err))
		for _, other := range [][4]string{{"gw", "net", "bob", "1"}, {"gw", "net", "zoe", "2"}, {"other", "net", "bob", "2"}} {
			if _, err := s.Picture(t.Context(), other[0], other[1], other[2], other[3]); !errors.Is(err, ErrNotFound) {
				t.Errorf("%v: %v", other, err)
			}
		}
	})
}

func TestPicturesAreBounded(t *testing.T) {
	was := maxPictures
	maxPictures = 10
	t.Cleanup(func() { maxPictures = was })
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		for i := range 12 {
			commit(t, s, PutPicture{Picture{Transport: "gw", Place: fmt.Sprint(i), Version: "1"}})
		}
		for i, there := range map[int]bool{0: false, 1: false, 2: true, 11: true} {
			if _, err := s.Picture(t.Context(), "gw", "", fmt.Sprint(i), "1"); (err == nil) != there {
				t.Errorf("picture %d: %v", i, err)
			}
		}
	})
}
