package store

import (
	"testing"
	"testing/synctest"
)

func TestAFullQueueHoldsBackItsProducers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(100)
		q.put(unit{size: 60})
		q.put(unit{size: 40})
		put := false
		go func() { put = q.put(unit{size: 500}) }() // more than fits at all: it waits until the queue is empty
		synctest.Wait()
		if put {
			t.Error("a full queue took a unit")
		}
		if got := q.take(nil, 0); len(got) != 2 {
			t.Errorf("took %d units, want 2", len(got))
		}
		synctest.Wait()
		if !put {
			t.Error("an empty queue took no unit")
		}
	})
}

func TestAClosedQueueIsDrainedAndRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(100)
		q.put(unit{size: 100})
		refused := false
		go func() { refused = !q.put(unit{size: 1}) }()
		synctest.Wait()
		q.close()
		synctest.Wait()
		if !refused || q.put(unit{}) {
			t.Error("a closed queue took a unit")
		}
		if got := q.take(nil, 1); len(got) != 1 {
			t.Errorf("took %d units, want the one from before", len(got))
		}
		if got := q.take(nil, 1); len(got) != 0 {
			t.Errorf("took %d units of a drained queue", len(got))
		}
	})
}

func TestABatchIsBoundedByItsChanges(t *testing.T) {
	q := newQueue(1 << 20)
	for _, changes := range []int{2, 2, 2, 9, 1} {
		q.put(unit{changes: make([]Change, changes), size: 1})
	}
	for _, want := range []int{2, 1, 1, 1} { // 2+2, 2, 9 alone, 1
		if got := len(q.take(nil, 5)); got != want {
			t.Errorf("took %d units, want %d", got, want)
		}
	}
}
