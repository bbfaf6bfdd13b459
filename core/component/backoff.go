package component

import (
	"math/rand/v2"
	"time"
)

const (
	shortestWait = 200 * time.Millisecond
	slowWait     = 10 * time.Second
	longestWait  = time.Minute
	settled      = 30 * time.Second // a stream that was up for so long starts the waits anew
)

// backoff is the wait before the next attempt: doubled each time, and at random, so that components do not come back all
// at once.
type backoff struct{ last time.Duration }

// next is the wait after a stream that was up for that long. Where it needs a person to mend it, it waits longer.
func (b *backoff) next(up time.Duration, slow bool) time.Duration {
	if up >= settled {
		b.last = 0
	}
	b.last = min(max(2*b.last, shortestWait), longestWait)
	if slow {
		b.last = max(b.last, slowWait)
	}
	return b.last/2 + rand.N(b.last/2+1)
}
