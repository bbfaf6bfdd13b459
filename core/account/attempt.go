package account

import (
	"context"
	"sync"
	"time"

	"isthmus/transports"
)

// maxPatience bounds how long a command is tried again for a network that says "too fast": who waits longer is told so.
const maxPatience = 30 * time.Second

// attempt carries out a command. Where the network asks to wait before it follows the next command of its place, it is tried again after that,
// and what comes after it waits as well; a refusal that comes later is final.
func attempt(ctx context.Context, session transports.Session, c transports.Command, done func(transports.Result, error)) {
	for until := time.Now().Add(maxPatience); ; {
		o := &outcome{late: done}
		session.Do(ctx, c, o.tell)
		result, err, known := o.taken()
		if !known {
			return
		}
		fault := transports.AsFault(err)
		if err == nil || fault.Kind != transports.RateLimited || fault.Wait <= 0 || time.Now().Add(fault.Wait).After(until) {
			done(result, err)
			return
		}
		select {
		case <-time.After(fault.Wait):
		case <-ctx.Done():
			done(transports.Result{}, &transports.Fault{Kind: transports.Offline, Text: "The connection was lost before this could be sent.", Cause: err})
			return
		}
	}
}

// outcome is how a command ended, told by the driver's goroutine before or after the driver has taken the command: hence the mutex.
type outcome struct {
	mu     sync.Mutex
	told   bool
	left   bool // nobody waits for it here any more
	result transports.Result
	err    error
	late   func(transports.Result, error)
}

func (o *outcome) tell(r transports.Result, err error) {
	o.mu.Lock()
	left := o.left
	o.told, o.result, o.err = true, r, err
	o.mu.Unlock()
	if left {
		o.late(r, err)
	}
}

// taken is the outcome if it has been told; else it will go to late.
func (o *outcome) taken() (r transports.Result, err error, known bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.left = !o.told
	return o.result, o.err, o.told
}
