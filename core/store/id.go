package store

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// An id is 42 bits of unix milliseconds (until the year 2109), 11 bits of a counter, and 10 bits drawn at random when the
// process starts, so that processes which share a database do not make the same ids.
const (
	processBits = 10
	clockBits   = 21
)

var ids = idClock{process: rand.Int64N(1 << processBits)}

// NextID makes an id that is positive, unique, greater than every id made before in this process, and ordered by time.
// Open raises it above all that the database holds, so that a clock set back between two runs does no harm either.
func NextID() int64 { return ids.next(time.Now().UnixMilli()) }

type idClock struct {
	process int64
	last    atomic.Int64
}

func (c *idClock) next(now int64) int64 {
	for {
		last := c.last.Load()
		id := now<<clockBits | c.process
		if id <= last {
			id = (last>>processBits+1)<<processBits | c.process
		}
		if c.last.CompareAndSwap(last, id) {
			return id
		}
	}
}

// raise makes every later id greater than id.
func (c *idClock) raise(id int64) {
	for last := c.last.Load(); last < id && !c.last.CompareAndSwap(last, id); last = c.last.Load() {
	}
}

// Arrival is the lowest id that NextID can have made at a time in unix milliseconds. Rows of an older archive that are taken over get
// a Seq from it, so that they stand before what arrived later.
func Arrival(at int64) int64 { return max(0, min(at, math.MaxInt64>>clockBits)) << clockBits }
