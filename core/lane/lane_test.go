package lane

import (
	"slices"
	"testing"
	"testing/synctest"
)

func TestWorkOfOneKeyIsDoneInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New[string](100)
		var got []int
		for i := range 50 {
			if !l.Go("a", func() { got = append(got, i) }) {
				t.Fatal("refused below the bound")
			}
		}
		l.Wait()
		if len(got) != 50 || !slices.IsSorted(got) {
			t.Fatalf("done in the order %v", got)
		}
	})
}

func TestASlowPlaceDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New[string](10)
		release := make(chan struct{})
		l.Go("slow", func() { <-release })
		done := false
		l.Go("quick", func() { done = true })
		synctest.Wait()
		if !done {
			t.Fatal("the work of another key waited")
		}
		close(release)
		l.Wait()
	})
}

func TestFullLanesRefuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New[int](2)
		release := make(chan struct{})
		l.Go(1, func() { <-release })
		l.Go(1, func() {})
		if l.Go(2, func() {}) {
			t.Fatal("took work over the bound")
		}
		ended := false
		l.Must(1, func() { ended = true })
		close(release)
		l.Wait()
		if !ended {
			t.Fatal("what must be done was not done")
		}
		if !l.Go(2, func() {}) {
			t.Fatal("refused after the work was done")
		}
		l.Wait()
	})
}
