package store

import (
	"sync"
	"testing"
	"time"
)

func TestIDsAreUniqueAndGrowInEveryGoroutine(t *testing.T) {
	var mutex sync.Mutex
	seen := map[int64]bool{}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			mine := make([]int64, 0, 5000)
			last := int64(0)
			for range cap(mine) {
				id := NextID()
				if id <= last {
					t.Errorf("%d follows %d", id, last)
				}
				last = id
				mine = append(mine, id)
			}
			mutex.Lock()
			defer mutex.Unlock()
			for _, id := range mine {
				if seen[id] {
					t.Errorf("%d was made twice", id)
				}
				seen[id] = true
			}
		})
	}
	group.Wait()
}

func TestIDsSurviveAClockThatGoesBack(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC).UnixMilli()
	c := idClock{process: 1000}
	first := c.next(now)
	second := c.next(now - 60_000)
	third := c.next(now + 1)
	if !(first < second && second < third) {
		t.Errorf("%d, %d, %d do not grow", first, second, third)
	}
	if got := first >> clockBits; got != now {
		t.Errorf("the time in the id is %d, want %d", got, now)
	}
}

func TestProcessesDoNotMakeTheSameIDs(t *testing.T) {
	a, b := idClock{process: 1}, idClock{process: 2}
	seen := map[int64]bool{}
	for range 5000 {
		for _, id := range []int64{a.next(1), b.next(1)} {
			if seen[id] {
				t.Fatalf("%d was made twice", id)
			}
			seen[id] = true
		}
	}
}

func TestIDsGoOnAboveWhatTheDatabaseHolds(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := opened(t, url)
		ahead := NextID() + 1000<<clockBits // the clock was one second ahead when this was written
		commit(t, s, Append{Row{Seq: ahead, Account: 1, Place: "p", ID: "m"}})
		reopened(t, s, url)
		if id := NextID(); id <= ahead {
			t.Errorf("%d is not above %d", id, ahead)
		}
	})
}
